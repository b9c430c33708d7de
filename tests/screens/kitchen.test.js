// /kitchen in Chromium: what a cook does, and what a wall must never do.
import { expect, test as register } from './harness/index.js';
import { DISHES as D, FRAMES, empty, equal, heard, order, sent, settled, ticket, waiter, wall } from './kitchen_scene.js';

/** Each begins with an empty stove. */
const test = (name, run, options = {}) =>
  register(name, (the) => {
    empty(the.server);
    return run(the);
  }, options);

const LONG = 'Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln';
const THAI = 'ผัดไทยกุ้งสด';
const statusOf = (server, id) => server.sql(`SELECT status FROM orders WHERE id = ${id}`)[0].status;

test('an order comes, is ticked, is done; the waiter hears that the kitchen has it', async ({ server, page }) => {
  const p = await wall(page);
  await p.says('No orders. The next one appears here.');
  const made = await order(server, [[D.padThai, 2, { note: 'child, cut small' }], [D.soup]], { table_id: 7 });
  const card = ticket(p, '7');
  await card.waitFor();
  expect.match(await card.innerText(), /2\s+Pad Thai[\s\S]*child, cut small/);
  await settled(server, () => server.sql(`SELECT count(*) AS n FROM order_items WHERE order_id = ${made.id} AND seen_at IS NULL`)[0].n === 0);
  await card.getByRole('button', { name: /Tom yum soup/ }).click();
  await settled(server, () => server.sql(`SELECT count(*) AS n FROM order_items WHERE order_id = ${made.id} AND status = 'ready'`)[0].n === 1);
  await card.getByRole('button', { name: /^Done\s*, table 7, 3 dishes/ }).click();
  await p.locator('.ghost', { hasText: 'done at' }).waitFor();
  await p.until(() => !document.querySelector('.ghost, [data-ticket]'));
  expect.equal(statusOf(server, made.id), 'ready');
  await equal(p, server);
});

test('Done and Undo: the server hears nothing; a double tap is one Done; without Undo exactly one change of status', async ({ server, page }) => {
  const one = await order(server, [[D.curry], [D.rolls]]);
  const other = await order(server, [[D.curry]]);
  const p = await wall(page, { init: FRAMES });
  const card = ticket(p, one.code);
  await card.waitFor();
  await card.locator('.bump').dblclick();
  expect.equal(await p.locator('.ghost').count(), 1, 'the second tap of two did not undo the first');
  await p.until(() => performance.now() - (window.at ??= performance.now()) > 400);
  await p.locator('.ghost .undo').click();
  await card.waitFor();
  // the other's Done is sent five seconds after a later tap: by then that of the first would have been
  await ticket(p, other.code).locator('.bump').click();
  await settled(server, () => statusOf(server, other.id) === 'ready');
  expect.deepEqual((await sent(p, 'order:bump')).map((text) => text.includes(one.uuid)), [false]);
  expect.equal(statusOf(server, one.id), 'pending');
  await card.locator('.bump').click();
  await settled(server, () => statusOf(server, one.id) === 'ready');
  await equal(p, server);
  const changes = (await heard(p, 'order:status_changed')).filter((text) => text.includes(one.uuid));
  expect.equal(changes.join().match(/"order:status_changed"/g)?.length, 1, changes.join('\n'));
});

test('a Done that waits is sent by the next one, and by a page that comes back', async ({ server, page }) => {
  const [a, b] = [await order(server, [[D.curry]]), await order(server, [[D.rolls]])];
  const p = await wall(page);
  await ticket(p, a.code).locator('.bump').click();
  await ticket(p, b.code).locator('.bump').click();
  await settled(server, () => statusOf(server, a.id) === 'ready', 3000);
  expect.equal(statusOf(server, b.id), 'pending');
  await p.reload();
  await settled(server, () => statusOf(server, b.id) === 'ready');
});

