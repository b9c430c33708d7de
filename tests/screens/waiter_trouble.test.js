// The waiter's phone in trouble: double taps, power cuts, no network, wrong clocks, two waiters on one table, a sign-in that ends.
import { expect, test } from './harness/index.js';
import { Floor, guestsAt, lines, phone, until } from './harness/waiter.js';

/** Puts one Pad Thai into the basket and stands before Send. */
async function readyToSend(p) {
  await p.getByRole('button', { name: 'Add Pad Thai' }).click();
  await p.getByRole('button', { name: 'Send 1 to the kitchen' }).waitFor();
}

test('two taps on Send in 50 ms are one order', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const p = await phone(page, 'Mia', `#/t/${table.id}/add`);
  await readyToSend(p);
  await p.evaluate(async () => {
    const button = document.querySelector('.dock .do');
    button.click();
    button.click();
    await new Promise((done) => setTimeout(done, 40));
    document.querySelector('.dock .do')?.click();
  });
  await until(() => lines(server, visit).length > 0);
  await p.until(() => !document.querySelector('.tape.warn'));
  expect.equal(lines(server, visit).length, 1);
  expect.equal(server.sql(`SELECT count(*) AS n FROM orders WHERE session_id = ${visit}`)[0].n, 1);
});

test('the server is killed between the tap and its acknowledgement: one order, and the phone shows it', async ({ server, page }) => {
  for (const held of [false, true]) {
    const { table, visit } = await guestsAt(server, 2);
    const p = await phone(page, 'Mia', `#/t/${table.id}/add`);
    await readyToSend(p);
    // Once the request never arrives, once its answer gets lost on the way.
    let tapped;
    const seen = new Promise((done) => (tapped = done));
    await p.route('**/api/v1/orders', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      if (held) await route.fetch().catch(() => {});
      tapped();
      await route.abort();
    }, { times: 1 });
    await p.locator('.dock .do').click();
    await seen;
    await server.kill9();
    await server.start();
    await until(() => lines(server, visit).length > 0);
    await p.until(() => document.querySelectorAll('ul.lines li').length === 1 && !document.body.innerText.includes('not in the kitchen yet'));
    expect.equal(lines(server, visit).length, 1, held ? 'the answer was lost' : 'the request was lost');
    await p.done();
  }
}, { fresh: true });

test('the page is killed after the tap: what was stored is sent when somebody opens it again', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const proxy = await server.proxy();
  const p = await phone(page, 'Mia', `#/t/${table.id}/add`, { proxy });
  await readyToSend(p);
  proxy.cut();
  await p.locator('.dock .do').click();
  await p.says('not in the kitchen yet');
  expect.equal(lines(server, visit).length, 0);
  proxy.restore();
  await p.reload();
  await until(() => lines(server, visit).length === 1);
  await p.until(() => document.querySelectorAll('ul.lines li').length === 1);
});

