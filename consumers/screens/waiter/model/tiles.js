/** A table's tile: outline only where it is free, and one tape along its foot if it wants something. */
import { ms } from './clock.js';
import { isLive, ofVisit, stateOf } from './lines.js';
import { toMinor } from './amounts.js';

/** @typedef {import('./types.js').Floor} Floor */
/** @typedef {import('./types.js').Table} Table */
/** @typedef {import('./needs.js').Need} Need */

/**
 * @typedef {object} Tile
 * @property {Table} table
 * @property {Need|null} want the worst of what it wants
 * @property {'free'|'off'|'nothing'|'cooking'|'held'|'served'|'paid'} word what goes on there
 * @property {number} since when the guests came, milliseconds
 */

/**
 * @param {Floor} floor @param {Table} table @param {Need[]} needs of all tables, worst first
 * @returns {Tile}
 */
export function tileOf(floor, table, needs) {
  const want = needs.find((need) => need.table_id === table.id && need.kind !== 'told' && need.kind !== 'task') ?? null;
  const since = ms(table.session?.started_at);
  return { table, want, word: wordOf(floor, table), since };
}

/** @param {Floor} floor @param {Table} table @returns {Tile['word']} */
function wordOf(floor, table) {
  if (!table.is_active) return 'off';
  if (!table.session) return 'free';
  const orders = ofVisit(floor.orders, table.session.id).filter((order) => order.status !== 'cancelled');
  const lines = orders.flatMap((order) => (order.items ?? []).map((line) => stateOf(line, order))).filter((state) => !state.startsWith('void'));
  if (orders.length === 0 || (lines.length === 0 && orders.every((order) => order.items))) return 'nothing';
  if (lines.some((state) => state !== 'served' && state !== 'held')) return 'cooking';
  if (lines.length === 0 && orders.some(isLive)) return 'cooking';
  if (lines.some((state) => state === 'held')) return 'held';
  return orders.every((order) => toMinor(order.balance) === 0) ? 'paid' : 'served';
}

/** Tables as people count them: 2 before 12, T1 before T10. @param {Table[]} tables */
export const byNumber = (tables) => [...tables].sort((a, b) => a.number.localeCompare(b.number, 'en', { numeric: true }));

/** @param {Table[]} tables @returns {string[]} zones, in the order in which their tables come */
export const zonesOf = (tables) => [...new Set(tables.map((table) => table.zone).filter((zone) => zone != null))];