test('a ticket that moved ignores taps for 400 ms; nothing moves under a finger', async ({ server, page }) => {
  const all = [];
  for (let n = 0; n < 3; n += 1) all.push(await order(server, [[D.curry]]));
  const p = await wall(page, { init: FRAMES });
  const last = ticket(p, all[2].code);
  const place = () => last.boundingBox();
  await last.waitFor();
  const before = await place();
  await ticket(p, all[0].code).locator('.bump').click();
  await p.locator('.ghost').waitFor();
  // a finger on the wall
  await p.mouse.move(1500, 600);
  await p.mouse.down();
  await settled(server, () => statusOf(server, all[0].id) === 'ready');
  expect.deepEqual(await place(), before, 'a finger is down');
  // in the page, and in the same turn as the closing up: no test is as fast as a finger
  await p.evaluate((code) => {
    window.early = new Promise((done) => {
      new MutationObserver((_, self) => {
        if (document.querySelector('.ghost')) return;
        self.disconnect();
        [...document.querySelectorAll('[data-ticket]')].find((one) => one.querySelector('h2').textContent === code).querySelector('.bump').click();
        done(document.querySelectorAll('.ghost').length);
      }).observe(document.querySelector('main'), { childList: true, subtree: true });
    });
  }, all[2].code);
  await p.mouse.up();
  expect.equal(await p.evaluate(() => window.early), 0);
  expect.equal((await sent(p, 'order:bump')).length, 1);
  await p.until(({ code, x, y }) => {
    const now = [...document.querySelectorAll('[data-ticket]')].find((one) => one.querySelector('h2').textContent === code).getBoundingClientRect();
    return now.x !== x || now.y !== y;
  }, { code: all[2].code, ...before }, 'the ticket in its new cell');
  await p.until(() => performance.now() - (window.at ??= performance.now()) > 500);
  await last.locator('.bump').click();
  await p.locator('.ghost').waitFor();
});

test('Done is impossible while an allergy or a void is unconfirmed; a void stays until the cook has read it, and the waiter sees when', async ({ server, page }) => {
  const made = await order(server, [[D.padThai, 2, { allergy: 'peanuts', seat: 2 }], [D.soup], [D.curry]], { table_id: 7 });
  const p = await wall(page);
  const card = ticket(p, '7');
  await card.getByText('Allergy first').click({ force: true });
  await p.until(() => document.querySelector('p.sr[role=status]').textContent.includes('Allergy first'));
  expect.equal(await p.locator('.ghost').count(), 0);
  await card.getByRole('button', { name: /^Confirm allergy peanuts, seat/i }).click();
  await card.locator('.alg.seen').waitFor();
  const soup = made.items.find((item) => item.name === 'Tom yum soup');
  await settled(server, () => server.sql(`SELECT allergy_acked_at AS at FROM order_items WHERE name = 'Pad Thai' AND order_id = ${made.id}`)[0].at);
  await server.rest('DELETE', `/api/v1/orders/${made.id}/items/${soup.id}`, { reason: 'guest changed their mind' }, waiter(server));
  const voided = card.locator('li.void');
  await voided.waitFor();
  expect.match(await voided.innerText(), /VOID, tap to clear: guest changed their mind/);
  const line = async () => (await server.rest('GET', `/api/v1/orders/${made.id}/items`, undefined, waiter(server))).items.find((item) => item.id === soup.id);
  expect.equal((await line()).void_acked_at, null);
  await card.getByText('Void first').click({ force: true });
  expect.equal(await p.locator('.ghost').count(), 0);
  await p.reload();
  await voided.waitFor();
  await voided.getByRole('button', { name: /voided, tap to confirm that you stopped/ }).click();
  await p.until(() => !document.querySelector('li.void'));
  await settled(server, () => server.sql(`SELECT void_acked_at AS at FROM order_items WHERE order_id = ${made.id} AND name = 'Tom yum soup'`)[0].at);
  expect.ok((await line()).void_acked_at);
  await card.getByRole('button', { name: /^Done\s*, table 7, 3 dishes/ }).click();
  await settled(server, () => statusOf(server, made.id) === 'ready');
});

