// The driver's phone against the built server: offers, a job, a slip, a line that is gone, a server that is killed.
import { expect, test } from './harness/index.js';
import { clear, drivers, offered } from './service.js';

const VIEWS = [
  [[390, 844], 'en'],
  [[320, 640], 'th'],
  [[1024, 768], 'de'],
];
const status = (server, id) => server.sql(`SELECT status, driver_id, picked_up_at FROM orders WHERE id = ${id};`)[0];
const paid = (server, id) => server.sql(`SELECT amount_minor, method, status FROM payments WHERE order_id = ${id};`);

/** A page of one of the demo's drivers, when it has the list. */
async function phone(page, who, options = {}) {
  const p = await page('/driver', { as: who, ...options });
  await p.link('live');
  await p.until(() => document.querySelector('.driver .of, .driver .job, .driver .empty, .driver .dead'));
  return p;
}
const offer = (code) => `.of[aria-label="${code}"]`;
const take = (p, code) => p.locator(`${offer(code)} .btn`).click();
const until = async (fn, what) => {
  for (let tries = 0; !(await fn()); tries += 1) {
    if (tries > 600) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
};

test('driver: the way of a job, from the offer to the cash', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  const p = await phone(page, lek);
  await p.until((code) => document.querySelector(`.of[aria-label="${code}"]`), order.code);
  expect.match(await p.locator(offer(order.code)).innerText(), /Soi 11, house 4[\s\S]*3 dishes[\s\S]*210\.00 cash[\s\S]*waits 0:\d\d/);
  await take(p, order.code);
  await p.until(() => document.querySelector('.driver')?.dataset.view === 'job');
  const job = await p.locator('.job').innerText();
  expect.match(job, /Sukhumvit; the bell is broken/);
  expect.match(job, /Collect in cash\s+210\.00/);
  expect.match(job, /extra crisp/);
  expect.equal(await p.locator('.job a[href^="geo:"]').getAttribute('href'), `geo:0,0?q=${encodeURIComponent('Soi 11, house 4, Sukhumvit; the bell is broken')}`);
  expect.equal(await p.locator('.job a[href^="tel:"]').getAttribute('href'), 'tel:+6620000001');
  await p.getByRole('button', { name: 'Picked up' }).click();
  await p.getByRole('button', { name: 'Delivered, got 210.00' }).click();
  await until(() => status(server, order.id).status !== 'out_for_delivery', 'delivered');
  expect.ok(status(server, order.id).picked_up_at > 0);
  expect.deepEqual(paid(server, order.id), [{ amount_minor: 21000, method: 'cash', status: 'captured' }]);
});

test('driver: two drivers on one offer: one has it, the other sees where it went, and nothing moved under the finger', async ({ server, page }) => {
  clear(server);
  const [lek, som] = await drivers(server);
  const first = await offered(server);
  const second = await offered(server, 'Ekkamai 5');
  const slow = await phone(page, som);
  const fast = await phone(page, lek);
  await slow.until((code) => document.querySelector(`.of[aria-label="${code}"]`), second.code);
  await slow.shift();
  const where = () => slow.locator(offer(second.code)).boundingBox();
  const before = await where();
  await slow.locator(`${offer(first.code)} .btn`).focus();
  await take(fast, first.code);
  await slow.says(`${first.code} went to another driver`);
  expect.deepEqual(await where(), before, 'the row below stays where it was');
  expect.equal((await slow.shift()).value, 0);
  expect.ok(!(await slow.locator(`.of.gone .btn`).count()), 'nothing to press where nothing is to be had');
  expect.equal(status(server, first.id).driver_id, lek.user.id);
});

