// What the waiter's screen knows without a browser: needs, courses, baskets, shares, answers that overtake each other, what a refusal leaves to do.
import { expect, test } from './harness/index.js';
import { sum, toMinor, toText } from '../../consumers/screens/waiter/model/amounts.js';
import * as baskets from '../../consumers/screens/waiter/model/basket.js';
import { choose } from '../../consumers/screens/waiter/model/choosing.js';
import { age, stay } from '../../consumers/screens/waiter/model/clock.js';
import * as entries from '../../consumers/screens/waiter/model/entries.js';
import * as floors from '../../consumers/screens/waiter/model/floor.js';
import { allergies, byCourse, isRemoval, stateOf } from '../../consumers/screens/waiter/model/lines.js';
import { found } from '../../consumers/screens/waiter/model/menu.js';
import { isMine, needs } from '../../consumers/screens/waiter/model/needs.js';
import { predict } from '../../consumers/screens/waiter/model/predict.js';
import { waysOn } from '../../consumers/screens/waiter/model/refused.js';
import { equal, equalText } from '../../consumers/screens/waiter/model/shares.js';
import { balancesAfter, costOfPart, localBill, people, pickedAmount } from '../../consumers/screens/waiter/model/splits.js';
import { byNumber, tileOf } from '../../consumers/screens/waiter/model/tiles.js';
import { hashOf, parse } from '../../consumers/screens/waiter/model/routes.js';
import { Reads } from '../../consumers/screens/waiter/model/reads.js';

const NOW = Date.parse('2026-12-01T19:45:00Z');
const at = (seconds) => new Date(NOW - seconds * 1000).toISOString();
const line = (id, more = {}) => ({ id, uuid: `line-${id}`, menu_item_id: 1, name: 'Pad Thai', quantity: 1, price: '80.00', status: 'queued', seat: null, course: 2, modifiers: [], note: null, allergy: null, version: 1, fired_at: at(60), seen_at: at(50), ...more });
const order = (id, more = {}) => ({ id, uuid: `order-${id}`, public_id: `order-${id}`, status: 'confirmed', type: 'dine_in', source: 'waiter', table_id: 5, table_number: '5', session_id: 1, waiter_id: 10, items: [line(id * 10)], items_count: 1, total_amount: '80.00', paid_amount: '0.00', balance: '80.00', currency: 'THB', note: null, allergy_note: null, created_at: at(60), confirmed_at: at(60), ready_at: null, version: 1, ...more });
const table = (id, more = {}) => ({ id, number: String(id), capacity: 4, is_occupied: true, is_active: true, zone: 'A', restaurant_id: 2, restaurant: 'Baan Mia', session: { id: 1, session_code: 'A', guests_count: 4, started_at: at(1500), waiter_id: 10, version: 1 }, version: 1, ...more });
const task = (id, more = {}) => ({ id, kind: 'call_waiter', title: 'Table 5 calls', status: 'open', priority: 3, assignee_id: null, order_id: null, table_id: 5, table_number: '5', created_at: at(40), version: 1, ...more });
const floorOf = ({ tables = [table(5)], orders = [], tasks = [], notices = [], menu = [] }) => floors.replace(floors.empty(), { tables, orders, tasks, notices, menu, names: { 10: 'Mia', 11: 'Noah' } });
const model = (name, run) => test(name, run, { none: true });

model('amounts are exact in currencies with no, two and three digits', () => {
  expect.equal(toMinor('642.50'), 64250);
  expect.equal(toMinor('12,5', 2), 1250);
  expect.equal(toMinor('7', 3), 7000);
  expect.ok(Number.isNaN(toMinor('1.005', 2)));
  expect.ok(Number.isNaN(toMinor('', 2)));
  expect.ok(Number.isNaN(toMinor('1e3', 2)));
  expect.equal(toMinor('1.500', 2), 150);
  expect.equal(toText(5, 2), '0.05');
  expect.equal(toText(-1234, 3), '-1.234');
  expect.equal(toText(500, 0), '500');
  expect.equal(sum(['0.10', '0.20', '1000000000.05']), '1000000000.35');
});

