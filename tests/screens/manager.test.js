// The manager's desk against the built server: what arrives, what is decided, what is changed, and what is shown when the line is gone.
import { expect, test } from './harness/index.js';
import { clear, dining, drivers, moved, offered } from './service.js';

const DESK = [1440, 900];
const TABS = ['floor', 'menu', 'staff', 'screens', 'day', 'house'];
const LONG = 'Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln';
const THAI = 'ผัดไทยกุ้งสด';

const until = async (fn, what) => {
  for (let tries = 0; !(await fn()); tries += 1) {
    if (tries > 600) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
};

/** The desk of the demo's manager, once its lists are read. */
async function desk(page, options = {}, hash = '') {
  const p = await page(`/manager${hash}`, { as: 'Somchai', size: DESK, ...options });
  await p.link('live');
  await p.until(() => document.querySelector('.manager .hour, .manager .list li, .manager .empty, .manager .panel'));
  return p;
}
const row = (p, id) => p.locator(`[data-order="${id}"]`);
const drawer = (p) => p.locator('dialog.order[open]');

test('manager: an order that arrives is there at once, and moves nothing under a finger', async ({ server, page }) => {
  const p = await desk(page);
  const first = p.locator('.hour').first();
  await first.hover();
  const order = await p.evaluate(() => [...document.querySelectorAll('.hour')].map((one) => one.dataset.order));
  await p.shift();
  const made = await dining(server, 7);
  await row(p, made.id).waitFor();
  const after = await p.evaluate(() => [...document.querySelectorAll('.hour')].map((one) => one.dataset.order));
  expect.deepEqual(after.slice(0, order.length), order, 'what is new is appended while somebody points at the list');
  expect.equal(after.at(-1), String(made.id));
  expect.match(await row(p, made.id).getAttribute('aria-label'), /^7, sent, unpaid 280\.00/);
});

test('manager: the numbers agree with the list and with the database', async ({ server, page }) => {
  const p = await desk(page);
  const open = () => server.sql("SELECT count(*) AS n FROM orders WHERE restaurant_id = 2 AND workflow_id = 1 AND status NOT IN ('completed', 'cancelled');")[0].n;
  const shown = () => p.evaluate(() => Number(document.querySelector('.nums dd').textContent));
  await until(async () => (await shown()) === open(), 'the number of open orders');
  const made = await dining(server, 8);
  await until(async () => (await shown()) === open(), 'one more');
  await server.rest('PATCH', `/api/v1/orders/${made.id}`, { status: 'cancelled', reason: 'twice' });
  await until(async () => (await shown()) === open(), 'one less');
  expect.equal(await p.locator('.hour').count(), open());
  const guests = server.sql('SELECT coalesce(sum(guests_count), 0) AS n FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE t.restaurant_id = 2 AND closed_at IS NULL;')[0].n;
  await p.until((n) => [...document.querySelectorAll('.nums dd')].some((one) => one.textContent === n), String(guests));
});

test('manager: the manager gives an order to a driver, whose phone has it', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  server.sql(`UPDATE orders SET ready_at = (unixepoch() - 540) * 1000 WHERE id = ${order.id};`);
  const phone = await page('/driver', { as: lek });
  await phone.until((code) => document.querySelector(`.of[aria-label="${code}"]`), order.code);
  const p = await desk(page);
  const card = p.locator('.dec > li', { hasText: `${order.code} has no driver` });
  await card.waitFor();
  expect.match(await card.innerText(), /9 minutes[\s\S]*210\.00 cash/);
  await card.getByRole('button', { name: 'Other' }).click();
  await p
    .locator('dialog[open]')
    .getByRole('button', { name: new RegExp(`^${lek.user.name}`) })
    .click();
  await until(() => server.sql(`SELECT driver_id FROM orders WHERE id = ${order.id};`)[0].driver_id === lek.user.id, 'assigned');
  await phone.says('given to you');
  await card.waitFor({ state: 'detached' });
  expect.match(await row(p, order.id).getAttribute('aria-label'), new RegExp(lek.user.name));
});

