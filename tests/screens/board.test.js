// /board: who may fetch, who waits, and what it says when it does not know.
import { expect, test as register } from './harness/index.js';
import { DISHES as D, cook, empty, order } from './kitchen_scene.js';
import { Board, calledAt, shown } from '../../consumers/screens/board/state.js';

const plain = (name, run) => register(name, run, { none: true });
const test = (name, run, options = {}) =>
  register(name, (the) => {
    empty(the.server);
    return run(the);
  }, options);

const iso = (ms) => new Date(ms).toISOString();
const one = (id, code, place, at = 0) => ({ order_id: id, code, name: null, place, ready_at: place === 'ready' ? iso(at) : null, called_at: null, leaves_at: place === 'ready' ? iso(at + 600_000) : null, version: 1 });
const frame = (data, seq) => ({ type: 'board_update', seq, data });

plain('newest first, six more, the rest as one row; nothing becomes ready by time, and after ten minutes it leaves', () => {
  const board = new Board();
  board.load({ preparing: [one(20, 'P20', 'preparing')], ready: Array.from({ length: 9 }, (_, n) => one(n + 1, `P${n + 1}`, 'ready', 1000 * (n + 1))), as_of: 5 });
  const { newest, more, rest } = shown(board.ready(10_000));
  expect.deepEqual([newest.code, more.length, rest.map(({ code }) => code)], ['P9', 6, ['P2', 'P1']]);
  expect.deepEqual(board.preparing.map(({ code }) => code), ['P20']);
  expect.deepEqual(board.ready(604_500).map(({ code }) => code), ['P9', 'P8', 'P7', 'P6', 'P5']);
  expect.equal(board.preparing.length, 1);
});

plain('frames in any repetition: ready once, called again once more, picked up and gone; what is older than the state is dropped', () => {
  const board = new Board();
  board.load({ preparing: [one(1, 'P1', 'preparing')], ready: [], as_of: 100 });
  expect.equal(board.hear(frame({ ...one(1, 'P1', 'ready', 1000), version: 2 }, 99), 0), '');
  expect.equal(board.hear(frame({ ...one(1, 'P1', 'ready', 1000), version: 2 }, 101), 0), 'ready');
  expect.equal(board.hear(frame({ ...one(1, 'P1', 'ready', 1000), version: 2 }, 101), 0), '');
  const called = { ...one(1, 'P1', 'ready', 1000), called_at: iso(9000), version: 3 };
  expect.equal(board.hear(frame(called, 102), 0), 'called');
  expect.equal(calledAt(board.entries.get(1)), 9000);
  expect.equal(board.hear(frame({ ...called, place: null, version: 4 }, 103), 0), 'changed');
  expect.equal(board.entries.size, 0);
  // after a reset: only who became ready meanwhile rings
  board.load({ preparing: [], ready: [one(2, 'P2', 'ready', 5000)], as_of: 200 });
  expect.deepEqual(board.load({ preparing: [], ready: [one(2, 'P2', 'ready', 5000), one(3, 'P3', 'ready', 6000)], as_of: 300 }).map(({ code }) => code), ['P3']);
});

plain('the words of the house end when they end', () => {
  const board = new Board();
  board.say({ id: 1, message: 'Last orders at 21:30', expires_at: iso(5000) }, 0);
  board.say({ id: 2, message: 'Now', expires_in_s: 2 }, 0);
  expect.deepEqual([board.said(1000), board.said(3000), board.said(6000)], ['Now', 'Last orders at 21:30', '']);
});

async function open(page, options = {}) {
  const p = await page('/board', { as: 'Pick-up board', size: [1920, 1080], theme: 'dark', ...options });
  await p.link('live');
  await p.until(() => document.querySelector('.just, .none') && !document.body.innerText.includes('connecting'));
  await p.evaluate(() => document.fonts.ready);
  return p;
}
const codes = (p, where) => p.evaluate((selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent), where);
const ready = (server, id) => server.rest('POST', `/api/v1/orders/${id}/bump`, {}, cook(server));

test('an order is prepared, is ready with a bell, is called again, and leaves when it is fetched', async ({ server, page }) => {
  const p = await open(page);
  await p.says('Nothing is waiting. Your number appears here.');
  const made = await order(server, [[D.padThai]]);
  await server.rest('PATCH', `/api/v1/orders/${made.id}`, { status: 'confirmed' }, server.manager());
  await p.until((code) => [...document.querySelectorAll('.p li')].some((each) => each.textContent === code), made.code);
  await ready(server, made.id);
  await p.until((code) => document.querySelector('.just b')?.textContent === code, made.code);
  await p.says('just now');
  expect.ok(await p.evaluate(() => parseFloat(getComputedStyle(document.querySelector('.just b')).fontSize)) >= 270);
  const sounds = () => p.evaluate(() => document.documentElement.dataset.sounds ?? '');
  expect.equal(await sounds(), 'ready');
  await server.rest('POST', `/api/v1/orders/${made.id}/call`, {}, cook(server));
  await p.until(() => document.documentElement.dataset.sounds === 'ready call');
  await server.rest('PATCH', `/api/v1/orders/${made.id}`, { status: 'delivered' }, server.manager());
  await p.says('Nothing is waiting. Your number appears here.');
});

