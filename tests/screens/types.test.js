// tsc over all screens, strictly, against the types of the messages and of the REST that the server itself makes.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from './harness/index.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const bin = (name, file) => [process.execPath, [`${HERE}node_modules/${name}/${file}`]];

function run([program, first], args, options = {}) {
  const made = spawnSync(program, [...first, ...args], { cwd: HERE, encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  expect.equal(made.status, 0, `${args.join(' ')}\n${made.stdout.slice(0, 8000)}\n${made.stderr.slice(0, 4000)}`);
  return made.stdout;
}

test('the types of frames and of REST are made from the server, and every screen holds to them', async ({ server, binary }) => {
  fs.mkdirSync(`${HERE}types`, { recursive: true });
  fs.writeFileSync(`${HERE}types/contract.d.ts`, run([binary, []], ['contract', '--typescript']));
  const api = await server.rest('GET', '/api-docs/openapi.json', undefined, null);
  fs.writeFileSync(`${HERE}types/openapi.json`, JSON.stringify(api));
  run(bin('openapi-typescript', 'bin/cli.js'), ['types/openapi.json', '-o', 'types/rest.d.ts']);
  expect.match(fs.readFileSync(`${HERE}types/rest.d.ts`, 'utf8'), /"\/api\/v1\/orders"/);
  run(bin('typescript', 'bin/tsc'), ['-p', '.']);
});

test('scripts are served without comments, and otherwise as they are, on the same lines', async ({ server }) => {
  const ts = createRequire(import.meta.url)('typescript');
  const bare = (text) => ts.createPrinter({ removeComments: true }).printFile(ts.createSourceFile('x.js', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS));
  const folder = fileURLToPath(new URL('../../consumers/screens/', import.meta.url));
  let saved = 0;
  for (const name of fs.readdirSync(folder, { recursive: true }).filter((one) => one.endsWith('.js'))) {
    const source = fs.readFileSync(folder + name, 'utf8');
    const get = () => fetch(`${server.url}/screens/${name}`);
    // a connection that this process kept through a minute of tsc may have been ended by the server
    const served = await (await get().catch(get)).text();
    if (served === source) continue;
    expect.equal(served.split('\n').length, source.split('\n').length, name);
    expect.equal(bare(served), bare(source), name);
    saved += source.length - served.length;
  }
  expect.ok(saved > 20_000, `${saved} bytes of comments are not sent`);
});

test('what is vendored is what npm has, but for what vendor/README.md says', async () => {
  const vendor = new URL('../../consumers/screens/vendor/', import.meta.url);
  const require = createRequire(import.meta.url);
  const readme = fs.readFileSync(new URL('README.md', vendor), 'utf8');
  const published = {
    'preact.js': fs.readFileSync(`${HERE}node_modules/preact/dist/preact.mjs`, 'utf8').replace(/^\/\/# sourceMappingURL.*\n?/m, ''),
    'hooks.js': fs.readFileSync(`${HERE}node_modules/preact/hooks/dist/hooks.mjs`, 'utf8').replace(/^\/\/# sourceMappingURL.*\n?/m, '').replace('from"preact"', 'from"./preact.js"'),
  };
  for (const [name, text] of Object.entries(published)) {
    const [head, ...rest] = fs.readFileSync(new URL(name, vendor), 'utf8').split('\n');
    expect.match(head, /^\/\*! .*MIT License/);
    expect.equal(rest.join('\n').trim(), text.trim(), name);
  }
  const { version } = require('preact/package.json');
  expect.ok(readme.includes(`\`preact\` ${version}`), `vendor/README.md says ${version}`);
}, { none: true });
