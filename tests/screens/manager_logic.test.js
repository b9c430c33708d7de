// What the manager's screen thinks, without a browser: bars, lateness, filters, keys, decisions, what is read again after a change, the words of the history, a dish's form.
import { expect, test } from './harness/index.js';
import { HOUR_MS, USUAL, axis, bar, firedAt, lateness } from '../../consumers/screens/manager/bars.js';
import { chosen, inOrder } from '../../consumers/screens/manager/filter.js';
import { command, stepped } from '../../consumers/screens/manager/keys.js';
import { decisions } from '../../consumers/screens/manager/decide.js';
import { limits } from '../../consumers/screens/manager/limits.js';
import { Old, SINGLES_MAX } from '../../consumers/screens/manager/reading.js';
import { dashboard, delivery, dining } from '../../consumers/screens/manager/rows.js';
import { steady } from '../../consumers/screens/manager/steady.js';
import { by, sentence } from '../../consumers/screens/manager/past.js';
import { changed, fromDish, priceOf, toBody } from '../../consumers/screens/manager/dish_form.js';
import { said, standing, who } from '../../consumers/screens/manager/naming.js';

const pure = (name, run) => test(`manager logic: ${name}`, async () => run(), { none: true });
const NOW = Date.parse('2026-12-01T19:47:00Z');
const ago = (minutes) => (minutes === undefined || minutes === null ? null : new Date(NOW - minutes * 60_000).toISOString());
const order = (id, status, { created, confirmed, preparing, ready, left, served, over, cancelled, ...more } = {}) => ({
  id,
  status,
  type: 'dine_in',
  created_at: ago(created ?? 10),
  confirmed_at: ago(confirmed),
  preparing_at: ago(preparing),
  ready_at: ago(ready),
  picked_up_at: ago(left),
  delivered_at: ago(served),
  completed_at: ago(over),
  cancelled_at: ago(cancelled),
  driver_id: null,
  payment_status: 'unpaid',
  total_amount: '100.00',
  currency: 'THB',
  version: 1,
  ...more,
});
const parts = (of) =>
  bar(of, USUAL, NOW)
    .map(({ part, left, width }) => `${part} ${Math.round(left)}+${Math.round(width)}`)
    .join(', ');
const t = (key, values = {}) => `${key}${Object.keys(values).length ? JSON.stringify(values) : ''}`;
const words = { t, money: (text) => text, clock: (ms) => `${Math.floor(ms / 60_000)}:00` };

pure('a bar shows what was sent, cooked, ready, served, each where it was in the hour', () => {
  expect.equal(parts(order(1, 'delivered', { created: 54, confirmed: 53, preparing: 48, ready: 36, served: 30 })), 'sent 10+10, cooking 20+20, ready 40+10, served 50+50');
});

pure('what takes too long is red from where it does', () => {
  expect.equal(parts(order(1, 'preparing', { created: 17, confirmed: 15, preparing: 15 })), 'sent 72+3, cooking 75+13, late 88+12');
  expect.equal(parts(order(1, 'ready', { type: 'delivery', created: 32, confirmed: 30, preparing: 30, ready: 18 })), 'sent 47+3, cooking 50+20, ready 70+13, late 83+17');
});

pure('a delivery on the road is drawn as one, and what lies before the hour is cut off', () => {
  expect.equal(parts(order(1, 'out_for_delivery', { type: 'delivery', created: 90, confirmed: 80, preparing: 80, ready: 30, left: 15, driver_id: 901 })), 'cooking 0+50, ready 50+25, road 75+25');
  expect.equal(parts(order(1, 'completed', { created: 200, confirmed: 190, preparing: 190, ready: 180, served: 170, over: 100 })), '');
});

pure('an add-on is cooked again after a pause; a recall goes on with its clock', () => {
  const addOn = order(1, 'preparing', { created: 37, confirmed: 36, preparing: 6, ready: 24 });
  expect.equal(parts(addOn), 'sent 38+2, cooking 40+20, served 60+30, cooking 90+10');
  expect.equal(lateness(addOn, USUAL, NOW), 'warn');
  const recalled = { ...addOn, recalled_at: ago(6) };
  expect.equal(firedAt(recalled), NOW - 36 * 60_000);
  expect.equal(lateness(recalled, USUAL, NOW), 'late');
});

