// Signing in: staff by name and PIN, walls by a code.
import { expect, test } from './harness/index.js';

const stored = (p, screen) => p.evaluate((screen) => JSON.parse(localStorage.getItem(`maitred.session.${screen}`) ?? 'null'), screen);
const names = (p) => p.until(() => document.querySelectorAll('.who [role=radio]').length > 1);

test('a waiter signs in by keyboard: name, digits, Enter; nothing of the PIN is shown', async ({ page, server }) => {
  const { pin } = (await server.signIns()).sign_ins.find(({ name }) => name === 'Mia');
  const p = await page('/waiter', { as: null });
  await names(p);
  await p.getByRole('radio', { name: 'Mia' }).focus();
  await p.keyboard.press('Enter');
  for (const digit of pin) await p.keyboard.press(digit);
  expect.equal(await p.locator('.dots').getAttribute('aria-label'), `${pin.length} of ${Math.max(4, pin.length)} digits`);
  expect.doesNotMatch(await p.locator('.signin').innerText(), new RegExp(pin));
  await p.evaluate(() => document.activeElement?.blur());
  await p.keyboard.press('Enter');
  await p.until(() => localStorage.getItem('maitred.session.waiter'));
  expect.equal((await stored(p, 'waiter')).user.name, 'Mia');
});

test('a wrong PIN says how many tries are left; the eleventh finds it locked, also with the right one', async ({ page, server }) => {
  const { pin } = (await server.signIns()).sign_ins.find(({ name }) => name === 'Noah');
  const p = await page('/waiter', { as: null, reducedMotion: true });
  await names(p);
  await p.getByRole('radio', { name: 'Noah' }).click();
  const enter = async (digits) => {
    for (const digit of digits) await p.locator('.pad').getByRole('button', { name: digit, exact: true }).click();
    await p.locator('.pad .do').click();
  };
  for (let n = 9; n >= 0; n -= 1) {
    await enter('0001');
    await p.says(n === 1 ? '1 try left' : `${n} tries left`);
  }
  await enter('0001');
  await p.until(() => /Locked for \d:\d\d/.test(document.querySelector('.wrong').innerText));
  expect.equal(await p.locator('.pad button:enabled').count(), 0);
  const answer = await fetch(`${server.url}/api/v1/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user_id: 11, pin }) });
  expect.equal(answer.status, 429);
  expect.equal(await stored(p, 'waiter'), null);
}, { fresh: true });

test('a wall shows a code; a manager types it, and the wall is signed in; unpaired, it shows a code again within 2 s', async ({ page, server }) => {
  const p = await page('/board', { as: null, size: [1920, 1080] });
  await p.locator('[data-pairing]').waitFor();
  await p.until(() => document.querySelector('[data-pairing]').dataset.pairing.length === 6);
  const code = await p.locator('[data-pairing]').getAttribute('data-pairing');
  const device = await server.rest('POST', '/api/v1/devices', { code, kind: 'board', name: 'Over the counter', restaurant_id: 2 });
  await p.until(() => localStorage.getItem('maitred.session.board') && !document.querySelector('[data-pairing]'));
  await p.link('live').catch(() => p.until(() => document.querySelector('[data-link="live"], [data-state="live"]')));
  const from = Date.now();
  await server.rest('DELETE', `/api/v1/devices/${device.id}`);
  await p.locator('[data-pairing]').waitFor();
  expect.ok(Date.now() - from < 2000, `${Date.now() - from} ms`);
});
