// What the driver's screen thinks, without a browser: the list of offers, a job's way, when it rings, and the round that all messages make.
import { expect, test } from './harness/index.js';
import * as offers from '../../consumers/screens/driver/offers.js';
import * as job from '../../consumers/screens/driver/job.js';
import * as ringing from '../../consumers/screens/driver/ringing.js';
import * as round from '../../consumers/screens/driver/round.js';
import { call, map, split } from '../../consumers/screens/driver/address.js';

const pure = (name, run) => test(`driver logic: ${name}`, async () => run(), { none: true });
const NOW = Date.parse('2026-12-01T19:45:00Z');
const at = (seconds) => new Date(NOW - seconds * 1000).toISOString();
const offer = (id, seconds, more = {}) => ({ id, code: `D${id}`, readyAt: at(seconds), canonical_status: 'ready', driverId: null, version: 1, ...more });
const codes = (rows) => rows.map((row) => `${row.offer.code}${row.gone ? `:${row.gone}` : ''}`).join(' ');

pure('the longest waiting offer stands first', () => {
  expect.equal(codes(offers.listed([], [offer(9, 65), offer(7, 552), offer(8, 340)], NOW)), 'D7 D8 D9');
});

pure('an offer that is gone keeps its place for a minute, and a new one is appended', () => {
  let rows = offers.listed([], [offer(7, 552), offer(8, 340)], NOW);
  rows = offers.gone(rows, 7, 'taken', NOW);
  rows = offers.offered(rows, offer(9, 1));
  expect.equal(codes(rows), 'D7:taken D8 D9');
  expect.equal(codes(offers.swept(rows, NOW + offers.GONE_MS - 1)), 'D7:taken D8 D9');
  expect.equal(codes(offers.swept(rows, NOW + offers.GONE_MS)), 'D8 D9');
});

pure('a list that comes again marks what is missing in it as gone, and says nothing twice', () => {
  let rows = offers.listed([], [offer(7, 552), offer(8, 340)], NOW);
  rows = offers.listed(rows, [offer(8, 340)], NOW + 1000);
  expect.equal(codes(rows), 'D7:taken D8');
  expect.equal(rows[0].goneAt, NOW + 1000);
  rows = offers.listed(rows, [offer(8, 340)], NOW + 2000);
  expect.equal(rows[0].goneAt, NOW + 1000);
});

pure('an offer that is to be had again is one again, and an older message changes nothing', () => {
  let rows = offers.gone(offers.listed([], [offer(7, 552, { version: 4 })], NOW), 7, 'taken', NOW);
  rows = offers.offered(rows, offer(7, 552, { version: 6 }));
  expect.equal(codes(rows), 'D7');
  rows = offers.offered(rows, offer(7, 552, { version: 5, code: 'old' }));
  expect.equal(codes(rows), 'D7');
});

pure('the list is never longer than its bound', () => {
  const many = Array.from({ length: offers.ROWS_MAX + 50 }, (_, n) => offer(n + 1, n));
  expect.equal(offers.listed([], many, NOW).length, offers.ROWS_MAX);
});

pure('a job is picked up, and then delivered; there is one next step', () => {
  const mine = { id: 1, canonical_status: 'out_for_delivery', pickedUpAt: null };
  expect.deepEqual([job.stage(mine), job.next(mine), job.canHandBack(mine)], ['restaurant', 'picked_up', true]);
  const left = { ...mine, pickedUpAt: at(10) };
  expect.deepEqual([job.stage(left), job.next(left), job.canHandBack(left)], ['road', 'delivered', false]);
  const over = { ...left, canonical_status: 'completed' };
  expect.deepEqual([job.stage(over), job.next(over)], ['handed', null]);
});

pure('what waits in the outbox counts at once, in its order', () => {
  const mine = { id: 1, canonical_status: 'out_for_delivery', pickedUpAt: null };
  expect.equal(job.stage(job.ahead(mine, [{ status: 'picked_up', at: at(9) }])), 'road');
  const both = [
    { status: 'picked_up', at: at(9) },
    { status: 'delivered', at: at(1) },
  ];
  expect.equal(job.stage(job.ahead(mine, both)), 'handed');
  expect.equal(job.stage(job.ahead(mine, [...both, { status: 'undo', at: at(0) }])), 'road');
  expect.equal(job.stage(job.ahead(mine, [{ status: 'failed', at: at(1) }])), 'restaurant');
});

