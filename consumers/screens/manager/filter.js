// Which orders the manager looks at: open, late, not paid, or all of today; and a text that is searched for in what a row shows.

import { isMade, lateness } from './bars.js';

/** @typedef {import("./bars.js").Order} Order */
/** @typedef {import("./bars.js").Limits} Limits */
/** @typedef {"open" | "late" | "unpaid" | "all"} Filter */

/** @type {Filter[]} */
export const FILTERS = ['open', 'late', 'unpaid', 'all'];

/** Letters that choose one, as on the keyboard. @type {Record<string, Filter>} */
export const LETTERS = { o: 'open', l: 'late', n: 'unpaid', a: 'all' };

/** Whether somebody still has something to do about it. @param {Order} order @returns {boolean} */
export function isOpen(order) {
  return order.status !== 'completed' && order.status !== 'cancelled';
}

/** Whether money is owed. @param {Order} order @returns {boolean} */
export function isOwed(order) {
  return order.status !== 'cancelled' && (order.payment_status === 'unpaid' || order.payment_status === 'partial');
}

/**
 * @param {Order[]} orders @param {Filter} filter @param {string} text @param {(order: Order) => Limits} limitsOf @param {(order: Order) => string} saidOf  what its row says @param {number} now
 * @returns {Order[]}
 */
export function chosen(orders, filter, text, limitsOf, saidOf, now) {
  const words = text.trim().toLocaleLowerCase();
  return orders.filter((order) => passes(order, filter, limitsOf, now) && (words === '' || saidOf(order).toLocaleLowerCase().includes(words)));
}

/** @param {Order} order @param {Filter} filter @param {(order: Order) => Limits} limitsOf @param {number} now */
function passes(order, filter, limitsOf, now) {
  if (filter === 'open') return isOpen(order);
  if (filter === 'late') return isOpen(order) && lateness(order, limitsOf(order), now) === 'late';
  if (filter === 'unpaid') return isOwed(order);
  return true;
}

/**
 * In the order of urgency: late first, the longest first; then what is over amber, what is made, what waits, what is served; then the newest.
 * @param {Order[]} orders @param {(order: Order) => Limits} limitsOf @param {number} now @returns {Order[]}
 */
export function inOrder(orders, limitsOf, now) {
  const ranked = orders.map((order) => ({ order, rank: rank(order, limitsOf(order), now), since: Date.parse(String(order.created_at)) || 0 }));
  ranked.sort((a, b) => a.rank - b.rank || (a.rank < 2 ? a.since - b.since : b.since - a.since) || a.order.id - b.order.id);
  return ranked.map(({ order }) => order);
}

/** @param {Order} order @param {Limits} limits @param {number} now */
function rank(order, limits, now) {
  const late = lateness(order, limits, now);
  if (late === 'late') return 0;
  if (late === 'warn') return 1;
  if (order.status === 'new') return 2;
  if (isMade(order)) return 3;
  if (isOpen(order)) return 4;
  return 5;
}
