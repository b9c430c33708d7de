// The screens in a real browser, against the built server. usage: node run.js path/to/maitred [the beginning of file names] [-t part of a test's name]
import fs from 'node:fs';
import path from 'node:path';
import { closeBrowser } from './harness/browser.js';
import { endOf, nowIn, runTest, tests } from './harness/index.js';

const [program, ...rest] = process.argv.slice(2);
const binary = program && path.resolve(program);
const at = rest.indexOf('-t');
const part = at < 0 ? '' : rest.splice(at, 2)[1];
const files = fs.readdirSync(import.meta.dirname ?? new URL('.', import.meta.url).pathname).filter((name) => name.endsWith('.test.js') && (!rest.length || rest.some((one) => name.startsWith(one))));
if (!binary || !files.length) {
  console.error('usage: node run.js path/to/maitred [the beginning of file names] [-t part of a test\'s name]');
  process.exit(2);
}

let failed = 0;
let passed = 0;
let twice = 0;
const tell = (error) => console.log(String(error.stack ?? error).replace(/^/gm, '    '));
for (const name of files.sort()) {
  nowIn(name);
  await import(`./${name}`);
  for (const one of tests.filter(({ file, name: text }) => file === name && text.includes(part))) {
    const from = Date.now();
    let error = await runTest(one, binary);
    // A browser on a busy machine may be starved for longer than a person would wait. What fails has a second try, with a server of its own, and that it needed
    // one is said: what is wrong fails twice.
    let again = '';
    if (error) {
      tell(error);
      await endOf(name);
      again = ', at the second try';
      error = await runTest(one, binary);
    }
    console.log(`${error ? 'FAILED' : 'ok    '} ${name.replace('.test.js', '')}: ${one.name} (${((Date.now() - from) / 1000).toFixed(1)} s${again})`);
    if (error) tell(error);
    else if (again) twice += 1;
    if (error) failed += 1;
    else passed += 1;
  }
  await endOf(name);
}
await closeBrowser();
console.log(`${passed} passed, ${failed} failed${twice ? `; ${twice} passed at the second try` : ''}`);
process.exit(failed || !passed ? 1 : 0);
