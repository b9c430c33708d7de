/**
 * What a tap asks the server for: an entry for the outbox, with the label that says it in the list of what waits, and the patch that shows it
 * at once. A manager's PIN never goes through here: the outbox is stored.
 */
import { bodyOf } from './basket.js';

/** @typedef {import('./types.js').Order} Order */
/** @typedef {import('./types.js').Line} Line */
/** @typedef {import('./types.js').Table} Table */
/** @typedef {import('./types.js').BasketLine} BasketLine */
/** @typedef {import('./predict.js').Patch} Patch */

/** The stream whose events show what was done. An entry stays until it has passed the acknowledgement. */
export const ON = 'floor';

/**
 * @typedef {object} Label what the list of the outbox, the toast and the card of a refusal say: the key of a text and its values
 * @property {string} say
 * @property {string} [table]
 * @property {number} [n]
 * @property {string} [what]
 * @property {string} [amount]
 */

/**
 * @typedef {object} Entry
 * @property {string} method
 * @property {string} path
 * @property {Record<string, unknown>} body
 * @property {Label} label
 * @property {Patch} [patch]
 * @property {string} on
 * @property {number} [after]
 * @property {string} [key]
 * @property {Record<string, unknown>} [about] what a card needs to offer another way
 */

/** A tap can be taken back so long (milliseconds): until then it is stored, not sent. */
export const UNDO_MS = 5000;

/** @param {Table} table @param {number} guests @param {number} waiter @param {string} at @returns {Entry} */
export const seat = (table, guests, waiter, at) => ({
  method: 'POST', path: `/api/v1/tables/${table.id}/occupy`, body: { guests_count: guests }, on: ON,
  label: { say: 'seat', table: table.number, n: guests }, patch: { kind: 'seat', table: table.id, guests, waiter, at },
});

/** @param {Table} table @param {number} guests @returns {Entry} */
export const setGuests = (table, guests) => ({
  method: 'PATCH', path: `/api/v1/sessions/${table.session?.id}`, body: { guests_count: guests }, on: ON,
  label: { say: 'guests', table: table.number, n: guests }, patch: { kind: 'guests', table: table.id, guests },
});

/**
 * New lines: onto the order that the kitchen works on, else as a new one. A table whose seating is still in the outbox is named by its number
 * only: the outbox is sent in order, so its visit is open by then.
 * @param {{table: Table, restaurant: number, order: Order|null, lines: BasketLine[], at: string}} what @returns {Entry}
 */
export function send({ table, restaurant, order, lines, at }) {
  const items = lines.map(bodyOf);
  const first = lines.reduce((all, line) => all + line.quantity, 0);
  const about = { table: table.id, restaurant, lines };
  /** @type {Patch} */
  const patch = { kind: 'send', order: order?.id ?? null, table: table.id, visit: table.session?.id ?? null, lines, at };
  const label = { say: 'send', table: table.number, n: first, what: lines.map((line) => `${line.quantity} ${line.name}`).join(', ') };
  if (order) return { method: 'POST', path: `/api/v1/orders/${order.id}/items`, body: { items }, on: ON, label, patch, about };
  return { method: 'POST', path: '/api/v1/orders', body: { restaurant_id: restaurant, table_id: table.id, items }, on: ON, label, patch, about };
}

/** The order that more lines go onto: the newest that a waiter made and the kitchen still has. @param {Order[]} orders of the visit */
export const openOrder = (orders) =>
  [...orders].reverse().find((order) => order.id > 0 && ['pending', 'confirmed', 'preparing', 'ready'].includes(order.status)) ?? null;

/**
 * Served: a whole order in one request where all that is left of it goes, else line by line.
 * @param {{order: Order, line: Line}[]} rows @param {string} number of the table @returns {Entry[]}
 */
export function served(rows, number) {
  /** @type {Map<Order, Line[]>} */
  const byOrder = new Map();
  for (const { order, line } of rows) byOrder.set(order, [...(byOrder.get(order) ?? []), line]);
  return [...byOrder].flatMap(([order, lines]) => {
    const left = (order.items ?? []).filter((line) => !['served', 'voided'].includes(line.status));
    if (order.status === 'ready' && left.length === lines.length) {
      const what = lines.map((line) => `${line.quantity} ${line.name}`).join(', ');
      const n = lines.reduce((all, line) => all + line.quantity, 0);
      return [/** @type {Entry} */ ({
        method: 'PATCH', path: `/api/v1/orders/${order.id}`, body: { status: 'delivered' }, on: ON, after: UNDO_MS,
        label: { say: 'served', table: number, n, what }, patch: { kind: 'order', order: order.id, status: 'delivered' },
      })];
    }
    return lines.map((line) => /** @type {Entry} */ ({
      method: 'PATCH', path: `/api/v1/orders/${order.id}/items/${line.id}`, body: { status: 'served' }, on: ON, after: UNDO_MS,
      label: { say: 'served', table: number, n: line.quantity, what: `${line.quantity} ${line.name}` },
      patch: { kind: 'lines', order: order.id, lines: [line.id], status: 'served' },
    }));
  });
}

/** @param {Order} order @param {string} number @returns {Entry} */
export const back = (order, number) => ({
  method: 'PATCH', path: `/api/v1/orders/${order.id}`, body: { status: 'ready', back: true }, on: ON, label: { say: 'back', table: number },
});

