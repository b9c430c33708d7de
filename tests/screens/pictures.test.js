// Fixed states look as they did.
import { expect, test } from './harness/index.js';
import { compared, pictured } from './picture.js';
import { views } from './views.js';

for (const view of (await views()).filter(({ fixed }) => fixed)) {
  test(`${view.name} looks as it did`, async (the) => {
    for (const size of view.sizes) {
      for (const theme of ['light', 'dark']) {
        const { name, picture } = await pictured(view, the, { size, theme });
        expect.equal(compared(name, picture), '');
      }
    }
  }, { fresh: true });
}