model('equal shares: 100.00 by 3 is 33.34 33.33 33.33, and every sum is the total, in THB, JPY and KWD', () => {
  expect.deepEqual(equalText('100.00', 3), ['33.34', '33.33', '33.33']);
  expect.deepEqual(equalText('100', 3), ['34', '33', '33']);
  expect.deepEqual(equalText('10.000', 3), ['3.334', '3.333', '3.333']);
  expect.deepEqual(equalText('0.01', 4), ['0.01', '0.00', '0.00', '0.00']);
  for (let minor = 0; minor < 400; minor += 7) {
    for (let n = 1; n <= 50; n += 1) {
      const shares = equal(minor, n);
      expect.equal(shares.length, n);
      expect.equal(shares.reduce((all, one) => all + one, 0), minor);
      expect.ok(Math.max(...shares) - Math.min(...shares) <= 1);
    }
  }
});

model('by dish: parts of a line that does not divide are the whole in the end', () => {
  const part = { id: 1, name: 'Share', quantity: 3, seat: null, due_quantity: 3, due_amount: '100.00', amount: '100.00' };
  expect.equal(costOfPart(part, 1, 2), 3333);
  const left = { ...part, due_quantity: 1, due_amount: toText(10000 - 2 * 3333, 2) };
  expect.equal(costOfPart(part, 1, 2) * 2 + costOfPart(left, 1, 2), 10000);
  expect.equal(pickedAmount([part], { 1: 3 }, 2), '100.00');
  expect.equal(pickedAmount([part], { 1: 99 }, 2), '100.00');
  const bill = localBill(1, [order(1, { items: [line(1, { seat: 2 }), line(2), line(3, { status: 'voided', seat: 9 })] })]);
  expect.deepEqual(people(bill).map(({ seat, amount }) => [seat, amount]), [[2, '80.00'], [null, '80.00']]);
});

model('a payment takes the oldest order first, as the server does', () => {
  const orders = [{ id: 2, balance: '30.00' }, { id: 1, balance: '50.00' }];
  expect.deepEqual(balancesAfter(orders, 6000), { 1: '0.00', 2: '20.00' });
  expect.deepEqual(balancesAfter(orders, 999_999), { 1: '0.00', 2: '0.00' });
});

model('needs you: late, calls, ready, bill, to check, and the oldest of a kind first', () => {
  const floor = floorOf({
    tables: [5, 6, 9, 12, 2, 3].map((id) => table(id, { session: { ...table(id).session, id } })),
    orders: [
      order(1, { table_id: 5, session_id: 5, items: [line(10, { status: 'ready', ready_at: at(70) })] }),
      order(2, { table_id: 3, session_id: 3, items: [line(20, { status: 'ready', ready_at: at(90) })] }),
      order(3, { table_id: 6, session_id: 6, status: 'new', source: 'qr', items: [line(30, { quantity: 4, allergy: 'peanuts', fired_at: null, seen_at: null })] }),
      order(4, { table_id: 12, session_id: 12, items: [line(40, { status: 'preparing', quantity: 8, fired_at: at(860) })] }),
    ],
    tasks: [task(1, { table_id: 9 }), task(2, { kind: 'bill', table_id: 2, status: 'acknowledged', assignee_id: 11, created_at: at(125) })],
  });
  const all = needs(floor, NOW);
  expect.deepEqual(all.map(({ kind, number }) => `${kind} ${number}`), ['late 12', 'call 9', 'ready 3', 'ready 5', 'bill 2', 'check 6']);
  expect.equal(all.find(({ kind }) => kind === 'check').allergy, 'peanuts');
  expect.equal(all.find(({ kind }) => kind === 'late').dishes[0].quantity, 8);
  expect.equal(all.find(({ kind }) => kind === 'bill').by, 11);
  expect.equal(all.find(({ kind }) => kind === 'call').by, null);
});

model('what is ready is carried by whoever took the notice that says so, and by nobody before', () => {
  const orders = [order(1, { status: 'ready', items: [line(10, { status: 'ready', ready_at: at(70) })] })];
  const notice = { notification_id: '7', type: 'order_notification', event: 'ready', order_id: 1, message: 'ready', priority: 3, created_at: at(70), version: 1 };
  const of = (more) => needs(floorOf({ orders, notices: [{ ...notice, ...more }] }), NOW)[0];
  expect.deepEqual([of({}).notice_id, of({}).by], ['7', null]);
  expect.deepEqual([of({ acknowledged_at: at(3), acknowledged_by: 11 }).notice_id, of({ acknowledged_at: at(3), acknowledged_by: 11 }).by], [null, 11]);
  expect.equal(of({ acknowledged_at: at(900), acknowledged_by: 11, created_at: at(1000) }).by, null, 'that was another time');
});