test('manager: a delivery that failed is decided here', async ({ server, page }) => {
  clear(server);
  const [lek, som] = await drivers(server);
  const order = await offered(server);
  await server.rest('PATCH', `/api/delivery/orders/${order.id}`, { driverId: lek.user.id });
  for (const body of [{ status: 'out_for_delivery' }, { status: 'failed', reason: 'Nobody at home' }]) await server.rest('PATCH', `/api/delivery/orders/${order.id}`, body, lek.token);
  const p = await desk(page);
  const card = p.locator('.dec > li', { hasText: `${order.code} could not be delivered` });
  await card.waitFor();
  expect.match(await card.innerText(), /Nobody at home/);
  await card.getByRole('button', { name: 'Other driver' }).click();
  await p
    .locator('dialog[open]')
    .getByRole('button', { name: new RegExp(`^${som.user.name}`) })
    .click();
  await until(() => server.sql(`SELECT driver_id FROM orders WHERE id = ${order.id};`)[0].driver_id === som.user.id, 'another driver');
  await card.waitFor({ state: 'detached' });
});

test('manager: a status against the order of things needs a reason, and stays in the history with who did it', async ({ server, page }) => {
  const order = await dining(server, 9);
  await moved(server, order.id, 'delivered');
  const p = await desk(page);
  await row(p, order.id).click();
  await drawer(p).getByRole('button', { name: 'Set status' }).click();
  const sheet = p.locator('dialog[open]').last();
  await sheet.getByRole('button', { name: 'placed' }).click();
  await sheet.getByRole('button', { name: 'Set status' }).click();
  await p.says('is not a usual step');
  expect.ok(await sheet.getByRole('button', { name: 'Do it anyway' }).isDisabled(), 'not without a reason');
  await sheet.getByLabel('Reason').fill('wrong order served');
  await sheet.getByRole('button', { name: 'Do it anyway' }).click();
  await until(() => server.sql(`SELECT status FROM orders WHERE id = ${order.id};`)[0].status === 'pending', 'pending');
  await p.says('wrong order served');
  expect.equal(server.sql(`SELECT count(*) AS n FROM audit WHERE entity = 'order' AND entity_id = ${order.id} AND reason = 'wrong order served';`)[0].n, 1);
});

test('manager: a line is voided with a reason, an order cancelled; the drawer tells what happened', async ({ server, page }) => {
  const order = await dining(server, 10);
  const p = await desk(page);
  await row(p, order.id).click();
  await drawer(p).getByRole('button', { name: 'Void a line' }).click();
  await p
    .locator('dialog[open]')
    .last()
    .getByRole('button', { name: /Green curry/ })
    .click();
  await p.locator('dialog[open]').last().getByRole('button', { name: 'Wrong dish' }).click();
  await p.locator('dialog[open]').last().getByRole('button', { name: 'Void', exact: true }).click();
  await until(() => server.sql(`SELECT count(*) AS n FROM order_items WHERE order_id = ${order.id} AND status = 'voided' AND void_reason = 'Wrong dish';`)[0].n === 1, 'void');
  await p.until(() => document.querySelector('dialog.order .lines .void')?.textContent.includes('Green curry'));
  await p.until(() => /Void: .*Green curry/.test(document.querySelector('dialog.order .hist')?.textContent ?? ''));
  await drawer(p).getByRole('button', { name: 'Cancel order' }).click();
  await p.locator('dialog[open]').last().getByRole('button', { name: 'The guests left' }).click();
  await p.locator('dialog[open]').last().getByRole('button', { name: 'Cancel order' }).click();
  await until(() => server.sql(`SELECT status FROM orders WHERE id = ${order.id};`)[0].status === 'cancelled', 'cancelled');
  await p.says('Cancelled: The guests left');
});

test('manager: a visit moves to another table with its bill, and nothing is cooked again', async ({ server, page }) => {
  server.sql(
    "UPDATE table_sessions SET closed_at = unixepoch() * 1000 WHERE closed_at IS NULL AND table_id IN (3, 4); UPDATE orders SET status = 'completed' WHERE table_id IN (3, 4) AND status NOT IN ('completed', 'cancelled');",
  );
  const order = await dining(server, 3);
  await moved(server, order.id, 'preparing');
  const before = server.sql(`SELECT id, fired_at, status FROM order_items WHERE order_id = ${order.id} ORDER BY id;`);
  const p = await desk(page);
  await row(p, order.id).click();
  await drawer(p).getByRole('button', { name: 'Change table' }).click();
  const sheet = p.locator('dialog[open]').last();
  await sheet
    .locator('.tables .btn')
    .filter({ has: p.locator('b', { hasText: /^4$/ }) })
    .click();
  await sheet.getByRole('button', { name: 'Move to 4' }).click();
  await until(() => server.sql(`SELECT table_id FROM orders WHERE id = ${order.id};`)[0].table_id === 4, 'moved');
  expect.deepEqual(server.sql(`SELECT id, fired_at, status FROM order_items WHERE order_id = ${order.id} ORDER BY id;`), before);
  await p.until((id) => document.querySelector(`[data-order="${id}"] b`)?.textContent === '4', order.id);
});

