// All screens of one order at once: whatever one of them does, the others show, and all of them show what the database has.
import { expect, test } from './harness/index.js';
import { clear, delivery, drivers } from './service.js';
import { empty, ticket, wall } from './kitchen_scene.js';

const until = async (fn, what) => {
  for (let tries = 0; !(await fn()); tries += 1) {
    if (tries > 600) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
};
const status = (server, id) => server.sql(`SELECT status FROM orders WHERE id = ${id};`)[0].status;
const desk = async (page) => {
  const p = await page('/manager', { as: 'Somchai', size: [1440, 900] });
  await p.link('live');
  await p.until(() => document.querySelector('.manager .hour, .manager .empty'));
  return p;
};
/** What the manager's row of an order says. */
const row = (p, id) => p.evaluate((of) => document.querySelector(`[data-order="${of}"]`)?.getAttribute('aria-label') ?? '', id);

test('all screens of one order: guest, kitchen, waiter and manager, from the phone at the table to the last dish served', async ({ server, page }) => {
  empty(server);
  server.sql("UPDATE restaurants SET settings_json = json_set(settings_json, '$.approval', 'off') WHERE id = 2;");
  const [{ qr_secret: secret }] = server.sql('SELECT qr_secret FROM tables WHERE id = 5;');
  const { session_token: token } = await server.rest('POST', `/api/v1/qr/${secret}`, undefined, null);
  const [guest, kitchen, waiter, manager] = [await page(`/t/${secret}#status`), await wall(page), await page('/waiter#/t/5', { as: 'Mia' }), await desk(page)];
  await guest.until(() => document.querySelector('main'));
  await waiter.link('live');
  const order = await server.rest(
    'POST',
    '/api/v1/orders',
    {
      restaurant_id: 2,
      table_id: 5,
      items: [
        { menu_item_id: 6, quantity: 2 },
        { menu_item_id: 4, quantity: 1 },
      ],
    },
    token,
  );
  const step = (n) => guest.until(({ id, n }) => document.querySelector(`[data-order="${id}"]`)?.dataset.step === String(n), { id: order.id, n });
  const line = (name, text) => waiter.until(({ name, text }) => [...document.querySelectorAll('li')].some((one) => one.textContent.includes(name) && one.textContent.toLowerCase().includes(text)), { name, text });

  await step(1);
  await ticket(kitchen, '5').waitFor();
  await line('Tom yum soup', '');
  await until(async () => /^5, sent, unpaid/.test(await row(manager, order.id)), 'sent, at the manager');

  await ticket(kitchen, '5')
    .getByRole('button', { name: /Tom yum soup/ })
    .click();
  await step(2);
  await until(async () => /^5, cooking/.test(await row(manager, order.id)), 'cooking, at the manager');
  await line('Tom yum soup', 'served');

  await ticket(kitchen, '5').locator('.bump').click();
  await step(3);
  await until(async () => /^5, ready/.test(await row(manager, order.id)), 'ready, at the manager');
  await line('Green curry', 'served');

  for (const name of ['Tom yum soup', 'Green curry']) await waiter.getByRole('button', { name: `Served: ${name}` }).click();
  await until(() => status(server, order.id) === 'delivered', 'served');
  await step(4);
  await until(async () => /^5, served, unpaid/.test(await row(manager, order.id)), 'served, at the manager');
  await kitchen.until(() => !document.querySelector('[data-ticket]'));
});

test('all screens of one order: to be picked up, on the board as soon as the kitchen has it, and gone when it was handed over', async ({ server, page }) => {
  empty(server);
  const board = await page('/board', { as: 'Pick-up board', size: [1920, 1080] });
  const [kitchen, manager] = [await wall(page), await desk(page)];
  await board.until(() => document.querySelector('.board[data-link="live"]'));
  const order = await server.rest('POST', '/api/v1/orders', { restaurant_id: 2, type: 'pickup', items: [{ menu_item_id: 4, quantity: 1 }] });
  await ticket(kitchen, order.code).waitFor();
  await until(async () => (await row(manager, order.id)).startsWith(`${order.code}, sent`), 'sent, at the manager');
  await server.rest('PATCH', `/api/v1/orders/${order.id}`, { status: 'confirmed' });
  await board.until((code) => [...document.querySelectorAll('.board .p li')].some((one) => one.textContent === code), order.code);
  await ticket(kitchen, order.code).locator('.bump').click();
  await board.until((code) => document.querySelector('.board .r .just b')?.textContent === code, order.code);
  await until(async () => (await row(manager, order.id)).startsWith(`${order.code}, ready`), 'ready, at the manager');
  await server.rest('PATCH', `/api/v1/orders/${order.id}`, { status: 'delivered' });
  await board.until((code) => !document.querySelector('.board').innerText.includes(code), order.code);
  await kitchen.until(() => !document.querySelector('[data-ticket]'));
});

test('all screens of one order: to be driven, offered to two drivers, taken by one, paid at the door', async ({ server, page }) => {
  empty(server);
  clear(server);
  const [one, two] = await drivers(server);
  const [kitchen, manager, fast, slow] = [await wall(page), await desk(page), await page('/driver', { as: one }), await page('/driver', { as: two })];
  const order = await delivery(server);
  await ticket(kitchen, order.code).waitFor();
  await ticket(kitchen, order.code).locator('.bump').click();
  for (const p of [fast, slow]) await p.until((code) => document.querySelector(`.of[aria-label="${code}"] .btn`), order.code);
  await until(async () => (await row(manager, order.id)).startsWith(`${order.code}, no driver`), 'no driver, at the manager');
  await fast.locator(`.of[aria-label="${order.code}"] .btn`).click();
  await slow.says(`${order.code} went to another driver`);
  await until(async () => (await row(manager, order.id)).includes(`on the way, cash 210.00, Soi 11 · ${one.user.name}`), 'on the way, at the manager');
  await kitchen.until(() => !document.querySelector('[data-ticket]'));
  await fast.getByRole('button', { name: 'Picked up' }).click();
  await fast.getByRole('button', { name: 'Delivered, got 210.00' }).click();
  await until(() => /delivered|completed/.test(status(server, order.id)), 'delivered');
  await manager.keyboard.press('a');
  await until(async () => (await row(manager, order.id)).includes('paid 210.00'), 'paid, at the manager');
  expect.deepEqual(server.sql(`SELECT amount_minor, method FROM payments WHERE order_id = ${order.id} AND status = 'captured';`), [{ amount_minor: 21000, method: 'cash' }]);
});

test('all screens of one order: the manager voids a line; the waiter sees that the kitchen has not seen it until the cook confirms', async ({ server, page }) => {
  empty(server);
  const [kitchen, waiter, manager] = [await wall(page), await page('/waiter#/t/6', { as: 'Noah' }), await desk(page)];
  await waiter.link('live');
  const order = await server.rest('POST', '/api/v1/orders', {
    restaurant_id: 2,
    table_id: 6,
    items: [
      { menu_item_id: 6, quantity: 1 },
      { menu_item_id: 4, quantity: 1 },
    ],
  });
  await ticket(kitchen, '6').waitFor();
  await until(() => server.sql(`SELECT count(*) AS n FROM order_items WHERE order_id = ${order.id} AND seen_at IS NOT NULL;`)[0].n === 2, 'seen');
  await manager.locator(`[data-order="${order.id}"]`).click();
  await manager.locator('dialog[open]').getByRole('button', { name: 'Void a line' }).click();
  await manager
    .locator('dialog[open]')
    .last()
    .getByRole('button', { name: /Green curry/ })
    .click();
  await manager.locator('dialog[open]').last().getByRole('button', { name: 'Wrong dish' }).click();
  await manager.locator('dialog[open]').last().getByRole('button', { name: 'Void', exact: true }).click();
  await waiter.until(() => /kitchen has not/i.test(document.body.innerText));
  await ticket(kitchen, '6').locator('[data-line].void, li.void').first().click();
  await until(() => server.sql(`SELECT count(*) AS n FROM order_items WHERE order_id = ${order.id} AND status = 'voided' AND void_acked_at IS NOT NULL;`)[0].n === 1, 'confirmed');
  await waiter.until(() => !/kitchen has not/i.test(document.body.innerText));
});