test('an order that is called off hangs, struck through, until it is cleared', async ({ server, page }) => {
  const made = await order(server, [[D.padThai], [D.soup]]);
  const p = await wall(page);
  await ticket(p, made.code).waitFor();
  await server.rest('PATCH', `/api/v1/orders/${made.id}`, { status: 'cancelled', reason: 'guests left' });
  const card = ticket(p, made.code);
  await p.until(() => document.querySelector('.tk.cancelled'));
  expect.equal(await card.locator('li.void').count(), 2);
  await p.says('cancelled');
  await p.reload();
  await card.locator('.bump', { hasText: 'Clear' }).click();
  await p.until(() => !document.querySelector('.tk.cancelled'));
  // one that is deleted without a trace hangs, too: somebody is cooking it
  const other = await order(server, [[D.padThai]]);
  await ticket(p, other.code).waitFor();
  await server.rest('DELETE', `/api/v1/orders/${other.id}`, { reason: 'typed twice' });
  await ticket(p, other.code).locator('.bump', { hasText: 'Clear' }).click();
  await p.until(() => !document.querySelector('.tk.cancelled'));
});

test('what is added hangs under its time, what was done stays done, and the number follows the table', async ({ server, page }) => {
  const made = await order(server, [[D.padThai], [D.soup]], { table_id: 7 });
  const p = await wall(page);
  await ticket(p, '7').getByRole('button', { name: /Tom yum soup/ }).click();
  await settled(server, () => server.sql(`SELECT count(*) AS n FROM order_items WHERE order_id = ${made.id} AND status = 'ready'`)[0].n === 1);
  await server.rest('POST', `/api/v1/orders/${made.id}/items`, { menu_item_id: D.mango, quantity: 2 }, waiter(server));
  await p.until(() => /Added \d\d:\d\d/.test(document.querySelector('.sep')?.textContent ?? ''));
  expect.equal(await ticket(p, '7').locator('li.done').count(), 1);
  await equal(p, server);
  const place = await ticket(p, '7').boundingBox();
  await server.rest('PATCH', `/api/v1/orders/${made.id}`, { table_id: 8 }, waiter(server));
  await ticket(p, '8').waitFor();
  expect.deepEqual(await ticket(p, '8').boundingBox(), place);
});

test('recall brings a ticket back to its place in time, with its clock running on', async ({ server, page }) => {
  const [a, b] = [await order(server, [[D.curry]]), await order(server, [[D.rolls]])];
  server.sql(`UPDATE order_items SET fired_at = fired_at - 240000 WHERE order_id = ${a.id}`);
  const p = await wall(page);
  await ticket(p, a.code).locator('.bump').click();
  await ticket(p, b.code).locator('.bump').click();
  await settled(server, () => statusOf(server, a.id) === 'ready' && statusOf(server, b.id) === 'ready');
  await p.until(() => !document.querySelector('.ghost'));
  await p.getByRole('button', { name: 'Recall' }).click();
  await p.getByRole('dialog').getByRole('button', { name: new RegExp(a.code) }).click();
  const card = ticket(p, a.code);
  await card.getByText('recalled').waitFor();
  expect.match(await card.locator('time').innerText(), /^4:/);
  expect.equal(statusOf(server, a.id), 'preparing');
});

test('sold out from the wall is told to the menu, and back', async ({ server, page }) => {
  const p = await wall(page);
  await p.keyboard.press('s');
  await p.getByRole('switch', { name: /Green curry/ }).click();
  await settled(server, () => server.sql(`SELECT is_available AS yes FROM menu_items WHERE id = ${D.curry}`)[0].yes === 0);
  await p.keyboard.press('Escape');
  await p.until(() => document.querySelector('.out strong')?.textContent === 'Green curry');
  await server.rest('PATCH', `/api/v1/menu/${D.curry}`, { is_available: true });
  await p.until(() => !document.querySelector('.out'));
});