/** @param {Order} order @param {Line[]} lines that are held @param {string} number @param {string} what the course's name @returns {Entry} */
export const fire = (order, lines, number, what) => ({
  method: 'POST', path: `/api/v1/orders/${order.id}/fire`, body: { items: lines.map((line) => line.id) }, on: ON,
  label: { say: 'fire', table: number, n: lines.reduce((all, line) => all + line.quantity, 0), what },
  patch: { kind: 'lines', order: order.id, lines: lines.map((line) => line.id), status: 'queued' },
});

/** @param {Order} order @param {Line} line @param {string} reason @param {string} number @returns {Entry} */
export const voided = (order, line, reason, number) => ({
  method: 'DELETE', path: `/api/v1/orders/${order.id}/items/${line.id}`, body: { reason, version: line.version }, on: ON,
  label: { say: 'void', table: number, what: `${line.quantity} ${line.name}` },
  patch: { kind: 'lines', order: order.id, lines: [line.id], status: 'voided' }, about: { order: order.id, line: line.id, reason },
});

/** @param {Order} order @param {Line} line @param {string} note @param {string} number @returns {Entry} */
export const note = (order, line, note, number) => ({
  method: 'PATCH', path: `/api/v1/orders/${order.id}/items/${line.id}`, body: { note, version: line.version }, on: ON,
  label: { say: 'note', table: number, what: line.name }, patch: { kind: 'note', order: order.id, line: line.id, note },
});

/** @param {Order} order @param {string} number @returns {Entry} */
export const approve = (order, number) => ({
  method: 'PATCH', path: `/api/v1/orders/${order.id}`, body: { status: 'confirmed' }, on: ON,
  label: { say: 'approve', table: number }, patch: { kind: 'order', order: order.id, status: 'confirmed' },
});

/** @param {Order} order @param {string} reason that the guest reads @param {string} number @returns {Entry} */
export const refuse = (order, reason, number) => ({
  method: 'PATCH', path: `/api/v1/orders/${order.id}`, body: { status: 'cancelled', reason }, on: ON,
  label: { say: 'refuse', table: number, what: reason }, patch: { kind: 'order', order: order.id, status: 'cancelled' },
});

/** @param {import('./types.js').Task} task @param {import('./types.js').Task['status']} status @param {number|null} assignee @returns {Entry} */
export const task = (task, status, assignee) => ({
  method: 'PATCH', path: `/api/v1/tasks/${task.id}`, body: { status, assignee_id: assignee }, on: ON,
  label: { say: `task.${status}`, table: task.table_number ?? '', what: task.title }, patch: { kind: 'task', task: task.id, status, assignee },
});

/** @param {string} notice @param {number} by @param {string} at @param {string} what @returns {Entry} */
export const seen = (notice, by, at, what) => ({
  method: 'POST', path: `/api/v1/notifications/${notice}/acknowledge`, body: {}, on: ON, label: { say: 'seen', what },
  patch: { kind: 'notice', notice, by, at },
});

/** @param {Table} from @param {Table} to @param {boolean} merge @returns {Entry} */
export const move = (from, to, merge) => ({
  method: 'POST', path: `/api/v1/sessions/${from.session?.id}/move`, body: { table_id: to.id, merge }, on: ON,
  label: { say: merge ? 'merge' : 'move', table: from.number, what: to.number },
  patch: { kind: 'move', visit: from.session?.id ?? 0, from: from.id, to: to.id }, about: { from: from.id, to: to.id },
});

/** @param {Table} table @param {number} to a waiter @param {string} name theirs @returns {Entry} */
export const handOver = (table, to, name) => ({
  method: 'PATCH', path: `/api/v1/sessions/${table.session?.id}`, body: { waiter_id: to }, on: ON, label: { say: 'hand', table: table.number, what: name },
});

/**
 * @param {Table} table @param {{amount: string} | {share: {n: number, of: number}} | {items: {id: number, qty: number}[]}} part
 * @param {{method: 'cash'|'card', shown: string, tip?: string, balance: string, balances: Record<number, string>}} how
 * @returns {Entry}
 */
export const pay = (table, part, { method, shown, tip, balance, balances }) => ({
  method: 'POST', path: `/api/v1/sessions/${table.session?.id}/payments`, body: { ...part, method, expected_balance: balance, ...(tip ? { tip } : {}) }, on: ON,
  label: { say: `pay.${method}`, table: table.number, amount: shown }, patch: { kind: 'paid', visit: table.session?.id ?? 0, balances },
  about: { table: table.id, visit: table.session?.id, part, method },
});

/** @param {Table} table @returns {Entry} */
export const close = (table) => ({
  method: 'PATCH', path: `/api/v1/sessions/${table.session?.id}`, body: { status: 'closed' }, on: ON,
  label: { say: 'close', table: table.number }, patch: { kind: 'close', table: table.id }, about: { table: table.id, visit: table.session?.id },
});

/** @param {Order} order @param {Line} line @param {number} quantity @param {string} number @returns {Entry} */
export const quantity = (order, line, quantity, number) => ({
  method: 'PATCH', path: `/api/v1/orders/${order.id}/items/${line.id}`, body: { quantity }, on: ON,
  label: { say: 'quantity', table: number, n: quantity, what: line.name }, patch: { kind: 'quantity', order: order.id, line: line.id, quantity },
});