pure('it rings at once, again after ten seconds, and not for what was silenced', () => {
  const now = { available: true, onJob: false, live: true, offers: [{ id: 7 }] };
  let { ring, memory } = ringing.turn(now, ringing.silent(), 1000);
  expect.equal(ring, true);
  ({ ring, memory } = ringing.turn(now, memory, 1000 + ringing.AGAIN_MS - 1));
  expect.equal(ring, false);
  ({ ring, memory } = ringing.turn(now, memory, 1000 + ringing.AGAIN_MS));
  expect.equal(ring, true);
  memory = ringing.touched(now, memory);
  ({ ring, memory } = ringing.turn(now, memory, 100_000));
  expect.equal(ring, false);
  ({ ring, memory } = ringing.turn({ ...now, offers: [{ id: 7 }, { id: 8 }] }, memory, 100_001));
  expect.equal(ring, true, 'a new one rings');
});

pure('it does not ring on a job, switched off, without a line, or without offers', () => {
  const now = { available: true, onJob: false, live: true, offers: [{ id: 7 }] };
  for (const not of [{ available: false }, { onJob: true }, { live: false }, { offers: [] }]) expect.equal(ringing.turn({ ...now, ...not }, ringing.silent(), 5).ring, false, JSON.stringify(not));
});

pure('an address is what is looked for on the road, and the rest for the door', () => {
  expect.deepEqual(split('Soi 11, house 4, Sukhumvit, behind the wall; the bell is broken'), { head: 'Soi 11, house 4', rest: 'Sukhumvit, behind the wall; the bell is broken' });
  expect.deepEqual(split('Ekkamai 5'), { head: 'Ekkamai 5', rest: '' });
  expect.deepEqual(split(null), { head: '', rest: '' });
  expect.equal(map('Soi 11,\n house 4'), 'geo:0,0?q=Soi%2011%2C%20house%204');
  expect.equal(map('  '), null);
  expect.equal(call('+66 (2) 000-0001'), 'tel:+6620000001');
  expect.equal(call('ask Jo'), null);
});

const order = (id, status, more = {}) => ({ id, code: `D${id}`, canonical_status: status, driverId: 901, version: 3, pickedUpAt: null, updatedAt: at(1), ...more });

pure('of two drivers on one offer the slower one sees where it went', () => {
  let slow = round.heard(round.begin(902), 'available-orders', { orders: [offer(7, 552)] }, NOW);
  slow = round.heard(slow, 'order-taken', { orderId: 7 }, NOW + 5);
  expect.equal(codes(slow.rows), 'D7:taken');
  let fast = round.heard(round.begin(901), 'available-orders', { orders: [offer(7, 552)] }, NOW);
  fast = round.heard(fast, 'order-accepted', { order: order(7, 'out_for_delivery') }, NOW + 5);
  expect.equal(codes(fast.rows), '');
  expect.equal(fast.orders[0].code, 'D7');
});

pure('a job that somebody takes away is told until it was read', () => {
  let now = round.heard(round.begin(901), 'order-accepted', { order: order(7, 'out_for_delivery') }, NOW);
  now = round.heard(now, 'order-updated', { order: order(7, 'ready', { driverId: null, version: 4 }) }, NOW);
  expect.deepEqual([now.orders.length, now.lost.map((one) => one.why)], [0, ['moved']]);
  now = round.read(now, 7);
  expect.equal(now.lost.length, 0);
  now = round.heard(now, 'order-accepted', { order: order(8, 'out_for_delivery') }, NOW);
  now = round.heard(now, 'order-updated', { order: order(8, 'cancelled', { version: 4 }) }, NOW);
  expect.deepEqual([now.orders.length, now.lost.map((one) => one.why)], [0, ['cancelled']]);
});

pure('an older message about a job changes nothing', () => {
  let now = round.heard(round.begin(901), 'order-accepted', { order: order(7, 'out_for_delivery', { version: 5, pickedUpAt: at(2) }) }, NOW);
  now = round.heard(now, 'order-updated', { order: order(7, 'out_for_delivery', { version: 4 }) }, NOW);
  expect.equal(now.orders[0].pickedUpAt, at(2));
});

pure('the whole state again finds what happened meanwhile', () => {
  let now = round.heard(round.begin(901), 'order-accepted', { order: order(7, 'out_for_delivery') }, NOW);
  now = round.heard(now, 'order-accepted', { order: order(8, 'out_for_delivery') }, NOW);
  now = round.loaded(now, [order(8, 'completed', { deliveredAt: at(60) }), order(9, 'completed', { deliveredAt: at(3600) })], NOW);
  expect.deepEqual(
    now.orders.map((one) => one.id),
    [8],
    'what was handed over long ago is not kept',
  );
  expect.deepEqual(
    now.lost.map((one) => [one.order.id, one.why]),
    [[7, 'moved']],
  );
});

pure('an order that a manager gave to this driver is an offer for them', () => {
  const now = round.heard(round.begin(901), 'order-assigned', { order: { ...offer(7, 30), driverId: 901 } }, NOW);
  expect.equal(codes(now.rows), 'D7');
});
