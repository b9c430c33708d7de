// See shots.
import fs from 'node:fs';
import { closeBrowser } from './harness/browser.js';
import { runTest } from './harness/index.js';
import { compared, pictured } from './picture.js';
import { views } from './views.js';

const [binary, ...rest] = process.argv.slice(2);
const keep = rest.includes('--keep');
const names = rest.filter((one) => !one.startsWith('--'));
const out = new URL('pictures/', import.meta.url);
const kept = new URL('kept/', import.meta.url);
if (!binary) {
  console.error('usage: tests/screens/shots path/to/maitred [--keep] [the beginning of names]');
  process.exit(2);
}
fs.mkdirSync(out, { recursive: true });
fs.mkdirSync(kept, { recursive: true });

let failed = 0;
let made = 0;
for (const view of (await views()).filter(({ name }) => !names.length || names.some((one) => name.startsWith(one)))) {
  const run = async (the) => {
    for (const size of view.sizes) {
      for (const theme of ['light', 'dark']) {
        const { name, picture } = await pictured(view, the, { size, theme });
        fs.writeFileSync(new URL(name, out), picture);
        made += 1;
        if (!view.fixed) continue;
        if (keep) fs.writeFileSync(new URL(name, kept), picture);
        const differs = compared(name, picture);
        if (differs) throw new Error(differs);
      }
    }
  };
  const error = await runTest({ file: view.name, name: view.name, run, options: { fresh: true } }, binary);
  if (error) failed += 1;
  console.log(error ? `FAILED ${view.name}: ${error.message}` : `ok     ${view.name}`);
}
await closeBrowser();
console.log(`${made} pictures in tests/screens/pictures, ${failed} views failed`);
process.exit(failed ? 1 : 0);