model('a task that is given to somebody is not taken until they say so', () => {
  const given = needs(floorOf({ tasks: [task(1, { assignee_id: 10 })] }), NOW);
  expect.equal(given[0].by, null);
});

model('what is not late: held, served, voided, a guest\'s order that nobody approved, and what a driver takes', () => {
  const old = { fired_at: at(4000) };
  const floor = floorOf({ orders: [
    order(1, { items: [line(1, { ...old, status: 'held', fired_at: null }), line(2, { ...old, status: 'served' }), line(3, { ...old, status: 'voided' })] }),
    order(2, { status: 'new', created_at: at(4000), items: [line(4, { fired_at: null })] }),
    order(3, { type: 'delivery', table_id: null, items: [line(5, old)] }),
  ] });
  expect.deepEqual(needs(floor, NOW).map(({ kind }) => kind), ['check']);
});

model('whose table it is: the section says it, nobody\'s is everybody\'s, and it locks nothing', () => {
  expect.ok(isMine(table(5), 10, []));
  expect.ok(!isMine(table(5), 11, []));
  expect.ok(isMine(table(5), 11, [5]));
  expect.ok(isMine(table(5, { session: null }), 11, []));
  expect.ok(!isMine(table(5, { session: null }), 11, [6]));
});

model('courses rise, drinks stand last, a held course can be fired', () => {
  const menu = [{ id: 2, category: 'Drinks', name: 'Iced tea', price: '35.50', allergens: [], choices: [], course: null, is_available: true, version: 1, description: '' }];
  const orders = [order(1, { items: [line(1, { course: 3, status: 'held', fired_at: null }), line(2, { course: null, menu_item_id: 2 }), line(3, { course: 1 }), line(4, { course: 3, status: 'voided' })] }), order(2, { items: [line(5, { course: 3, status: 'held', fired_at: null })] })];
  const courses = byCourse(orders, menu);
  expect.deepEqual(courses.map(({ course, category }) => course ?? category), [1, 3, 'Drinks']);
  expect.ok(courses[1].held);
  expect.equal(courses[1].rows.length, 3);
  expect.ok(!courses[0].held);
});

model('a line has one state, and "unseen" until a screen of the kitchen has it', () => {
  const of = (more, over = {}) => stateOf(line(1, more), order(1, over));
  expect.equal(of({ seen_at: null }), 'unseen');
  expect.equal(of({}), 'queued');
  expect.equal(of({ seen_at: null }, { status: 'new' }), 'check');
  expect.equal(of({ status: 'voided', void_acked_at: null }), 'void-unseen');
  expect.equal(of({ status: 'voided', void_acked_at: at(1) }), 'void');
  expect.equal(of({ status: 'voided', void_acked_at: null, fired_at: null }), 'void');
  expect.equal(of({ waiting: true }), 'waiting');
  expect.equal(of({ status: 'ready' }), 'pass');
});

model('allergies are said once each, with whom they concern', () => {
  const orders = [order(1, { items: [line(1, { seat: 2, allergy: 'peanuts' }), line(2, { seat: 2, allergy: 'peanuts' }), line(3, { seat: 3, allergy: 'gluten', status: 'voided' })], allergy_note: 'sesame' })];
  expect.deepEqual(allergies(orders), [{ seat: null, text: 'sesame' }, { seat: 2, text: 'peanuts' }]);
  expect.ok(isRemoval('No peanuts') && isRemoval('ohne Ei') && isRemoval('ไม่ใส่ถั่ว') && !isRemoval('Noodles'));
});