test('ten minutes without a network, ten taps: all are listed, all arrive once and in order, and nothing is charged twice', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 4);
  await floor.order(table, [{ menu_item_id: 1 }, { menu_item_id: 4, hold: true, course: 3 }]);
  const proxy = await server.proxy();
  const p = await page(`/waiter#/t/${table.id}`, { as: 'Mia', proxy, clock: true });
  await p.link('live');
  await p.says('Pad Thai');
  proxy.cut();
  await p.clock.runFor(9000);
  await p.link('lost');
  await p.says('No connection.');
  // 1 to 4: dishes, one by one
  for (let n = 1; n <= 4; n += 1) {
    await p.locator('.dock .do').click();
    await p.getByRole('button', { name: 'Drinks' }).click();
    await p.getByRole('button', { name: 'Add Iced tea' }).click();
    await p.getByRole('button', { name: 'Send 1 to the kitchen' }).click();
    await p.clock.fastForward(30_000);
    await p.until((n) => document.querySelectorAll('ul.lines li').length === 2 + n, n);
  }
  // 5: fired; 6: guests; 7: a note
  await p.getByRole('button', { name: /^Fire/ }).click();
  await p.clock.fastForward(60_000);
  await p.locator('.guests').click();
  await p.getByRole('button', { name: 'One more' }).click();
  await p.locator('dialog .do').click();
  await p.getByRole('button', { name: 'More for Pad Thai' }).click();
  await p.getByRole('button', { name: 'Note to the cook' }).click();
  await p.getByLabel('Note to the cook').fill('no hurry');
  await p.getByRole('button', { name: 'Keep the note' }).click();
  await p.clock.fastForward(120_000);
  // 8, 9: cash is allowed, a card is not; 10: a dish once more
  await p.getByRole('link', { name: 'Bill' }).click();
  expect.ok(await p.getByRole('radio', { name: 'No card offline' }).isDisabled());
  await p.getByRole('button', { name: 'Amount' }).click();
  for (const amount of ['5.00', '7.00']) {
    await p.getByLabel('Amount', { exact: true }).fill(amount);
    await p.locator('main').getByRole('button', { name: `Take ${amount}` }).click();
    await p.clock.fastForward(30_000);
  }
  await p.locator('.back').click();
  await p.locator('.dock .do').click();
  await readyToSend(p);
  await p.locator('.dock .do').click();
  await p.clock.fastForward(240_000);
  await p.getByRole('button', { name: '10 waiting' }).click();
  expect.equal(await p.locator('.waits li').count(), 10);
  await p.keyboard.press('Escape');
  expect.equal(lines(server, visit).length, 2, 'nothing has left the phone');
  proxy.restore();
  for (let n = 0; n < 20; n += 1) {
    await p.clock.runFor(1000);
    if (await p.evaluate(() => document.querySelector('[data-link]').dataset.link === 'live' && !document.querySelector('.bar .tape'))) break;
  }
  await until(() => lines(server, visit).length === 7);
  const all = lines(server, visit);
  expect.equal(all.filter(({ name }) => name === 'Iced tea').length, 4);
  expect.equal(all.find(({ name, note }) => name === 'Pad Thai' && note)?.note, 'no hurry');
  expect.equal(all.find(({ name }) => name === 'Green curry').status, 'queued');
  expect.equal(server.sql(`SELECT guests_count FROM table_sessions WHERE id = ${visit}`)[0].guests_count, 5);
  const paid = () => server.sql(`SELECT coalesce(sum(p.amount_minor), 0) AS n FROM payments p LEFT JOIN orders o ON o.id = p.order_id WHERE coalesce(p.session_id, o.session_id) = ${visit} AND p.status = 'captured'`)[0].n;
  await until(() => paid() === 1200);
  expect.equal(await p.locator('.card').count(), 0);
});

test('cut the cable: amber at 5 s, at 8 s the banner and one sound; 20 events later all of it is there without a reload', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table, visit } = await guestsAt(server, 2);
  await floor.order(table, [{ menu_item_id: 1 }]);
  const proxy = await server.proxy();
  // A view where nothing else can happen meanwhile: on the floor other tables may become late.
  const p = await phone(page, 'Mia', `#/t/${table.id}`, { proxy, clock: true });
  await p.says('Pad Thai');
  await p.evaluate(() => document.fonts.ready);
  await p.evaluate(() => {
    window.first = true;
    window.states = [];
    new MutationObserver(() => {
      const state = document.querySelector('[data-link]')?.dataset.link;
      if (window.states.at(-1)?.state !== state) window.states.push({ state, at: performance.now() });
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-link'] });
  });
  await p.shift();
  proxy.cut();
  const cut = await p.evaluate(() => performance.now());
  // Steps of the page's own clock: a busy machine changes nothing about them.
  for (let n = 0; n < 40 && (await p.evaluate(() => document.querySelector('[data-link]').dataset.link)) !== 'lost'; n += 1) await p.clock.runFor(250);
  await p.says('No connection.');
  const states = await p.evaluate(() => window.states);
  const after = (state) => states.find((one) => one.state === state).at - cut;
  expect.ok(after('lost') <= 8700, `lost after ${after('lost')} ms`);
  expect.ok(after('old') <= 5700 && after('lost') - after('old') >= 2000, `old after ${after('old')} ms`);
  expect.equal((await p.evaluate(() => document.documentElement.dataset.sounds ?? '')).split(' ').filter((one) => one === 'lost').length, 1);
  const moved = await p.shift();
  expect.equal(moved.value, 0, JSON.stringify(moved.all));
  const made = [];
  for (let n = 0; n < 10; n += 1) made.push(await floor.order(table, [{ menu_item_id: 2 }]));
  for (const order of made) await server.rest('POST', `/api/v1/orders/${order.id}/bump`, {}, server.token({ role: 'kitchen', id: 20 }));
  await p.evaluate(() => (location.hash = '#/floor'));
  proxy.restore();
  await p.link('live');
  const row = p.locator('.call', { hasText: 'At the pass' }).filter({ has: p.locator('b', { hasText: new RegExp(`Table ${table.number}$`) }) });
  await row.waitFor();
  await p.until(() => [...document.querySelectorAll('.call small')].some((one) => one.textContent.includes('10 Iced tea')));
  expect.ok(await p.evaluate(() => window.first), 'without a reload');
  expect.equal((await row.locator('b em').innerText()).trim(), 'new');
  expect.equal(lines(server, visit).length, 11);
});

