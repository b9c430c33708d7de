// The start page.
import { expect, test } from './harness/index.js';

test('a demo: six screens, each with ready sign-ins, and one tap opens it signed in', async ({ page }) => {
  const p = await page('/', { size: [1440, 1000] });
  await p.says('Baan Mia is open');
  expect.equal(await p.locator('.go').count(), 6);
  expect.deepEqual((await p.shift()).all, []);
  await p.getByRole('link', { name: 'Open as Mia' }).click();
  await p.waitForURL('**/waiter');
  const stored = await p.evaluate(() => JSON.parse(localStorage.getItem('maitred.session.waiter')));
  expect.equal(stored.user.name, 'Mia');
  expect.equal(stored.restaurant.currency, 'THB');
  p.problems.length = 0;
});

test('the line about the house comes later and moves nothing', async ({ page }) => {
  const p = await page('/', { size: [390, 844] });
  await p.says('Baan Mia is open');
  const { value, all } = await p.shift();
  expect.equal(value, 0, JSON.stringify(all));
});

test('three languages: chosen by the browser, switched by hand, and remembered', async ({ page }) => {
  const p = await page('/', { lang: 'de' });
  await p.says('Sechs Bildschirme');
  expect.equal(await p.evaluate(() => document.documentElement.lang), 'de');
  await p.getByRole('button', { name: 'ไทย' }).click();
  await p.says('หกจอของร้านเดียว');
  await p.reload();
  await p.says('หกจอของร้านเดียว');
});

test('without a demo it tells nothing about the restaurant, and has no token', async ({ page }) => {
  const p = await page('/', { size: [1024, 768] });
  await p.says('Six screens of one restaurant.');
  expect.equal(await p.getByRole('link', { name: 'Open', exact: true }).count(), 5);
  const text = await p.evaluate(() => document.body.innerText + JSON.stringify(localStorage));
  expect.doesNotMatch(text, /Baan Mia|eyJ/);
}, { fresh: true, demo: false });

test('everything can be reached by keyboard, and what has the focus shows it', async ({ page }) => {
  const p = await page('/', { size: [1440, 1000] });
  await p.says('Baan Mia is open');
  const wanted = await p.locator('a[href], button, pre[tabindex]').count();
  const reached = new Set();
  for (let n = 0; n < wanted; n += 1) {
    await p.keyboard.press('Tab');
    const { at, outline } = await p.evaluate(() => ({ at: [...document.querySelectorAll('*')].indexOf(document.activeElement), outline: getComputedStyle(document.activeElement).outlineWidth }));
    expect.equal(outline, '3px');
    reached.add(at);
  }
  expect.equal(reached.size, wanted);
});
