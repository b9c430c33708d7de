// What cooks, waiters, drivers and managers see, in an evening that is laid out once for each server.
import { DISHES, order } from './kitchen_scene.js';
import { guestsAt } from './harness/waiter.js';
import { clear, drivers, offered } from './service.js';
import { DESK, PHONE, SMALL, TABLET, WALL, ZOOMED } from './views.js';

const LONG = 'Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln';
const hash = (p, to) => p.evaluate((to) => { location.hash = to; }, to);
const live = (p) => p.link('live');

/** A busy evening: late and new tickets, an allergy, a void, something ready to be picked up, deliveries. Told once. */
async function evening(server) {
  if (server.evening) return server.evening;
  const id = server.sql(`SELECT id FROM menu_items WHERE restaurant_id = 2 AND name = 'Green curry'`)[0]?.id ?? DISHES.curry;
  server.sql(`UPDATE menu_items SET name = '${LONG}' WHERE id = ${id};`);
  const { table, visit } = await guestsAt(server, 4);
  const late = await order(server, [[DISHES.padThai, 2, { allergy: 'peanuts', seat: 2 }], [id, 1, { note: 'sauce beside' }], [DISHES.soup, 1], [DISHES.mango, 2, { hold: true }]], { table_id: table.id });
  for (let n = 0; n < 9; n += 1) await order(server, [[DISHES.padThai, 1 + (n % 3)], [DISHES.rolls, 1], ...(n % 2 ? [[DISHES.beer, 2]] : [])]);
  const path = `/api/v1/orders/${late.id}/items`;
  const line = (name) => late.items.find((one) => one.name === name).id;
  await server.rest('DELETE', `${path}/${line('Tom yum soup')}`, { reason: 'wrong dish' }).catch(() => {});
  server.sql(`UPDATE order_items SET fired_at = fired_at - 900000 WHERE order_id = ${late.id} AND fired_at IS NOT NULL;`);
  await server.rest('POST', `/api/v1/sessions/${visit}/requests`, { kind: 'call_waiter' });
  clear(server);
  for (const address of ['Soi 11, house 4, Sukhumvit; the bell is broken', 'Ekkamai 5']) await offered(server, address);
  return (server.evening = { table, visit, late });
}

const kitchen = (name, sizes, more = {}) => ({
  name: `kitchen-${name}`, path: '/kitchen?station=kitchen', as: 'Kitchen', sizes, ...more,
  prepare: async (the) => {
    await evening(the.server);
    await live(the.p);
    await the.p.until(() => document.querySelectorAll('[data-ticket]').length > 3);
    await more.then?.(the);
  },
});
const waiter = (name, to, then, more = {}) => ({
  name: `waiter-${name}`, path: '/waiter', as: 'Mia', sizes: [PHONE, TABLET], ...more,
  prepare: async (the) => {
    const { table, visit } = await evening(the.server);
    await live(the.p);
    await hash(the.p, to.replace('TABLE', table.id));
    await the.p.until(() => document.querySelector('.tile, .head, .dishes, .bill, .inbox, .me') !== null);
    await then?.({ ...the, table, visit });
  },
});
const driver = (name, then, more = {}) => ({
  name: `driver-${name}`, path: '/driver', sizes: [PHONE, SMALL], as: async (server) => (await drivers(server))[0], ...more,
  prepare: async (the) => {
    await evening(the.server);
    await live(the.p);
    await the.p.until(() => document.querySelector('.driver .of, .driver .job, .driver .empty, .driver .dead'));
    await then?.(the);
  },
});
const manager = (name, to, then, more = {}) => ({
  name: `manager-${name}`, path: '/manager', as: 'Somchai', sizes: [DESK, PHONE], ...more,
  prepare: async (the) => {
    await evening(the.server);
    await live(the.p);
    if (to) await hash(the.p, to);
    await the.p.until(() => document.querySelector('.manager .hour, .manager .list li, .manager .empty, .manager .panel'));
    await then?.(the);
  },
});
const lost = async ({ p, proxy }) => {
  proxy.cut();
  await p.link('lost');
};

export default [
  kitchen('evening', [WALL, TABLET, PHONE, ZOOMED]),
  kitchen('offline', [WALL], { offline: true, then: lost }),
  { name: 'kitchen-pairing', path: '/kitchen', sizes: [WALL], prepare: ({ p }) => p.locator('[data-pairing]').waitFor(), fixed: true, hide: ['.codes'] },
  { name: 'board-evening', path: '/board', as: 'Pick-up board', sizes: [WALL, ZOOMED], prepare: async ({ p, server }) => { await evening(server); await live(p); } },
  { name: 'board-offline', path: '/board', as: 'Pick-up board', sizes: [WALL], offline: true, prepare: async (the) => { await evening(the.server); await live(the.p); await lost(the); } },
  { name: 'waiter-sign-in', path: '/waiter', sizes: [PHONE, SMALL], prepare: ({ p }) => p.until(() => document.querySelectorAll('.who .btn').length > 1), fixed: true },
  waiter('floor', '#/floor'),
  waiter('inbox', '#/inbox'),
  waiter('table', '#/t/TABLE'),
  waiter('add', '#/t/TABLE/add'),
  waiter('bill', '#/t/TABLE/bill'),
  waiter('me', '#/me'),
  waiter('offline', '#/floor', lost, { offline: true, sizes: [PHONE] }),
  driver('offers'),
  driver('offline', lost, { offline: true, sizes: [PHONE] }),
  ...['', 'floor', 'menu', 'staff', 'screens', 'day', 'house'].map((tab) => manager(tab || 'service', tab && `#${tab}`)),
  manager('offline', '', lost, { offline: true, sizes: [DESK] }),
];