test('driver: a tap that comes second says who was faster, and the focus stays there', async ({ server, page }) => {
  clear(server);
  const [lek, som] = await drivers(server);
  const order = await offered(server);
  const p = await phone(page, som);
  await p.until((code) => document.querySelector(`.of[aria-label="${code}"]`), order.code);
  // in the database only: the phone has not heard of it when the finger comes down
  server.sql(`BEGIN; UPDATE orders SET driver_id = ${lek.user.id}, status = 'out_for_delivery' WHERE id = ${order.id}; COMMIT;`);
  await p.evaluate((code) => document.querySelector(`.of[aria-label="${code}"] .btn`)?.click(), order.code);
  await p.says(`${order.code} went to another driver`);
  expect.equal(status(server, order.id).driver_id, lek.user.id);
});

test('driver: Delivered and Undo within five seconds: the server heard nothing', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  const p = await phone(page, lek);
  await take(p, order.code);
  await p.getByRole('button', { name: 'Picked up' }).click();
  await until(() => status(server, order.id).picked_up_at, 'picked up');
  const before = server.sql(`SELECT version FROM orders WHERE id = ${order.id};`)[0].version;
  await p.getByRole('button', { name: 'Delivered, got 210.00' }).click();
  await p.locator('.toast button').click();
  await p.getByRole('button', { name: 'Delivered, got 210.00' }).waitFor();
  await p.until(() => !document.querySelector('.toast'));
  expect.equal(server.sql(`SELECT version FROM orders WHERE id = ${order.id};`)[0].version, before);
  expect.deepEqual(paid(server, order.id), []);
});

test('driver: the cable is cut: amber, then the banner and one sound; Delivered waits and is sent once when it is back', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  const other = await offered(server, 'Thong Lo');
  const proxy = await server.proxy();
  const p = await phone(page, lek, { proxy, reducedMotion: true });
  await take(p, order.code);
  await p.getByRole('button', { name: 'Picked up' }).click();
  await p.getByRole('button', { name: 'Delivered, got 210.00' }).waitFor();
  await until(() => status(server, order.id).picked_up_at, 'picked up');
  await p.shift();
  proxy.cut();
  await p.link('old');
  await p.link('lost');
  await p.says('No connection');
  expect.equal((await p.shift()).value, 0, 'going offline moves nothing');
  expect.equal(await p.evaluate(() => document.documentElement.dataset.sounds.split(' ').filter((one) => one === 'lost').length), 1);
  expect.match(await p.locator('.job').innerText(), /Soi 11, house 4/, 'the address is still there');
  await p.getByRole('button', { name: 'Delivered, got 210.00' }).click();
  await p.locator('.driver[data-view="offers"]').waitFor();
  await p.says('1 waiting');
  expect.ok(await p.locator(`${offer(other.code)} .btn`).isDisabled(), 'nothing can be taken without a line');
  expect.ok(await p.locator('[role=switch]').isDisabled());
  await p.until(() => !document.querySelector('.toast'));
  expect.equal(status(server, order.id).status, 'out_for_delivery');
  proxy.restore();
  await p.link('live');
  await until(() => status(server, order.id).status !== 'out_for_delivery', 'delivered');
  expect.deepEqual(paid(server, order.id), [{ amount_minor: 21000, method: 'cash', status: 'captured' }]);
  await p.until(() => !document.body.innerText.includes('1 waiting'));
  expect.ok(await p.locator(`${offer(other.code)} .btn`).isEnabled());
});

test('driver: the server is killed between the tap and its answer: delivered once, paid once', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  const p = await phone(page, lek);
  await take(p, order.code);
  await p.getByRole('button', { name: 'Picked up' }).click();
  await until(() => status(server, order.id).picked_up_at, 'picked up');
  await p.getByRole('button', { name: 'Delivered, got 210.00' }).click();
  await server.kill9();
  await p.until(() => !document.querySelector('.toast'));
  await server.start();
  await until(() => status(server, order.id).status !== 'out_for_delivery', 'delivered');
  expect.equal(paid(server, order.id).length, 1);
});