test('manager: sold out and a new price reach a guest’s menu at once', async ({ server, page }) => {
  const [{ qr_secret: secret }] = server.sql('SELECT qr_secret FROM tables WHERE id = 5;');
  const guest = await page(`/t/${secret}`, {});
  await guest.says('Pad Thai');
  const p = await desk(page, {}, '#menu');
  await p.getByRole('button', { name: 'Change Pad Thai' }).click();
  const sheet = p.locator('dialog[open]');
  await sheet.getByLabel('Price, THB').fill('83.50');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await sheet.waitFor({ state: 'detached' });
  expect.equal(server.sql('SELECT price_minor FROM menu_items WHERE id = 1;')[0].price_minor, 8350);
  await guest.says('83.50');
  await p.getByRole('button', { name: 'Sold out: Green curry' }).click();
  await until(() => server.sql('SELECT is_available FROM menu_items WHERE id = 4;')[0].is_available === 0, 'sold out');
  await guest.until(() =>
    /sold out/i.test(
      [...document.querySelectorAll('li, article, div')]
        .filter((one) => one.textContent.includes('Green curry') && one.textContent.length < 400)
        .map((one) => one.textContent)
        .join(),
    ),
  );
  await p.goto(`${server.url}/manager#service`);
  await p.getByRole('button', { name: 'Back on: Green curry' }).click();
  await until(() => server.sql('SELECT is_available FROM menu_items WHERE id = 4;')[0].is_available === 1, 'back on');
});

test('manager: a dish that somebody changed meanwhile is not overwritten', async ({ server, page }) => {
  const p = await desk(page, {}, '#menu');
  await p.getByRole('button', { name: 'Change Iced tea' }).click();
  await p.locator('dialog[open]').getByLabel('Price, THB').fill('40');
  await server.rest('PATCH', '/api/v1/menu/2', { description: 'with lime' });
  await p.locator('dialog[open]').getByRole('button', { name: 'Save' }).click();
  await p.locator('dialog[open] [role=alert]').waitFor();
  const [tea] = server.sql('SELECT price_minor, description FROM menu_items WHERE id = 2;');
  expect.deepEqual([tea.price_minor, tea.description], [3550, 'with lime']);
});

test('manager: somebody new signs in with their PIN; deactivated, they are out everywhere', async ({ server, page }) => {
  const p = await desk(page, {}, '#staff');
  await p.getByRole('button', { name: 'Add somebody' }).click();
  const sheet = p.locator('dialog[open]');
  await sheet.getByLabel('Name', { exact: true }).fill('Arthit');
  await sheet.getByLabel('PIN', { exact: true }).fill('123');
  expect.ok(await sheet.getByRole('button', { name: 'Save' }).isDisabled(), 'three digits are no PIN');
  await sheet.getByLabel('PIN', { exact: true }).fill('4711');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await p.says('Arthit');
  const [{ id }] = server.sql("SELECT id FROM users WHERE name = 'Arthit';");
  // a phone that the house paired
  const { code, secret } = await server.rest('POST', '/api/v1/devices/pair', { build: 'test', kind: 'handheld' }, null);
  await server.rest('POST', '/api/v1/devices', { code, kind: 'handheld', name: 'Phone 9', restaurant_id: 2 });
  const { token: device } = await server.rest('POST', '/api/v1/devices/token', { secret }, null);
  const { token } = await server.rest('POST', '/api/v1/sign-in', { user_id: id, pin: '4711' }, device);
  expect.equal((await server.rest('GET', '/api/v1/me', undefined, token)).user.name, 'Arthit');
  await p.getByRole('button', { name: 'Deactivate Arthit' }).click();
  await p.getByRole('button', { name: 'Deactivate now' }).click();
  await p.says('Arthit is signed out everywhere');
  await expect.rejects(server.rest('GET', '/api/v1/me', undefined, token), /401/);
  await expect.rejects(server.rest('POST', '/api/v1/sign-in', { user_id: id, pin: '4711' }, device), /401|403/);
});

