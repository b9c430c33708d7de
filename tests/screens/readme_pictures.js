// Writes the pictures that the README shows. usage: node readme_pictures.js path/to/maitred
import fs from 'node:fs';
import { closeBrowser } from './harness/browser.js';
import { runTest } from './harness/index.js';
import { openView, views } from './views.js';

const OUT = new URL('looks/', import.meta.url);
/** A view, its window, its theme. */
const SHOWN = [['kitchen-evening', [1920, 1080], 'dark'], ['board-evening', [1920, 1080], 'dark'], ['manager-service', [1440, 900], 'light'], ['waiter-table', [390, 844], 'light'], ['guest-menu', [390, 844], 'light'], ['driver-offers', [390, 844], 'dark']];

fs.mkdirSync(OUT, { recursive: true });
const all = await views();
const run = async (the) => {
  for (const [name, size, theme] of SHOWN) {
    const p = await openView(all.find((one) => one.name === name), the, { size, theme, reducedMotion: true });
    p.tolerant = true;
    // the first touch of the shift
    await p.keyboard.press('Shift');
    fs.writeFileSync(new URL(`${name}.jpg`, OUT), await p.screenshot({ type: 'jpeg', quality: 84, animations: 'disabled' }));
    await p.done();
  }
};
const error = await runTest({ file: 'readme', name: 'readme', run, options: { fresh: true } }, process.argv[2]);
await closeBrowser();
if (error) console.error(error);
process.exit(error ? 1 : 0);
