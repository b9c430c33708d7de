// The waiter's phone, tap by tap, against the server: every action, and what the database has afterwards.
import { expect, test } from './harness/index.js';
import { Floor, guestsAt, lines, minor, phone, steady, until } from './harness/waiter.js';

test('sign in: a name and a PIN, a wrong one costs a try, and the floor opens', async ({ page }) => {
  const p = await page('/waiter', { size: [390, 844] });
  await p.getByRole('radio', { name: 'Mia' }).click();
  for (const digit of '9999') await p.keyboard.press(digit);
  await p.keyboard.press('Enter');
  await p.says('That PIN is wrong.');
  expect.match(await p.locator('.wrong').innerText(), /\d+ tr(y|ies) left/);
  for (const digit of '1010') await p.getByRole('button', { name: digit, exact: true }).click();
  await p.getByRole('button', { name: 'OK' }).click();
  await p.until(() => document.querySelectorAll('.tile').length > 0);
  await p.link('live');
});

test('seat guests: the stepper, Seat; a second waiter gets the same visit and reads who opened it', async ({ server, page }) => {
  const table = await new Floor(server).free();
  const mia = await phone(page, 'Mia', `#/t/${table.id}`);
  const noah = await phone(page, 'Noah', `#/t/${table.id}`);
  await noah.until(() => document.querySelector('.dock .do')?.textContent.startsWith('Seat'));
  await mia.getByRole('button', { name: 'One more' }).click();
  // Both press before either hears of the other.
  await Promise.all([mia, noah].map((p) => p.evaluate(() => document.querySelector('.dock .do').click())));
  await mia.until(() => document.querySelector('.guests'));
  await noah.until(() => document.querySelector('.guests'));
  await Promise.any([mia.says('opened this at'), noah.says('opened this at')]);
  expect.equal(server.sql(`SELECT id FROM table_sessions WHERE table_id = ${table.id} AND closed_at IS NULL`).length, 1);
});

test('add and send: the usual one with +, all choices in the sheet, and the ticket has every word of it', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 4);
  const p = await phone(page, 'Mia', `#/t/${table.id}/add`);
  await p.getByRole('button', { name: 'Add Green curry' }).click();
  await p.getByRole('button', { name: 'Pad Thai', exact: false }).filter({ hasText: 'peanuts' }).first().click();
  const sheet = p.locator('dialog');
  await sheet.getByLabel(/Prawns/).check();
  await sheet.getByLabel('No egg').check();
  await sheet.locator('label.a', { hasText: 'peanuts' }).click();
  await sheet.locator('.seat label', { hasText: '2' }).click();
  await sheet.locator('#note').fill('sauce beside');
  await sheet.getByRole('button', { name: 'One more' }).click();
  expect.match(await sheet.locator('.dock .do').innerText(), /240\.00/);
  await sheet.locator('.dock .do').click();
  await p.getByRole('button', { name: 'Send 3 to the kitchen' }).click();
  await p.until(() => location.hash.endsWith('/add') === false);
  await p.until(() => [...document.querySelectorAll('.lines .tape')].filter((one) => !one.textContent.includes('not in the kitchen')).length === 2);
  const all = lines(server, visit);
  expect.deepEqual(all.map(({ name, qty, seat, note, allergy, status }) => [name, qty, seat, note, allergy, status]).sort(), [['Green curry', 1, null, null, null, 'queued'], ['Pad Thai', 2, 2, 'sauce beside', 'peanuts', 'queued']]);
  expect.deepEqual(JSON.parse(all.find(({ name }) => name === 'Pad Thai').modifiers_json).map(({ name }) => name).sort(), ['No egg', 'Prawns']);
  await p.says('Allergy, seat 2: peanuts');
  // More goes onto the same order, as a later batch.
  await p.goto(`${server.url}/waiter#/t/${table.id}/add`);
  await p.getByRole('button', { name: 'Add Green curry' }).click();
  await p.getByRole('button', { name: 'Send 1 to the kitchen' }).click();
  await p.until(() => document.querySelectorAll('ul.lines li').length === 3);
  expect.deepEqual(new Set(lines(server, visit).map(({ order_id }) => order_id)).size, 1);
});