test('manager: a screen is paired by its code; revoked, it shows a code and no orders within two seconds', async ({ server, page }) => {
  await dining(server, 7);
  const wall = await page('/kitchen', { size: [1920, 1080] });
  await wall.until(() => document.querySelector('[data-pairing]')?.dataset.pairing.length === 6);
  const code = await wall.evaluate(() => document.querySelector('[data-pairing]').dataset.pairing);
  const p = await desk(page, {}, '#screens');
  await p.getByRole('button', { name: 'Pair a screen' }).click();
  const sheet = p.locator('dialog[open]');
  await sheet.getByLabel('Its code').fill(`${code.slice(0, 3)} ${code.slice(3).toLowerCase()}`);
  await sheet.getByLabel('Name').fill('Pass 2');
  await sheet.getByRole('button', { name: 'Pair a screen' }).click();
  await p.says('Pass 2');
  await wall.until(() => !document.querySelector('[data-pairing]') && document.querySelector('[data-ticket]'));
  await p.getByRole('button', { name: 'Unpair Pass 2' }).click();
  const from = Date.now();
  await p.getByRole('button', { name: 'Unpair now' }).click();
  await wall.until(() => document.querySelector('[data-pairing]') && !document.querySelector('[data-ticket]'));
  expect.ok(Date.now() - from < 2000, `${Date.now() - from} ms`);
  await p.says('Pass 2 is unpaired');
  await until(() => p.evaluate(() => ![...document.querySelectorAll('.list .what')].some((one) => one.textContent.startsWith('Pass 2'))), 'gone from the list');
});

test('manager: an unknown code is refused in words, and what was typed stays', async ({ page }) => {
  const p = await desk(page, {}, '#screens');
  await p.getByRole('button', { name: 'Pair a screen' }).click();
  const sheet = p.locator('dialog[open]');
  await sheet.getByLabel('Its code').fill('ZZZ ZZZ');
  await sheet.getByRole('button', { name: 'Pair a screen' }).click();
  await sheet.getByRole('alert').waitFor();
  expect.equal(await sheet.getByLabel('Its code').inputValue(), 'ZZZ ZZZ');
});

test('manager: part of a payment is given back with a reason, and never more than it was', async ({ server, page }) => {
  const order = await dining(server, 6, [{ menu_item_id: 5, quantity: 1 }]);
  await moved(server, order.id, 'delivered');
  await server.rest('POST', `/api/v1/orders/${order.id}/payments`, { amount: 'remaining', method: 'cash' });
  const [{ id }] = server.sql(`SELECT id FROM payments WHERE order_id = ${order.id};`);
  const p = await desk(page, {}, '#day');
  const button = () => p.locator('.list li', { hasText: '65.00' }).filter({ hasText: 'Table 6' }).first().getByRole('button', { name: 'Refund' });
  await button().click();
  const sheet = p.locator('dialog[open]');
  await sheet.getByLabel('Amount').fill('100');
  await sheet.getByRole('button', { name: 'Took too long' }).click();
  await sheet.getByRole('button', { name: 'Refund' }).click();
  await sheet.getByRole('alert').waitFor();
  await sheet.getByLabel('Amount').fill('15,50');
  await sheet.getByRole('button', { name: 'Refund' }).click();
  await p.says('15.50 refunded');
  expect.equal((await server.rest('GET', '/api/v1/payments?order_id=' + order.id)).items[0].refunded, '15.50');
  expect.equal(server.sql(`SELECT count(*) AS n FROM audit WHERE action LIKE 'refund%' AND reason = 'Took too long';`)[0].n, 1);
  expect.ok(id > 0);
});

test('manager: the day as files for a spreadsheet', async ({ server, page }) => {
  const p = await desk(page, {}, '#day');
  for (const name of ['Figures (CSV)', 'Orders (CSV)', 'Payments (CSV)']) {
    const [file] = await Promise.all([p.waitForEvent('download'), p.getByRole('button', { name }).click()]);
    expect.match(file.suggestedFilename(), /^(today|orders|payments)-\d{4}-\d\d-\d\d\.csv$/);
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    expect.ok(text.startsWith('\ufeff') && text.includes('\r\n'), `${name}: ${text.slice(0, 80)}`);
  }
  expect.ok(server);
});

