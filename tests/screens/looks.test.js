// How every state of every screen looks and can be reached: contrast, targets, overflow, axe, layout shifts, bytes.
import { expect, test } from './harness/index.js';
import { openView, views } from './views.js';

for (const view of await views()) {
  test(`${view.name}: contrast, targets, no overflow, and axe finds nothing serious`, async (the) => {
    const found = [];
    // opened once; a window that is turned or dimmed is the same window
    const p = await openView(view, the, { size: view.sizes[0], reducedMotion: true });
    for (const size of view.sizes) {
      await p.setViewportSize({ width: size[0], height: size[1] });
      for (const theme of ['light', 'dark']) {
        await p.evaluate((theme) => new Promise((done) => {
          document.documentElement.dataset.theme = theme;
          requestAnimationFrame(() => requestAnimationFrame(done));
        }), theme);
        const { findings } = await p.audit();
        for (const one of [...findings, ...(size === view.sizes[0] ? await p.axe() : [])]) found.push(`${theme} ${size.join('x')}: ${one}`);
      }
    }
    await p.close();
    expect.deepEqual(found, []);
  });
}

test('reduced motion: nothing is animated', async (the) => {
  for (const view of (await views()).filter(({ fixed }) => fixed)) {
    const p = await openView(view, the, { size: view.sizes[0], reducedMotion: true });
    const running = await p.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').map(({ effect }) => effect?.target?.className));
    expect.deepEqual(running, [], view.name);
    await p.close();
  }
});

test('forced colours: every state is still told by a word', async (the) => {
  for (const name of ['kitchen-evening', 'waiter-table', 'guest-menu', 'guest-status']) {
    const view = (await views()).find((one) => one.name === name);
    const p = await openView(view, the, { size: view.sizes[0], forced: true });
    expect.equal(await p.evaluate(() => matchMedia('(forced-colors: active)').matches), true);
    const silent = await p.evaluate(() => [...document.querySelectorAll('.tape, .code, .beat, .banner.on, [data-ticket] h2')].filter((one) => one.getClientRects().length && !one.textContent.trim()).map((one) => one.outerHTML.slice(0, 120)));
    expect.deepEqual(silent, [], name);
    await p.close();
  }
});
