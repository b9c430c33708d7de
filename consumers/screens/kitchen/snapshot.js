// The wall as it was, for the moment before the server answers. It leaves the device with the pairing.

import { recall, remember } from '../shared/device.js';

/** So many tickets a wall may show at once; more would fill what a browser gives a page. */
const ORDERS_MAX = 200;

/** @typedef {{orders: import('./book.js').Order[], as_of: number, at: number, stations: import('./wall.js').Station[], station: string}} Snapshot */

/** @param {import('./wall.js').Wall} wall @param {number} at when the server was last heard, milliseconds since 1970 */
export function keep(wall, at) {
  if (!wall.isLoaded) return;
  const orders = [...wall.book.orders.values()].slice(-ORDERS_MAX);
  remember('kitchen.snapshot', { orders, as_of: wall.book.asOf, at, stations: wall.stations, station: wall.station });
}

/** What was kept of this station. @param {string} station @returns {Snapshot | null} */
export function kept(station) {
  const snapshot = recall('kitchen.snapshot');
  return snapshot?.station === station && Array.isArray(snapshot.orders) ? snapshot : null;
}

export function forget() {
  remember('kitchen.snapshot', null);
}