test('manager: words reach the board; an alert reaches the kitchen and the waiters', async ({ server, page }) => {
  const board = await page('/board', { as: 'Pick-up board', size: [1920, 1080] });
  await board.link('live').catch(() => {});
  const p = await desk(page);
  await p.locator('.say').fill('Kitchen closes in 30 minutes');
  await p.getByRole('button', { name: 'Show on the board' }).click();
  await board.says('Kitchen closes in 30 minutes');
  await p.until(() => document.querySelector('.say').value === '');
  await p.locator('.say').fill('Fryer 2 is down');
  await p.getByRole('button', { name: 'Alert kitchen and waiters' }).click();
  await until(() => server.sql("SELECT DISTINCT audience FROM notifications WHERE message = 'Fryer 2 is down';").length === 2, 'two audiences');
});

test('manager: tables and zones are made, changed, taken out of use; their codes are sheets to print', async ({ server, page }) => {
  const p = await desk(page, {}, '#floor');
  await p.getByRole('button', { name: 'Add a zone' }).click();
  await p.locator('dialog[open]').getByLabel('Name', { exact: true }).fill('Garden');
  await p.locator('dialog[open]').getByRole('button', { name: 'Save' }).click();
  await p.says('Garden');
  await p.getByRole('button', { name: 'Add a table' }).click();
  const sheet = p.locator('dialog[open]');
  await sheet.getByLabel('Number').fill('G1');
  await sheet.getByLabel('Seats').fill('6');
  await sheet.getByLabel('Zone').selectOption({ label: 'Garden' });
  await sheet.getByRole('button', { name: 'Save' }).click();
  await p.getByRole('button', { name: 'Change table G1' }).click();
  await p.locator('dialog[open]').getByLabel('In use').uncheck();
  await p.locator('dialog[open]').getByRole('button', { name: 'Save' }).click();
  await until(() => server.sql("SELECT is_active FROM tables WHERE number = 'G1';")[0]?.is_active === 0, 'out of use');
  await p.getByRole('button', { name: 'Print codes' }).click();
  await p.until(() => document.querySelector('.pages img')?.naturalWidth > 0);
  await p.keyboard.press('Escape');
  await p.getByRole('button', { name: 'Change table 1', exact: true }).click();
  const [before] = server.sql('SELECT qr_secret FROM tables WHERE id = 1;');
  await p.locator('dialog[open]').getByRole('button', { name: 'Block ordering by QR' }).click();
  await p.says('QR blocked');
  await p.locator('dialog[open]').getByRole('button', { name: 'Make a new code' }).click();
  await p
    .locator('dialog[open]')
    .getByRole('button', { name: /Make a new one/ })
    .click();
  await until(() => server.sql('SELECT qr_secret FROM tables WHERE id = 1;')[0].qr_secret !== before.qr_secret, 'a new code');
});

test('manager: approval of guests’ orders is set here, and decided here', async ({ server, page }) => {
  const p = await desk(page, {}, '#house');
  await p.getByLabel('Guests’ orders by QR').selectOption({ label: 'Each is approved' });
  await p.getByRole('button', { name: 'Save' }).click();
  await until(async () => (await server.rest('GET', '/api/v1/restaurants/2')).settings.approval === 'all', 'the setting');
  const [{ qr_secret: secret }] = server.sql('SELECT qr_secret FROM tables WHERE id = 5;');
  const { session_token: token } = await server.rest('POST', `/api/v1/qr/${secret}`, undefined, null);
  const order = await server.rest('POST', '/api/v1/orders', { restaurant_id: 2, table_id: 5, items: [{ menu_item_id: 5, quantity: 1 }] }, token);
  await p.goto(`${server.url}/manager#service`);
  const card = p.locator('.dec > li', { hasText: 'Table 5 ordered by QR' });
  await card.getByRole('button', { name: 'Refuse' }).click();
  await p.locator('dialog[open]').getByRole('button', { name: 'The kitchen is closed' }).click();
  await p.locator('dialog[open]').getByRole('button', { name: 'Refuse' }).click();
  await until(() => server.sql(`SELECT status, cancel_reason FROM orders WHERE id = ${order.id};`)[0].cancel_reason === 'The kitchen is closed', 'refused');
  await card.waitFor({ state: 'detached' });
  const again = await server.rest('POST', '/api/v1/orders', { restaurant_id: 2, table_id: 5, items: [{ menu_item_id: 5, quantity: 1 }] }, token);
  await p.locator('.dec > li', { hasText: 'Table 5 ordered by QR' }).getByRole('button', { name: 'Approve' }).click();
  await until(() => server.sql(`SELECT status FROM orders WHERE id = ${again.id};`)[0].status === 'confirmed', 'approved');
});

