// How the waiter's phone and tablet look and behave for everybody: contrast, targets, keyboard, screen readers, long names, movement, weight.
import { expect, test } from './harness/index.js';
import { Floor, guestsAt, phone, until } from './harness/waiter.js';
import { everything } from './waiter.views.js';

test('the sign-in and the offline floor stand the same measure', async ({ server, page }) => {
  await everything(server);
  const findings = [];
  for (const theme of ['light', 'dark']) {
    const out = await page('/waiter', { size: [320, 640], theme, reducedMotion: true });
    await out.until(() => document.querySelectorAll('.who .btn').length > 0);
    findings.push(...(await out.audit()).findings, ...await out.axe());
    await out.done();
    const proxy = await server.proxy();
    const p = await page('/waiter', { as: 'Mia', size: [320, 640], theme, proxy, clock: true, reducedMotion: true });
    await p.link('live');
    proxy.cut();
    await p.clock.runFor(9000);
    await p.link('lost');
    findings.push(...(await p.audit()).findings);
    await p.done();
  }
  expect.deepEqual(findings, []);
});

test('long German and Thai names are whole, in the row, the basket and the bill', async ({ server, page }) => {
  const { table, GERMAN, THAI } = await everything(server);
  const p = await phone(page, 'Mia', `#/t/${table.id}`, { size: [320, 640] });
  const whole = (where) => p.evaluate(([where, names]) => names.map((name) => {
    const node = [...document.querySelectorAll(where)].find((one) => one.textContent.startsWith(name));
    if (!node) return `${name}: not in ${where}`;
    const { left, right } = node.getBoundingClientRect();
    const cut = node.scrollWidth > node.clientWidth + 1 || left < 0 || right > innerWidth || getComputedStyle(node).textOverflow === 'ellipsis';
    return cut ? `${name}: cut in ${where}` : '';
  }).filter((text) => text), [where, [GERMAN, THAI]]);
  await p.says(GERMAN.slice(0, 10));
  expect.deepEqual(await whole('ul.lines strong'), []);
  await p.goto(`${server.url}/waiter#/t/${table.id}/add`);
  for (const name of [GERMAN, THAI]) await p.getByRole('button', { name: `Add ${name}` }).click();
  expect.deepEqual(await whole('.dishes strong'), []);
  expect.deepEqual(await whole('.basket strong'), []);
  await p.goto(`${server.url}/waiter#/t/${table.id}/bill`);
  await p.until(() => document.querySelectorAll('.dues li').length > 0);
  expect.deepEqual(await whole('.dues strong'), []);
});

test('by keyboard alone: from the floor to a sent order, the focus always visible, Escape closes', async ({ server, page }) => {
  const { table, visit } = await guestsAt(server, 2);
  const p = await phone(page, 'Mia', '#/floor');
  /** Tab until the focus is on what is named; where it goes is always to be seen. */
  const tabTo = async (name) => {
    for (let n = 0; n < 200; n += 1) {
      await p.keyboard.press('Tab');
      const at = await p.evaluate(() => {
        const node = document.activeElement;
        const ring = node.closest('label') && node.type !== 'search' && !node.matches('.txt') ? node.closest('label') : node;
        const { outlineStyle, outlineWidth } = getComputedStyle(ring);
        return { text: (node.getAttribute('aria-label') ?? node.innerText ?? '').replace(/\s+/g, ' ').trim(), body: node === document.body, ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 3 };
      });
      if (!at.body) expect.ok(at.ring, `no ring at "${at.text}"`);
      if (at.text.startsWith(name)) return;
    }
    throw new Error(`Tab never came to "${name}"`);
  };
  await tabTo(`Table ${table.number} `);
  await p.keyboard.press('Enter');
  await p.until((hash) => location.hash === hash, `#/t/${table.id}`);
  await tabTo('Add dishes');
  await p.keyboard.press('Enter');
  await p.until(() => document.querySelector('.dishes'));
  await p.keyboard.type('pad');
  await p.until(() => document.querySelectorAll('.dishes li').length === 1);
  await tabTo('Pad Thai');
  await p.keyboard.press('Enter');
  await p.until(() => document.querySelector('dialog[open]'));
  await p.keyboard.press('Escape');
  await p.until(() => !document.querySelector('dialog[open]'));
  await p.until(() => document.activeElement?.innerText?.startsWith('Pad Thai'), 'the focus is back where it was');
  await tabTo('Add Pad Thai');
  await p.keyboard.press('Enter');
  await tabTo('Send 1');
  await p.keyboard.press('Enter');
  await p.until(() => document.querySelectorAll('ul.lines li').length === 1);
  // the phone shows it before the server has answered
  await until(() => server.sql(`SELECT count(*) AS n FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.session_id = ${visit}`)[0].n === 1);
});

