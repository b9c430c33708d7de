/**
 * What the server has told, as one value that is never changed in place. What is older than what is known already is dropped, so that
 * answers may overtake each other.
 */

/** @typedef {import('./types.js').Floor} Floor */
/** @typedef {import('./types.js').Order} Order */
/** @typedef {import('./types.js').Line} Line */

/** @returns {Floor} */
export const empty = () => ({ tables: {}, orders: {}, tasks: {}, notices: {}, menu: [], names: {} });

/** Orders that a floor shows: a completed or cancelled one is of no visit any more. @param {Order} order */
const shown = (order) => order.status !== 'cancelled' && (order.status !== 'completed' || order.session_id != null);

/**
 * @template {{version: number}} T
 * @param {T|undefined} known @param {T} came
 */
const older = (known, came) => known !== undefined && came.version < known.version;

/** @param {Floor} floor @param {import('./types.js').Table} table @returns {Floor} */
export function putTable(floor, table) {
  if (older(floor.tables[table.id], table)) return floor;
  return { ...floor, tables: { ...floor.tables, [table.id]: table } };
}

/**
 * Lines have versions of their own: an answer about one line may be newer than the order around it.
 * @param {Line[]|undefined} known @param {Line[]|undefined} came
 */
function merged(known, came) {
  if (!came || !known) return came ?? known;
  const newest = new Map(known.map((line) => [line.id, line]));
  return came.map((line) => {
    const old = newest.get(line.id);
    return old && old.version > line.version ? old : line;
  });
}

/** @param {Floor} floor @param {Order} order @returns {Floor} */
export function putOrder(floor, order) {
  const known = floor.orders[order.id];
  if (known && older(known, order)) return floor;
  return { ...floor, orders: { ...floor.orders, [order.id]: { ...known, ...order, items: merged(known?.items, order.items) } } };
}

/** @param {Floor} floor @param {number} order @param {Line} line @returns {Floor} */
export function putLine(floor, order, line) {
  const known = floor.orders[order];
  const old = known?.items?.find((one) => one.id === line.id);
  if (!known?.items || !old || old.version > line.version) return floor;
  const items = known.items.map((one) => (one === old ? { ...old, ...line } : one));
  return { ...floor, orders: { ...floor.orders, [order]: { ...known, items } } };
}

/** @param {Floor} floor @param {number} order @returns {Floor} */
export function dropOrder(floor, order) {
  const { [order]: _, ...orders } = floor.orders;
  return { ...floor, orders };
}

/** @param {Floor} floor @param {import('./types.js').Task} task @returns {Floor} */
export function putTask(floor, task) {
  if (older(floor.tasks[task.id], task)) return floor;
  return { ...floor, tasks: { ...floor.tasks, [task.id]: task } };
}

/** @param {Floor} floor @param {import('./types.js').Notice} notice @returns {Floor} */
export function putNotice(floor, notice) {
  const id = notice.notification_id;
  if (older(floor.notices[id], notice)) return floor;
  return { ...floor, notices: { ...floor.notices, [id]: { ...floor.notices[id], ...notice } } };
}

/** @param {Floor} floor @param {import('./types.js').Dish} dish @returns {Floor} */
export function putDish(floor, dish) {
  const menu = floor.menu.map((known) => (known.id === dish.id && known.version <= dish.version ? { ...known, ...dish } : known));
  return { ...floor, menu };
}

/**
 * A whole state that was read at once, in place of the one before: what it does not have any more is gone. Lines and whoever took a
 * notice are kept where they are newer.
 * @param {Floor} floor @param {Partial<{tables: import('./types.js').Table[], orders: Order[], tasks: import('./types.js').Task[],
 *   notices: import('./types.js').Notice[], menu: import('./types.js').Dish[], names: Record<number, string>}>} read
 * @returns {Floor}
 */
export function replace(floor, read) {
  let next = { ...floor };
  if (read.tables) next = read.tables.reduce(putTable, { ...next, tables: only(next.tables, read.tables.map((one) => one.id)) });
  if (read.orders) next = read.orders.filter(shown).reduce(putOrder, { ...next, orders: only(next.orders, read.orders.map((one) => one.id)) });
  if (read.tasks) next = read.tasks.reduce(putTask, { ...next, tasks: only(next.tasks, read.tasks.map((one) => one.id)) });
  if (read.notices) next = read.notices.reduce(putNotice, { ...next, notices: only(next.notices, read.notices.map((one) => one.notification_id)) });
  if (read.menu) next.menu = read.menu;
  if (read.names) next.names = read.names;
  return next;
}

/**
 * @template T
 * @param {Record<string|number, T>} all @param {(number|string)[]} ids
 * @returns {Record<string|number, T>}
 */
function only(all, ids) {
  const kept = new Set(ids.map(String));
  return Object.fromEntries(Object.entries(all).filter(([id]) => kept.has(id)));
}