test('manager: amber and red of a station are set in minutes, and red is never before amber', async ({ server, page }) => {
  const p = await desk(page, {}, '#house');
  await p.getByRole('button', { name: 'Change Kitchen' }).click();
  const sheet = p.locator('dialog[open]');
  await sheet.getByLabel('Amber after, in minutes').fill('6');
  await sheet.getByLabel('Red after, in minutes').fill('5');
  expect.ok(await sheet.getByRole('button', { name: 'Save' }).isDisabled());
  await sheet.getByLabel('Red after, in minutes').fill('9,5');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await until(() => server.sql("SELECT amber_s, red_s FROM stations WHERE restaurant_id = 2 AND code = 'kitchen';")[0].red_s === 570, 'red');
  expect.equal(server.sql("SELECT amber_s FROM stations WHERE restaurant_id = 2 AND code = 'kitchen';")[0].amber_s, 360);
  await p.says('amber 6 min, red 9.5 min');
});

test('manager: the cable is cut: how it was, read only; back, everything equals the database without a reload', async ({ server, page }) => {
  const proxy = await server.proxy();
  const p = await desk(page, { proxy, reducedMotion: true });
  await p.evaluate(() => (window.same = true));
  await p.shift();
  proxy.cut();
  await p.link('old');
  await p.link('lost');
  await p.until(() => /This is how it was at \d\d:\d\d:\d\d/.test(document.body.innerText));
  expect.equal((await p.shift()).value, 0, 'going offline moves nothing');
  expect.equal(await p.evaluate(() => document.documentElement.dataset.sounds.split(' ').filter((one) => one === 'lost').length), 1);
  expect.ok(await p.getByRole('button', { name: 'Show on the board' }).isDisabled());
  expect.ok(await p.evaluate(() => [...document.querySelectorAll('.dec .btn.do')].every((one) => one.disabled || one.textContent === 'Seen')));
  const made = [];
  for (let n = 0; n < 20; n += 1) made.push(await dining(server, 7 + (n % 2), [{ menu_item_id: 1, quantity: 1 + (n % 3) }]));
  for (const one of made.slice(0, 5)) await server.rest('PATCH', `/api/v1/orders/${one.id}`, { status: 'cancelled', reason: 'twice' });
  proxy.restore();
  const from = Date.now();
  await p.link('live');
  const back = Date.now();
  const wanted = server.sql("SELECT id FROM orders WHERE restaurant_id = 2 AND workflow_id = 1 AND status NOT IN ('completed', 'cancelled') ORDER BY id;").map(({ id }) => id);
  await p.until((ids) => JSON.stringify([...document.querySelectorAll('.hour')].map((one) => Number(one.dataset.order)).sort((a, b) => a - b)) === JSON.stringify(ids), wanted);
  expect.ok(Date.now() - back < 2000 || Date.now() - from < 2000, `${Date.now() - back} ms after the line was back`);
  expect.equal(await p.evaluate(() => window.same), true, 'it is the same page');
});

test('manager: the server is killed and started: the desk comes back by itself', async ({ server, page }) => {
  const p = await desk(page);
  await server.kill9();
  await p.link('lost');
  await server.start();
  await p.link('live');
  const made = await dining(server, 8);
  await row(p, made.id).waitFor();
});

