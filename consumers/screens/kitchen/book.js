// The orders as the server tells them. The same events in any number of repetitions make the same book.

/**
 * @typedef {object} Item
 * @property {string} id
 * @property {string} name
 * @property {number} quantity
 * @property {import('./modifier.js').Modifier[]} modifiers
 * @property {string | null} notes
 * @property {string} status held, queued, preparing, ready, served, voided
 * @property {string | null} station
 * @property {number | null} seat
 * @property {number | null} course
 * @property {string | null} allergy
 * @property {number} batch
 * @property {string | null} fired_at
 * @property {number | null} [menu_item_id]
 * @property {string | null} [ready_at]
 * @property {string | null} [seen_at]
 * @property {string | null} [void_reason]
 * @property {string | null} [void_acked_at]
 * @property {string | null} [allergy_acked_at]
 * @property {number} version
 */

/**
 * @typedef {object} Order
 * @property {string} id
 * @property {string} order_number
 * @property {string | null} [code]
 * @property {string} status
 * @property {string} canonical_status
 * @property {string} type
 * @property {string | null} [table_number]
 * @property {Item[]} items
 * @property {string} created_at
 * @property {string | null} notes
 * @property {string | null} allergy_note
 * @property {string | null} [allergy]
 * @property {string | null} [cancel_acked_at]
 * @property {string | null} [allergy_acked_at]
 * @property {number} priority
 * @property {string | null} eta_at
 * @property {number | null} [guests_count]
 * @property {string | null} [waiter_name]
 * @property {string | null} [customer_name]
 * @property {string | null} [source]
 * @property {string | null} [seen_at]
 * @property {string | null} [recalled_at]
 * @property {string | null} [ready_at]
 * @property {string} [reason] why it was cancelled
 * @property {number} version
 */

/** What nobody in a kitchen needs any more. */
const OVER = ['out_for_delivery', 'delivered', 'completed'];

/** As many as `orders:sync` sends at most. What comes beyond is fetched by the next one. */
export const ORDERS_MAX = 1000;

export class Book {
  constructor() {
    /** @type {Map<string, Order>} */
    this.orders = new Map();
    /** The newest version of what left the book, so that a late event does not bring it back; of the last 1,000. @type {Map<string, number>} */
    this.left = new Map();
    /** What happened up to this number is in the book. */
    this.asOf = 0;
    /** The number of the last event of each order since then. @type {Map<string, number>} */
    this.heard = new Map();
  }

  /**
   * Takes the whole state, except of orders of which something later was heard already. What was cancelled and not confirmed stays: no list has it any more.
   * @param {Order[]} orders
   * @param {number} asOf
   * @returns {{came: string[], changed: string[], gone: string[]}} ids
   */
  take(orders, asOf) {
    const before = this.orders;
    /** @type {Map<string, Order>} */
    const after = new Map();
    const came = [];
    const changed = [];
    const isLater = (/** @type {string} */ id) => (this.heard.get(id) ?? 0) > asOf;
    for (const order of orders.slice(-ORDERS_MAX)) {
      if (OVER.includes(order.canonical_status) || (isLater(order.id) && !before.has(order.id))) continue;
      const known = before.get(order.id);
      // the same object where nothing is different: what was drawn of it stays drawn
      const isKept = known && (isLater(order.id) || same(known, order));
      if (!known) came.push(order.id);
      else if (!isKept) changed.push(order.id);
      after.set(order.id, isKept ? known : order);
    }
    const gone = [];
    for (const [id, order] of before) {
      if (after.has(id)) continue;
      if ((order.canonical_status === 'cancelled' && !order.cancel_acked_at) || isLater(id)) after.set(id, order);
      else gone.push(id);
    }
    for (const id of [...this.heard.keys()]) if (!isLater(id)) this.heard.delete(id);
    this.orders = after;
    this.asOf = Math.max(this.asOf, asOf);
    return { came, changed, gone };
  }