model('answers may overtake each other: what is older than what is known is dropped, line by line', () => {
  let floor = floorOf({ orders: [order(1, { version: 4, items: [line(1, { version: 3, status: 'ready' }), line(2)] })] });
  expect.equal(floors.putOrder(floor, order(1, { version: 3 })), floor);
  floor = floors.putOrder(floor, order(1, { version: 5, items: [line(1, { version: 2, status: 'preparing' }), line(2, { version: 9, status: 'ready' })] }));
  expect.deepEqual(floor.orders[1].items.map(({ status }) => status), ['ready', 'ready']);
  floor = floors.putOrder(floor, { ...order(1, { version: 6 }), items: undefined });
  expect.equal(floor.orders[1].items.length, 2, 'a list has no lines, which says nothing about them');
  expect.equal(floors.putLine(floor, 1, line(1, { version: 2, status: 'queued' })), floor);
  floor = floors.replace(floor, { orders: [] });
  expect.deepEqual(floor.orders, {});
});

model('a tile says the worst of what its table wants, else what goes on there', () => {
  const word = (orders) => tileOf(floorOf({ orders }), table(5), []).word;
  expect.equal(word([]), 'nothing');
  expect.equal(word([order(1)]), 'cooking');
  expect.equal(word([order(1, { items: [line(1, { status: 'served' })], status: 'delivered' })]), 'served');
  expect.equal(word([order(1, { items: [line(1, { status: 'served' }), line(2, { status: 'held' })] })]), 'held');
  expect.equal(word([order(1, { items: [line(1, { status: 'served' })], status: 'completed', balance: '0.00' })]), 'paid');
  expect.equal(tileOf(floorOf({}), table(5, { session: null }), []).word, 'free');
  expect.deepEqual(byNumber([table(12), table(2), table(1, { number: 'T10' }), table(3, { number: 'T2' })]).map(({ number }) => number), ['2', '12', 'T2', 'T10']);
});

const dish = { id: 1, category: 'Mains', name: 'Pad Thai', description: 'rice noodles', price: '80.00', is_available: true, allergens: ['peanuts'], course: 2, version: 1, choices: [{ name: 'Protein', min: 1, max: 1, modifiers: [{ id: 1, name: 'Tofu', price: '0.00' }, { id: 2, name: 'Prawns', price: '40.00' }] }, { name: 'Without', min: 0, max: 2, modifiers: [{ id: 3, name: 'No egg', price: '0.00' }, { id: 4, name: 'No onion', price: '0.00' }, { id: 5, name: 'No peanuts', price: '0.00' }] }] };

