// What a manager has to decide now: orders that nobody drives, deliveries that failed, guests' orders that wait for approval, guests to whom nobody goes, screens that are silent.

import { USUAL, at, hasNoDriver } from './bars.js';
import { codeOf } from './rows.js';

/** @typedef {import("./rows.js").Order} Order */
/**
 * @typedef {{key: string, kind: "driver" | "failed" | "approve" | "unattended" | "task" | "silent", state: "late" | "new" | "warn", since: number, order?: Order, task?: any, device?: any, code?: string, driver?: any}} Decision
 * @typedef {{orders: Iterable<Order>, devices: any[], tasks: any[], drivers: any[], alertS: number | null, seen: Set<string>, now: number}} Situation
 */

/** An order may lie at the counter so long before somebody is asked about it; a driver usually takes it at once. Milliseconds. */
const ALONE_MS = 60_000;
/** Guests who called may wait so long until somebody says that they go. Milliseconds. */
const UNATTENDED_MS = 180_000;
/** What a task must weigh to be the manager's. */
const WEIGHTY = 4;
/** Seconds a screen may be silent, where the house says nothing else. */
const SILENT_S = 120;
const RANK = { late: 0, new: 1, warn: 2 };

/** @param {Situation} situation @returns {Decision[]} */
export function decisions({ orders, devices, tasks, drivers, alertS, seen, now }) {
  const free = drivers.filter((driver) => driver.status === 'available');
  const found = [...ofOrders(orders, free[0] ?? null, now), ...ofTasks(tasks, now), ...ofDevices(devices, alertS ?? SILENT_S, now)];
  const left = found.filter((decision) => !seen.has(decision.key));
  return left.sort((a, b) => RANK[a.state] - RANK[b.state] || a.since - b.since || (a.key < b.key ? -1 : 1));
}

/** @param {Iterable<Order>} orders @param {any} driver @param {number} now @returns {Decision[]} */
function ofOrders(orders, driver, now) {
  /** @type {Decision[]} */
  const found = [];
  for (const order of orders) {
    const code = codeOf(order);
    const ready = at(order.ready_at);
    if (order.failed_at && order.status === 'out_for_delivery') found.push({ key: `failed-${order.id}-${order.failed_at}`, kind: 'failed', state: 'late', since: at(order.failed_at) ?? now, order, code });
    else if (hasNoDriver(order) && ready !== null && now - ready >= ALONE_MS) {
      const state = now - ready >= USUAL.red_s * 1000 ? 'late' : 'warn';
      found.push({ key: `driver-${order.id}`, kind: 'driver', state, since: ready, order, code, driver });
    } else if (order.status === 'new') found.push({ key: `approve-${order.id}`, kind: 'approve', state: 'new', since: at(order.created_at) ?? now, order, code });
  }
  return found;
}

/** @param {any[]} tasks @param {number} now @returns {Decision[]} */
function ofTasks(tasks, now) {
  return tasks.flatMap((task) => ofTask(task, now));
}

/** @param {any} task @param {number} now @returns {Decision[]} */
function ofTask(task, now) {
  const since = at(task.created_at) ?? now;
  if (task.status !== 'open') return [];
  const guests = task.kind === 'call_waiter' || task.kind === 'bill';
  if (guests && now - since >= UNATTENDED_MS) return [{ key: `task-${task.id}`, kind: /** @type {const} */ ('unattended'), state: /** @type {const} */ ('late'), since, task, code: task.table_number ?? undefined }];
  // A failed delivery is told by its order, with what can be done about it.
  if (task.kind === 'custom' && task.priority >= WEIGHTY && task.order_id == null) return [{ key: `task-${task.id}`, kind: /** @type {const} */ ('task'), state: /** @type {const} */ ('warn'), since, task }];
  return [];
}

/** @param {any[]} devices @param {number} alertS @param {number} now @returns {Decision[]} */
function ofDevices(devices, alertS, now) {
  return devices.flatMap((device) => {
    const last = at(device.last_seen_at);
    if (device.online || last === null || now - last < alertS * 1000) return [];
    // Its silence is one decision: once it spoke in between, the next one is another.
    return [{ key: `silent-${device.id}-${device.last_seen_at}`, kind: /** @type {const} */ ('silent'), state: /** @type {const} */ ('warn'), since: last, device }];
  });
}
