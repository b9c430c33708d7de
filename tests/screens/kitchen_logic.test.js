// The kitchen without a browser: what hangs where, what is said, what is kept.
import { expect, test as register } from './harness/index.js';
import { Actions } from '../../consumers/screens/kitchen/actions.js';
import { Book } from '../../consumers/screens/kitchen/book.js';
import { age, level } from '../../consumers/screens/kitchen/clock.js';
import { dims } from '../../consumers/screens/kitchen/dims.js';
import { Grid } from '../../consumers/screens/kitchen/grid.js';
import { command } from '../../consumers/screens/kitchen/keys.js';
import { change } from '../../consumers/screens/kitchen/modifier.js';
import { sentence, sound } from '../../consumers/screens/kitchen/news.js';
import { places } from '../../consumers/screens/kitchen/rail_fit.js';
import { lines, place } from '../../consumers/screens/kitchen/side_layout.js';
import { cell, tall } from '../../consumers/screens/kitchen/size.js';
import { hangs, ticket } from '../../consumers/screens/kitchen/ticket.js';
import { Wall } from '../../consumers/screens/kitchen/wall.js';
import { wishes } from '../../consumers/screens/kitchen/wishes.js';

const test = (name, run) => register(name, run, { none: true });
const iso = (ms) => new Date(ms).toISOString();

let made = 0;
const item = (name, more = {}) => ({
  id: `i${(made += 1)}`, name, quantity: 1, modifiers: [], notes: null, status: 'queued', station: 'kitchen', seat: null, course: null, allergy: null, batch: 1, fired_at: iso(1000), seen_at: iso(1000), void_acked_at: null, allergy_acked_at: null, version: 1, ...more,
});
const order = (table, items, more = {}) => ({
  id: `o${(made += 1)}`, order_number: `order-${made}`, code: null, status: 'confirmed', canonical_status: 'confirmed', type: 'dine_in', table_number: String(table), items, created_at: iso(1000), notes: null, allergy_note: null, priority: 0, eta_at: null, seen_at: iso(1000), version: 1, ...more,
});
const seen = (more = {}) => ({ station: 'kitchen', sees: false, wishes: new Map(), ...more });

/** A wall with a clock that only the test moves, and an outbox that answers nothing by itself. */
function scene({ cols = 5, rows = 2, station = 'kitchen', at = 1_000_000 } = {}) {
  const clock = { ms: at };
  const wall = new Wall({ dims: { cols, rows }, station, now: () => clock.ms });
  const said = [];
  wall.watch((news) => said.push(...news));
  const outbox = {
    entries: [],
    async put(wish) {
      this.entries = [...this.entries, { key: `k${this.entries.length + 1}`, state: 'waiting', made_at: clock.ms, due: wish.after ?? 0, ...wish }];
      wall.outbox(this.entries);
    },
    drop(key) {
      const one = this.entries.find((entry) => entry.key === key);
      if (!one || one.state === 'sending' || one.state === 'acked') return false;
      this.entries = this.entries.filter((entry) => entry !== one);
      wall.outbox(this.entries);
      return true;
    },
    flush(key) {
      this.flushed = [...(this.flushed ?? []), key];
    },
  };
  return { clock, wall, said, outbox, actions: new Actions(wall, outbox) };
}
const codes = (wall) => wall.grid.shown.map((id) => wall.tickets.get(id)?.code ?? `(${wall.grid.ghosts.get(id).code})`);

test('clocks show minutes, from an hour on hours, and never run backwards', () => {
  expect.deepEqual([0, 9_999, 599_000, 860_000, 3_599_999, 3_720_000, -5_000].map(age), ['0:00', '0:09', '9:59', '14:20', '59:59', '1:02', '0:00']);
  const limits = { amber_s: 300, red_s: 600 };
  expect.deepEqual([299_999, 300_000, 599_999, 600_000].map((ms) => level(ms, limits)), ['', 'warn', 'warn', 'late']);
});

