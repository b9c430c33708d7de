// @ts-check
/** Money and time as people of the language write them. Amounts stay texts or whole minor units: nothing here ever calculates with fractions. */
import { lang } from './texts.js';

/** @type {Map<string, Intl.NumberFormat | Intl.DateTimeFormat>} */
const made = new Map();
/** @template T @param {string} key @param {() => T} make @returns {T} */
function once(key, make) {
  const name = `${lang()} ${key}`;
  if (!made.has(name)) made.set(name, /** @type {any} */ (make()));
  return /** @type {any} */ (made.get(name));
}

/** Thai digits and the Buddhist calendar are not what receipts use. */
const locale = () => (lang() === 'th' ? 'th-TH-u-ca-gregory-nu-latn' : lang() === 'de' ? 'de-DE' : 'en-GB');

/** An amount without its currency: "1,280.00". @param {string|number} text as the server writes it */
export function money(text) {
  const exact = String(text);
  const digits = exact.split('.')[1]?.length ?? 0;
  // a text goes through Intl digit by digit: no amount is too large to stay exact
  return once(`money ${digits}`, () => new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits })).format(/** @type {any} */ (exact));
}

/** "THB 1,280.00": the code once, beside the amount. @param {string|number} text @param {string} currency */
export const moneyCode = (text, currency) => `${currency}\u00a0${money(text)}`;

/** Minor units of an amount: `minor('80.5', 2)` is 8050. @param {string|number} text @param {number} exponent */
export function minor(text, exponent) {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(text).trim()) ?? [];
  if (whole === undefined || part.replace(/0+$/, '').length > exponent) throw new RangeError(`not an amount: ${text}`);
  const all = Number(whole + part.slice(0, exponent).padEnd(exponent, '0'));
  return sign ? -all : all;
}

/** The text of minor units: `amount(8050, 2)` is "80.50". @param {number} units @param {number} exponent */
export function amount(units, exponent) {
  const digits = String(Math.abs(units)).padStart(exponent + 1, '0');
  const sign = units < 0 ? '-' : '';
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** A clock: "4:09", over an hour "1:04" (h:mm), over a day "26 h". Never negative. @param {number} ms */
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)}:${two(s % 60)}`;
  if (s < 86400) return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}`;
  return `${Math.floor(s / 3600)}\u00a0h`;
}

/** The age of what is shown: "0:05". @param {number} ms */
export const age = (ms) => clock(ms);

/** @param {string|number|Date} at */
const moment = (at) => (at instanceof Date ? at : new Date(at));
/** "19:42". @param {string|number|Date} at */
export const time = (at) => once('time', () => new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hour12: false })).format(moment(at));
/** "19:47:02". @param {string|number|Date} at */
export const timeSeconds = (at) => once('seconds', () => new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })).format(moment(at));
/** "1 Dec". @param {string|number|Date} at */
export const day = (at) => once('day', () => new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' })).format(moment(at));
/** "2 Pad Thai, 1 Green curry and 1 Iced tea". @param {string[]} all */
export const list = (all) => new Intl.ListFormat(locale(), { type: 'conjunction', style: 'narrow' }).format(all);
/** "1,280". @param {number} n */
export const number = (n) => once('number', () => new Intl.NumberFormat(locale())).format(n);