pure('every bar lies inside its hour, whatever its times are', () => {
  const clocks = [undefined, -20, 0, 1, 30, 59, 61, 500];
  for (const created of clocks.slice(1))
    for (const preparing of clocks)
      for (const ready of clocks)
        for (const served of clocks)
          for (const status of ['new', 'pending', 'preparing', 'ready', 'delivered', 'cancelled']) {
            for (const { left, width } of bar(order(1, status, { created, confirmed: created, preparing, ready, served }), USUAL, NOW))
              expect.ok(left >= 0 && width > 0 && left + width <= 100.01, `${status} ${created} ${preparing} ${ready} ${served}: ${left}+${width}`);
          }
});

pure('the axis has five times, a quarter of an hour apart', () => {
  expect.deepEqual(
    axis(NOW).map((one) => (NOW - one) / HOUR_MS),
    [1, 0.75, 0.5, 0.25, 0],
  );
});

pure('amber and red are the house’s, of the station that has the most time', () => {
  const stations = [
    { code: 'kitchen', is_expo: false, amber_s: 420, red_s: 600 },
    { code: 'bar', is_expo: false, amber_s: 120, red_s: 240 },
    { code: 'expo', is_expo: true, amber_s: 900, red_s: 1200 },
    { code: 'pos', is_expo: false, amber_s: 1, red_s: 9000 },
  ];
  expect.deepEqual(limits(stations), { amber_s: 420, red_s: 600 });
  expect.deepEqual(limits([]), USUAL);
  expect.deepEqual(limits([{ code: 'kitchen', is_expo: false, amber_s: null, red_s: null }]), USUAL);
  expect.equal(lateness(order(1, 'confirmed', { confirmed: 9 }), limits(stations), NOW), 'warn');
});

const evening = [
  order(1, 'delivered', { created: 50, confirmed: 49, ready: 40, served: 38 }),
  order(2, 'preparing', { created: 20, confirmed: 19, preparing: 18 }),
  order(3, 'completed', { created: 55, confirmed: 54, ready: 50, served: 49, over: 40, payment_status: 'paid' }),
  order(4, 'new', { created: 1 }),
  order(5, 'preparing', { created: 12, confirmed: 11, preparing: 10 }),
  order(6, 'cancelled', { created: 30, cancelled: 29 }),
  order(7, 'ready', { created: 15, confirmed: 14, preparing: 14, ready: 9, type: 'delivery' }),
];
const filtered = (filter, text = '') =>
  chosen(
    evening,
    filter,
    text,
    () => USUAL,
    (one) => `order ${one.id} Mia`,
    NOW,
  ).map(({ id }) => id);

pure('filters show open, late, unpaid, all; a text narrows them', () => {
  expect.deepEqual(filtered('open'), [1, 2, 4, 5, 7]);
  expect.deepEqual(filtered('late'), [2, 5, 7]);
  expect.deepEqual(filtered('unpaid'), [1, 2, 4, 5, 7]);
  expect.deepEqual(filtered('all').length, 7);
  expect.deepEqual(filtered('all', ' ORDER 3'), [3]);
  expect.deepEqual(filtered('open', 'nobody'), []);
});

pure('the most urgent stands first: late by age, then what is to approve, then what is made', () => {
  expect.deepEqual(
    inOrder(evening, () => USUAL, NOW)
      .map(({ id }) => id)
      .slice(0, 4),
    [2, 7, 5, 4],
  );
});

pure('a list does not move under a finger', () => {
  expect.deepEqual(
    steady([1, 2, 3], [3, 1, 4], false, () => true),
    [3, 1, 4],
  );
  expect.deepEqual(
    steady([1, 2, 3], [3, 1, 4], true, () => true),
    [1, 2, 3, 4],
  );
  expect.deepEqual(
    steady([1, 2, 3], [3], true, (id) => id !== 2),
    [1, 3],
  );
});

const press = (key, more = {}) => command({ key, ctrl: false, alt: false, meta: false, typing: false, dialog: false, ...more });

