/** What a test file needs: `test`, `expect`, and in each test a server and pages. */
import assert from 'node:assert/strict';
import { page } from './browser.js';
import { Server } from './server.js';

export const expect = assert;
export { Server } from './server.js';

/** What the files have registered, in order. @type {{file: string, name: string, run: (the: any) => Promise<void>, options: object}[]} */
export const tests = [];
let file = '';
export const nowIn = (name) => (file = name);

/**
 * @param {string} name a sentence
 * @param {(the: {server: Server, page: (where: string, options?: object) => Promise<any>, binary: string}) => Promise<void>} run
 * @param {{fresh?: boolean, none?: boolean, demo?: boolean, args?: string[]}} [options] `fresh`: a server of its own; `none`: without one. Otherwise the tests of a file share theirs
 */
export function test(name, run, options = {}) {
  tests.push({ file, name, run, options });
}

/** A test may take so long on a busy machine. */
const LIMIT_MS = 180_000;
const shared = new Map();

/** Runs one. @returns {Promise<Error|null>} */
export async function runTest(one, binary) {
  const { fresh, none, demo, args } = one.options;
  let server, timer;
  const pages = [];
  try {
    if (!none) {
      if (!fresh && !shared.has(one.file)) shared.set(one.file, await Server.start(binary));
      server = fresh ? await Server.start(binary, { demo, args }) : shared.get(one.file);
      // a test before this one may have left it dead
      if (server.program.over) await server.start();
    }
    const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(`not done in ${LIMIT_MS / 1000} s`)), LIMIT_MS)));
    const run = one.run({
      server,
      binary,
      page: async (where, options) => {
        const p = await page(server, where, options);
        pages.push(p);
        return p;
      },
    });
    await Promise.race([run, late]);
    for (const p of pages) if (!p.tolerant) assert.deepEqual(p.problems, [], 'the page has errors in its console');
    return null;
  } catch (error) {
    for (const p of pages) {
      if (p.problems.length) error.message += `\nconsole of ${p.place}: ${p.problems.join('\n')}`;
      if (process.env.SCREENS_KEEP) await p.screenshot({ path: `${process.env.SCREENS_KEEP}/${one.file}-${pages.indexOf(p)}.png` }).catch(() => {});
    }
    return error;
  } finally {
    clearTimeout(timer);
    for (const p of pages) await p.done().catch(() => {});
    if (fresh) await server?.close();
  }
}

export async function endOf(name) {
  await shared.get(name)?.close();
  shared.delete(name);
}