test('typing searches, free text has a price, and Hold keeps all of it from the kitchen until it is fired', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const p = await phone(page, 'Mia', `#/t/${table.id}/add`);
  await p.until(() => document.querySelectorAll('.dishes li').length > 0);
  await p.keyboard.type('mango');
  await p.until(() => document.querySelectorAll('.dishes li').length === 1);
  await p.getByRole('button', { name: 'Add Mango sticky rice' }).click();
  await p.getByRole('button', { name: 'Free text' }).click();
  await p.getByLabel('What is it?').fill('Birthday candle');
  await p.getByLabel('Price').fill('12,5');
  await p.getByRole('button', { name: 'Add it' }).click();
  await p.getByRole('button', { name: 'Hold', exact: true }).click();
  await p.says('Desserts, held');
  expect.deepEqual(lines(server, visit).map(({ name, status, unit_price_minor }) => [name, status, unit_price_minor]).sort(), [['Birthday candle', 'held', 1250], ['Mango sticky rice', 'held', 5450]]);
  await p.getByRole('button', { name: 'Fire Desserts' }).click();
  await p.until(() => !document.body.innerText.includes('Desserts, held'));
  await p.until(() => [...document.querySelectorAll('.tape')].some((one) => /kitchen|unseen/.test(one.textContent)));
  await until(() => lines(server, visit).some(({ name, status, fired_at }) => name === 'Mango sticky rice' && status === 'queued' && fired_at > 0));
});

test('served: one tap with Undo, which the server never hears of; without Undo once', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const order = await new Floor(server).order(table, [{ menu_item_id: 1, quantity: 2 }]);
  await server.rest('POST', `/api/v1/orders/${order.id}/bump`, {}, server.token({ role: 'kitchen', id: 20 }));
  const p = await phone(page, 'Mia', '#/floor');
  const row = p.locator('.call', { hasText: 'At the pass' }).filter({ has: p.locator('b', { hasText: new RegExp(`Table ${table.number}$`) }) });
  await row.waitFor();
  await steady(p);
  await row.getByRole('button').click();
  await p.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();
  await steady(p);
  expect.equal(lines(server, visit)[0].status, 'ready');
  await row.getByRole('button').click();
  await row.waitFor({ state: 'detached' });
  // Leaving the page sends what waits for its Undo.
  await p.goto(`${server.url}/waiter#/t/${table.id}`);
  await p.reload();
  await p.until(() => [...document.querySelectorAll('.state')].some((one) => one.textContent === 'served'));
  await until(() => lines(server, visit)[0].status === 'served');
  expect.equal(server.sql(`SELECT status FROM orders WHERE id = ${order.id}`)[0].status, 'delivered');
});