pure('keys find, filter, walk and close; not while something is typed, or a sheet is open', () => {
  expect.deepEqual(press('/'), { kind: 'find' });
  expect.deepEqual(
    ['o', 'L', 'n', 'A'].map((key) => press(key).filter),
    ['open', 'late', 'unpaid', 'all'],
  );
  expect.deepEqual(press('ArrowDown'), { kind: 'step', by: 1 });
  expect.equal(press('l', { typing: true }), null);
  expect.equal(press('l', { dialog: true }), null);
  expect.equal(press('l', { ctrl: true }), null);
  expect.deepEqual(press('Escape', { typing: true }), { kind: 'close' });
  expect.equal(stepped([5, 6, 7], null, 1), 5);
  expect.equal(stepped([5, 6, 7], 7, 1), 7);
  expect.equal(stepped([5, 6, 7], 6, -1), 5);
  expect.equal(stepped([], 6, -1), null);
});

pure('decisions: no driver, failed, to approve, nobody goes, a silent screen; the worst first, and what was seen is gone', () => {
  const tasks = [
    { id: 1, kind: 'bill', status: 'open', table_number: '2', created_at: ago(6), priority: 3 },
    { id: 2, kind: 'bill', status: 'acknowledged', table_number: '3', created_at: ago(6), priority: 3 },
    { id: 3, kind: 'call_waiter', status: 'open', table_number: '4', created_at: ago(1), priority: 3 },
    { id: 4, kind: 'custom', status: 'open', order_id: 8, created_at: ago(1), priority: 4 },
    { id: 5, kind: 'custom', status: 'open', order_id: null, title: 'Fryer', created_at: ago(1), priority: 4 },
  ];
  const devices = [
    { id: 1, name: 'Pass', online: false, last_seen_at: ago(4) },
    { id: 2, name: 'Bar', online: true, last_seen_at: ago(4) },
    { id: 3, name: 'New', online: false, last_seen_at: null },
  ];
  const failed = order(8, 'out_for_delivery', { type: 'delivery', driver_id: 901, failed_at: ago(2), code: 'D8' });
  const drivers = [
    { id: 902, name: 'Som', status: 'offline' },
    { id: 901, name: 'Lek', status: 'available' },
  ];
  const now = { orders: [...evening, failed], devices, tasks, drivers, alertS: 120, seen: new Set(), now: NOW };
  const found = decisions(now);
  expect.deepEqual(
    found.map(({ kind, state }) => `${kind} ${state}`),
    ['driver late', 'unattended late', 'failed late', 'approve new', 'silent warn', 'task warn'],
  );
  expect.equal(found[0].driver.name, 'Lek', 'the free one is proposed');
  const silent = found.find(({ kind }) => kind === 'silent');
  expect.ok(!decisions({ ...now, seen: new Set([silent.key]) }).some(({ kind }) => kind === 'silent'));
  expect.ok(decisions({ ...now, alertS: 600 }).every(({ kind }) => kind !== 'silent'));
});

pure('a change is read again once, many orders as one list', () => {
  const old = new Old();
  old.add({ entity: 'order', id: 1 });
  old.add({ entity: 'order', id: 1 });
  old.add({ entity: 'session', id: 4 });
  old.add({ entity: 'what nobody knows', id: 4 });
  let taken = old.take();
  expect.deepEqual([taken.orders, taken.parts.sort()], [[1], ['figures', 'sessions', 'tables']]);
  expect.ok(old.isEmpty);
  for (let id = 1; id <= SINGLES_MAX + 1; id += 1) old.add({ entity: 'order', id });
  taken = old.take();
  expect.deepEqual([taken.orders, taken.parts.includes('orders')], [[], true]);
});

pure('a row is put together from three sources, and nothing old overwrites what is new', () => {
  const first = dashboard(undefined, { id: 1, canonical_status: 'pending', status: 'pending', customer_info: { name: 'Jo' }, items: [1, 2], total: 1, version: 1, table_number: null });
  expect.deepEqual([first.status, first.customer_name, first.items_count], ['pending', 'Jo', 2]);
  const known = dining(first, { id: 1, status: 'ready', version: 3, items: [{ id: 9 }] });
  expect.deepEqual([known.status, known.customer_name], ['ready', 'Jo']);
  expect.equal(dining(known, { id: 1, status: 'pending', version: 2 }), known);
  expect.deepEqual(dining(known, { id: 1, status: 'delivered', version: 4 }).items, [{ id: 9 }], 'a list comes without lines');
  expect.equal(dashboard(known, { id: 1, canonical_status: 'pending', version: 2, customer_info: { name: 'Jo' } }), null);
  const driven = delivery(known, { version: 2, deliveryAddress: 'Soi 11', driverId: 901 });
  expect.deepEqual([driven.address, driven.driver_id], ['Soi 11', undefined]);
  expect.equal(dashboard(undefined, { id: 2, canonical_status: 'new', customer_info: { name: 'Table 5' }, table_number: '5', version: 1 }).customer_name, null);
});

