/** What was chosen and not sent yet. A basket belongs to a visit: if the guests change tables, it goes with them. */
import { digitsOf, toMinor, toText } from './amounts.js';

/** @typedef {import('./types.js').BasketLine} BasketLine */
/** @typedef {import('./types.js').Dish} Dish */
/** @typedef {import('./types.js').Choice} Choice */

/** What one request may carry. */
export const LINES_MAX = 200;
export const QUANTITY_MAX = 999;
/** A note fits on a ticket. */
export const NOTE_MAX = 80;

/**
 * The choices that count where nobody chose: the first of each group that needs one.
 * @param {Dish} dish @returns {Choice[]}
 */
export const usual = (dish) => dish.choices.flatMap((group) => (group.min > 0 ? group.modifiers.slice(0, group.min) : []));

/**
 * A line of a dish with its usual choices.
 * @param {Dish} dish @param {string} uuid @param {Partial<BasketLine>} [rest]
 * @returns {BasketLine}
 */
export const lineOf = (dish, uuid, rest = {}) => ({
  uuid, menu_item_id: dish.id, name: dish.name, price: dish.price, quantity: 1, modifiers: usual(dish), seat: null, course: null, note: '',
  allergy: '', hold: false, ...rest,
});

/** What nobody would tell apart on a ticket. @param {BasketLine} line */
const sort = (line) => JSON.stringify([line.menu_item_id, line.name, line.price, line.modifiers.map((one) => one.id).sort(), line.seat, line.course, line.note, line.allergy, line.hold]);

/**
 * One more: onto the same line where there is one. Its uuid stays, so a request that was sent with it is not repeated under another.
 * @param {BasketLine[]} basket @param {BasketLine} line
 * @returns {BasketLine[]}
 */
export function add(basket, line) {
  const same = basket.find((one) => sort(one) === sort(line) && one.quantity + line.quantity <= QUANTITY_MAX);
  if (same) return basket.map((one) => (one === same ? { ...one, quantity: one.quantity + line.quantity } : one));
  return basket.length >= LINES_MAX ? basket : [...basket, line];
}

/** @param {BasketLine[]} basket @param {BasketLine} line @returns {BasketLine[]} with the line of this uuid as it is now; 0 of it: without it */
export const put = (basket, line) =>
  basket.flatMap((one) => (one.uuid !== line.uuid ? [one] : line.quantity > 0 ? [{ ...line, quantity: Math.min(line.quantity, QUANTITY_MAX) }] : []));

/** @param {BasketLine[]} basket */
export const count = (basket) => basket.reduce((all, line) => all + line.quantity, 0);

/** @param {BasketLine} line @returns {string} of all of it, modifiers included */
export function costOf(line) {
  const digits = digitsOf(line.price);
  const one = line.modifiers.reduce((all, choice) => all + toMinor(choice.price, digits), toMinor(line.price, digits));
  return toText(one * line.quantity, digits);
}

/** The line as the server takes it. @param {BasketLine} line */
export function bodyOf(line) {
  const dish = line.menu_item_id == null ? { name: line.name, price: line.price } : { menu_item_id: line.menu_item_id };
  /** @type {Record<string, unknown>} */
  const body = { uuid: line.uuid, ...dish, quantity: line.quantity };
  if (line.modifiers.length > 0) body.modifiers = line.modifiers.map(({ id }) => ({ id }));
  if (line.seat != null) body.seat = line.seat;
  if (line.course != null) body.course = line.course;
  if (line.note) body.note = line.note;
  if (line.allergy) body.allergy = line.allergy;
  if (line.hold) body.hold = true;
  return body;
}

/**
 * What of it can be sold at all: sold out since it was chosen.
 * @param {BasketLine[]} basket @param {Dish[]} menu
 */
export const soldOut = (basket, menu) =>
  basket.filter((line) => line.menu_item_id != null && menu.some((dish) => dish.id === line.menu_item_id && !dish.is_available));

/** A version 4 uuid. `crypto.randomUUID` is not there on a page that came over plain HTTP, as in most restaurants. */
export function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 15) | 64;
  bytes[8] = ((bytes[8] ?? 0) & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Tells one basket from another (FNV-1a, 32 bits): beside a line's uuid, which is what makes it unique. @param {string} text */
export function digest(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
