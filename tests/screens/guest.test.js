// What guests see behind the code on their table.
import { expect, test } from './harness/index.js';

const secret = (server, table = 5) => server.sql(`SELECT qr_secret FROM tables WHERE restaurant_id = 2 AND number = '${table}'`)[0].qr_secret;
const visitOf = (server, table = 5) => server.sql(`SELECT s.id FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE t.restaurant_id = 2 AND t.number = '${table}' AND s.closed_at IS NULL`)[0]?.id;
const ordersOf = (server, visit) => server.sql(`SELECT * FROM orders WHERE session_id = ${visit} ORDER BY id`);
/** A table where nobody sits. */
const freeTable = (server) => server.sql("SELECT t.id, t.number, t.qr_secret FROM tables t WHERE t.restaurant_id = 2 AND t.is_active AND NOT EXISTS (SELECT 1 FROM table_sessions s WHERE s.table_id = t.id AND s.closed_at IS NULL) ORDER BY t.id DESC")[0];
const waiter = (server, id = 10) => server.token({ role: 'waiter', id });

/** A guest at a table that a waiter has opened, with the menu on the phone. */
async function sitsDown(the, { table = 5, ...options } = {}) {
  const { server } = the;
  if (!visitOf(server, table)) await server.rest('POST', `/api/v1/tables/${server.sql(`SELECT id FROM tables WHERE restaurant_id = 2 AND number = '${table}'`)[0].id}/occupy`, { guests_count: 2 }, waiter(server));
  const p = await the.page(`/t/${secret(server, table)}`, options);
  await p.until(() => document.querySelectorAll('article.d').length > 3);
  return p;
}

/** One of a dish, with its first choice if it has choices. */
async function picks(p, dish, choice) {
  await p.getByRole('button', { name: `Add ${dish}`, exact: true }).click();
  if (!(await p.locator('article.d', { hasText: dish }).first().isVisible())) return;
  if (await p.locator('dialog[open]').count()) {
    if (choice) await p.locator('dialog[open] label', { hasText: choice }).click();
    await p.locator('dialog[open] .foot .do').click();
    await p.until(() => !document.querySelector('dialog[open]'));
  }
}

test('from the menu to the order: choices, what is avoided, exact total, four real steps', async (the) => {
  const { server } = the;
  const p = await sitsDown(the);
  const visit = visitOf(server);
  const before = ordersOf(server, visit).length;
  await p.locator('.avoid label', { hasText: 'peanuts' }).click();
  await p.says('has peanuts');
  await picks(p, 'Pad Thai', 'Prawns');
  await p.says('120.00');
  await p.locator('.dock a.do').click();
  await p.says('You avoid peanuts.');
  await p.locator('#note').fill('no bean sprouts');
  await p.getByRole('button', { name: /^Order for table 5/ }).click();
  await p.locator('main.status .order').first().waitFor();
  const orders = ordersOf(server, visit);
  expect.equal(orders.length, before + 1);
  const order = orders.at(-1);
  expect.equal(order.source, 'qr');
  expect.equal(order.total_minor, 12000);
  expect.equal(order.allergy_note, 'peanuts');
  expect.equal(order.note, 'no bean sprouts');
  const card = p.locator(`[data-order="${order.id}"]`);
  const step = (n) => p.until(([id, n]) => document.querySelector(`[data-order="${id}"]`)?.dataset.step === String(n), [order.id, n]);
  const move = (status, body = {}) => server.rest('PATCH', `/api/v1/orders/${order.id}`, { status, ...body }, server.manager());
  if (order.status === 'new') await move('confirmed');
  await step(1);
  if (ordersOf(server, visit).at(-1).status === 'pending') await move('confirmed');
  await move('preparing');
  await step(2);
  await move('ready', { override: true, reason: 'test' });
  await step(3);
  await move('delivered');
  await step(4);
  expect.match(await card.innerText(), /Served/);
});