test('void: with a reason as long as nothing is begun, then with a manager\'s PIN; unseen until a cook confirms', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const floor = new Floor(server);
  const order = await floor.order(table, [{ menu_item_id: 1 }, { menu_item_id: 4 }]);
  const p = await phone(page, 'Mia', `#/t/${table.id}`);
  await p.getByRole('button', { name: 'More for Pad Thai' }).click();
  await p.getByRole('button', { name: 'Void' }).click();
  await p.getByRole('button', { name: 'Guest left' }).click();
  await p.locator('dialog').getByRole('button', { name: 'Void' }).click();
  await p.says('kitchen has not seen it');
  const gone = () => lines(server, visit).filter(({ status }) => status === 'voided');
  // the phone shows it before the server has answered
  await until(() => gone().length === 1, 'a line is voided');
  const [off] = gone();
  expect.deepEqual([off.name, off.void_reason], ['Pad Thai', 'Guest left']);
  await server.rest('POST', `/api/v1/orders/${order.id}/items/${off.id}/confirm`, { what: 'void' }, server.token({ role: 'kitchen', id: 20 }));
  await p.until(() => [...document.querySelectorAll('.gone .state')].some((one) => one.textContent === 'void'));

  const curry = order.items.find(({ name }) => name === 'Green curry');
  await server.rest('PATCH', `/api/v1/orders/${order.id}/items/${curry.id}`, { status: 'preparing' });
  await p.says('cooking');
  await p.getByRole('button', { name: 'More for Green curry' }).click();
  await p.getByRole('button', { name: 'Void' }).click();
  await p.says('A manager must allow the void.');
  const { sign_ins: ins } = await server.signIns();
  const manager = ins.find(({ screen }) => screen === 'manager');
  const choice = p.locator('dialog').getByRole('button', { name: manager.user.name, exact: true });
  if (await choice.count()) await choice.click();
  for (const digit of '8765') await p.keyboard.press(digit);
  await p.keyboard.press('Enter');
  await p.says('That PIN is wrong.');
  for (const digit of manager.pin) await p.keyboard.press(digit);
  if (manager.pin.length < 6) await p.keyboard.press('Enter');
  await p.until(() => !document.querySelector('dialog[open]'));
  await until(() => lines(server, visit).every(({ status }) => status === 'voided'));
  expect.equal(await p.evaluate(() => Object.keys(localStorage).filter((key) => localStorage[key].includes('approval')).length), 0);
});

test('move to a free table and merge with a taken one: the lines go along, and the kitchen is told nothing again', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 3);
  await floor.order(table, [{ menu_item_id: 1, quantity: 2 }]);
  const fired = lines(server, visit).map(({ fired_at }) => fired_at);
  const to = await floor.free();
  const p = await phone(page, 'Mia', `#/t/${table.id}`);
  await p.getByRole('button', { name: 'Move' }).click();
  await p.locator('dialog .tile').filter({ has: p.locator('b', { hasText: new RegExp(`Table ${to.number}$`) }) }).click();
  await p.until((hash) => location.hash === hash, `#/t/${to.id}`);
  await p.says('2 Pad Thai'.slice(2));
  await until(() => server.sql(`SELECT table_id FROM table_sessions WHERE id = ${visit}`)[0].table_id === to.id);
  expect.deepEqual(lines(server, visit).map(({ fired_at }) => fired_at), fired);

  const other = await guestsAt(server, 2);
  await floor.order(other.table, [{ menu_item_id: 4 }]);
  await p.getByRole('button', { name: 'Move' }).click();
  await p.locator('dialog .tile').filter({ has: p.locator('b', { hasText: new RegExp(`Table ${other.table.number}$`) }) }).click();
  await p.says('become one');
  await p.locator('dialog').getByRole('button', { name: 'Merge' }).click();
  await p.until(() => document.body.innerText.includes('Pad Thai') && document.body.innerText.includes('Green curry'));
  expect.equal(server.sql(`SELECT count(*) AS n FROM table_sessions WHERE table_id IN (${to.id}, ${other.table.id}) AND closed_at IS NULL`)[0].n, 1);
});

