/** What the buttons of the floor, the inbox and a table do: entries for the outbox, and a toast that says it. */
import { money, time } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { bodyOf, digest } from './model/basket.js';
import * as entries from './model/entries.js';
import { ofVisit } from './model/lines.js';
import { go } from './route.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./model/types.js').Floor} Floor */
/** @typedef {import('./model/types.js').Order} Order */
/** @typedef {import('./model/types.js').Line} Line */
/** @typedef {import('./model/types.js').Table} Table */
/** @typedef {import('./model/needs.js').Need} Need */

/** @param {Desk} desk */
const iso = (desk) => new Date(desk.service.m.now()).toISOString();

/** @param {Desk} desk @param {Need} need */
export function dismiss(desk, need) {
  const now = desk.service.m.now();
  desk.dismissed.set((all) => ({ ...Object.fromEntries(Object.entries(all).filter(([, at]) => now - at < 3_600_000)), [need.key]: now }));
}

/** @param {Desk} desk @param {{order: Order, line: Line}[]} rows @param {string} number */
export function serve(desk, rows, number) {
  return desk.put(entries.served(rows, number), { say: t('waiter.say.served_all', { table: number }), undo: true });
}

/** Everything of it that stands at the pass. @param {Desk} desk @param {Floor} floor @param {Need} need */
export function serveNeed(desk, floor, need) {
  const rows = need.orders.flatMap((id) => {
    const order = floor.orders[id];
    return (order?.items ?? []).filter((line) => line.status === 'ready').map((line) => ({ order: /** @type {Order} */ (order), line }));
  });
  return serve(desk, rows, need.number);
}

/** @param {Desk} desk @param {Floor} floor @param {Need} need @param {import('./model/types.js').Task['status']} status @param {number|null} who */
function task(desk, floor, need, status, who) {
  const found = need.task_id == null ? undefined : floor.tasks[need.task_id];
  return found ? [entries.task(found, status, who)] : [];
}

/** "I go": the others see it. @param {Desk} desk @param {Floor} floor @param {Need} need */
export const takeTask = (desk, floor, need) =>
  desk.put(task(desk, floor, need, 'acknowledged', desk.service.me.id), { say: t('waiter.say.going', { table: need.number }) });

/** @param {Desk} desk @param {Floor} floor @param {Need} need */
export const endTask = (desk, floor, need) =>
  desk.put(task(desk, floor, need, 'done', desk.service.me.id).map((entry) => ({ ...entry, after: entries.UNDO_MS })), { say: t('waiter.say.task_done', { table: need.number }), undo: true });

/** Whoever opens the bill that was asked for brings it. @param {Desk} desk @param {Floor} floor @param {Need} need */
export function goWithBill(desk, floor, need) {
  desk.put(task(desk, floor, need, 'acknowledged', desk.service.me.id));
  if (need.table_id != null) go({ view: 'bill', table: need.table_id });
}

/** @param {Desk} desk @param {Need} need */
export function seen(desk, need) {
  if (need.notice_id != null) desk.put([entries.seen(need.notice_id, desk.service.me.id, iso(desk), need.text)]);
}

/** @param {Desk} desk @param {Table} table @param {number} guests */
export async function seat(desk, table, guests) {
  const { service } = desk;
  const [key] = await desk.put([entries.seat(table, guests, service.me.id, iso(desk))]);
  if (!key) return;
  const answer = await service.m.outbox.settled(key).catch(() => null);
  const visit = answer?.body?.session;
  if (answer?.body?.joined && visit) desk.say(t('waiter.say.joined', { name: service.told.names[visit.waiter_id] ?? t('waiter.somebody'), at: time(visit.started_at) }));
}

/** @param {Desk} desk @param {Floor} floor @param {Table} table @param {import('./model/types.js').BasketLine[]} lines @param {boolean} hold */
export async function send(desk, floor, table, lines, hold) {
  const order = entries.openOrder(ofVisit(floor.orders, table.session?.id));
  const held = hold ? lines.map((line) => ({ ...line, hold: true })) : lines;
  const entry = entries.send({ table, restaurant: desk.service.restaurant, order, lines: held, at: iso(desk) });
  // The lines' own names make one key of one basket: a second tap, or a second page, is the same entry.
  const key = `send-${digest(JSON.stringify(held.map(bodyOf)))}-${lines[0]?.uuid ?? ''}`;
  const keys = await desk.put([{ ...entry, key }]);
  if (keys.length > 0) desk.changeBasket(table, (basket) => basket.filter((line) => !lines.some((one) => one.uuid === line.uuid)));
  return keys[0];
}

/** @param {Desk} desk @param {Table} table @param {{order: Order, line: Line}[]} rows that are held @param {string} what */
export function fire(desk, table, rows, what) {
  const orders = [...new Set(rows.map(({ order }) => order))];
  const all = orders.map((order) => entries.fire(order, rows.filter((row) => row.order === order && row.line.status === 'held').map(({ line }) => line), table.number, what));
  return desk.put(all.filter((entry) => (entry.label.n ?? 0) > 0), { say: t('waiter.say.fired', { what }) });
}

/** @param {Desk} desk @param {Table} from @param {Table} to @param {boolean} merge */
export async function move(desk, from, to, merge) {
  await desk.put([entries.move(from, to, merge)], { say: t(merge ? 'waiter.say.merged' : 'waiter.say.moved', { table: from.number, what: to.number }) });
  go({ view: 'table', table: to.id });
}

/** @param {Desk} desk @param {Table} table */
export async function close(desk, table) {
  const [key] = await desk.put([entries.close(table)], { say: t('waiter.say.freed', { table: table.number }) });
  if (key) go({ view: 'floor' });
}

/**
 * @param {Desk} desk @param {Table} table
 * @param {Parameters<typeof entries.pay>[1]} part @param {Parameters<typeof entries.pay>[2]} how
 */
export function pay(desk, table, part, how) {
  return desk.put([entries.pay(table, part, how)], { say: t(`waiter.say.paid.${how.method}`, { amount: money(how.shown) }) });
}