test('manager: keys find, filter, walk, open and close', async ({ server, page }) => {
  const order = await dining(server, 9);
  const p = await desk(page);
  await row(p, order.id).waitFor();
  await p.keyboard.press('n');
  await p.until(() => document.querySelector('.fil [aria-pressed="true"]').textContent === 'Not paid');
  await p.keyboard.press('a');
  await p.until(() => document.querySelector('.fil [aria-pressed="true"]').textContent === 'All today');
  await p.keyboard.press('o');
  await p.keyboard.press('ArrowDown');
  await p.keyboard.press('ArrowDown');
  const at = await p.evaluate(() => ({ row: [...document.querySelectorAll('.hour')].indexOf(document.activeElement), ring: getComputedStyle(document.activeElement).outlineWidth }));
  expect.deepEqual(at, { row: 1, ring: '3px' });
  await p.keyboard.press('Enter');
  await drawer(p).waitFor();
  await p.keyboard.press('Escape');
  await p.until(() => !document.querySelector('dialog[open]') && [...document.querySelectorAll('.hour')].indexOf(document.activeElement) === 1);
  await p.keyboard.press('/');
  await p.keyboard.type('nobody ordered this');
  await p.says('No order says');
  await p.keyboard.press('Escape');
  await row(p, order.id).waitFor();
});

test('manager: everything is reached by the keyboard, in the order in which it is read', async ({ page }) => {
  const p = await desk(page);
  const wanted = await p.evaluate(() => [...document.querySelectorAll('a[href], button:not([disabled]), input, textarea, select')].filter((one) => one.getClientRects().length > 0).length);
  const seen = [];
  await p.evaluate(() => document.activeElement?.blur());
  for (let n = 0; n < wanted; n += 1) {
    await p.keyboard.press('Tab');
    seen.push(await p.evaluate(() => [...document.querySelectorAll('*')].indexOf(document.activeElement)));
  }
  expect.equal(new Set(seen).size, wanted, 'no trap, nothing left out');
  expect.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
    'the order of the page',
  );
});

test('manager: contrast, targets and widths of every page, in both themes; long names are whole; nothing serious for axe', async ({ server, page }) => {
  server.sql(`UPDATE menu_items SET name = '${LONG}' WHERE id = 6; UPDATE menu_items SET name = '${THAI}' WHERE id = 7; UPDATE menu_items SET is_available = 0 WHERE id = 8;`);
  const order = await dining(server, 6, [
    { menu_item_id: 6, quantity: 1, allergy: 'peanuts' },
    { menu_item_id: 7, quantity: 2 },
  ]);
  const found = [];
  const look = async (p, what, axe) => {
    const { findings } = await p.audit();
    found.push(...findings.map((one) => `${what}: ${one}`));
    if (axe) found.push(...(await p.axe()).map((one) => `${what}: ${one}`));
  };
  for (const theme of ['light', 'dark'])
    for (const [size, lang] of [
      [DESK, 'en'],
      [[1024, 768], 'de'],
      [[390, 844], 'en'],
      [[320, 640], 'th'],
    ]) {
      const p = await desk(page, { theme, size, lang, reducedMotion: true });
      const what = `${theme} ${size} ${lang}`;
      await row(p, order.id).waitFor();
      await look(p, `${what} service`, lang === 'en');
      await row(p, order.id).click();
      for (const name of [LONG, THAI]) await p.until((wanted) => document.querySelector('dialog.order')?.innerText.includes(wanted), name);
      await look(p, `${what} order`, lang === 'en');
      await p.keyboard.press('Escape');
      for (const tab of TABS) {
        await p.evaluate((name) => (location.hash = name), tab);
        await p.until(() => document.querySelector('.manager.wide .list li, .manager.wide .panel'));
        await look(p, `${what} ${tab}`, lang === 'en' && size === DESK);
      }
      await p.done();
    }
  expect.deepEqual([...new Set(found)], []);
});

test('manager: reduced motion moves nothing; forced colours still tell states in words', async ({ server, page }) => {
  await dining(server, 9);
  const p = await desk(page, { reducedMotion: true, forced: true });
  expect.equal(await p.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length), 0);
  expect.ok(await p.evaluate(() => [...document.querySelectorAll('.hour .tape')].every((one) => one.textContent.trim() !== '')));
});

test('manager: signing in with e-mail and password, and out again', async ({ page }) => {
  const p = await page('/manager', { size: DESK });
  await p.getByLabel('E-mail').fill('manager@example.com');
  await p.getByLabel('Password').fill('not it');
  await p.getByRole('button', { name: 'Sign in' }).click();
  await p.getByRole('alert').waitFor();
  await p.getByLabel('Password').fill('admin12345');
  await p.getByRole('button', { name: 'Sign in' }).click();
  await p.says('The last hour');
  await p.evaluate(() => (location.hash = 'house'));
  await p.getByRole('button', { name: /sign out/ }).click();
  await p.getByLabel('E-mail').waitFor();
});
