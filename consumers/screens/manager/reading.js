// Which lists are read again after a change, and when.
//
// The change feed says which row is another one now, and nothing of what is in it. So what it touches is read again: one order by its id, a list as a whole; many changes at
// once are one reading. Nothing is read twice at the same time, and what changed while it was read is read once more.

/**
 * @typedef {"orders" | "tables" | "sessions" | "menu" | "staff" | "devices" | "tasks" | "figures" | "house"} Part  what can be read
 * @typedef {{entity: string, id: number, changed?: string[], op?: string}} Change
 */

/** @type {Record<string, Part[]>} */
const TOUCHES = {
  order: ['orders', 'figures'],
  order_item: ['orders', 'figures'],
  payment: ['orders', 'figures'],
  table: ['tables'],
  zone: ['tables'],
  session: ['sessions', 'tables', 'figures'],
  user: ['staff'],
  menu_item: ['menu'],
  task: ['tasks'],
  notification: ['tasks'],
  device: ['devices'],
  restaurant: ['house'],
  station: ['house'],
};

/** What a change makes old. @param {Change} change @returns {Part[]} */
export function touched(change) {
  return TOUCHES[change.entity] ?? [];
}

/** So many changes are waited for, in milliseconds: a rush of them is one reading, and nobody sees the wait. */
export const GATHER_MS = 250;
/** The figures of the day cost a look at the whole day: at most this often, in milliseconds. */
export const FIGURES_MS = 5_000;
/** Orders that are read one by one; if more of them changed the list is read as a whole. */
export const SINGLES_MAX = 6;

/** What is to be read next. */
export class Old {
  /** Nothing. */
  constructor() {
    /** @type {Set<Part>} */
    this.parts = new Set();
    /** @type {Set<number>} ids of orders */
    this.orders = new Set();
  }

  /** @param {Change} change */
  add(change) {
    for (const part of touched(change)) {
      if (part === 'orders' && change.entity === 'order') this.orders.add(change.id);
      else this.parts.add(part);
    }
    if (this.orders.size > SINGLES_MAX) {
      this.orders.clear();
      this.parts.add('orders');
    }
  }

  /** Everything, after a reset. @param {Part[]} parts */
  all(parts) {
    this.orders.clear();
    for (const part of parts) this.parts.add(part);
  }

  /** Takes what is to be read now. @returns {{parts: Part[], orders: number[]}} */
  take() {
    const taken = { parts: [...this.parts], orders: this.parts.has('orders') ? [] : [...this.orders] };
    this.parts.clear();
    this.orders.clear();
    return taken;
  }

  /** @returns {boolean} */
  get isEmpty() {
    return this.parts.size === 0 && this.orders.size === 0;
  }
}