test('eight are ready and sixteen wait: nothing is cut, nothing moves, both themes pass', async ({ server, page }) => {
  const made = [];
  for (let n = 0; n < 24; n += 1) {
    const each = await order(server, [[D.padThai]]);
    await server.rest('PATCH', `/api/v1/orders/${each.id}`, { status: 'confirmed' }, server.manager());
    made.push(each);
  }
  const p = await open(page);
  for (const { id } of made.slice(0, 9)) await ready(server, id);
  await p.until(() => document.querySelectorAll('.r .codes li').length === 7 && document.querySelectorAll('.rest span').length === 2);
  await p.shift();
  await ready(server, made[9].id);
  await p.until((code) => document.querySelector('.just b').textContent === code, made[9].code);
  const last = await codes(p, '.p li');
  expect.match(last.at(-1), /^\+\d+$|^P\d+$/);
  const cut = await p.evaluate(() => [...document.querySelectorAll('.r li b, .p li, .rest span')].filter((each) => each.getBoundingClientRect().right > each.closest('.r, .p').getBoundingClientRect().right + 1 || each.getBoundingClientRect().bottom > innerHeight).length);
  expect.equal(cut, 0);
  for (const theme of ['light', 'dark']) for (const size of [[1920, 1080], [1024, 768], [390, 844], [320, 640]]) {
    const q = await open(page, { theme, size, store: { theme }, reducedMotion: true });
    expect.deepEqual((await q.audit()).findings, [], `${theme} ${size}`);
    if (size[0] === 1920) expect.deepEqual(await q.axe(), []);
    await q.done();
  }
  const still = await open(page, { reducedMotion: true });
  expect.deepEqual(await still.evaluate(() => document.getAnimations().length), 0);
});

test('the cable is cut: said at 8 s without a shift; ready codes stay; it returns with what became ready', async ({ server, page }) => {
  const [a, b] = [await order(server, [[D.padThai]]), await order(server, [[D.padThai]])];
  await ready(server, a.id);
  const proxy = await server.proxy();
  const p = await open(page, { proxy });
  await p.until((code) => document.querySelector('.just b')?.textContent === code, a.code);
  await p.shift();
  proxy.cut();
  await p.link('lost');
  await p.getByRole('alert').filter({ hasText: 'No connection' }).waitFor();
  expect.deepEqual((await p.shift()).all, []);
  expect.equal(await p.locator('.just b').innerText(), a.code);
  expect.equal(await p.evaluate(() => document.documentElement.dataset.sounds), 'lost');
  await ready(server, b.id);
  proxy.restore();
  await p.link('live');
  await p.until((code) => document.querySelector('.just b').textContent === code, b.code);
});

test('the house says something, and stops saying it', async ({ server, page }) => {
  const p = await open(page);
  await server.rest('POST', '/api/v1/restaurants/2/broadcast', { message: 'Last orders at 21:30', expires_in_s: 3600 });
  await p.until(() => document.querySelector('.words').textContent === 'Last orders at 21:30');
  await p.reload();
  await p.until(() => document.querySelector('.words')?.textContent === 'Last orders at 21:30');
});

test('a revoked board shows the pairing code and nothing else', async ({ server, page }) => {
  const p = await page('/board', { size: [1920, 1080], theme: 'dark' });
  await p.until(() => document.querySelector('[data-pairing]')?.dataset.pairing.length === 6);
  const code = await p.locator('[data-pairing]').getAttribute('data-pairing');
  const device = await server.rest('POST', '/api/v1/devices', { code, kind: 'board', name: 'Door' });
  await p.until(() => document.querySelector('.board'));
  await server.rest('DELETE', `/api/v1/devices/${device.id}`);
  await p.until(() => document.querySelector('[data-pairing]') && !document.querySelector('.board'));
});

test('after a minute without the server what is prepared is not vouched for', async ({ server, page }) => {
  const made = await order(server, [[D.padThai]]);
  await server.rest('PATCH', `/api/v1/orders/${made.id}`, { status: 'confirmed' }, server.manager());
  // what the device kept an hour ago, and a server that does not answer
  const snapshot = { restaurant_id: 2, restaurant: 'Baan Mia', as_of: 1, kept_at: Date.now() - 3_600_000, preparing: [{ order_id: 1, code: 'P1', name: null, place: 'preparing' }], ready: [{ order_id: 2, code: 'P2', name: 'Jo', place: 'ready', ready_at: iso(Date.now() - 60_000), leaves_at: iso(Date.now() + 500_000) }] };
  const p = await page('/board', { as: 'Pick-up board', size: [1920, 1080], theme: 'light', store: { 'board.snapshot': snapshot, theme: 'light' }, init: 'window.WebSocket = class { close() {} };' });
  await p.says('we are checking');
  expect.deepEqual([await codes(p, '.just b'), await codes(p, '.p li')], [['P2'], ['P1']]);
  expect.equal(await p.evaluate(() => getComputedStyle(document.querySelector('.p li')).fontWeight), '500');
});