test('driver: nobody opens: the manager has a task, the job stays; given back it is on offer again', async ({ server, page }) => {
  clear(server);
  const [lek, som] = await drivers(server);
  const order = await offered(server);
  const other = await phone(page, som);
  const p = await phone(page, lek);
  await take(p, order.code);
  await other.says('went to another driver');
  await p.getByRole('button', { name: 'Problem' }).click();
  await p.getByRole('button', { name: 'Nobody opens, nobody answers the phone' }).click();
  await p.getByRole('button', { name: 'Tell the manager' }).click();
  await p.says('Not delivered: Nobody opens');
  await until(() => server.sql(`SELECT count(*) AS n FROM tasks WHERE order_id = ${order.id} AND status = 'open';`)[0].n === 1, 'a task');
  expect.equal(status(server, order.id).status, 'out_for_delivery');
  await p.getByRole('button', { name: 'Problem' }).click();
  await p.getByRole('button', { name: `Give ${order.code} back to all drivers` }).click();
  await p.locator('.driver[data-view="offers"]').waitFor();
  await until(() => status(server, order.id).driver_id === null, 'nobody’s');
  await other.until((code) => document.querySelector(`.of[aria-label="${code}"] .btn:not([disabled])`), order.code);
});

test('driver: switched off nothing comes; switched on the list has what is waiting; it rings until it is taken', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const p = await phone(page, lek);
  await p.says('The next order to deliver appears here');
  await p.getByRole('switch').click();
  await p.says('You get no jobs now');
  const order = await offered(server);
  await until(() => server.sql(`SELECT status FROM drivers WHERE user_id = ${lek.user.id};`)[0].status === 'offline', 'offline');
  expect.ok(!(await p.evaluate(() => document.documentElement.dataset.sounds ?? '')).includes('new'));
  await p.getByRole('switch').click();
  await p.until((code) => document.querySelector(`.of[aria-label="${code}"]`), order.code);
  await p.until(() => document.documentElement.dataset.sounds?.split(' ').filter((one) => one === 'new').length >= 2);
  await p.getByRole('button', { name: 'Stop ringing for these' }).click();
  await take(p, order.code);
  await p.until(() => document.querySelector('.driver')?.dataset.view === 'job');
});

test('driver: a job that is cancelled or given to somebody else is told until it was read', async ({ server, page }) => {
  clear(server);
  const [lek, som] = await drivers(server);
  const [one, two] = [await offered(server), await offered(server, 'Ekkamai 5')];
  const p = await phone(page, lek);
  await take(p, one.code);
  await p.getByRole('button', { name: 'See 1 more order to take' }).click();
  await take(p, two.code);
  await p.until(() => document.querySelectorAll('.jobs .btn').length === 2);
  await server.rest('PATCH', `/api/v1/orders/${one.id}`, { status: 'cancelled', reason: 'The guests left' });
  await p.says(`${one.code} was cancelled`);
  await server.rest('PATCH', `/api/delivery/orders/${two.id}`, { driverId: som.user.id });
  await p.says(`${two.code} was given to somebody else`);
  await p.getByRole('button', { name: 'Understood' }).first().click();
  await p.getByRole('button', { name: 'Understood' }).first().click();
  await p.says('The next order to deliver appears here');
});

test('driver: after reloading without a server the job is there, with its address', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  const proxy = await server.proxy();
  const p = await phone(page, lek, { proxy, worker: true });
  await take(p, order.code);
  await p.says('Soi 11, house 4');
  await p.until(async () => (await navigator.serviceWorker.ready).active?.state === 'activated' && (await caches.keys()).length > 0);
  await p.until(async () => {
    const stored = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
    return ['/driver', '/screens/driver/driver.js', '/screens/driver/en.js'].every((path) => stored.flat().includes(path));
  });
  proxy.cut();
  await p.reload({ waitUntil: 'commit' });
  await p.says('Soi 11, house 4');
  await p.says('No connection');
  proxy.restore();
  await p.link('live');
});