test('what is left out, added and chosen: as the menu says, else as it reads', () => {
  expect.deepEqual(change({ name: 'No egg', kind: 'removal' }), { kind: 'no', text: 'egg' });
  expect.deepEqual(change({ name: 'Egg', kind: 'removal' }), { kind: 'no', text: 'Egg' });
  expect.deepEqual(change({ name: 'ohne Zwiebeln' }), { kind: 'no', text: 'Zwiebeln' });
  expect.deepEqual(change({ name: 'ไม่ใส่ไข่' }), { kind: 'no', text: 'ไข่' });
  expect.deepEqual(change({ name: 'Prawns', price: 20, quantity: 2 }), { kind: 'add', text: '2 Prawns' });
  expect.deepEqual(change({ name: 'Noodles', price: 0 }), { kind: 'is', text: 'Noodles' });
  expect.deepEqual(change({ name: 'No peanuts', kind: 'choice' }), { kind: 'is', text: 'No peanuts' });
});

test('a ticket reads voids first, then batches; a tick moves nothing; held lines hang beside', () => {
  const one = order(12, [item('Soup', { course: 1 }), item('Curry', { status: 'voided', course: 2 }), item('Late', { batch: 2 }), item('Rice', { status: 'ready', course: 1 }), item('Mango', { status: 'held', fired_at: null }), item('Beer', { station: 'bar' })]);
  const drawn = ticket(one, seen());
  expect.deepEqual(drawn.lines.map((line) => `${line.name} ${line.state}`), ['Curry void', 'Soup open', 'Rice done', 'Late open']);
  expect.deepEqual(drawn.held.map((line) => line.name), ['Mango']);
  expect.equal(drawn.blocked, 'void');
  expect.equal(ticket(one, seen({ station: 'expo', sees: true })).lines.length, 5);
  expect.equal(hangs(ticket(order(1, [item('Beer', { station: 'bar' })]), seen()), seen()), false);
});

test('done is impossible while an allergy or a void is unconfirmed, and the same words at one seat are confirmed once', () => {
  const one = order(5, [item('Pad Thai', { allergy: 'peanuts', seat: 2 }), item('Soup', { allergy: 'peanuts', seat: 2 }), item('Rice', { status: 'voided' })], { allergy: 'sesame', allergy_note: 'sesame' });
  const drawn = ticket(one, seen());
  expect.deepEqual(drawn.allergies.map((allergy) => [allergy.text, allergy.lines.length, allergy.seen]), [['sesame', 0, false], ['peanuts', 2, false]]);
  expect.equal(drawn.blocked, 'allergy');
  const said = new Map([[`${one.id} allergy`, { ack: true, mark: '' }], ...one.items.slice(0, 2).map(({ id }) => [`${id} allergy`, { ack: true, mark: '' }])]);
  expect.equal(ticket(one, seen({ wishes: said })).blocked, 'void');
  said.set(one.items[2].id, { ack: true, mark: '' });
  expect.equal(ticket(one, seen({ wishes: said })).blocked, '');
});

test('the clock starts with the oldest open line and survives a recall', () => {
  const one = order(3, [item('A', { fired_at: iso(10_000), status: 'ready' }), item('B', { fired_at: iso(50_000), batch: 2 })]);
  expect.equal(ticket(one, seen()).since, 50_000);
  one.items[0].status = 'preparing';
  expect.equal(ticket(one, seen()).since, 10_000);
});

test('a void that nobody had fired is no void; an order that is off hangs until it is read', () => {
  const cold = order(4, [item('A', { status: 'voided', fired_at: null }), item('B')]);
  expect.deepEqual(ticket(cold, seen()).lines.map((line) => line.name), ['B']);
  const off = order(4, [item('A'), item('B', { status: 'ready' }), item('C', { status: 'held', fired_at: null })], { canonical_status: 'cancelled' });
  expect.deepEqual(ticket(off, seen()).lines.map((line) => line.state), ['void', 'void']);
  expect.equal(hangs(ticket({ ...off, cancel_acked_at: iso(1) }, seen()), seen()), false);
});

