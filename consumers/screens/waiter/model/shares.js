/** Equal shares of a bill. Their sum is the total, to the smallest unit. */
import { digitsOf, toMinor, toText } from './amounts.js';

/** @typedef {import('./types.js').Order} Order */
/** @typedef {import('./types.js').Line} Line */

/** More people than this do not share one bill; a hand that slips on the stepper stops here. */
export const SHARES_MAX = 50;

/**
 * Equal shares: what does not divide goes to the first ones, one smallest unit each (100.00 by 3 is 33.34 33.33 33.33).
 * @param {number} minor not below zero
 * @param {number} n at least 1
 * @returns {number[]}
 */
export function equal(minor, n) {
  const each = Math.floor(minor / n);
  const rest = minor - each * n;
  return Array.from({ length: n }, (_, i) => each + (i < rest ? 1 : 0));
}

/** The same in text. @param {string} total @param {number} n @returns {string[]} */
export function equalText(total, n) {
  const digits = digitsOf(total);
  return equal(toMinor(total, digits), n).map((share) => toText(share, digits));
}

/** @param {Line} line @param {number} digits */
export const lineMinor = (line, digits) => toMinor(line.price, digits) * line.quantity;

/** What is on the bill: voided lines are not. @param {Order[]} orders @returns {Line[]} */
export const billed = (orders) =>
  orders.filter((order) => order.status !== 'cancelled').flatMap((order) => order.items ?? []).filter((line) => line.status !== 'voided');