test('the pass sees all stations; Done makes ready, a second Done hands over', async ({ server, page }) => {
  const made = await order(server, [[D.padThai], [D.beer]], { table_id: 7 });
  const bar = await wall(page, { station: 'bar' });
  expect.equal(await ticket(bar, '7').locator('li[data-line]').count(), 1);
  const p = await wall(page, { station: 'expo' });
  const card = ticket(p, '7');
  expect.equal(await card.locator('li[data-line]').count(), 2);
  await card.getByText('bar', { exact: true }).waitFor();
  await card.locator('.bump').click();
  await card.getByRole('button', { name: 'Undo' }).waitFor();
  await settled(server, () => statusOf(server, made.id) === 'ready');
  await card.getByRole('button', { name: /^Handed over/ }).click();
  await p.locator('.ghost').waitFor();
  await settled(server, () => statusOf(server, made.id) === 'delivered');
  await p.keyboard.press('Shift+Digit1');
  await p.until(() => document.querySelector('.seg [aria-pressed=true]').textContent === 'Kitchen');
  await equal(p, server);
});

test('an alert stands in place of the counts until somebody touches it', async ({ server, page }) => {
  const p = await wall(page);
  await server.rest('POST', '/api/v1/restaurants/2/alerts', { message: 'Fire drill at nine', kitchen: true, severity: 4 });
  await p.getByRole('alert').filter({ hasText: 'Fire drill at nine' }).click();
  await p.until(() => document.querySelector('.load'));
});

test('everything by keyboard alone: 1 selects, arrows and Space tick, Enter is Done, U takes it back, A confirms, F is first, R and S open and Escape closes', async ({ server, page }) => {
  const [a, b] = [await order(server, [[D.curry], [D.rolls, 2], [D.soup]]), await order(server, [[D.padThai, 1, { allergy: 'peanuts' }]])];
  const p = await wall(page);
  await ticket(p, b.code).waitFor();
  const focused = () => p.evaluate(() => document.activeElement.closest('[data-ticket], [data-ghost]')?.querySelector('h2').textContent ?? document.activeElement.tagName);
  await p.keyboard.press('1');
  expect.equal(await focused(), a.code);
  expect.match(await p.evaluate(() => getComputedStyle(document.activeElement, '::after').borderTopWidth), /^5px/);
  await p.keyboard.press('ArrowDown');
  await p.keyboard.press('Space');
  await p.until(() => document.querySelector('li.done'));
  await settled(server, () => server.sql(`SELECT count(*) AS n FROM order_items WHERE order_id = ${a.id} AND status = 'ready'`)[0].n === 1);
  await p.keyboard.press('Space');
  await p.until(() => !document.querySelector('li.done'));
  await p.keyboard.press('1');
  await p.keyboard.press('Enter');
  await p.until(() => document.activeElement.classList.contains('undo'), undefined, 'the focus on Undo');
  await p.keyboard.press('u');
  await ticket(p, a.code).waitFor();
  await p.keyboard.press('2');
  expect.equal(await focused(), b.code);
  await p.keyboard.press('a');
  await p.until(() => document.querySelector('.alg.seen'));
  await p.keyboard.press('2');
  await p.keyboard.press('f');
  await p.until((code) => document.querySelector('[data-ticket] h2').textContent === code, b.code, 'the first ticket');
  await settled(server, () => server.sql(`SELECT priority AS n FROM orders WHERE id = ${b.id}`)[0].n === 1);
  for (const [key, title] of [['r', 'Recently done'], ['s', 'Sold out'], ['m', 'This screen']]) {
    await p.keyboard.press(key);
    await p.getByRole('heading', { name: title }).waitFor();
    await p.keyboard.press('Escape');
    await p.until(() => !document.querySelector('dialog'));
  }
  // Tab goes through all that can be pressed, in reading order, and out again
  const order1 = await p.evaluate(() => [...document.querySelectorAll('.wall button')].filter((one) => one.checkVisibility()).map((one) => one.getAttribute('aria-label') ?? one.textContent));
  await p.evaluate(() => document.activeElement.blur());
  const reached = [];
  for (let n = 0; n < order1.length + 3; n += 1) {
    await p.keyboard.press('Tab');
    reached.push(await p.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent));
  }
  // once around, past the browser's own
  expect.deepEqual(order1.filter((one) => !reached.includes(one)), []);
});

