/** What can be done about an entry that the server refused. */

/** @typedef {import('./entries.js').Entry} Entry */

/**
 * @typedef {{say: string, amount?: string} & ({do: 'again', entry: Entry} | {do: 'manager'} | {do: 'bill', table: number} | {do: 'drop'})} Way
 * `say`: the word on its button
 */

/**
 * @param {{method?: string, path?: string, body?: any, label?: any, patch?: any, on?: string, about?: any, refusal?: {code: string, status: number, body?: any}}} entry
 * @returns {Way[]} at most one: whatever it is, it can also be left
 */
export function waysOn(entry) {
  const { code = '', body } = entry.refusal ?? {};
  const { method = 'POST', path = '', label, patch, on = 'floor', about } = entry;
  /** @param {string} say @param {Partial<Entry>} other @returns {Way} */
  const again = (say, other) => ({ say, do: 'again', entry: { method, path, body: entry.body, label, patch, on, about, ...other } });
  switch (code) {
    case 'VERSION_CONFLICT': {
      const { version: _, ...rest } = entry.body ?? {};
      return [again('anyway', { body: rest })];
    }
    case 'ITEM_IN_PREPARATION':
      return label?.say === 'void' ? [{ say: 'manager', do: 'manager' }] : [];
    case 'ORDER_CLOSED':
      // What comes after the order was handed over is a new one.
      if (label?.say !== 'send') return [];
      return [again('new_order', { method: 'POST', path: '/api/v1/orders', body: { restaurant_id: about?.restaurant, table_id: about?.table, items: entry.body?.items }, patch: patch && { ...patch, order: null } })];
    case 'SOLD_OUT':
    case 'ITEM_UNAVAILABLE': {
      const details = body?.details ?? body ?? {};
      const out = new Set((details.items ?? []).map((/** @type {any} */ one) => one.menu_item_id).concat(details.menu_item_id ?? []));
      const items = (entry.body?.items ?? []).filter((/** @type {any} */ item) => !out.has(item.menu_item_id));
      if (items.length === 0) return [];
      const left = new Set(items.map((/** @type {any} */ item) => item.uuid));
      const lines = (about?.lines ?? []).filter((/** @type {any} */ line) => left.has(line.uuid));
      const n = lines.reduce((/** @type {number} */ all, /** @type {any} */ line) => all + line.quantity, 0);
      const what = lines.map((/** @type {any} */ line) => `${line.quantity} ${line.name}`).join(', ');
      return [again('rest', { body: { ...entry.body, items }, label: { ...label, n, what }, patch: patch && { ...patch, lines }, about: { ...about, lines } })];
    }
    case 'BALANCE_CHANGED': {
      const balance = (body?.details ?? body)?.balance;
      const whole = about?.part?.amount === 'remaining' || (about?.part?.amount && about.part.amount === entry.body?.expected_balance);
      if (!balance || !whole || Number(balance) <= 0) return about?.table ? [{ say: 'bill', do: 'bill', table: about.table }] : [];
      return [{ ...again('take', { body: { ...entry.body, amount: 'remaining', expected_balance: balance }, label: { ...label, amount: balance } }), amount: balance }];
    }
    case 'OVERPAYMENT':
    case 'SHARE_PAID':
    case 'LINE_PAID':
    case 'UNPAID_ORDERS':
      return about?.table ? [{ say: 'bill', do: 'bill', table: about.table }] : [];
    case 'INVALID_TRANSITION':
    case 'NOTHING_TO_PAY':
    case 'SESSION_CLOSED':
    case 'TASK_STATE':
      // It is done already, or over: there is nothing to repeat.
      return [];
    default:
      return [again('again', {})];
  }
}