test('driver: everything by keyboard alone, and Escape closes', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  const p = await phone(page, lek);
  const reach = async (name) => {
    for (let n = 0; n < 40; n += 1) {
      await p.keyboard.press('Tab');
      const at = await p.evaluate(() => ({ text: (document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim(), ring: getComputedStyle(document.activeElement).outlineWidth }));
      if (at.text === name) return expect.equal(at.ring, '3px', `the focus on ${name} is seen`);
    }
    throw new Error(`the keyboard does not reach ${name}`);
  };
  await reach(`Take ${order.code}`);
  await p.keyboard.press('Enter');
  await p.until(() => document.querySelector('.driver')?.dataset.view === 'job');
  await reach('Problem');
  await p.keyboard.press('Enter');
  await p.locator('dialog[open]').waitFor();
  await p.keyboard.press('Escape');
  await p.until(() => !document.querySelector('dialog[open]') && document.activeElement?.textContent === 'Problem');
  await reach('Picked up');
  await p.keyboard.press('Enter');
  await until(() => status(server, order.id).picked_up_at, 'picked up');
});

test('driver: contrast, targets, no overflow, long names whole; nothing serious for axe', async ({ server, page }) => {
  clear(server);
  const [lek, som] = await drivers(server);
  const long = 'Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln';
  const thai = 'ผัดไทยกุ้งสด';
  server.sql(`UPDATE menu_items SET name = '${long}' WHERE id = 1; UPDATE menu_items SET name = '${thai}' WHERE id = 5;`);
  const job = await offered(server, 'Donaudampfschifffahrtsgesellschaftsstraße 117, Hinterhaus; Klingel defekt');
  const open = await offered(server, 'Thong Lo, near the old market');
  await server.rest('PATCH', `/api/delivery/orders/${job.id}`, { driverId: lek.user.id });
  const first = await phone(page, lek);
  await take(first, job.code);
  await first.until(() => document.querySelector('.driver')?.dataset.view === 'job');
  const found = [];
  for (const theme of ['light', 'dark'])
    for (const [size, lang] of VIEWS) {
      for (const who of [lek, som]) {
        const p = await phone(page, who, { theme, size, lang, reducedMotion: true });
        await p.until(() => document.querySelector('.driver .of, .driver .job'));
        if (who === lek) for (const name of [long, thai]) expect.ok(await p.evaluate((wanted) => document.querySelector('.job')?.innerText.includes(wanted), name), name);
        const { findings } = await p.audit();
        found.push(...findings.map((one) => `${theme} ${size} ${lang} ${who === lek ? 'job' : 'offers'}: ${one}`));
        if (lang === 'en') found.push(...(await p.axe()).map((one) => `${theme} ${size}: ${one}`));
        if (who === lek) {
          await p.locator('.dock .btn').first().click();
          await p.locator('dialog[open]').waitFor();
          const { findings } = await p.audit();
          found.push(...findings.map((one) => `${theme} ${size} ${lang} problem: ${one}`));
        }
        await p.done();
      }
    }
  expect.deepEqual([...new Set(found)], []);
  expect.ok(open.code);
});

test('driver: reduced motion moves nothing, forced colours still say the state in words', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  await offered(server);
  const p = await phone(page, lek, { reducedMotion: true, forced: true });
  await p.until(() => document.querySelector('.of time'));
  expect.equal(await p.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length), 0);
  expect.match(await p.locator('.of time').innerText(), /waits/);
  expect.match(await p.locator('[role=switch]').innerText(), /Available/);
});

test('driver: a token that ends asks for the PIN over the job, and nothing is lost', async ({ server, page }) => {
  clear(server);
  const [lek] = await drivers(server);
  const order = await offered(server);
  const p = await phone(page, lek);
  await take(p, order.code);
  await p.says('Soi 11, house 4');
  server.sql(`UPDATE users SET token_version = token_version + 1 WHERE id = ${lek.user.id};`);
  await p.locator('dialog[open] .pad').waitFor();
  expect.match(await p.evaluate(() => document.body.innerText), /Soi 11, house 4/);
  server.ins = undefined;
});