test('the phone\'s clock is an hour off, either way: the ages are the server\'s', async ({ server, page }) => {
  const { table } = await guestsAt(server, 2);
  server.sql(`UPDATE table_sessions SET opened_at = opened_at - 600000 WHERE table_id = ${table.id} AND closed_at IS NULL`);
  await new Floor(server).order(table, [{ menu_item_id: 1 }]);
  for (const off of [-3_600_000, 3_600_000]) {
    const init = `{ const real = Date; const off = ${off}; globalThis.Date = class extends real { constructor(...given) { given.length ? super(...given) : super(real.now() + off); } static now() { return real.now() + off; } }; }`;
    const p = await phone(page, 'Mia', '#/floor', { init });
    await p.until((number) => [...document.querySelectorAll('a.tile')].some((tile) => tile.querySelector('b').innerText.endsWith(number) && /0:1[01]/.test(tile.innerText)), table.number);
    await p.done();
  }
});

test('two waiters on one table, at random: both phones equal the database, and no line is lost', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 6);
  const [mia, noah] = await Promise.all(['Mia', 'Noah'].map((name) => phone(page, name, `#/t/${table.id}`)));
  let seed = 20261201;
  const random = (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  let sent = 0;
  /** What somebody does next, whatever the other does meanwhile. */
  const act = async (p) => {
    const what = random(10);
    const open = await p.evaluate(() => location.hash);
    if (open.endsWith('/add') || what < 5) {
      if (!open.endsWith('/add')) await p.locator('.dock .do').click();
      await p.getByRole('button', { name: random(2) ? 'Add Pad Thai' : 'Add Green curry' }).click();
      sent += 1;
      await p.getByRole('button', { name: 'Send 1 to the kitchen' }).click();
      await p.until(() => !location.hash.endsWith('/add'));
      return;
    }
    const serve = p.locator('.lines .btn.do');
    if (what < 7 && (await serve.count())) return serve.first().click({ timeout: 2000 }).catch(() => {});
    const more = p.locator('.lines li:not(.gone) .more');
    const n = await more.count();
    if (!n) return;
    await more.nth(random(n)).click({ timeout: 2000 }).catch(() => {});
    await p.locator('dialog[open]').waitFor({ timeout: 2000 }).catch(() => {});
    const off = p.locator('dialog[open] .btn.danger');
    if (await off.count()) {
      await off.click({ timeout: 2000 }).catch(() => {});
      // a reason is enough, or what is being cooked wants a manager's PIN, which nobody has here
      await p.until(() => !document.querySelector('dialog[open]') || document.querySelector('dialog[open] .reasons'));
      await p.locator('dialog[open] .buttons .do').click({ timeout: 2000 }).catch(() => {});
    }
    // a sheet that was only just opening hears the next one
    await until(async () => {
      if ((await p.locator('dialog[open]').count()) === 0) return true;
      await p.keyboard.press('Escape');
      return false;
    });
  };
  const cook = server.token({ role: 'kitchen', id: 20 });
  for (let round = 0; round < 12; round += 1) {
    await Promise.all([act(mia), act(noah)]);
    const queued = lines(server, visit).filter(({ status }) => status === 'queued' || status === 'preparing');
    if (queued.length && random(2)) await server.rest('PATCH', `/api/v1/orders/${queued[0].order_id}/items/${queued[0].id}`, { status: 'ready' }, cook).catch(() => {});
  }
  for (const p of [mia, noah]) {
    // What waits for its Undo is sent by whoever leaves.
    await p.evaluate(() => dispatchEvent(new Event('pagehide')));
  }
  const word = { held: 'held', queued: 'kitchen', preparing: 'cooking', ready: 'pass', served: 'served', voided: 'void' };
  const wanted = () => lines(server, visit).map(({ name, status }) => `${name} ${word[status]}`).sort();
  const shown = (p) => p.evaluate(() => [...document.querySelectorAll('ul.lines li')].map((row) => {
    const name = row.querySelector('strong').innerText;
    const text = row.innerText;
    const state = row.matches('.gone') ? 'void' : /cooking/.test(text) ? 'cooking' : /at the pass/.test(text) ? 'pass' : /served/.test(text) ? 'served' : 'kitchen';
    return `${name} ${state}`;
  }).sort());
  await until(() => lines(server, visit).length >= sent);
  for (const p of [mia, noah]) await until(async () => JSON.stringify(await shown(p)) === JSON.stringify(wanted()));
  expect.equal(lines(server, visit).length, sent, 'no line is lost, none is there twice');
});

