/** A visit's lines as a waiter reads them: by course, each with its one state. */
import { ms } from './clock.js';

/** @typedef {import('./types.js').Order} Order */
/** @typedef {import('./types.js').Line} Line */
/** @typedef {import('./types.js').Dish} Dish */

/** Orders the kitchen still has a say in, or whose food stands at the pass. */
const LIVE = ['new', 'pending', 'confirmed', 'preparing', 'ready'];

/** @param {Order} order */
export const isLive = (order) => LIVE.includes(order.status);

/**
 * What a line is, in one word:
 * - `waiting`: in this phone's outbox, the server has not got it
 * - `check`: a guest's order that nobody approved yet
 * - `held`: until somebody fires it
 * - `unseen`: sent, and no station's screen had it so far
 * - `queued`, `cooking`, `pass`, `served`
 * - `void`: taken off, and the kitchen knows; `void-unseen`: taken off, and no cook confirmed it
 * @typedef {'waiting'|'check'|'held'|'unseen'|'queued'|'cooking'|'pass'|'served'|'void'|'void-unseen'} State
 */

/**
 * @param {Line} line @param {Order} order
 * @returns {State}
 */
export function stateOf(line, order) {
  if (line.waiting) return 'waiting';
  switch (line.status) {
    case 'voided':
      // What the kitchen never had needs no confirmation.
      return line.void_acked_at === null && line.fired_at ? 'void-unseen' : 'void';
    case 'held':
      return 'held';
    case 'preparing':
      return 'cooking';
    case 'ready':
      return 'pass';
    case 'served':
      return 'served';
    default:
      if (order.status === 'new') return 'check';
      // Absent where the server does not say it.
      return (line.seen_at === undefined ? order.seen_at : line.seen_at) === null ? 'unseen' : 'queued';
  }
}

/** Since when it is that, for the clock beside it. @param {Line} line @param {Order} order @returns {number} milliseconds or NaN */
export function since(line, order) {
  if (line.status === 'ready') return ms(line.ready_at ?? order.ready_at);
  if (line.status === 'preparing' || line.status === 'queued') return ms(line.fired_at ?? order.confirmed_at ?? order.created_at);
  return NaN;
}

/**
 * @typedef {object} Course
 * @property {string} key
 * @property {number|null} course
 * @property {string|null} category the name on the menu of what is in it
 * @property {{line: Line, order: Order}[]} rows
 * @property {boolean} held every line that is left of it is held
 */

/**
 * Rising by course, then what belongs to none (drinks), by the menu's category. Voided lines stay where they were.
 * @param {Order[]} orders @param {Dish[]} menu
 * @returns {Course[]}
 */
export function byCourse(orders, menu) {
  const dishes = new Map(menu.map((dish) => [dish.id, dish]));
  /** @type {Map<string, Course>} */
  const courses = new Map();
  for (const order of [...orders].sort((a, b) => a.id - b.id)) {
    for (const line of order.items ?? []) {
      const dish = line.menu_item_id == null ? undefined : dishes.get(line.menu_item_id);
      const course = line.course ?? null;
      const category = dish?.category ?? null;
      const key = course == null ? `category ${category ?? ''}` : `course ${course}`;
      let group = courses.get(key);
      if (!group) courses.set(key, (group = { key, course, category, rows: [], held: false }));
      group.rows.push({ line, order });
    }
  }
  const all = [...courses.values()];
  for (const group of all) {
    const open = group.rows.filter(({ line }) => line.status !== 'voided');
    group.held = open.length > 0 && open.every(({ line }) => line.status === 'held');
  }
  return all.sort((a, b) => (a.course ?? Infinity) - (b.course ?? Infinity) || (a.category ?? '').localeCompare(b.category ?? '') || 0);
}

/**
 * Every allergy that was said, with whom it concerns.
 * @param {Order[]} orders
 * @returns {{seat: number|null, text: string}[]}
 */
export function allergies(orders) {
  /** @type {Map<string, {seat: number|null, text: string}>} */
  const all = new Map();
  for (const order of orders) {
    if (order.status === 'cancelled') continue;
    if (order.allergy_note) all.set(`/${order.allergy_note}`, { seat: null, text: order.allergy_note });
    for (const line of order.items ?? []) {
      if (line.allergy && line.status !== 'voided') all.set(`${line.seat ?? ''}/${line.allergy}`, { seat: line.seat, text: line.allergy });
    }
  }
  return [...all.values()].sort((a, b) => (a.seat ?? 0) - (b.seat ?? 0));
}

/** "No egg" leaves something out, which a cook must not miss. @param {string} name */
export const isRemoval = (name) => /^(no|without|ohne|kein|keine|keinen|ไม่|ไม่ใส่)(\s|$|(?=[\u0e00-\u0e7f]))/i.test(name);

/** The orders of a visit, oldest first. @param {Record<number, Order>} orders @param {number|null|undefined} session */
export const ofVisit = (orders, session) =>
  session == null ? [] : Object.values(orders).filter((order) => order.session_id === session).sort((a, b) => a.id - b.id);
