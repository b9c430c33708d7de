// How every state of every screen looks and can be reached: contrast, targets, overflow, axe, layout shifts, bytes.
import { expect, test } from './harness/index.js';
import { openView, views } from './views.js';

for (const view of await views()) {
  test(`${view.name}: contrast, targets, no overflow, and axe finds nothing serious`, async (the) => {
    const found = [];
    for (const theme of ['light', 'dark']) {
      for (const size of view.sizes) {
        const p = await openView(view, the, { size, theme, reducedMotion: true });
        p.tolerant = view.offline;
        const { findings } = await p.audit();
        for (const one of [...findings, ...(size === view.sizes[0] ? await p.axe() : [])]) found.push(`${theme} ${size.join('x')}: ${one}`);
        if (view.offline) expect.deepEqual(p.problems, []);
        await p.close();
      }
    }
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