test('events in any repetition make the same book, and what is older than the state is dropped', () => {
  const one = order(5, [item('A')], { version: 3 });
  const book = new Book();
  book.take([one], 100);
  expect.equal(book.hear('order:updated', { order: { ...one, version: 9 } }, 99).what, 'none');
  expect.equal(book.hear('order:updated', { order: { ...one, version: 2 } }, 101).what, 'none');
  const ready = { ...one, version: 3, items: [{ ...one.items[0], status: 'ready', version: 2 }] };
  for (const seq of [102, 103]) book.hear('order:updated', { order: ready, changes: ['items'] }, seq);
  // an older telling of the line, in the same version of the order
  book.hear('order:updated', { order: one, changes: ['items'] }, 104);
  expect.equal(book.orders.get(one.id).items[0].status, 'ready');
  expect.equal(book.hear('order:status_changed', { orderId: 'stranger', canonical_status: 'preparing', version: 1 }, 105).what, 'unknown');
  expect.equal(book.hear('order:status_changed', { orderId: one.id, status: 'completed', canonical_status: 'delivered', version: 4 }, 106).what, 'gone');
  expect.equal(book.hear('order:updated', { order: { ...one, version: 3 } }, 107).what, 'none');
  expect.equal(book.orders.size, 0);
});

test('a state that is older than what was heard meanwhile takes nothing back', () => {
  const [one, two] = [order(1, [item('A')]), order(2, [item('B')])];
  const book = new Book();
  book.take([one], 100);
  book.hear('order:created', two, 105);
  book.hear('order:status_changed', { orderId: one.id, status: 'completed', canonical_status: 'delivered', version: 2 }, 106);
  book.take([one], 103);
  expect.deepEqual([...book.orders.keys()], [two.id]);
});

test('arrivals hang behind the last one, down then right, then in the rail; nothing moves', () => {
  const { wall, clock } = scene({ cols: 2, rows: 2 });
  wall.load([order(1, [item('A')])], 1);
  for (let n = 2; n <= 6; n += 1) {
    clock.ms += 1000;
    wall.hear('order:created', order(n, [item('A', { fired_at: iso(clock.ms) })]), { seq: n });
  }
  expect.deepEqual(codes(wall), ['1', '2', '3', '4']);
  expect.deepEqual(wall.grid.rail.map((one) => one.code), ['5', '6']);
  expect.deepEqual([...wall.grid.cells.values()].map(({ col, row }) => [col, row]), [[0, 0], [0, 1], [1, 0], [1, 1]]);
  // an arrival that was fired before the others hangs behind them all the same
  const early = scene({ cols: 3, rows: 1 });
  early.wall.load([order(1, [item('A', { fired_at: iso(5000) })])], 1);
  early.wall.hear('order:created', order(2, [item('A', { fired_at: iso(1000) })]), { seq: 2 });
  expect.deepEqual(codes(early.wall), ['1', '2']);
});

test('a done ticket leaves its cell standing for five seconds; then the rest closes up, not under a finger, and taps on what moved are ignored for 400 ms', () => {
  const { wall, clock, actions, outbox } = scene({ cols: 2, rows: 2 });
  wall.load([1, 2, 3, 4, 5].map((n) => order(n, [item('A', { fired_at: iso(n * 1000) })])), 1);
  const [first, second] = wall.grid.shown;
  expect.equal(actions.done(first), '');
  expect.deepEqual(codes(wall), ['(1)', '2', '3', '4']);
  clock.ms += 4999;
  wall.tick(false);
  expect.deepEqual(codes(wall), ['(1)', '2', '3', '4']);
  clock.ms += 2;
  wall.tick(true);
  expect.deepEqual(codes(wall), ['(1)', '2', '3', '4'], 'a finger is down');
  wall.tick(false);
  expect.deepEqual(codes(wall), ['2', '3', '4', '5']);
  const before = outbox.entries.length;
  expect.equal(actions.done(second), 'moved');
  clock.ms += 399;
  expect.equal(actions.tap(second, wall.tickets.get(second).lines[0]), 'moved');
  expect.equal(outbox.entries.length, before);
  clock.ms += 1;
  expect.equal(actions.done(second), '');
});