test('the bill: equal shares, a dish, an amount with change, the rest; then the table is free', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 3);
  const order = await floor.order(table, [{ menu_item_id: 1, quantity: 2 }, { menu_item_id: 4 }, { menu_item_id: 2 }]);
  const total = minor(order.total_amount);
  const p = await phone(page, 'Mia', `#/t/${table.id}/bill`);
  const balance = () => p.locator('[data-balance]').getAttribute('data-balance').then(minor);
  await p.until(() => document.querySelector('[data-balance]'));
  expect.equal(await balance(), total);
  await p.getByRole('button', { name: 'Equal shares' }).click();
  await p.until(() => document.querySelectorAll('[data-share]').length === 3 && !document.querySelector('.share button[disabled]'));
  const shares = (await p.locator('[data-share]').allInnerTexts()).map((text) => minor(text.replace(',', '')));
  expect.equal(shares.reduce((sum, one) => sum + one, 0), total);
  expect.ok(Math.max(...shares) - Math.min(...shares) <= 1);
  await p.locator('.share button').first().click();
  await p.until((left) => Number(document.querySelector('[data-balance]')?.dataset.balance) * 100 === left, total - shares[0]);
  await p.says('paid');
  await p.getByRole('button', { name: 'By dish' }).click();
  const tea = p.locator('.pick').filter({ hasText: 'Iced tea' });
  const before = await balance();
  await tea.getByRole('button').last().click();
  await p.locator('main').getByRole('button', { name: /^Take/ }).click();
  await p.until((left) => Number(document.querySelector('[data-balance]')?.dataset.balance) * 100 < left, before);
  await p.getByRole('button', { name: 'Amount' }).click();
  await p.getByLabel('Amount', { exact: true }).fill('10');
  await p.says('is left.');
  await p.locator('main').getByRole('button', { name: 'Take 10.00' }).click();
  await until(() => server.sql(`SELECT count(*) AS n FROM payments WHERE amount_minor = 1000 AND (order_id = ${order.id} OR session_id = ${visit})`)[0].n === 1);
  await p.getByRole('radio', { name: 'Card' }).click();
  await p.locator('.dock .do').click();
  await p.getByRole('button', { name: 'Free the table' }).waitFor();
  const paid = server.sql(`SELECT sum(amount_minor) AS n, group_concat(DISTINCT method) AS methods FROM payments WHERE order_id = ${order.id} AND status = 'captured'`)[0];
  expect.equal(paid.n, total);
  expect.match(paid.methods, /card/);
  await server.rest('PATCH', `/api/v1/orders/${order.id}`, { status: 'delivered' }).catch(() => {});
  await p.getByRole('button', { name: 'Free the table' }).click();
  await until(() => server.sql(`SELECT closed_at FROM table_sessions WHERE id = ${visit}`)[0].closed_at !== null);
});

test('an unpaid table stays open, and the card says why and leads to the bill', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 2);
  await floor.order(table, [{ menu_item_id: 2 }]);
  const p = await phone(page, 'Mia', `#/t/${table.id}/bill`);
  await p.until(() => document.querySelector('[data-balance]'));
  await p.locator('.dock .do').click();
  await p.getByRole('button', { name: 'Free the table' }).waitFor();
  // Another phone orders in the same moment.
  const { url } = server;
  await p.route(`${url}/api/v1/sessions/*`, async (route) => {
    if (route.request().method() === 'PATCH') await floor.order(table, [{ menu_item_id: 1 }]);
    await route.continue();
  });
  await p.getByRole('button', { name: 'Free the table' }).click();
  await p.says('Not done');
  await p.says('80.00 is not paid yet.');
  await p.locator('.card').getByRole('button', { name: 'Bill' }).click();
  await p.until(() => Number(document.querySelector('[data-balance]')?.dataset.balance) === 80);
  expect.equal(server.sql(`SELECT closed_at FROM table_sessions WHERE id = ${visit}`)[0].closed_at, null);
});

