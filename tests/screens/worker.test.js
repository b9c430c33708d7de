// The service worker, new builds, and a server that is not there.
import { expect, test } from './harness/index.js';

/** What the worker has not kept yet of all that the page was made of. */
const missing = (p) => p.evaluate(async () => {
  if (navigator.serviceWorker.controller?.state !== 'activated') return [`a worker: ${navigator.serviceWorker.controller?.state}`];
  const kept = (await (await caches.open('maitred-pages')).keys()).map(({ url }) => new URL(url).pathname);
  const made = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((one) => one.startsWith('/screens/') && one !== '/screens/build.json');
  return ['/', ...made].filter((one) => !kept.includes(one));
});
const ready = async (p) => {
  for (const from = Date.now(); ; await new Promise((done) => setTimeout(done, 25))) {
    const all = await missing(p);
    if (!all.length) return;
    if (Date.now() - from > 30_000) throw new Error(`the worker does not keep ${all}`);
  }
};

test('the page opens without the server, and says that it has none', async ({ page, server }) => {
  const p = await page('/', { worker: true });
  await p.says('Baan Mia is open');
  await ready(p);
  await server.kill9();
  await p.goto(p.place);
  await p.says('Six screens of one restaurant.');
  expect.equal(await p.evaluate(() => document.fonts.check('16px "Archivo Text"')), true);
  await server.start();
  await p.goto(p.place);
  await p.says('Baan Mia is open');
  p.problems.length = 0;
}, { fresh: true });

test('what the server has now wins over what was kept', async ({ page }) => {
  const p = await page('/', { worker: true });
  await ready(p);
  await p.evaluate(async () => (await caches.open('maitred-pages')).put('/screens/home/en.js', new Response("export default { 'home.screens': 'old', 'home.demo': 'old' };", { headers: { 'Content-Type': 'text/javascript' } })));
  await p.reload();
  await p.says('Six screens of one restaurant. All of it');
});

test('a browser without service workers, and one whose storage is switched off, show the page all the same', async ({ page }) => {
  const p = await page('/', { init: `
    delete Navigator.prototype.serviceWorker;
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
    IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };` }).catch((error) => error);
  await p.says('Baan Mia is open');
  await p.getByRole('button', { name: 'Deutsch' }).click();
  await p.says('Sechs Bildschirme');
  // the harness itself stores something before the page begins
  p.problems = p.problems.filter((one) => !/SecurityError|no$/.test(one));
});

test('a new build: loaded at the first quiet moment, and not while somebody touches the page', async ({ page }) => {
  const p = await page('/screens/vendor/LICENSE-preact.txt');
  await p.clock.install();
  let build = 'one';
  await p.route('**/screens/build.json', (route) => route.fulfill({ json: { build } }));
  await p.goto(p.place.replace(/screens.*/, ''));
  await p.says('Baan Mia is open');
  await p.until(() => document.documentElement.dataset.build === 'newest');
  await p.evaluate(() => { window.same = true; });
  build = 'two';
  for (let seconds = 0; seconds < 120; seconds += 20) {
    await p.clock.runFor(20_000);
    await p.keyboard.press('Shift');
  }
  await p.until(() => document.documentElement.dataset.build === 'old');
  expect.equal(await p.evaluate(() => window.same), true, 'touched each 20 s');
  await p.clock.runFor(70_000);
  await p.until(() => window.same === undefined);
  await p.says('Baan Mia is open');
});

test('a part that fails shows its place, reports itself once, and the rest works', async ({ page, server }) => {
  const p = await page('/');
  await p.says('Baan Mia is open');
  await p.evaluate(async () => {
    const { html, render, useState } = await import('/screens/shared/ui.js');
    const { Boundary } = await import('/screens/shared/boundary.js');
    const Bad = () => { const [n, set] = useState(0); if (n === 1) throw new Error('a mistake on purpose'); return html`<button type="button" id="bad" onClick=${() => set(n + 1)}>break</button>`; };
    const Good = () => { const [n, set] = useState(0); return html`<button type="button" id="good" onClick=${() => set(n + 1)}>good ${n}</button>`; };
    const place = document.body.appendChild(document.createElement('div'));
    render(html`<${Boundary} name="bad part"><${Bad} /></${Boundary}><${Good} />`, place);
  });
  await p.locator('#bad').click();
  await p.locator('[data-broken="bad part"]').waitFor();
  await p.locator('#good').click();
  await p.says('good 1');
  await server.program.shows(/a mistake on purpose/);
  await p.locator('[data-broken] button').click();
  await p.locator('#bad').waitFor();
});
