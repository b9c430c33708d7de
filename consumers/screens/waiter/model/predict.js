/**
 * What the floor will look like when the outbox has been sent. Each entry carries a patch, plain JSON, which is folded over what the server
 * told each time the screen is drawn: nothing is ever changed in place, so an entry that is refused or cancelled leaves no trace.
 * Every fold is idempotent: a patch over a floor that already has its effect changes nothing.
 */
import { toMinor, toText, digitsOf } from './amounts.js';
import { costOf } from './basket.js';

/** @typedef {import('./types.js').Floor} Floor */
/** @typedef {import('./types.js').Order} Order */
/** @typedef {import('./types.js').Line} Line */
/** @typedef {import('./types.js').BasketLine} BasketLine */

/**
 * @typedef {{kind: 'seat', table: number, guests: number, waiter: number, at: string}
 *   | {kind: 'guests', table: number, guests: number}
 *   | {kind: 'send', order: number|null, table: number|null, visit: number|null, lines: BasketLine[], at: string}
 *   | {kind: 'lines', order: number, lines: number[], status: Line['status']}
 *   | {kind: 'note', order: number, line: number, note: string}
 *   | {kind: 'quantity', order: number, line: number, quantity: number}
 *   | {kind: 'order', order: number, status: string}
 *   | {kind: 'task', task: number, status: import('./types.js').Task['status'], assignee: number|null}
 *   | {kind: 'notice', notice: string, by: number, at: string}
 *   | {kind: 'paid', visit: number, balances: Record<number, string>}
 *   | {kind: 'move', visit: number, from: number, to: number}
 *   | {kind: 'close', table: number}} Patch
 */

/** @param {Floor} floor @param {Patch[]} patches oldest first @returns {Floor} */
export const predict = (floor, patches) => patches.reduce(fold, floor);

/** @param {Floor} floor @param {Patch} patch @returns {Floor} */
function fold(floor, patch) {
  switch (patch.kind) {
    case 'seat': {
      const table = floor.tables[patch.table];
      if (!table || table.session) return floor;
      const session = { id: -patch.table, session_code: '', guests_count: patch.guests, started_at: patch.at, waiter_id: patch.waiter, version: 0 };
      return { ...floor, tables: { ...floor.tables, [table.id]: { ...table, is_occupied: true, session } } };
    }
    case 'guests': {
      const table = floor.tables[patch.table];
      if (!table?.session) return floor;
      return { ...floor, tables: { ...floor.tables, [table.id]: { ...table, session: { ...table.session, guests_count: patch.guests } } } };
    }
    case 'send':
      return send(floor, patch);
    case 'lines':
      return eachLine(floor, patch.order, (line) => (patch.lines.includes(line.id) && line.status !== 'voided' ? { ...line, status: patch.status } : line));
    case 'note':
      return eachLine(floor, patch.order, (line) => (line.id === patch.line ? { ...line, note: patch.note } : line));
    case 'quantity':
      return eachLine(floor, patch.order, (line) => (line.id === patch.line ? { ...line, quantity: patch.quantity } : line));
    case 'order': {
      const order = floor.orders[patch.order];
      if (!order) return floor;
      const over = patch.status === 'delivered';
      const items = order.items?.map((line) => (over && line.status === 'ready' ? { ...line, status: /** @type {Line['status']} */ ('served') } : line));
      return { ...floor, orders: { ...floor.orders, [order.id]: { ...order, status: patch.status, items } } };
    }
    case 'task': {
      const task = floor.tasks[patch.task];
      if (!task) return floor;
      return { ...floor, tasks: { ...floor.tasks, [task.id]: { ...task, status: patch.status, assignee_id: patch.assignee } } };
    }
    case 'notice': {
      const notice = floor.notices[patch.notice];
      if (!notice || notice.acknowledged_at) return floor;
      return { ...floor, notices: { ...floor.notices, [patch.notice]: { ...notice, acknowledged_by: patch.by, acknowledged_at: patch.at } } };
    }
    case 'paid': {
      const orders = { ...floor.orders };
      for (const [id, balance] of Object.entries(patch.balances)) {
        const order = orders[Number(id)];
        if (order && toMinor(order.balance) > toMinor(balance)) orders[order.id] = { ...order, balance };
      }
      return { ...floor, orders };
    }
    case 'move': {
      const from = floor.tables[patch.from];
      const to = floor.tables[patch.to];
      // A merge waits for the server: which of two visits goes on is its to say.
      if (!from?.session || from.session.id !== patch.visit || !to || to.session) return floor;
      const tables = {
        ...floor.tables,
        [from.id]: { ...from, is_occupied: false, session: null },
        [to.id]: { ...to, is_occupied: true, session: from.session },
      };
      const orders = Object.fromEntries(Object.entries(floor.orders).map(([id, order]) => [id, order.session_id === patch.visit ? { ...order, table_id: to.id, table_number: to.number } : order]));
      return { ...floor, tables, orders };
    }
    case 'close': {
      const table = floor.tables[patch.table];
      if (!table) return floor;
      return { ...floor, tables: { ...floor.tables, [table.id]: { ...table, is_occupied: false, session: null } } };
    }
  }
}