test('Undo within five seconds tells the server nothing; the next Done sends the one before', () => {
  const { wall, actions, outbox } = scene();
  wall.load([1, 2, 3].map((n) => order(n, [item('A', { fired_at: iso(n * 1000) }), item('B', { fired_at: iso(n * 1000) })])), 1);
  const [first, second] = wall.grid.shown;
  actions.done(first);
  expect.equal(outbox.entries[0].due, 5000);
  expect.equal(actions.undo(), first);
  expect.equal(outbox.entries.length, 0);
  expect.deepEqual(codes(wall), ['1', '2', '3'], 'back in its own cell');
  actions.done(first);
  actions.done(second);
  expect.deepEqual(outbox.flushed, [outbox.entries[0].key]);
  expect.deepEqual(outbox.entries.map(({ action, body }) => [action, body.itemIds.length, body.station]), [['order:bump', 2, 'kitchen'], ['order:bump', 2, 'kitchen']]);
  // what is on its way is called back
  outbox.entries[0].state = 'acked';
  expect.equal(actions.undo(first), first);
  expect.equal(outbox.entries.at(-1).action, 'order:recall');
});

test('the last open line is Done; a line that was ticked and not sent is unticked without a word', async () => {
  const { wall, actions, outbox } = scene();
  const one = order(7, [item('A'), item('B')]);
  wall.load([one], 1);
  const line = (n) => wall.tickets.get(one.id).lines[n];
  actions.tap(one.id, line(0));
  expect.deepEqual([line(0).state, line(0).kept, outbox.entries[0].action], ['done', true, 'item:bump']);
  actions.tap(one.id, line(0));
  expect.deepEqual([line(0).state, outbox.entries.length], ['open', 0]);
  actions.tap(one.id, line(0));
  actions.tap(one.id, line(1));
  expect.deepEqual(outbox.entries.map(({ action }) => action), ['item:bump', 'order:bump']);
  expect.deepEqual(codes(wall), ['(7)']);
});

test('what came after Done stays open: the ticket hangs again, in its cell', () => {
  const { wall, actions, outbox } = scene();
  const one = order(7, [item('A')]);
  wall.load([one, order(8, [item('B')])], 1);
  actions.done(one.id);
  wall.hear('order:updated', { order: { ...one, version: 2, items: [...one.items, item('C', { batch: 2 })] }, changes: ['items'] }, { seq: 2 });
  expect.deepEqual(codes(wall), ['7', '8']);
  expect.deepEqual(outbox.entries[0].body.itemIds, [one.items[0].id]);
  expect.deepEqual(wall.tickets.get(one.id).lines.map((line) => line.state), ['done', 'open']);
});

test('a ghost with Undo keeps its cell while the others close up around it', () => {
  const { wall, clock, actions } = scene({ cols: 2, rows: 2 });
  wall.load([1, 2, 3, 4, 5, 6].map((n) => order(n, [item('A', { fired_at: iso(n * 1000) })])), 1);
  const [first, , third] = wall.grid.shown;
  actions.done(first);
  clock.ms += 4000;
  actions.done(third);
  clock.ms += 1500;
  wall.tick(false);
  expect.deepEqual(codes(wall), ['2', '4', '(3)', '5']);
  clock.ms += 4000;
  wall.tick(false);
  expect.deepEqual(codes(wall), ['2', '4', '5', '6']);
});

test('a party that needs the room spans a column; what is first hangs first, after the next closing up', () => {
  const { wall, clock } = scene({ cols: 3, rows: 2 });
  wall.isTall = (one) => one.code === '2';
  const all = [1, 2, 3, 4].map((n) => order(n, [item('A', { fired_at: iso(n * 1000) })]));
  wall.load(all, 1);
  wall.grid.reorder();
  wall.tick(false);
  const where = (n) => wall.grid.cells.get(all[n - 1].id);
  expect.deepEqual(where(2), { col: 1, row: 0, tall: true });
  expect.deepEqual([where(1), where(3)].map(({ col, row }) => [col, row]), [[0, 0], [0, 1]], 'the open cell is for the next one');
  wall.hear('order:updated', { order: { ...all[3], priority: 1, version: 2 }, changes: ['priority'] }, { seq: 2 });
  expect.equal(codes(wall)[0], '1');
  clock.ms += 250;
  wall.tick(false);
  expect.equal(codes(wall)[0], '4');
});

