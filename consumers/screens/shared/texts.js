// @ts-check
/** Texts in English, German and Thai: chosen by the browser, switchable, stored per device. A text that is missing is shown in English. */
import { recall, remember } from './device.js';
import { store, useStore } from './ui.js';

/** @typedef {'en'|'de'|'th'} Lang */
/** @typedef {string | {one: string, other: string}} Text */
/** @type {Lang[]} */
export const LANGS = ['en', 'de', 'th'];
/** What each calls itself. @type {Record<Lang, string>} */
export const NAMES = { en: 'English', de: 'Deutsch', th: 'ไทย' };

/** @type {Record<Lang, Record<string, Text>>} */
const texts = { en: {}, de: {}, th: {} };
/** Where texts come from: the folders that have `en.js`, `de.js`, `th.js`. @type {Set<string>} */
const folders = new Set([new URL('.', import.meta.url).href]);
const current = store(/** @type {Lang} */ ('en'));

/** @returns {Lang} the first of the browser's languages that we have */
function preferred() {
  const stored = recall('lang');
  if (LANGS.includes(stored)) return stored;
  const all = (navigator.languages ?? [navigator.language]).map((one) => /** @type {Lang} */ (one.slice(0, 2).toLowerCase()));
  return all.find((one) => LANGS.includes(one)) ?? 'en';
}

/** @param {Lang} which */
async function load(which) {
  const all = await Promise.all([...folders].map((folder) => import(`${folder}${which}.js`).catch(() => ({ default: {} }))));
  for (const one of all) Object.assign(texts[which], one.default);
}

/** Loads the shared texts and those beside a module. English comes along: it stands in for what is missing. @param {string} [beside] `import.meta.url` */
export async function loadTexts(beside) {
  if (beside) folders.add(new URL('.', beside).href);
  await setLang(preferred(), false);
}

/** @param {Lang} which @param {boolean} [stored] whether the device remembers it */
export async function setLang(which, stored = true) {
  await Promise.all([load('en'), which === 'en' ? null : load(which)]);
  if (stored) remember('lang', which);
  document.documentElement.lang = which;
  current.set(which);
}

/** @returns {Lang} */
export const lang = () => current.get();
/** For components: draws again when the language changes. @returns {Lang} */
export const useLang = () => useStore(current);

/** @type {Map<string, Intl.PluralRules>} */
const plurals = new Map();
/** @param {Lang} of */
function plural(of) {
  const rules = plurals.get(of) ?? new Intl.PluralRules(of);
  plurals.set(of, rules);
  return rules;
}

/**
 * A text with its values: `{n}` stands for `values.n`. Where a text has forms, `n` chooses.
 * @param {string} key @param {Record<string, string|number|null|undefined>} [values] @returns {string}
 */
export function t(key, values = {}) {
  const of = current.get();
  const text = texts[of][key] ?? texts.en[key] ?? key;
  const form = typeof text === 'string' ? text : text[plural(texts[of][key] ? of : 'en').select(Number(values.n)) === 'one' ? 'one' : 'other'];
  return form.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** Whether there is a text. @param {string} key */
export const hasText = (key) => key in texts.en || key in texts[current.get()];
