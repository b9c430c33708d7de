import { expect, test } from './harness/index.js';
import { Floor, guestsAt, lines, minor, phone } from './harness/waiter.js';
test('dbg', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 2);
  const order = await floor.order(table, [{ menu_item_id: 2 }]);
  const p = await phone(page, 'Mia', `#/t/${table.id}/bill`);
  p.on('response', async (r) => { if (r.request().method() !== 'GET') console.log(r.status(), r.request().method(), r.url(), r.request().postData(), (await r.text()).slice(0, 300)); });
  p.on('requestfailed', (r) => console.log('failed', r.method(), r.url(), r.failure().errorText));
  await p.until(() => document.querySelector('[data-balance]'));
  await p.locator('.dock .do').click();
  await p.waitForTimeout(4000);
  console.log(await p.locator('.toasts').innerText(), JSON.stringify(server.sql(`SELECT id, order_id, session_id, amount_minor,status FROM payments`)), JSON.stringify(server.sql(`SELECT id, version, paid_minor FROM orders WHERE id=${order.id}`).slice?.(0)));
  console.log(JSON.stringify(p.problems));
});
