// Sheets and splits of the waiter's phone, beside the views in staff.views.js.
import { Floor, guestsAt } from './harness/waiter.js';
import { PHONE, SMALL, TABLET } from './views.js';

const GERMAN = 'Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln';
const THAI = 'ผัดไทยกุ้งสด';

/** A table with a line of every state, long names among them, partly paid. Laid once for each server. */
export async function everything(server) {
  if (server.everything) return server.everything;
  const floor = new Floor(server);
  const category = server.sql('SELECT id FROM menu_categories WHERE restaurant_id = 2 ORDER BY sort, id LIMIT 1')[0].id;
  for (const name of [GERMAN, THAI]) if (!server.sql(`SELECT id FROM menu_items WHERE name = '${name}' AND restaurant_id = 2`).length) server.sql(`INSERT INTO menu_items(restaurant_id, category_id, name, price_minor, allergens_json) VALUES (2, ${category}, '${name}', 18500, '["peanuts","fish"]')`);
  const id = (name) => server.sql(`SELECT id FROM menu_items WHERE name = '${name}' AND restaurant_id = 2`)[0].id;
  const { table, visit } = await guestsAt(server, 4);
  const order = await floor.order(table, [
    { menu_item_id: id('Pad Thai'), quantity: 2, seat: 2, allergy: 'peanuts', modifiers: [{ name: 'No peanuts' }] }, { menu_item_id: id(GERMAN), seat: 1, note: 'sauce beside' },
    { menu_item_id: id('Tom yum soup') }, { menu_item_id: id('Mango sticky rice'), quantity: 4, hold: true }, { menu_item_id: id('Iced tea'), quantity: 3 }, { menu_item_id: id(THAI), seat: 4 },
  ]);
  const line = (name) => order.items.find((one) => one.name === name).id;
  const path = `/api/v1/orders/${order.id}/items`;
  await server.rest('DELETE', `${path}/${line('Tom yum soup')}`, { reason: 'wrong dish' });
  await server.rest('PATCH', `${path}/${line(GERMAN)}`, { status: 'preparing' });
  for (const name of ['Pad Thai', 'Iced tea']) await server.rest('PATCH', `${path}/${line(name)}`, { status: 'ready' });
  await server.rest('PATCH', `${path}/${line('Iced tea')}`, { status: 'served' });
  await server.rest('POST', `/api/v1/sessions/${visit}/payments`, { amount: '100.00', method: 'cash' });
  await server.rest('POST', `/api/v1/sessions/${visit}/requests`, { kind: 'bill' });
  return (server.everything = { table, visit, order, GERMAN, THAI });
}

/** @param {string} name @param {string} tail of the address, behind the table @param {(p: any) => Promise<unknown>} then */
const view = (name, tail, then, sizes = [PHONE, SMALL]) => ({
  name: `waiter-${name}`, path: '/waiter', as: 'Mia', sizes,
  prepare: async ({ p, server }) => {
    const { table } = await everything(server);
    await p.link('live');
    await p.evaluate((to) => (location.hash = to), `#/t/${table.id}${tail}`);
    await p.until(() => document.querySelector('.course, .dishes, [data-balance]') !== null);
    await then(p);
  },
});
const sheet = (p) => p.locator('dialog[open]').waitFor();
const split = (n) => (p) => p.locator('.zones button').nth(n).click();

export default [
  view('states', '', async () => {}, [PHONE, SMALL, TABLET]),
  view('dish', '/add', async (p) => { await p.locator('.dishes .about').first().click(); await sheet(p); }),
  view('basket', '/add', async (p) => { for (const name of ['Pad Thai', GERMAN]) await p.getByRole('button', { name: `Add ${name}` }).click(); }),
  view('more', '', async (p) => { await p.locator('.lines .more').first().click(); await sheet(p); }),
  view('void', '', async (p) => { await p.getByRole('button', { name: `More for ${GERMAN}` }).click(); await p.locator('dialog .danger').click(); await p.locator('dialog .pad').waitFor(); }),
  view('move', '', async (p) => { await p.locator('.dock button').first().click(); await sheet(p); }),
  view('shares', '/bill', split(1)),
  view('dishes', '/bill', split(2)),
  view('people', '/bill', split(3)),
  view('amount', '/bill', split(4)),
];
