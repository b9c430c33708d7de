/** What a bill looks like without asking the server: what was paid, what is left, and how it can be divided. */
import { digitsOf, toMinor, toText } from './amounts.js';
import { billed } from './shares.js';

/** @typedef {import('./types.js').Order} Order */
/** @typedef {import('./types.js').Line} Line */

/**
 * @typedef {object} BillLine
 * @property {number} id
 * @property {string} name
 * @property {number} quantity
 * @property {number|null} seat
 * @property {number} due_quantity
 * @property {string} due_amount
 * @property {string} amount
 *
 * @typedef {object} Payment
 * @property {number} id
 * @property {string} amount
 * @property {string} method
 * @property {string} status
 * @property {string|null} created_at
 * @property {string|null} [captured_at]
 *
 * @typedef {object} Bill
 * @property {number} session_id
 * @property {string} currency
 * @property {string} total_amount
 * @property {string} paid_amount
 * @property {string} balance
 * @property {{id: number, balance: string, items: BillLine[]}[]} orders
 * @property {Payment[]} payments
 * @property {{n: number, amount: string, paid: boolean}[]} [shares]
 * @property {boolean} [local] made from what this phone knows
 */

/** Where the server cannot be asked. @param {number} session @param {Order[]} orders @returns {Bill} */
export function localBill(session, orders) {
  const open = orders.filter((order) => order.status !== 'cancelled');
  const digits = digitsOf(open[0]?.total_amount ?? '0.00');
  const sum = (/** @type {(order: Order) => string} */ of) => toText(open.reduce((all, order) => all + toMinor(of(order), digits), 0), digits);
  return {
    session_id: session, currency: open[0]?.currency ?? '', total_amount: sum((order) => order.total_amount),
    paid_amount: sum((order) => order.paid_amount), balance: sum((order) => order.balance), payments: [], local: true,
    orders: open.map((order) => ({ id: order.id, balance: order.balance, items: billed([order]).map((line) => localLine(line, digits)) })),
  };
}

/** @param {Line} line @param {number} digits @returns {BillLine} */
function localLine(line, digits) {
  const amount = toText(toMinor(line.price, digits) * line.quantity, digits);
  return { id: line.id, name: line.name, quantity: line.quantity, seat: line.seat, due_quantity: line.quantity, due_amount: amount, amount };
}

/** The lines that are still to be paid. @param {Bill} bill @returns {BillLine[]} */
export const dueLines = (bill) => bill.orders.flatMap((order) => order.items).filter((line) => line.due_quantity > 0);

/**
 * What `qty` of a line costs: the last one takes what does not divide, so that the parts are the whole.
 * @param {BillLine} line @param {number} qty @param {number} digits
 */
export function costOfPart(line, qty, digits) {
  const due = toMinor(line.due_amount, digits);
  if (qty >= line.due_quantity) return due;
  return Math.floor(due / line.due_quantity) * qty;
}

/** @param {BillLine[]} lines @param {Record<number, number>} picked @param {number} digits @returns {string} */
export const pickedAmount = (lines, picked, digits) =>
  toText(lines.reduce((all, line) => all + costOfPart(line, Math.min(picked[line.id] ?? 0, line.due_quantity), digits), 0), digits);

/**
 * What each person still owes: the dishes of the seat; what names no seat stands under null.
 * @param {Bill} bill
 * @returns {{seat: number|null, amount: string, lines: BillLine[]}[]} rising by seat, then what belongs to nobody
 */
export function people(bill) {
  const digits = digitsOf(bill.balance);
  const due = dueLines(bill);
  const seats = [...new Set(due.map((line) => line.seat))].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
  return seats.map((seat) => {
    const lines = due.filter((line) => line.seat === seat);
    return { seat, lines, amount: toText(lines.reduce((all, line) => all + toMinor(line.due_amount, digits), 0), digits) };
  });
}

/**
 * The balances of the orders after so much was paid, the oldest order first, as the server does it.
 * @param {{id: number, balance: string}[]} orders @param {number} minor
 * @returns {Record<number, string>}
 */
export function balancesAfter(orders, minor) {
  /** @type {Record<number, string>} */
  const after = {};
  let left = minor;
  for (const order of [...orders].sort((a, b) => a.id - b.id)) {
    const digits = digitsOf(order.balance);
    const owed = toMinor(order.balance, digits);
    const part = Math.max(0, Math.min(owed, left));
    left -= part;
    after[order.id] = toText(owed - part, digits);
  }
  return after;
}