/** @param {Floor} floor @param {number} id @param {(line: Line) => Line} change @returns {Floor} */
function eachLine(floor, id, change) {
  const order = floor.orders[id];
  if (!order?.items) return floor;
  return { ...floor, orders: { ...floor.orders, [id]: { ...order, items: order.items.map(change) } } };
}

/** Ids of what only this phone knows are below zero: the server's never are. @param {string} uuid @param {number} i */
const provisional = (uuid, i) => -(Number.parseInt(uuid.slice(-8), 16) * 256 + i + 1);

/** @param {Floor} floor @param {Extract<Patch, {kind: 'send'}>} patch @returns {Floor} */
function send(floor, patch) {
  const known = patch.order == null ? undefined : floor.orders[patch.order];
  const got = new Set(Object.values(floor.orders).flatMap((order) => order.items ?? []).map((line) => line.uuid));
  const fresh = patch.lines.filter((line) => !got.has(line.uuid));
  if (fresh.length === 0) return floor;
  const lines = fresh.map((line, i) => waitingLine(line, provisional(line.uuid, i)));
  const digits = digitsOf(patch.lines[0]?.price ?? '0');
  const cost = toText(fresh.reduce((all, line) => all + toMinor(costOf(line), digits), 0), digits);
  if (known) {
    const more = (/** @type {string} */ amount) => toText(toMinor(amount, digits) + toMinor(cost, digits), digits);
    const order = { ...known, items: [...(known.items ?? []), ...lines], total_amount: more(known.total_amount), balance: more(known.balance) };
    return { ...floor, orders: { ...floor.orders, [known.id]: order } };
  }
  const table = patch.table == null ? undefined : floor.tables[patch.table];
  /** @type {Order} */
  const order = {
    id: provisional(/** @type {BasketLine} */ (fresh[0]).uuid, 255), uuid: '', public_id: '', status: 'pending', type: 'dine_in', source: 'waiter', table_id: patch.table,
    table_number: table?.number ?? null, session_id: table?.session?.id ?? patch.visit, waiter_id: null, items: lines, items_count: lines.length,
    total_amount: cost, paid_amount: toText(0, digits), balance: cost, currency: '', note: null, allergy_note: null, created_at: patch.at,
    confirmed_at: null, ready_at: null, version: 0,
  };
  return { ...floor, orders: { ...floor.orders, [order.id]: order } };
}

/** @param {BasketLine} line @param {number} id @returns {Line} */
function waitingLine(line, id) {
  const digits = digitsOf(line.price);
  return {
    id, uuid: line.uuid, menu_item_id: line.menu_item_id, name: line.name, quantity: line.quantity,
    price: toText(toMinor(costOf(line), digits) / line.quantity, digits), status: line.hold ? 'held' : 'queued', seat: line.seat, course: line.course,
    modifiers: line.modifiers.map(({ name, price }) => ({ name, price, quantity: 1 })), note: line.note || null, allergy: line.allergy || null,
    version: 0, fired_at: null, waiting: true,
  };
}
