/**
 * "Needs you": what waits for a waiter, worst first. Made from the state alone, so that two phones show the same, and a phone that was
 * away shows it too.
 */
import { sum } from './amounts.js';
import { ms } from './clock.js';
import { isLive, stateOf } from './lines.js';

/** @typedef {import('./types.js').Floor} Floor */
/** @typedef {import('./types.js').Order} Order */
/** @typedef {import('./types.js').Table} Table */

/** Worst first. */
export const KINDS = /** @type {const} */ (['late', 'call', 'ready', 'bill', 'check', 'task', 'told']);
/** @typedef {typeof KINDS[number]} Kind */

/** So many are shown on the floor; the others are counted. */
export const SHOWN_MAX = 6;

/** Where no station says when its food is late. */
export const RED_MS = 480_000;

/**
 * @typedef {object} Need
 * @property {string} key the same as long as it is the same thing
 * @property {Kind} kind
 * @property {string} number of the table, or the code of an order without one
 * @property {number|null} table_id
 * @property {number} since milliseconds; NaN where nothing says it
 * @property {number[]} orders
 * @property {{name: string, quantity: number}[]} dishes
 * @property {string|null} allergy
 * @property {number|null} task_id
 * @property {string|null} notice_id
 * @property {string} text what somebody wrote
 * @property {number|null} by who has it
 * @property {string|null} amount
 */

/** @returns {Need} @param {Partial<Need> & {key: string, kind: Kind, number: string, since: number}} part */
const need = (part) => ({
  table_id: null, orders: [], dishes: [], allergy: null, task_id: null, notice_id: null, text: '', by: null, amount: null, ...part,
});

/** Whether an order concerns a waiter: what a driver takes does not. @param {Order} order */
const ours = (order) => order.type !== 'delivery';

/** @param {Order} order @param {Floor} floor */
const numberOf = (order, floor) => (order.table_id != null && floor.tables[order.table_id]?.number) || order.table_number || order.code || order.public_id;

/**
 * @param {Floor} floor @param {number} now the server's time
 * @param {number} [redMs] from when on food is late
 * @returns {Need[]}
 */
export function needs(floor, now, redMs = RED_MS) {
  const all = [...fromOrders(floor, now, redMs), ...fromTasks(floor), ...fromNotices(floor, now)];
  return all.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.since || 0) - (b.since || 0) || a.key.localeCompare(b.key));
}

/** @param {Floor} floor @param {number} now @param {number} redMs @returns {Need[]} */
function fromOrders(floor, now, redMs) {
  /** @type {Map<string, Need>} */
  const found = new Map();
  for (const order of Object.values(floor.orders).filter((one) => isLive(one) && ours(one))) {
    const number = numberOf(order, floor);
    /** @param {Kind} kind @param {number} since @param {{name: string, quantity: number}} [dish] */
    const add = (kind, since, dish) => {
      const key = `${kind} ${number}${kind === 'check' ? ` ${order.id}` : ''}`;
      const known = found.get(key) ?? need({ key, kind, number, since, table_id: order.table_id });
      if (!known.orders.includes(order.id)) known.orders = [...known.orders, order.id];
      if (dish) known.dishes = [...known.dishes, dish];
      if (since < known.since || Number.isNaN(known.since)) known.since = since;
      found.set(key, known);
    };
    const lines = order.items ?? [];
    if (order.status === 'new') {
      for (const line of lines) add('check', ms(order.created_at), line);
      const check = found.get(`check ${number} ${order.id}`);
      if (check) check.allergy = [...new Set([order.allergy_note, ...lines.map((line) => line.allergy)].filter((text) => text))].join(', ') || null;
      else add('check', ms(order.created_at));
      continue;
    }
    if (!order.items && order.status === 'ready') add('ready', ms(order.ready_at));
    for (const line of lines) {
      const state = stateOf(line, order);
      if (state === 'pass') add('ready', ms(line.ready_at ?? order.ready_at), line);
      const cooking = state === 'queued' || state === 'cooking' || state === 'unseen';
      const fired = ms(line.fired_at ?? order.confirmed_at ?? order.created_at);
      if (cooking && now - fired >= redMs) add('late', fired, line);
    }
  }
  return [...found.values()];
}

/** @param {Floor} floor @returns {Need[]} */
function fromTasks(floor) {
  return Object.values(floor.tasks)
    .filter((task) => task.status === 'open' || task.status === 'acknowledged')
    .map((task) => {
      const kind = task.kind === 'call_waiter' ? 'call' : task.kind === 'bill' ? 'bill' : 'task';
      const table = task.table_id == null ? undefined : floor.tables[task.table_id];
      const owed = kind === 'bill' && table?.session ? owedBy(floor, table.session.id) : null;
      // Given to somebody is not taken by them: they have it when they say so.
      const by = task.status === 'acknowledged' ? task.assignee_id : null;
      const notice = Object.values(floor.notices).find((one) => one.task_id === task.id);
      return need({
        key: `task ${task.id}`, kind, number: table?.number ?? task.table_number ?? '', since: ms(task.created_at), table_id: task.table_id,
        task_id: task.id, notice_id: notice?.notification_id ?? null, text: task.title, by, amount: owed,
      });
    });
}

/** Alerts and what is said to everybody, until somebody says "seen". @param {Floor} floor @param {number} now @returns {Need[]} */
function fromNotices(floor, now) {
  return Object.values(floor.notices)
    .filter((notice) => (notice.type === 'alert' || notice.type === 'broadcast') && !notice.acknowledged_at)
    .filter((notice) => !(now - ms(notice.created_at) > TOLD_MS))
    .map((notice) => need({
      key: `notice ${notice.notification_id}`, kind: 'told', number: notice.table_number ?? '', since: ms(notice.created_at),
      table_id: notice.table_id ?? null, notice_id: notice.notification_id, text: notice.message,
    }));
}

/** After this nobody needs to be told any more that the kitchen was out of rice. */
const TOLD_MS = 2 * 3_600_000;

/** @param {Floor} floor @param {number} session @returns {string|null} */
function owedBy(floor, session) {
  const orders = Object.values(floor.orders).filter((order) => order.session_id === session && order.status !== 'cancelled');
  return orders.length === 0 ? null : sum(orders.map((order) => order.balance));
}

/**
 * Which of them are shown to a waiter: those of their own tables, of tables that nobody has, and what is for all.
 * @param {Need[]} all @param {(table: number) => boolean} mine
 */
export const mineOf = (all, mine) => all.filter((one) => one.table_id == null || mine(one.table_id));

/**
 * Whose table it is: sections are attribution, not locks. A table whose waiter is known is theirs; else it is of whoever has the section;
 * else everybody's.
 * @param {Table|undefined} table @param {number} me @param {number[]} sections table ids that this waiter chose
 */
export function isMine(table, me, sections) {
  if (!table) return true;
  if (sections.includes(table.id)) return true;
  const waiter = table.session?.waiter_id ?? null;
  return waiter === me || (waiter === null && sections.length === 0);
}