test('a guest\'s order: looked at, changed, approved; another one refused with words', async ({ server, page }) => {
  const floor = new Floor(server);
  await server.rest('PATCH', '/api/v1/restaurants/2', { approval: 'all' });
  try {
    const { table, visit } = await guestsAt(server, 2);
    const guest = server.token({ role: 'customer', id: 456, more: ['--session', String(visit)] });
    const placed = await server.rest('POST', '/api/v1/orders', { restaurant_id: 2, table_id: table.id, items: [{ menu_item_id: 1, quantity: 2, allergy: 'peanuts' }, { menu_item_id: 2 }] }, guest);
    expect.equal(placed.status, 'new');
    const p = await phone(page, 'Mia', '#/floor');
    const row = p.locator('.call', { hasText: 'QR order to check' }).filter({ has: p.locator('b', { hasText: new RegExp(`Table ${table.number}$`) }) });
    await row.getByText('3 dishes, allergy: peanuts').waitFor();
    await steady(p);
    await row.getByRole('button', { name: /^Check/ }).click();
    await p.getByRole('button', { name: 'Change' }).click();
    await p.locator('.pick', { hasText: 'Pad Thai' }).getByRole('button', { name: 'One less' }).click();
    await until(() => lines(server, visit).find(({ name }) => name === 'Pad Thai').qty === 1);
    await p.getByRole('button', { name: 'Approve' }).click();
    await until(() => server.sql(`SELECT status FROM orders WHERE id = ${placed.id}`)[0].status === 'confirmed');
    const second = await server.rest('POST', '/api/v1/orders', { restaurant_id: 2, table_id: table.id, items: [{ menu_item_id: 2 }] }, guest);
    await p.getByRole('link', { name: /Check/ }).click();
    await p.getByRole('button', { name: 'Refuse' }).click();
    await p.getByRole('button', { name: 'The kitchen is closed' }).click();
    await until(() => server.sql(`SELECT status FROM orders WHERE id = ${second.id}`)[0].status === 'cancelled');
    expect.equal(server.sql(`SELECT cancel_reason FROM orders WHERE id = ${second.id}`)[0].cancel_reason, 'The kitchen is closed');
  } finally {
    await server.rest('PATCH', '/api/v1/restaurants/2', { approval: 'off' });
  }
  void floor;
});

test('a call: I go on one phone is "Mia is going" on the other, Done ends it for both', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const guest = server.token({ role: 'customer', id: 456, more: ['--session', String(visit)] });
  const mia = await phone(page, 'Mia', '#/inbox');
  const noah = await phone(page, 'Noah', '#/inbox');
  const rowOf = (p) => p.locator('.call').filter({ has: p.locator('b', { hasText: new RegExp(`Table ${table.number}$`) }) }).filter({ hasText: 'Calls you' });
  await server.rest('POST', `/api/v1/sessions/${visit}/requests`, { kind: 'call_waiter' }, guest);
  await rowOf(mia).getByRole('button', { name: /^I go/ }).click();
  await rowOf(noah).getByText('Mia is going').waitFor();
  await rowOf(noah).getByRole('button', { name: /^Take over/ }).waitFor();
  await rowOf(mia).getByRole('button', { name: /^Done/ }).click();
  await rowOf(mia).waitFor({ state: 'detached' });
  await mia.reload();
  await until(() => server.sql(`SELECT status FROM tasks WHERE session_id = ${visit}`)[0].status === 'done');
  await rowOf(noah).waitFor({ state: 'detached' });
});

test('the profile: section, sound, colours, language, and out', async ({ page }) => {
  const p = await phone(page, 'Mia', '#/me');
  await p.getByRole('button', { name: '1', exact: true }).click();
  await p.getByRole('button', { name: 'Dark' }).click();
  expect.equal(await p.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await p.getByRole('button', { name: 'Deutsch' }).click();
  await p.says('Meine Tische');
  await p.getByRole('button', { name: 'ไทย' }).click();
  await p.says('โต๊ะของฉัน');
  await p.getByRole('button', { name: 'English' }).click();
  await p.getByRole('button', { name: 'Off', exact: true }).click();
  await p.reload();
  await p.says('My tables');
  expect.equal(await p.getByRole('button', { name: 'Off', exact: true }).getAttribute('aria-pressed'), 'true');
  await p.getByRole('button', { name: 'Sign out' }).click();
  await p.says('Who are you?');
  expect.equal(await p.evaluate(() => localStorage.getItem('maitred.session.waiter')), null);
  // Signing out ends every sign-in of hers, so no other test may share this server.
}, { fresh: true });

test('by person: each pays their own dishes, the table\'s own stand below, and nothing is left', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 2);
  await floor.order(table, [{ menu_item_id: 1, seat: 1 }, { menu_item_id: 4, seat: 2, quantity: 2 }, { menu_item_id: 2 }]);
  const p = await phone(page, 'Mia', `#/t/${table.id}/bill`);
  await p.getByRole('button', { name: 'By person' }).click();
  await p.until(() => document.querySelectorAll('.person').length === 3);
  expect.deepEqual(await p.locator('.person .btn').allInnerTexts(), ['Take 80.00', 'Take 240.00', 'Take 35.50']);
  for (let left = 2; left >= 0; left -= 1) {
    await p.locator('.person .btn').first().click();
    await p.until((n) => document.querySelectorAll('.person').length === n, left);
  }
  await p.getByRole('button', { name: 'Free the table' }).waitFor();
  expect.equal(server.sql(`SELECT sum(p.amount_minor) AS n FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.session_id = ${visit}`)[0].n, 8000 + 24000 + 3550);
});

