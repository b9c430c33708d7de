// The orders of a house as the manager's screen keeps them: one row per order, put together from what the dining room says about it and what the delivery platform adds.

/** @typedef {import("./bars.js").Order & Record<string, any>} Order */

/** Orders that are kept: an evening of a large house, several times over. */
export const ORDERS_MAX = 2000;

/** What the delivery platform knows beside the dining room: for whom, where to, what to collect. */
const DELIVERY = { customerName: 'customer_name', customerPhone: 'customer_phone', deliveryAddress: 'address', collect: 'collect', failedAt: 'failed_at', failReason: 'fail_reason', driverId: 'driver_id' };

/** An order of the dining room's list, with what was known of it before. @param {Order | undefined} known @param {any} row @returns {Order} */
export function dining(known, row) {
  if (known && known.version > row.version) return known;
  // A list comes without lines: what is known of them stays until they are read again.
  return { ...known, ...row, items: row.items ?? known?.items };
}

/** What the delivery platform adds to an order that is known. @param {Order} known @param {any} row @returns {Order} */
export function delivery(known, row) {
  /** @type {Record<string, any>} */
  const added = {};
  for (const [theirs, ours] of Object.entries(DELIVERY)) if (row[theirs] !== undefined) added[ours] = row[theirs];
  if (row.version < known.version) delete added.driver_id;
  return { ...known, ...added };
}

/** A message of the dashboard's stream: who it is for, and its status. @param {Order | undefined} known @param {any} row @returns {Order | null} */
export function dashboard(known, row) {
  const name = row.customer_info?.name;
  if (!known) {
    const { customer_info, items, total, ...rest } = row;
    return { ...rest, status: row.canonical_status, customer_name: nameOf(name, row), items: undefined, items_count: items?.length ?? 0, confirmed_at: null };
  }
  const named = known.customer_name === undefined ? { ...known, customer_name: nameOf(name, row) } : known;
  if (row.version <= known.version) return named === known ? null : named;
  return { ...named, status: row.canonical_status, version: row.version, total_amount: row.total_amount, payment_status: row.payment_status };
}

/** The platform writes the table, or "Guest", where it knows nobody. @param {string | undefined} name @param {any} row */
function nameOf(name, row) {
  return !name || name === 'Guest' || (row.table_number && name.endsWith(` ${row.table_number}`)) ? null : name;
}

/** The newest, if there are too many. @param {Map<number, Order>} orders @returns {Map<number, Order>} */
export function bounded(orders) {
  if (orders.size <= ORDERS_MAX) return orders;
  const newest = [...orders.values()].sort((a, b) => b.id - a.id).slice(0, ORDERS_MAX);
  return new Map(newest.map((order) => [order.id, order]));
}

/** What is called out: the table, or the code. @param {Order} order @returns {string} */
export function codeOf(order) {
  return String(order.table_number ?? order.code ?? order.public_id ?? order.id);
}
