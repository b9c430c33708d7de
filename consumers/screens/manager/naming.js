// What a row says of an order: for whom, how it stands, what it costs. And the same as one sentence, for those who hear it.

import { at, firedAt, hasNoDriver, isMade, lateness, takes } from './bars.js';
import { codeOf } from './rows.js';

/** @typedef {import("./rows.js").Order} Order */
/** @typedef {(key: string, values?: Record<string, string | number | null | undefined>) => string} Say  the texts */
/** @typedef {{t: Say, money: (text: string) => string, clock: (ms: number) => string}} Words */
/** @typedef {{drivers: any[], tasks: any[], limits: import("./bars.js").Limits, now: number}} Around */

/** For whom it is. @param {Order} order @param {Around} around @param {Words} words */
export function who(order, { drivers }, { t }) {
  if (order.type === 'delivery') {
    const where = shortened(order.address) ?? order.customer_name ?? t('manager.delivery');
    const driver = drivers.find((one) => one.id === order.driver_id);
    const by = order.driver_id == null ? t('manager.noDriver') : (driver?.name ?? t('manager.driver'));
    return `${where} · ${by}`;
  }
  if (order.type === 'pickup' || order.type === 'counter') return [order.customer_name, t(`manager.type.${order.type}`)].filter(Boolean).join(' · ');
  const guests = order.guests_count ? t('manager.guests', { n: order.guests_count }) : null;
  const by = order.waiter_name ?? (order.source === 'qr' ? t('manager.qr') : null);
  return [guests, by].filter(Boolean).join(' · ') || t('manager.type.dine_in');
}

/** The first part of an address. @param {unknown} address */
function shortened(address) {
  const text = String(address ?? '')
    .split(/[,\n;]/)[0]
    .trim();
  return text || null;
}

/** How it stands: the tape's colour and its words. @param {Order} order @param {Around} around @param {Words} words @returns {{state: string | null, text: string}} */
export function standing(order, { tasks, limits, now }, { t, clock }) {
  const taken = (takes(order, now) ?? 0) * 1000;
  const late = lateness(order, limits, now);
  if (order.status === 'new') return { state: 'new', text: t('manager.is.new') };
  if (order.failed_at && order.status === 'out_for_delivery') return { state: 'late', text: t('manager.is.failed') };
  if (hasNoDriver(order)) return { state: late ?? 'ready', text: t('manager.is.noDriver', { clock: clock(taken) }) };
  if (isMade(order)) {
    if (late === 'late') return { state: 'late', text: t('manager.is.late', { clock: clock(taken) }) };
    const again = at(order.ready_at) !== null;
    const key = again ? 'addOn' : order.status === 'preparing' ? 'cooking' : 'sent';
    return { state: late, text: t(`manager.is.${key}`) };
  }
  if (order.status === 'ready') return { state: 'ready', text: t('manager.is.ready', { clock: clock(taken) }) };
  if (order.status === 'delivered') {
    const asked = tasks.some((task) => task.kind === 'bill' && order.table_id != null && task.table_id === order.table_id);
    return asked ? { state: 'ink', text: t('manager.is.bill') } : { state: null, text: t(`manager.is.${order.type === 'delivery' ? 'handed' : 'served'}`) };
  }
  if (order.status === 'cancelled') return { state: 'line', text: t('manager.is.cancelled') };
  return { state: null, text: t(`manager.is.${order.status}`) };
}

/** What it costs, and whether it is paid. @param {Order} order @param {Words} words */
export function sum(order, { t, money }) {
  const collect = order.type === 'delivery' && order.status !== 'cancelled' && Number(order.collect ?? 0) > 0;
  const paid = collect ? t('manager.cash') : t(`manager.paid.${order.status === 'cancelled' && order.payment_status === 'unpaid' ? 'none' : order.payment_status}`);
  return { amount: money(order.total_amount), paid };
}

/** All of it, as one name for the row's button: "12, late 14 minutes, unpaid 1,280.00". @param {Order} order @param {Around} around @param {Words} words */
export function said(order, around, words) {
  const { t } = words;
  const minutes = Math.floor((takes(order, around.now) ?? 0) / 60);
  const late = lateness(order, around.limits, around.now) === 'late';
  const state =
    late && isMade(order)
      ? t('manager.said.late', { n: minutes })
      : late
        ? t('manager.said.noDriver', { n: minutes })
        : standing(order, around, { ...words, clock: (ms) => t('manager.minutes', { n: Math.floor(ms / 60_000) }) }).text;
  const { amount, paid } = sum(order, words);
  return t('manager.said.row', { code: codeOf(order), state, paid, amount, who: who(order, around, words) });
}

/** When it was fired, for what sorts by it. @param {Order} order */
export function since(order) {
  return firedAt(order) ?? 0;
}
