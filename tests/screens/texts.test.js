// The words: three languages, the same keys, the same values in them.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from './harness/index.js';

const SCREENS = new URL('../../consumers/screens/', import.meta.url);
const LANGS = ['en', 'de', 'th'];
const folders = fs.readdirSync(SCREENS).filter((name) => fs.existsSync(new URL(`${name}/en.js`, SCREENS)));
const read = async (folder, lang) => (await import(new URL(`${folder}/${lang}.js`, SCREENS))).default;
const values = (text) => [...new Set([...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

/** All files of a folder, as one text. */
function source(folder) {
  return fs.readdirSync(new URL(folder, SCREENS)).filter((name) => name.endsWith('.js') && !LANGS.includes(path.basename(name, '.js'))).map((name) => fs.readFileSync(new URL(`${folder}/${name}`, SCREENS), 'utf8')).join('\n');
}

test('all screens have all three languages', async () => {
  expect.deepEqual(folders, ['board', 'driver', 'guest', 'home', 'kitchen', 'manager', 'shared', 'waiter']);
}, { none: true });

for (const folder of folders) {
  test(`${folder}: the same keys with the same values in English, German and Thai`, async () => {
    const [en, de, th] = await Promise.all(LANGS.map((lang) => read(folder, lang)));
    for (const [name, other] of [['de', de], ['th', th]]) {
      expect.deepEqual(Object.keys(en).filter((key) => !(key in other)), [], `missing in ${folder}/${name}.js`);
      expect.deepEqual(Object.keys(other).filter((key) => !(key in en)), [], `only in ${folder}/${name}.js`);
      const differ = Object.keys(en).filter((key) => String(values(en[key])) !== String(values(other[key])));
      expect.deepEqual(differ, [], `other values in ${folder}/${name}.js`);
    }
    if (folder !== 'shared') expect.deepEqual(Object.keys(en).filter((key) => !key.startsWith(`${folder}.`) && !(folder === 'guest' && key.startsWith('allergen.'))), [], 'keys that do not begin with the folder');
  }, { none: true });

  test(`${folder}: every text that is asked for by name is there`, async () => {
    const known = { ...(await read('shared', 'en')), ...(await read(folder, 'en')) };
    const asked = [...source(folder).matchAll(/\bt\('([^']+)'/g)].map(([, key]) => key);
    expect.deepEqual([...new Set(asked)].filter((key) => !(key in known)), []);
  }, { none: true });

  test(`${folder}: no exclamation mark, no "please wait"`, async () => {
    for (const lang of LANGS) {
      for (const [key, text] of Object.entries(await read(folder, lang))) expect.doesNotMatch(JSON.stringify(text), /!|[Pp]lease wait|[Bb]itte warten/, `${folder}/${lang}.js ${key}`);
    }
  }, { none: true });
}