test('served too early: back to the pass, and at the pass it is again', async ({ server, page }) => {
  const { table } = await guestsAt(server, 2);
  const order = await new Floor(server).order(table, [{ menu_item_id: 1 }]);
  await server.rest('POST', `/api/v1/orders/${order.id}/bump`, {}, server.token({ role: 'kitchen', id: 20 }));
  await server.rest('PATCH', `/api/v1/orders/${order.id}`, { status: 'delivered' });
  const p = await phone(page, 'Mia', `#/t/${table.id}`);
  await p.getByRole('button', { name: 'More for Pad Thai' }).click();
  await p.getByRole('button', { name: 'Back to the pass' }).click();
  await until(() => server.sql(`SELECT status FROM orders WHERE id = ${order.id}`)[0].status === 'ready');
});

test('a rush: six things that need somebody, worst first, and the rest is counted; all of it is in the inbox', async ({ server, page }) => {
  const floor = new Floor(server);
  const cook = server.token({ role: 'kitchen', id: 20 });
  for (let n = 0; n < 8; n += 1) {
    const { table } = await guestsAt(server, 2);
    const order = await floor.order(table, [{ menu_item_id: 1 }]);
    if (n < 2) server.sql(`UPDATE order_items SET fired_at = fired_at - 3600000 WHERE order_id = ${order.id}; UPDATE orders SET note = 'late' WHERE id = ${order.id};`);
    else await server.rest('POST', `/api/v1/orders/${order.id}/bump`, {}, cook);
  }
  const p = await phone(page, 'Mia', '#/floor');
  await p.until(() => document.querySelectorAll('.needs .call').length === 6);
  expect.match(await p.locator('.needs .call p').first().innerText(), /^Late/);
  await steady(p);
  await p.locator('.more-needs').click();
  await p.until(() => document.querySelectorAll('.inbox .call').length >= 8);
});

test('a table moves while its guests look at the menu: their page goes on, and their order comes to the new table', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 2);
  const secret = server.sql(`SELECT qr_secret FROM tables WHERE id = ${table.id}`)[0].qr_secret;
  const guest = await page(`/t/${secret}`, { size: [390, 844] });
  await guest.says('Pad Thai');
  const to = await floor.free();
  const p = await phone(page, 'Mia', `#/t/${table.id}`);
  await p.getByRole('button', { name: 'Move' }).click();
  await p.locator('dialog .tile').filter({ has: p.locator('b', { hasText: new RegExp(`Table ${to.number}$`) }) }).click();
  await until(() => server.sql(`SELECT table_id FROM table_sessions WHERE id = ${visit}`)[0].table_id === to.id);
  await guest.until((number) => new RegExp(`Table\\s*${number}\\b`).test(document.body.innerText.replace(/\s+/g, ' ')), to.number);
  await guest.says('Pad Thai');
  const token = server.token({ role: 'customer', id: 456, more: ['--session', String(visit)] });
  const placed = await server.rest('POST', '/api/v1/orders', { restaurant_id: 2, table_id: to.id, items: [{ menu_item_id: 2 }] }, token);
  await p.says('Iced tea');
  expect.equal(placed.table_id, to.id);
});
