// A driver's round: what can be taken, what they have, whether they take anything; as the server last said it, and what its messages change about it.
//
// Everything here is a value and a function of values, so that a test needs no phone. Who sends and listens is courier.js.

import * as offers from './offers.js';
import { isOpen } from './job.js';

/** @typedef {import("./offers.js").Row} Row */
/** @typedef {import("./job.js").Job & {driverId?: number | null, code?: string | null, publicId?: string}} Order */
/** What became of a job that is no longer this driver's. @typedef {{order: Order, why: "cancelled" | "moved"}} Lost */
/**
 * @typedef {{me: number, loaded: boolean, status: "available" | "busy" | "offline" | null, rows: Row[], orders: Order[], lost: Lost[], at: number}} Round
 * `orders`: those of this driver, also what was handed over in the last half hour; `at`: when the server last said something, in milliseconds
 */

/** How long a delivered order is kept: as long as it can be taken back. */
export const KEPT_MS = 30 * 60_000;
/** Orders of one driver that are kept. */
const ORDERS_MAX = 50;
/** Sentences about lost jobs that wait to be read. */
const LOST_MAX = 10;

/** @param {number} me  the driver's account @returns {Round} */
export function begin(me) {
  return { me, loaded: false, status: null, rows: [], orders: [], lost: [], at: 0 };
}

/** The whole state again. What was shown as an offer and is not one any more stays as gone. @param {Round} round @param {Order[]} own @param {number} now @returns {Round} */
export function loaded(round, own, now) {
  const orders = own.filter((order) => keeps(order, now)).slice(0, ORDERS_MAX);
  const there = new Set(own.map((order) => order.id));
  const lost = round.orders.filter((order) => isOpen(order) && !there.has(order.id)).map((order) => ({ order, why: /** @type {"moved"} */ ('moved') }));
  const off = own.filter((order) => order.canonical_status === 'cancelled' && round.orders.some((known) => known.id === order.id && isOpen(known)));
  const gone = off.map((order) => ({ order, why: /** @type {"cancelled"} */ ('cancelled') }));
  return { ...round, loaded: true, orders, lost: [...round.lost, ...lost, ...gone].slice(-LOST_MAX), at: now };
}

/** One message of the server. @param {Round} round @param {string} name @param {any} data @param {number} now @returns {Round} */
export function heard(round, name, data, now) {
  const seen = { ...round, at: now };
  switch (name) {
    case 'available-orders':
      return { ...seen, rows: offers.listed(round.rows, data.orders ?? [], now) };
    case 'new-available-order':
      return { ...seen, rows: offers.offered(round.rows, data.order) };
    case 'order-assigned':
      return data.order.canonical_status === 'ready' ? { ...seen, rows: offers.offered(round.rows, data.order) } : had(seen, data.order, now);
    case 'order-taken':
      return { ...seen, rows: offers.gone(round.rows, data.orderId, mine(round, data.orderId) ? 'mine' : 'taken', now) };
    case 'order-accepted':
      return had({ ...seen, rows: offers.gone(round.rows, data.order.id, 'mine', now) }, data.order, now);
    case 'order-updated':
      return updated(seen, data.order, now);
    case 'availability':
      return { ...seen, status: data.status ?? (data.available ? 'available' : 'offline') };
    default:
      return seen;
  }
}

/** @param {Round} round @param {number} id */
function mine(round, id) {
  return round.orders.some((order) => order.id === id && isOpen(order));
}

/** @param {Round} round @param {Order} order @param {number} now @returns {Round} */
function updated(round, order, now) {
  if (order.driverId === round.me && order.canonical_status !== 'ready') return had(round, order, now);
  const known = round.orders.find((other) => other.id === order.id);
  const stillOffered = order.canonical_status === 'ready' && (order.driverId == null || order.driverId === round.me);
  const rows = round.rows.some((row) => row.offer.id === order.id)
    ? stillOffered
      ? offers.offered(round.rows, order)
      : offers.gone(round.rows, order.id, order.canonical_status === 'ready' ? 'taken' : 'off', now)
    : round.rows;
  if (!known) return { ...round, rows };
  if (isNewer(known, order)) return { ...round, rows };
  const orders = round.orders.filter((other) => other.id !== order.id);
  const lost = isOpen(known) && order.driverId !== round.me ? [...round.lost, { order, why: /** @type {"moved"} */ ('moved') }].slice(-LOST_MAX) : round.lost;
  return { ...round, rows, orders, lost };
}

/** An order that this driver has, or had. @param {Round} round @param {Order} order @param {number} now @returns {Round} */
function had(round, order, now) {
  const known = round.orders.find((other) => other.id === order.id);
  if (known && isNewer(known, order)) return round;
  const others = round.orders.filter((other) => other.id !== order.id && keeps(other, now));
  const called = order.canonical_status === 'cancelled';
  const lost = called && known && isOpen(known) ? [...round.lost, { order, why: /** @type {"cancelled"} */ ('cancelled') }].slice(-LOST_MAX) : round.lost;
  const orders = called ? others : [...others, order].slice(-ORDERS_MAX);
  return { ...round, rows: offers.gone(round.rows, order.id, 'mine', now), orders, lost };
}

/** Whether what is known is newer than what was heard. @param {Order} known @param {Order} heard */
function isNewer(known, heard) {
  return (known.version ?? 0) > (heard.version ?? 0);
}

/** @param {Order} order @param {number} now */
function keeps(order, now) {
  if (isOpen(order)) return true;
  const over = Date.parse(String(order.deliveredAt ?? order.updatedAt ?? ''));
  const handed = order.canonical_status === 'delivered' || order.canonical_status === 'completed';
  return handed && Number.isFinite(over) && now - over < KEPT_MS;
}

/** The sentence about a lost job was read. @param {Round} round @param {number} id @returns {Round} */
export function read(round, id) {
  return { ...round, lost: round.lost.filter(({ order }) => order.id !== id) };
}