test('two taps, and an answer that is lost: one order', async (the) => {
  const { server } = the;
  const p = await sitsDown(the);
  const visit = visitOf(server);
  const before = ordersOf(server, visit).length;
  await picks(p, 'Green curry');
  await p.locator('.dock a.do').click();
  let lost = 0;
  await p.route('**/api/v1/orders', async (route) => {
    if (route.request().method() !== 'POST' || lost) return route.fallback();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  const button = p.getByRole('button', { name: /^Order for table/ });
  await p.evaluate(() => { const one = document.querySelector('.dock .do'); one.click(); one.click(); });
  await p.says('Nobody answered. Press again: it is ordered once.');
  expect.equal(lost, 1);
  await button.click();
  await p.locator('main.status').waitFor();
  expect.equal(ordersOf(server, visit).length, before + 1);
});

test('sold out while it is in the basket: struck, out of the total, said once; the rest is ordered', async (the) => {
  const { server } = the;
  const p = await sitsDown(the);
  await picks(p, 'Green curry');
  await picks(p, 'Coconut water');
  await p.locator('.dock a.do').click();
  await p.says('180.00');
  const id = server.sql("SELECT id FROM menu_items WHERE restaurant_id = 2 AND name = 'Green curry'")[0].id;
  await server.rest('PATCH', `/api/v1/menu/${id}`, { is_available: false }, waiter(server));
  await p.locator('.line.out').waitFor();
  await p.until(() => /60\.00/.test(document.querySelector('.sum').innerText));
  await p.until(() => /Green curry is sold out/.test(document.querySelector('.pane [role=status]').textContent));
  await p.getByRole('button', { name: /^Order for table/ }).click();
  await p.locator('main.status').waitFor();
  expect.equal(ordersOf(server, visitOf(server)).at(-1).total_minor, 6000);
  await server.rest('PATCH', `/api/v1/menu/${id}`, { is_available: true }, waiter(server));
});

test('calling a waiter and asking for the bill: told by name who comes, and taken back', async (the) => {
  const { server } = the;
  const p = await sitsDown(the);
  await p.getByRole('button', { name: 'Call waiter' }).click();
  await p.says('Called. Somebody will come.');
  const task = server.sql(`SELECT id FROM tasks WHERE session_id = ${visitOf(server)} AND kind = 'call_waiter' AND status = 'open'`)[0];
  await server.rest('PATCH', `/api/v1/tasks/${task.id}`, { status: 'acknowledged' }, waiter(server));
  await p.says('Mia is coming to your table');
  await p.getByRole('button', { name: 'Cancel call' }).click();
  await p.until(() => !document.body.innerText.includes('is coming'));
  await p.getByRole('button', { name: 'Ask for the bill' }).click();
  await p.says('Asked for the bill.');
  expect.equal(server.sql(`SELECT count(*) AS n FROM tasks WHERE session_id = ${visitOf(server)} AND kind = 'bill' AND status = 'open'`)[0].n, 1);
});

test('without the network: the basket is kept, nothing can be ordered, nothing moves, and it comes back', async (the) => {
  const proxy = await the.server.proxy();
  const p = await sitsDown(the, { proxy });
  await picks(p, 'Green curry');
  await p.shift();
  proxy.cut();
  await p.locator('.banner.on').waitFor();
  await p.says('Your basket is kept. To order now, please ask your waiter.');
  expect.equal(await p.locator('.dock button:enabled, .dock a').count(), 0);
  const { value, all } = await p.shift();
  expect.equal(value, 0, JSON.stringify(all));
  proxy.restore();
  await p.says('Your basket, 1 dish');
});

test('an order that a waiter looks at first, and one that is refused, with the reason in words', async (the) => {
  const { server } = the;
  await server.rest('PATCH', '/api/v1/restaurants/2', { approval: 'all' });
  const p = await sitsDown(the);
  await picks(p, 'Green curry');
  await p.locator('.dock a.do').click();
  await p.getByRole('button', { name: /^Order for table/ }).click();
  await p.says('With your waiter, who checks it first');
  const { id } = ordersOf(server, visitOf(server)).at(-1);
  await server.rest('PATCH', `/api/v1/orders/${id}`, { status: 'cancelled', reason: 'the kitchen is closed' }, waiter(server));
  await p.says('Not taken: the kitchen is closed. Please ask your waiter.');
}, { fresh: true });

test('a table that is moved while its guests look at the menu', async (the) => {
  const { server } = the;
  const { number } = freeTable(server);
  const p = await sitsDown(the, { table: number });
  const free = freeTable(server);
  await server.rest('POST', `/api/v1/sessions/${visitOf(server, number)}/move`, { table_id: free.id }, waiter(server));
  await p.until((number) => document.querySelector('.mast .no').innerText.includes(number), free.number);
  await picks(p, 'Green curry');
  await p.locator('.dock a.do').click();
  await p.getByRole('button', { name: `Order for table ${free.number}` }).click();
  await p.locator('main.status .order').first().waitFor();
  expect.equal(ordersOf(server, visitOf(server, free.number)).at(-1).table_id, free.id);
});

test('the visit ends: a dead end at once, the token opens nothing, and no other order was ever shown', async (the) => {
  const { server } = the;
  const { number } = freeTable(server);
  const p = await sitsDown(the, { table: number, clock: true });
  await p.until(() => document.querySelector('.dock button:enabled'));
  const kept = await p.evaluate(() => JSON.parse(Object.entries(localStorage).find(([name]) => name.startsWith('maitred.guest.'))[1]));
  const other = await server.ask('GET', '/api/v1/orders/1', undefined, kept.token);
  expect.equal(other.status, 404);
  // no timer of the page runs any more: it is told, and does not find out by asking
  await p.clock.pauseAt((await p.evaluate(() => Date.now())) + 1000);
  await server.rest('PATCH', `/api/v1/sessions/${visitOf(server, number)}`, { status: 'closed' }, waiter(server));
  await p.locator('[data-place=closed]').waitFor();
  await p.clock.resume();
  await p.says('This visit has ended');
  for (const where of ['/api/v1/orders', `/api/v1/menu?restaurant_id=2`]) {
    const answer = await server.ask('GET', where, undefined, kept.token);
    expect.ok(answer.status === 410 || answer.status === 401, `${where}: ${answer.status}`);
  }
  await p.getByRole('button', { name: 'Look at the menu' }).click();
  await p.says('Pad Thai');
  expect.equal(await p.locator('.dock, .add').count(), 0);
  const after = await p.evaluate(() => JSON.parse(Object.entries(localStorage).find(([name]) => name.startsWith('maitred.guest.'))[1]));
  expect.equal(after.token, null);
});

test('a code that is none, a table that is not open, and one whose code staff has blocked', async (the) => {
  const { server } = the;
  const none = await the.page('/t/ffffffffffffffff');
  await none.says('This code is not valid any more');
  const free = freeTable(server);
  const closed = await the.page(`/t/${free.qr_secret}`);
  await closed.says(`Table ${free.number} is not open yet`);
  await server.rest('PATCH', '/api/v1/tables/5/qr', { blocked: true }, waiter(server));
  const blocked = await the.page(`/t/${secret(server)}`);
  await blocked.says('Please order with your waiter.');
  await server.rest('PATCH', '/api/v1/tables/5/qr', { blocked: false }, waiter(server));
  await blocked.getByRole('button', { name: 'Try again' }).click();
  await blocked.says('Pad Thai');
});

test('long names are whole, in German and Thai, at 320 px', async (the) => {
  const { server } = the;
  const names = ['Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln', 'ผัดไทยกุ้งสด'];
  server.sql(`UPDATE menu_items SET name = '${names[0]}' WHERE restaurant_id = 2 AND name = 'Green curry'; UPDATE menu_items SET name = '${names[1]}' WHERE restaurant_id = 2 AND name = 'Coconut water';`);
  for (const lang of ['de', 'th']) {
    const p = await sitsDown(the, { size: [320, 640], lang });
    for (const name of names) {
      const cut = await p.evaluate((name) => [...document.querySelectorAll('h3')].filter((one) => one.textContent === name).map((one) => one.scrollWidth > one.clientWidth + 1 || getComputedStyle(one).textOverflow === 'ellipsis'), name);
      expect.deepEqual(cut, [false], `${lang} ${name}`);
    }
    expect.deepEqual((await p.audit()).findings, []);
  }
}, { fresh: true });

test('by keyboard alone: choose, order, and back', async (the) => {
  const p = await sitsDown(the);
  const to = async (name) => {
    for (let n = 0; n < 80; n += 1) {
      if (await p.evaluate((name) => document.activeElement !== document.body && (document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.innerText ?? '').includes(name), name)) return;
      await p.keyboard.press('Tab');
    }
    throw new Error(`${name} is not reached`);
  };
  await to('Add Iced tea');
  await p.keyboard.press('Enter');
  await p.locator('dialog[open]').waitFor();
  await p.keyboard.press('Escape');
  await p.until(() => !document.querySelector('dialog[open]'));
  await p.until(() => /Add Iced tea/.test(document.activeElement?.getAttribute('aria-label') ?? ''), 'the focus returns');
  await p.keyboard.press('Enter');
  await to('Less sugar').catch(() => {});
  await p.locator('dialog[open] .foot .do').focus();
  await p.keyboard.press('Enter');
  await to('Your basket');
  await p.keyboard.press('Enter');
  await to('Order for table');
  await p.keyboard.press('Enter');
  await p.locator('main.status .order').first().waitFor();
});