test('a new ticket is said once; clocks are no live regions; an add-on and a void have their own sounds', async ({ server, page }) => {
  const p = await wall(page, { init: `addEventListener('DOMContentLoaded', () => { window.said = []; new MutationObserver(() => { const text = document.querySelector('p.sr[role=status]')?.textContent.trim(); if (text && text !== window.said.at(-1)) window.said.push(text); }).observe(document.body, { subtree: true, childList: true, characterData: true }); });` });
  const made = await order(server, [[D.padThai, 3, { allergy: 'peanuts' }], [D.soup]], { table_id: 6 });
  await ticket(p, '6').waitFor();
  await p.until(() => window.said.length === 1);
  expect.equal(await p.evaluate(() => window.said[0]), 'New: table 6, 4 dishes, allergy peanuts');
  expect.equal(await p.evaluate(() => document.querySelectorAll('[aria-live] time, [role=status] time, [role=alert] time, time[aria-live]').length), 0);
  await server.rest('POST', `/api/v1/orders/${made.id}/items`, { menu_item_id: D.mango, quantity: 1 }, waiter(server));
  await p.until(() => window.said.length === 2);
  await server.rest('DELETE', `/api/v1/orders/${made.id}/items/${made.items[1].id}`, { reason: 'x' }, waiter(server));
  await p.until(() => window.said.length === 3);
  const sounds = await p.evaluate(() => document.documentElement.dataset.sounds.split(' '));
  expect.deepEqual(['new', 'add', 'void'].filter((one) => !sounds.includes(one)), []);
  expect.match(await p.evaluate(() => window.said.join('|')), /\|Added: table 6, .*\|Void at table 6: /);
});

test('a long German name and a Thai one are whole on the ticket, and lines that do not fit are counted', async ({ server, page }) => {
  server.sql(`UPDATE menu_items SET name = '${LONG}' WHERE id = ${D.curry}; UPDATE menu_items SET name = '${THAI}' WHERE id = ${D.rolls}`);
  const made = await order(server, [[D.curry], [D.rolls]]);
  const many = await order(server, Array.from({ length: 9 }, (_, n) => [D.soup, n + 1, { note: `number ${n + 1}, beside` }]));
  for (const [size, more] of [[[1920, 1080], {}], [[1024, 768], {}], [[960, 540], {}], [[390, 844], {}], [[320, 640], {}]]) {
    const p = await wall(page, { size, ...more });
    for (const [code, name] of [[made.code, LONG], [made.code, THAI]]) {
      const fits = await ticket(p, code).locator('strong', { hasText: name }).evaluate((one) => {
        const text = one.getBoundingClientRect();
        const box = one.closest('article').getBoundingClientRect();
        return text.right <= box.right + 0.5 && text.bottom <= box.bottom && text.height > 0;
      });
      expect.ok(fits, `${name} at ${size}`);
    }
    const cut = await p.evaluate(() => [...document.querySelectorAll('[data-ticket] ul')].filter((list) => getComputedStyle(list).overflowY === 'hidden' && [...list.children].some((line) => line.checkVisibility() && line.getBoundingClientRect().bottom > list.getBoundingClientRect().bottom + 1)).length);
    expect.equal(cut, 0, `a line is cut at ${size}`);
    if (size[0] > 700) {
      const shown = await ticket(p, many.code).locator('li[data-line]:visible').count();
      const rest = await ticket(p, many.code).locator('.rest').innerText().catch(() => '');
      expect.equal(shown + Number(/\d+/.exec(rest)?.[0] ?? 0), 9, `${shown} lines, ${rest}, at ${size}`);
      if (rest) {
        await ticket(p, many.code).locator('.rest').click();
        await p.until(() => document.querySelector('.tk.over'));
        expect.equal(await ticket(p, many.code).locator('li[data-line]:visible').count(), 9);
        await p.keyboard.press('Escape');
        await p.until(() => !document.querySelector('.tk.over'));
      }
    }
    await p.done();
  }
}, { fresh: true });