  /**
   * @param {string} name of the event
   * @param {any} data
   * @param {number} seq its number; 0: unknown
   * @returns {{id: string, what: 'came' | 'changed' | 'gone' | 'none' | 'unknown'}} unknown: something that hangs here was told of, and nobody told what it is: ask for all
   */
  hear(name, data, seq) {
    const id = data?.order?.id ?? data?.orderId ?? data?.id ?? '';
    const none = { id, what: /** @type {const} */ ('none') };
    if (seq && seq <= this.asOf) return none;
    if (seq && id) this.heard.set(id, seq);
    if (name === 'order:created') return this.#put(data);
    if (name === 'order:updated') return this.#put(data.order);
    if (name === 'order:status_changed') return this.#status(data);
    if (name === 'order:deleted') return this.#deleted(data);
    return none;
  }

  /** The cook has read that it is off. @param {string} id */
  forget(id) {
    const order = this.orders.get(id);
    if (order) this.#leave(id, order.version);
  }

  /** @param {Order} order */
  #put(order) {
    const id = order.id;
    const known = this.orders.get(id);
    if (this.#old(order)) return { id, what: /** @type {const} */ ('none') };
    if (OVER.includes(order.canonical_status) || (order.canonical_status === 'cancelled' && order.cancel_acked_at)) {
      this.#leave(id, order.version);
      return { id, what: known ? /** @type {const} */ ('gone') : /** @type {const} */ ('none') };
    }
    this.left.delete(id);
    this.orders.set(id, known && known.version === order.version ? { ...order, items: merge(known.items, order.items) } : order);
    return { id, what: known ? /** @type {const} */ ('changed') : /** @type {const} */ ('came') };
  }

  /** @param {{orderId: string, status: string, canonical_status: string, version: number}} data */
  #status(data) {
    const id = data.orderId;
    const known = this.orders.get(id);
    const over = OVER.includes(data.canonical_status);
    if (!known) {
      const late = (this.left.get(id) ?? 0) >= data.version;
      return { id, what: over || late || data.canonical_status === 'cancelled' ? /** @type {const} */ ('none') : /** @type {const} */ ('unknown') };
    }
    if (data.version < known.version) return { id, what: /** @type {const} */ ('none') };
    if (over) {
      this.#leave(id, data.version);
      return { id, what: /** @type {const} */ ('gone') };
    }
    this.orders.set(id, { ...known, status: data.status, canonical_status: data.canonical_status, version: data.version });
    return { id, what: /** @type {const} */ ('changed') };
  }

  /** Called off: it hangs, struck through, until somebody has read it. Only what nobody had fired is just gone. @param {{orderId: string, reason?: string, version: number}} data */
  #deleted(data) {
    const id = data.orderId;
    const known = this.orders.get(id);
    if (!known) return { id, what: /** @type {const} */ ('none') };
    if (!known.items.some((item) => item.fired_at && item.status !== 'voided')) {
      this.#leave(id, data.version);
      return { id, what: /** @type {const} */ ('gone') };
    }
    this.orders.set(id, { ...known, status: 'cancelled', canonical_status: 'cancelled', reason: data.reason ?? '', version: Math.max(known.version, data.version) });
    return { id, what: /** @type {const} */ ('changed') };
  }

  /** @param {Order} order */
  #old(order) {
    const known = this.orders.get(order.id);
    if (known) return order.version < known.version;
    return (this.left.get(order.id) ?? 0) > order.version;
  }

  /** @param {string} id @param {number} version */
  #leave(id, version) {
    this.orders.delete(id);
    this.left.delete(id);
    this.left.set(id, version);
    if (this.left.size > 1000) this.left.delete(/** @type {string} */ (this.left.keys().next().value));
  }
}

/** Two tellings of one state of the order's row: of each line the newer one. @param {Item[]} known @param {Item[]} told */
function merge(known, told) {
  const before = new Map(known.map((item) => [item.id, item]));
  return told.map((item) => {
    const old = before.get(item.id);
    return old && old.version > item.version ? old : item;
  });
}

/** Whether two tellings are of the same state: nothing changes without a version. @param {Order} a @param {Order} b */
function same(a, b) {
  if (a.version !== b.version || a.items.length !== b.items.length) return false;
  const at = new Map(a.items.map((item) => [item.id, item.version]));
  return b.items.every((item) => at.get(item.id) === item.version);
}