test('the sign-in ends: the PIN pad comes over the screen, what was tapped is kept, and it goes on', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const p = await phone(page, 'Mia', `#/t/${table.id}/add`);
  await readyToSend(p);
  server.sql('UPDATE users SET token_version = token_version + 1 WHERE id = 10');
  await p.until(() => document.querySelector('dialog[open] .pad'));
  await p.says('Nothing is lost');
  expect.equal(lines(server, visit).length, 0);
  for (const digit of '1010') await p.keyboard.press(digit);
  await p.keyboard.press('Enter');
  await p.until(() => !document.querySelector('dialog[open]'));
  await p.getByRole('button', { name: 'Send 1 to the kitchen' }).click();
  await until(() => lines(server, visit).length === 1);
}, { fresh: true });

test('sold out while it is in the basket: said once, the rest goes; refused by the server, the card sends the rest', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const curry = server.sql("SELECT id FROM menu_items WHERE name = 'Green curry' AND restaurant_id = 2")[0].id;
  const p = await phone(page, 'Mia', `#/t/${table.id}/add`);
  try {
    await p.getByRole('button', { name: 'Add Pad Thai' }).click();
    await p.getByRole('button', { name: 'Add Green curry' }).click();
    // The phone hears of it only after the tap: its request meets the refusal.
    await p.route('**/api/v1/orders', async (route) => {
      if (route.request().method() === 'POST') server.sql(`UPDATE menu_items SET is_available = 0 WHERE id = ${curry}`);
      await route.continue();
    }, { times: 1 });
    await p.getByRole('button', { name: 'Send 2 to the kitchen' }).click();
    await p.says('sold out');
    await p.getByRole('button', { name: 'Send the rest' }).click();
    await until(() => lines(server, visit).length === 1);
    expect.equal(lines(server, visit)[0].name, 'Pad Thai');
    await p.until(() => !document.querySelector('.card'));
    await p.goto(`${server.url}/waiter#/t/${table.id}/add`);
    await p.until(() => document.querySelector('.dishes .off')?.innerText.includes('Green curry'));
  } finally {
    server.sql(`UPDATE menu_items SET is_available = 1 WHERE id = ${curry}`);
  }
});

test('somebody changed the line a moment ago: the card shows how it is, and can do it anyway', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const order = await new Floor(server).order(table, [{ menu_item_id: 1, quantity: 2 }]);
  const p = await phone(page, 'Mia', `#/t/${table.id}`);
  await p.getByRole('button', { name: 'More for Pad Thai' }).click();
  await p.getByRole('button', { name: 'Void' }).click();
  await p.route('**/items/*', async (route) => {
    if (route.request().method() === 'DELETE') await server.rest('PATCH', `/api/v1/orders/${order.id}/items/${order.items[0].id}`, { quantity: 3 });
    await route.continue();
  }, { times: 1 });
  await p.locator('dialog').getByRole('button', { name: 'Void' }).click();
  await p.says('Not done: ');
  await p.says('changed this a moment ago');
  await p.until(() => document.querySelector('ul.lines li .n').textContent === '3');
  await p.getByRole('button', { name: 'Do it anyway' }).click();
  await until(() => lines(server, visit)[0].status === 'voided');
});

test('storage is switched off: it works, and says that nothing is kept', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const as = await server.session('waiter', 'Mia');
  const p = await page(`/waiter#/t/${table.id}/add`, {
    as,
    init: "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('denied', 'SecurityError'); } });",
  });
  await p.link('live');
  await p.says('not kept');
  await readyToSend(p);
  await p.locator('.dock .do').click();
  await until(() => lines(server, visit).length === 1);
});