model('a basket counts the same dish up, and what is different is a line of its own', () => {
  let basket = baskets.add([], baskets.lineOf(dish, 'a'));
  basket = baskets.add(basket, baskets.lineOf(dish, 'b'));
  expect.deepEqual(basket.map(({ uuid, quantity }) => [uuid, quantity]), [['a', 2]]);
  basket = baskets.add(basket, baskets.lineOf(dish, 'c', { allergy: 'peanuts', modifiers: [dish.choices[0].modifiers[1]] }));
  expect.equal(basket.length, 2);
  expect.equal(baskets.costOf(basket[1]), '120.00');
  expect.equal(baskets.count(basket), 3);
  expect.deepEqual(baskets.bodyOf(basket[1]), { uuid: 'c', menu_item_id: 1, quantity: 1, modifiers: [{ id: 2 }], allergy: 'peanuts' });
  expect.equal(baskets.put(basket, { ...basket[0], quantity: 0 }).length, 1);
  expect.equal(baskets.soldOut(basket, [{ ...dish, is_available: false }]).length, 2);
  expect.match(baskets.newUuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

model('choosing: one of a group takes the other\'s place, several stop at most, what is needed stays', () => {
  const [protein, without] = dish.choices;
  const [tofu, prawns] = protein.modifiers;
  expect.deepEqual(choose(protein, [tofu], prawns), [prawns]);
  expect.deepEqual(choose(protein, [tofu], tofu), [tofu]);
  expect.deepEqual(choose(without, [tofu], without.modifiers[0]), [tofu, without.modifiers[0]]);
  expect.deepEqual(choose(without, [without.modifiers[0]], without.modifiers[0]), []);
  expect.deepEqual(choose(without, without.modifiers.slice(0, 2), without.modifiers[2]), without.modifiers.slice(1));
});

model('searching finds by the beginning of words, accents aside, and anywhere in Thai', () => {
  const menu = [dish, { ...dish, id: 2, name: 'Crème brûlée', description: '' }, { ...dish, id: 3, name: 'ผัดไทยกุ้งสด', description: '' }];
  expect.deepEqual(found(menu, 'tha').map(({ id }) => id), [1]);
  expect.deepEqual(found(menu, 'creme').map(({ id }) => id), [2]);
  expect.deepEqual(found(menu, 'กุ้ง').map(({ id }) => id), [3]);
  expect.deepEqual(found(menu, 'noodles pad').map(({ id }) => id), [1]);
});

const chosen = [{ ...baskets.lineOf(dish, '6f1c2b1e-0000-4000-8000-00000000000a'), quantity: 2 }];

model('what is sent is drawn at once as waiting, once, and vanishes when the server has it', () => {
  const floor = floorOf({ orders: [order(1)] });
  const entry = entries.send({ table: table(5), restaurant: 2, order: order(1), lines: chosen, at: at(0) });
  expect.equal(entry.path, '/api/v1/orders/1/items');
  const once = predict(floor, [entry.patch]);
  expect.equal(once.orders[1].items.length, 2);
  expect.ok(once.orders[1].items[1].waiting);
  expect.equal(once.orders[1].balance, '240.00');
  expect.deepEqual(predict(once, [entry.patch]), once);
  const there = floors.putOrder(floor, order(1, { version: 2, items: [line(10), line(11, { uuid: chosen[0].uuid, quantity: 2 })] }));
  expect.equal(predict(there, [entry.patch]), there);
  const fresh = entries.send({ table: table(5), restaurant: 2, order: null, lines: chosen, at: at(0) });
  expect.deepEqual(fresh.body, { restaurant_id: 2, table_id: 5, items: [baskets.bodyOf(chosen[0])] });
  expect.equal(Object.values(predict(floor, [fresh.patch]).orders).filter(({ id }) => id < 0).length, 1);
});

model('every fold twice is the fold once, and none changes what it was given', () => {
  const floor = floorOf({ tables: [table(5), table(7, { session: null, is_occupied: false })], orders: [order(1, { items: [line(1), line(2, { status: 'ready' })] })], tasks: [task(1)], notices: [{ notification_id: '3', type: 'alert', message: 'm', priority: 3, created_at: at(1), version: 1 }] });
  const frozen = JSON.stringify(floor);
  const patches = [
    { kind: 'seat', table: 7, guests: 3, waiter: 10, at: at(0) }, { kind: 'guests', table: 5, guests: 6 }, { kind: 'lines', order: 1, lines: [1], status: 'voided' },
    { kind: 'note', order: 1, line: 1, note: 'hot' }, { kind: 'quantity', order: 1, line: 1, quantity: 3 }, { kind: 'order', order: 1, status: 'delivered' }, { kind: 'task', task: 1, status: 'acknowledged', assignee: 10 },
    { kind: 'notice', notice: '3', by: 10, at: at(0) }, { kind: 'paid', visit: 1, balances: { 1: '30.00' } }, { kind: 'move', visit: 1, from: 5, to: 7 }, { kind: 'close', table: 5 },
    { kind: 'send', order: 1, table: 5, visit: 1, lines: chosen, at: at(0) },
  ];
  for (const patch of patches) {
    const once = predict(floor, [patch]);
    expect.notDeepEqual(once, floor, patch.kind);
    expect.deepEqual(predict(once, [patch]), once, patch.kind);
  }
  expect.equal(JSON.stringify(floor), frozen);
  const moved = predict(floor, [patches.find(({ kind }) => kind === 'move')]);
  expect.deepEqual([moved.tables[5].session, moved.tables[7].session.id, moved.orders[1].table_number], [null, 1, '7']);
});

model('served: a whole order is one request, a part of one is a request per line; both wait for Undo', () => {
  const ready = (id) => line(id, { status: 'ready' });
  const whole = order(1, { status: 'ready', items: [ready(1), ready(2), line(3, { status: 'served' })] });
  expect.deepEqual(entries.served([{ order: whole, line: whole.items[0] }, { order: whole, line: whole.items[1] }], '5').map(({ path, body, after }) => [path, body, after]), [['/api/v1/orders/1', { status: 'delivered' }, 5000]]);
  const part = order(2, { status: 'preparing', items: [ready(4), line(5)] });
  expect.deepEqual(entries.served([{ order: part, line: part.items[0] }], '5').map(({ path, body }) => [path, body]), [['/api/v1/orders/2/items/4', { status: 'served' }]]);
});

model('more goes onto the newest order that the kitchen still has, never onto a guest\'s that waits', () => {
  const all = [order(1, { status: 'preparing' }), order(2, { status: 'new' }), order(3, { status: 'delivered' }), order(-4)];
  expect.equal(entries.openOrder(all).id, 1);
  expect.equal(entries.openOrder([order(2, { status: 'new' })]), null);
});

model('no refusal is a dead end: each has a way on, or is over', () => {
  const entry = entries.send({ table: table(5), restaurant: 2, order: order(1), lines: [...chosen, { ...chosen[0], uuid: 'x', menu_item_id: 9, name: 'Boat noodles' }], at: at(0) });
  const refused = (code, body = {}, of = entry) => waysOn({ ...of, refusal: { code, status: 409, body } })[0];
  expect.equal(refused('ORDER_CLOSED').entry.path, '/api/v1/orders');
  expect.equal(refused('ORDER_CLOSED').entry.body.table_id, 5);
  const rest = refused('SOLD_OUT', { details: { items: [{ menu_item_id: 9 }] } }).entry;
  expect.deepEqual([rest.body.items.length, rest.label.n, rest.patch.lines.length], [1, 2, 1]);
  const off = entries.voided(order(1), line(10), 'Wrong dish', '5');
  expect.deepEqual(refused('VERSION_CONFLICT', { version: 3 }, off).entry.body, { reason: 'Wrong dish' });
  expect.equal(refused('ITEM_IN_PREPARATION', {}, off).do, 'manager');
  const paid = entries.pay(table(5), { amount: 'remaining' }, { method: 'cash', shown: '80.00', balance: '80.00', balances: { 1: '0.00' } });
  const again = refused('BALANCE_CHANGED', { details: { balance: '39.50' } }, paid);
  expect.deepEqual([again.amount, again.entry.body.expected_balance], ['39.50', '39.50']);
  expect.equal(refused('UNPAID_ORDERS', {}, entries.close(table(5))).do, 'bill');
  expect.equal(refused('INVALID_TRANSITION'), undefined);
  expect.equal(refused('SOMETHING_ELSE').do, 'again');
});

model('a PIN is never in what the outbox stores', () => {
  const all = [entries.voided(order(1), line(1), 'r', '5'), entries.pay(table(5), { amount: '1.00' }, { method: 'card', shown: '1.00', balance: '2.00', balances: {} }), entries.close(table(5))];
  for (const entry of all) expect.doesNotMatch(JSON.stringify(entry), /pin|approval/i);
});

model('addresses of views and back', () => {
  for (const route of [{ view: 'floor' }, { view: 'inbox' }, { view: 'me' }, { view: 'table', table: 5 }, { view: 'add', table: 5 }, { view: 'bill', table: 12 }, { view: 'check', table: 6 }]) expect.deepEqual(parse(hashOf(route)), route);
  for (const odd of ['', '#', '#/t/0', '#/t/x', '#/../..', '#/t/5/nothing']) expect.ok(parse(odd).view);
});

model('clocks: m:ss, from an hour on hours; never negative, though a device\'s clock is behind', () => {
  expect.deepEqual([age(9999), age(-5000), age(3_599_000), age(3_660_000), stay(5_400_000), stay(-1)], ['0:09', '0:00', '59:59', '1 h 01', '1:30', '0:00']);
});

model('an order that changes while it is read is read once more, and not ten times', async () => {
  const calls = [];
  let go = () => {};
  const reads = new Reads(async (ref) => {
    calls.push(ref);
    await new Promise((done) => (go = done));
    return true;
  });
  const first = reads.read('1');
  const called = async (n) => {
    for (let turn = 0; turn < 1000 && calls.length < n; turn += 1) await new Promise(setImmediate);
    expect.equal(calls.length, n);
  };
  await called(1);
  for (let n = 0; n < 10; n += 1) reads.read('1');
  go();
  await called(2);
  go();
  await first;
  expect.deepEqual(calls, ['1', '1']);
});

model('what could not be read is read when the connection is back', async () => {
  let up = false;
  const calls = [];
  const reads = new Reads(async (ref) => (calls.push(ref), up));
  await reads.read('1');
  up = true;
  reads.again();
  await reads.read('1');
  expect.ok(calls.length >= 2);
  const before = calls.length;
  reads.again();
  expect.equal(calls.length, before, 'it is read once');
});
