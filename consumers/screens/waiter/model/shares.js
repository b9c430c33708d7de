/** How a bill is split: by equal shares, by person, by dish. Every sum is the total, to the smallest unit. */
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

/**
 * What each person owes: the dishes of the seat, and an equal share of what belongs to nobody. `seat` is null for the table's own share
 * where no line names a seat.
 * @param {Line[]} lines @param {number} digits
 * @returns {{seat: number|null, minor: number, lines: Line[]}[]} rising by seat; together they are all lines
 */
export function bySeat(lines, digits) {
  const seats = [...new Set(lines.map((line) => line.seat).filter((seat) => seat != null))].sort((a, b) => a - b);
  const common = lines.filter((line) => line.seat == null);
  if (seats.length === 0) return [{ seat: null, minor: total(common, digits), lines: common }];
  const spread = equal(total(common, digits), seats.length);
  return seats.map((seat, i) => {
    const own = lines.filter((line) => line.seat === seat);
    return { seat, minor: total(own, digits) + (spread[i] ?? 0), lines: own };
  });
}

/** @param {Line[]} lines @param {number} digits */
const total = (lines, digits) => lines.reduce((all, line) => all + lineMinor(line, digits), 0);

/**
 * What the picked dishes cost, at most what is still owed.
 * @param {Line[]} lines @param {Record<number, number>} picked how many of each line, by its id
 * @param {number} digits
 */
export function picked(lines, picked, digits) {
  return lines.reduce((all, line) => all + toMinor(line.price, digits) * Math.min(picked[line.id] ?? 0, line.quantity), 0);
}