pure('a row says who, how it stands, and all of it as one sentence', () => {
  const around = { drivers: [{ id: 901, name: 'Lek' }], tasks: [{ kind: 'bill', table_id: 2 }], limits: USUAL, now: NOW };
  const late = order(1, 'preparing', { created: 16, confirmed: 14, preparing: 14, table_number: '12', guests_count: 8, waiter_name: 'Mia' });
  expect.equal(who(late, around, words), 'manager.guests{"n":8} · Mia');
  expect.deepEqual(standing(late, around, words), { state: 'late', text: 'manager.is.late{"clock":"14:00"}' });
  expect.match(said(late, around, words), /"code":"12","state":"manager.said.late\{\\"n\\":14\}","paid":"manager.paid.unpaid","amount":"100.00"/);
  expect.equal(standing(order(1, 'delivered', { table_id: 2 }), around, words).state, 'ink');
  expect.equal(who(order(1, 'ready', { type: 'delivery', address: 'Soi 11, house 4', driver_id: 901 }), around, words), 'Soi 11 · Lek');
});

pure('the history is told in sentences, also what nobody thought of', () => {
  const one = (what, before, after, more = {}) => ({ id: '1', at: ago(1), actor: 'waiter:10', actor_name: 'Mia', device: 'phone 2', what, before, after, reason: null, ...more });
  expect.equal(
    sentence(one('status', 'confirmed', 'preparing'), t),
    'manager.past.status{"what":"status","before":"manager.status.confirmed","after":"manager.status.preparing","status":"manager.status.preparing","line":"manager.status.preparing"}',
  );
  expect.match(sentence(one('line_voided', null, { item_id: 1, name: 'Green curry', quantity: 2 }, { reason: 'wrong dish' }), t), /manager.past.because.*2 Green curry.*wrong dish/);
  expect.match(sentence(one('moon_landed', null, 7), t), /manager.past.other.*moon landed/);
  expect.equal(by(one('status'), t), 'Mia, phone 2');
  expect.equal(by(one('status', 1, 2, { actor: null, actor_name: null, device: null }), t), 'manager.past.outside');
});

pure('a price is what its currency allows, never a rounded one', () => {
  expect.deepEqual(
    ['80', '80.5', '80,50', '80.505', '-1', '', 'x', '1e3'].map((text) => priceOf(text, 2)),
    ['80', '80.5', '80.50', null, null, null, null, null],
  );
  expect.equal(priceOf('80.5', 0), null);
  expect.equal(priceOf('1.234', 3), '1.234');
});

pure('of a dish only what was changed is sent', () => {
  const dish = {
    id: 1,
    name: 'Pad Thai',
    description: '',
    price: '80.00',
    category_id: 1,
    station_id: null,
    allergens: ['peanuts', 'egg'],
    prep_s: 480,
    choices: [{ id: 3, name: 'Spice', min: 0, max: 1, modifiers: [{ id: 4, name: 'Mild', price: '0.00', kind: 'choice' }] }],
  };
  const form = fromDish(dish);
  expect.deepEqual(changed(toBody(form, 2), toBody({ ...form, price: '85,00', allergens: 'peanuts, egg, ' }, 2)), { price: '85.00' });
  const more = toBody(
    {
      ...form,
      choices: [
        ...form.choices,
        {
          name: 'Size',
          min: '0',
          max: '1',
          modifiers: [
            { name: 'Large', price: '20', kind: 'addition' },
            { name: ' ', price: '', kind: 'choice' },
          ],
        },
      ],
    },
    2,
  );
  expect.deepEqual(more.choices, [
    { id: 3, name: 'Spice', min: 0, max: 1, modifiers: [{ id: 4, name: 'Mild', price: '0.00', kind: 'choice' }] },
    { name: 'Size', min: 0, max: 1, modifiers: [{ name: 'Large', price: '20', kind: 'addition' }] },
  ]);
});