test('reduced motion: nothing is animated; forced colours: every state is still a word', async ({ server, page }) => {
  const { table } = await everything(server);
  const still = await phone(page, 'Mia', '#/floor', { reducedMotion: true });
  expect.deepEqual(await still.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').map((one) => one.animationName ?? 'transition')), []);
  const forced = await phone(page, 'Mia', `#/t/${table.id}`, { forced: true });
  await forced.says('at the pass');
  const words = (await forced.locator('ul.lines').allInnerTexts()).join(' ');
  for (const word of ['at the pass', 'cooking', 'held', 'served', 'kitchen has not seen it', 'NO peanuts']) expect.ok(words.includes(word), word);
});

test('an order that becomes ready is said and drawn without moving what is under the finger', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table } = await guestsAt(server, 2);
  const order = await floor.order(table, [{ menu_item_id: 1 }, { menu_item_id: 2 }]);
  const p = await phone(page, 'Mia', `#/t/${table.id}`);
  await p.until(() => document.querySelectorAll('ul.lines li').length === 2);
  await p.evaluate(() => document.fonts.ready);
  await p.shift();
  await server.rest('PATCH', `/api/v1/orders/${order.id}/items/${order.items[1].id}`, { status: 'preparing' });
  await p.says('cooking');
  const { value, all } = await p.shift();
  expect.equal(value, 0, JSON.stringify(all));
});

test('the first paint takes at most 100 KB over the wire', async ({ page }) => {
  const p = await page('/waiter', { as: 'Mia' });
  await p.until(() => document.querySelectorAll('.tile').length > 0);
  const { painted, all } = await p.evaluate(() => {
    const painted = performance.getEntriesByName('first-contentful-paint')[0].startTime;
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter((one) => one.responseEnd <= painted);
    return { painted, all: all.map(({ name, transferSize }) => ({ name: new URL(name).pathname, bytes: transferSize })) };
  });
  const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  expect.ok(all.length > 10 && bytes > 20_000 && bytes <= 100 * 1024, `${bytes} bytes before ${painted} ms: ${all.sort((a, b) => b.bytes - a.bytes).map(({ name, bytes }) => `${name} ${bytes}`).join(', ')}`);
});

test('a part that breaks shows its place, reports itself, and the rest goes on', async ({ server, page }) => {
  const p = await phone(page, 'Mia', '#/floor');
  p.tolerant = true;
  const reported = p.waitForRequest('**/api/v1/reports').catch((error) => error);
  await p.evaluate(() => {
    const [of, name] = [Intl.NumberFormat.prototype, 'format'];
    const whole = Object.getOwnPropertyDescriptor(of, name);
    Object.defineProperty(of, name, { configurable: true, get() { throw new Error('broken on purpose'); } });
    window.mend = () => Object.defineProperty(of, name, whole);
  });
  const { table } = await guestsAt(server, 1);
  await p.evaluate((to) => (location.hash = to), `#/t/${table.id}/add`);
  await p.until(() => document.querySelector('[data-broken]'));
  expect.match((await reported).postData(), /broken on purpose/);
  await p.evaluate(() => {
    window.mend();
    location.hash = '#/inbox';
  });
  await p.until(() => document.querySelector('.inbox') && !document.querySelector('[data-broken]'));
});

test('a tap right after something came is not taken for what was pushed under the finger', async ({ server, page }) => {
  const floor = new Floor(server);
  const { table } = await guestsAt(server, 2);
  const order = await floor.order(table, [{ menu_item_id: 1 }]);
  const p = await phone(page, 'Mia', '#/floor');
  await p.until((number) => [...document.querySelectorAll('.tile b')].some((one) => one.innerText.endsWith(number)), table.number);
  await p.evaluate(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.call.ready')) return;
      observer.disconnect();
      document.querySelector('a.tile').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
      window.tapped = true;
    }).observe(document.querySelector('.needs'), { subtree: true, childList: true });
  });
  await server.rest('POST', `/api/v1/orders/${order.id}/bump`, {}, server.token({ role: 'kitchen', id: 20 }));
  await p.until(() => window.tapped);
  expect.equal(await p.evaluate(() => location.hash), '#/floor');
  await p.until(() => {
    document.querySelector('a.tile')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
    return location.hash.startsWith('#/t/');
  });
}, { fresh: true });