test('a later page shows what waits in the rail, and the first one comes back', () => {
  const { wall, clock } = scene({ cols: 2, rows: 1 });
  wall.load([1, 2, 3, 4, 5].map((n) => order(n, [item('A', { fired_at: iso(n * 1000) })])), 1);
  wall.grid.page(clock.ms, 1);
  expect.deepEqual([codes(wall), wall.grid.before], [['3', '4'], 2]);
  wall.grid.page(clock.ms, 1);
  expect.deepEqual([codes(wall), wall.grid.rail.length], [['5'], 0]);
  wall.grid.page(clock.ms, 1);
  expect.deepEqual([codes(wall), wall.grid.before], [['1', '2'], 0]);
});

test('new is what no screen has seen, then what came; a touch ends it; what was refused says so for five seconds', () => {
  const { wall, clock, said, outbox, actions } = scene();
  const known = order(1, [item('A'), item('B')]);
  wall.load([known, order(2, [item('A')], { seen_at: null })], 1);
  expect.deepEqual([...wall.fresh].map((id) => wall.tickets.get(id).code), ['2']);
  wall.load([known, order(3, [item('C', { quantity: 3 }), item('D', { allergy: 'peanuts' })])], 5, { missed: true });
  expect.deepEqual(said.map(({ kind, ticket: one }) => `${kind} ${one.code}`), ['new 2'], 'what was missed rings nothing');
  expect.deepEqual([...wall.missed].map((id) => wall.tickets.get(id).code), ['3']);
  actions.tap(known.id, wall.tickets.get(known.id).lines[0]);
  outbox.entries[0].state = 'refused';
  wall.outbox(outbox.entries);
  const line = () => wall.tickets.get(known.id).lines[0];
  expect.deepEqual([line().state, line().mark], ['open', 'refused']);
  expect.deepEqual(wall.tick(false), []);
  clock.ms += 5000;
  expect.deepEqual(wall.tick(false), [outbox.entries[0].key]);
});

test('a wish ends with the stream: of several the last counts, and waiting shows only without a connection', () => {
  const entries = [
    { key: 'a', state: 'acked', patch: { order: 'o', lines: ['x'], what: 'tick' } },
    { key: 'b', state: 'waiting', patch: { order: 'o', lines: ['x'], what: 'untick' } },
    { key: 'c', state: 'waiting', patch: { order: 'o', lines: [], what: 'allergy' } },
    { key: 'd', state: 'waiting', patch: { dish: 4, available: false } },
    { key: 'e', state: 'waiting' },
  ];
  expect.deepEqual(wishes(entries, false).get('x'), { status: 'preparing', mark: '' });
  expect.deepEqual(wishes(entries, true).get('x'), { status: 'preparing', mark: 'waits' });
  expect.deepEqual(wishes(entries, false).get('o allergy'), { ack: true, mark: '' });
});

test('what happened is one sound and one sentence', () => {
  const say = (key, values = {}) => `${key.replace('kitchen.', '')}${Object.values(values).length ? `(${Object.values(values)})` : ''}`;
  const one = ticket(order(6, [item('A', { quantity: 3 }), item('B', { allergy: 'peanuts' })]), seen());
  const off = ticket(order(7, [item('A')], { canonical_status: 'cancelled' }), seen());
  expect.equal(sentence([{ kind: 'new', ticket: one }], say), 'news_new(table(6)), dishes(4), news_allergy(peanuts)');
  expect.equal(sound([{ kind: 'new', ticket: one }, { kind: 'off', ticket: off }]), 'void');
  expect.equal(sound([{ kind: 'moved', ticket: one, from: '5' }]), '');
  expect.equal(sentence(Array(4).fill({ kind: 'new', ticket: one }), say), 'news_many(4)');
});

test('all day counts what is open, once, and only of this station', () => {
  const { wall, actions } = scene();
  const one = order(1, [item('Pad Thai', { quantity: 2 }), item('Soup', { status: 'ready' }), item('Mango', { status: 'held', fired_at: null, course: 3, quantity: 2 }), item('Beer', { station: 'bar' })]);
  wall.load([one, order(2, [item('Pad Thai'), item('Soup')])], 1);
  expect.deepEqual(wall.allDay, [{ name: 'Pad Thai', n: 3 }, { name: 'Soup', n: 1 }]);
  expect.deepEqual(wall.held.map(({ code, n, course }) => [code, n, course]), [['1', 2, 3]]);
  actions.done(one.id);
  expect.deepEqual(wall.allDay[0], { name: 'Pad Thai', n: 1 });
});

