// The screens in a real browser, against the built server. usage: node run.js path/to/maitred [the beginning of file names] [-t part of a test's name]
import fs from 'node:fs';
import { closeBrowser } from './harness/browser.js';
import { endOf, nowIn, runTest, tests } from './harness/index.js';

const [binary, ...rest] = process.argv.slice(2);
const at = rest.indexOf('-t');
const part = at < 0 ? '' : rest.splice(at, 2)[1];
const files = fs.readdirSync(import.meta.dirname ?? new URL('.', import.meta.url).pathname).filter((name) => name.endsWith('.test.js') && (!rest.length || rest.some((one) => name.startsWith(one))));
if (!binary || !files.length) {
  console.error('usage: node run.js path/to/maitred [the beginning of file names] [-t part of a test\'s name]');
  process.exit(2);
}

let failed = 0;
let passed = 0;
for (const name of files.sort()) {
  nowIn(name);
  await import(`./${name}`);
  for (const one of tests.filter(({ file, name: text }) => file === name && text.includes(part))) {
    const from = Date.now();
    const error = await runTest(one, binary);
    console.log(`${error ? 'FAILED' : 'ok    '} ${name.replace('.test.js', '')}: ${one.name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
    if (error) console.log(String(error.stack ?? error).replace(/^/gm, '    '));
    if (error) failed += 1;
    else passed += 1;
  }
  await endOf(name);
}
await closeBrowser();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