test('at the pass Done makes ready, and a second Done hands over', () => {
  const { wall, actions, outbox } = scene({ station: 'expo' });
  const one = order(4, [item('A'), item('Beer', { station: 'bar', status: 'ready' })]);
  wall.load([one], 1);
  actions.done(one.id);
  const drawn = () => wall.tickets.get(one.id);
  expect.deepEqual([drawn().phase, drawn().undo !== ''], ['ready', true]);
  expect.equal(actions.done(one.id), 'moved', 'one after the other');
  outbox.entries = [];
  wall.outbox([]);
  wall.hear('order:updated', { order: { ...one, canonical_status: 'ready', version: 2, items: one.items.map((each) => ({ ...each, status: 'ready', version: 2 })) }, changes: ['items'] }, { seq: 2 });
  actions.done(one.id);
  expect.deepEqual([outbox.entries[0].action, outbox.entries[0].body.status], ['order:update_status', 'completed']);
  expect.deepEqual(codes(wall), ['(4)']);
});

test('keys mean the same on a keyboard and on a bump bar', () => {
  const key = (name, more = {}, at = { isTicket: false }) => command({ key: name, ...more }, at);
  expect.deepEqual(key('3', { code: 'Digit3' }), { do: 'select', n: 3 });
  expect.deepEqual(key('3', { code: 'Numpad3' }), { do: 'select', n: 3 });
  expect.deepEqual(key('"', { code: 'Digit2', shiftKey: true }), { do: 'station', n: 2 });
  expect.deepEqual(key('Enter', {}, { isTicket: true }), { do: 'done' });
  expect.equal(key('Enter'), null, 'on a button it is the button\'s');
  expect.equal(key('Enter', { repeat: true }, { isTicket: true }), null, 'a key that is held down is one press');
  expect.deepEqual([key('u'), key('Backspace')], [{ do: 'undo' }, { do: 'undo' }]);
  expect.equal(key('r', { ctrlKey: true }), null, 'the browser\'s own');
});

test('a screen shows as many tickets as it can show whole', () => {
  const of = (width, height, size = 'm') => (({ cols, rows, scale }) => [cols, rows, scale])(dims({ width, height, size }));
  expect.deepEqual([of(1920, 1080, 's'), of(1920, 1080), of(1920, 1080, 'l')], [[6, 2, 1], [5, 2, 1], [4, 2, 1]]);
  expect.deepEqual([of(3840, 2160), of(1024, 768), of(960, 540), of(390, 844), of(1366, 768)], [[5, 2, 2], [4, 1, 1], [4, 1, 1], [1, 0, 1], [3, 1, 1]]);
  const view = { width: 1920, height: 1080, scale: 1 };
  const drawn = (n) => ticket(order(1, Array.from({ length: n }, (_, k) => item(`Dish ${k}`))), seen());
  expect.deepEqual([3, 9].map((n) => tall(drawn(n), cell(view, { cols: 5, rows: 2 }), 'm')), [false, true]);
  expect.deepEqual(places(['8', '11', 'P42', '4'], 71 * 3 + 6 * 2 + 20), [{ x: 0, width: 71 }, { x: 77, width: 71 }, { x: 154, width: 81 }]);
});

test('a grid that closes up without a cause moves nothing', () => {
  const grid = new Grid({ cols: 2, rows: 2 });
  grid.hang([{ id: 'a', code: '1', key: 1, first: false, tall: false }], 0);
  expect.equal(grid.close(10), false);
  expect.equal(grid.steady('a', 0), true);
});

test('what stands beside the tickets has a place that is known before it is drawn', () => {
  expect.deepEqual(['Pad Thai', 'Mango sticky rice', 'Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln'].map((text) => lines(text, 12.4)), [1, 2, 6]);
  const dishes = Array.from({ length: 20 }, (_, n) => ({ text: `Dish ${n}` }));
  const at = place(dishes, [{ text: '4 desserts' }], 700);
  expect.equal(at.dishes.length + at.beyond, 20);
  expect.ok(at.held[0].y + 42 <= 700 && at.dishes.every((one, n) => n === 0 || one.y > at.dishes[n - 1].y));
});
