// What a cook does. Each action is an entry of the outbox: it is stored before it is sent, and its effect shows at once.

import { GHOST_MS } from './grid.js';

/** @typedef {import('./wall.js').Wall} Wall */
/** @typedef {import('./wishes.js').Patch} Patch */
/** @typedef {import('./ticket.js').Line} Line */
/** @typedef {import('./ticket.js').Allergy} Allergy */

/** The name of the kitchen's channel: what it tells ends a wish. */
export const CHANNEL = 'kitchen';

export class Actions {
  /** @param {Wall} wall @param {{put: (wish: any) => Promise<any>, drop: (key: string) => boolean, flush: (key?: string) => any}} outbox */
  constructor(wall, outbox) {
    this.wall = wall;
    this.outbox = outbox;
  }

  /**
   * Ticks a line, or takes its tick back; a void is confirmed. The last open line is Done.
   * @param {string} id @param {Line} line
   * @returns {'' | 'allergy' | 'moved'} why nothing was done
   */
  tap(id, line) {
    const ticket = this.wall.tickets.get(id);
    if (!ticket || !this.#steady(id)) return 'moved';
    this.wall.touch(id);
    if (ticket.phase === 'cancelled') {
      this.#put('order:confirm', { orderId: id, what: 'void', ...this.#at() }, { order: id, lines: [], what: 'void' });
    } else if (line.state === 'void') {
      this.#put('item:confirm', { orderId: id, itemId: line.id, what: 'void' }, { order: id, lines: [line.id], what: 'void' });
    } else if (line.state === 'done') {
      if (!this.#takeBack(id, line.id, 'tick')) this.#item(id, line.id, 'preparing');
    } else {
      if (ticket.blocked === 'allergy') return 'allergy';
      if (ticket.open === 1 && !ticket.blocked) return this.done(id) === 'moved' ? 'moved' : '';
      this.wall.keep(line.id);
      if (!this.#takeBack(id, line.id, 'untick')) this.#item(id, line.id, 'ready');
    }
    return '';
  }

  /**
   * The ticket is done: sent in five seconds, at the next Done, or when the page comes back. At the pass, what is ready is handed over.
   * @param {string} id
   * @returns {'' | 'allergy' | 'void' | 'moved'}
   */
  done(id) {
    const ticket = this.wall.tickets.get(id);
    if (!ticket || !this.#steady(id) || ticket.undo) return 'moved';
    if (ticket.phase === 'cancelled') {
      const [first] = ticket.lines;
      if (first) this.tap(id, first);
      return '';
    }
    if (ticket.blocked) return ticket.blocked;
    this.wall.touch(id);
    this.#commit();
    if (ticket.phase === 'ready') {
      this.#put('order:update_status', { orderId: id, status: 'completed' }, { order: id, lines: [], what: 'hand' }, GHOST_MS);
      return '';
    }
    const itemIds = ticket.lines.filter((line) => line.state === 'open').map((line) => line.id);
    // the lines that the cook saw: what was added meanwhile stays open
    this.#put('order:bump', { orderId: id, itemIds, ...this.#at() }, { order: id, lines: itemIds, what: 'bump' }, GHOST_MS);
    return '';
  }

  /**
   * Takes a Done back: the newest one, or that of this order. What was sent already is called back.
   * @param {string} [id]
   * @returns {string} the order, or nothing
   */
  undo(id) {
    const { wall } = this;
    const own = [...wall.entries].reverse().find(({ patch }) => (patch?.what === 'bump' || patch?.what === 'hand') && (!id || patch.order === id));
    if (own && this.outbox.drop(own.key)) return own.patch.order;
    const ghost = id ? wall.grid.ghosts.get(id) : [...wall.grid.ghosts.values()].filter((one) => one.why === 'done').pop();
    if (!ghost) return '';
    this.recall(ghost.id);
    return ghost.id;
  }

  /** Back to the stove, where it hung before. @param {string} id @param {string[]} [lines] */
  recall(id, lines = []) {
    const known = this.wall.book.orders.get(id);
    const mine = lines.length ? lines : (known?.items ?? []).filter((item) => this.wall.sees || item.station === this.wall.station).map((item) => item.id);
    this.#put('order:recall', { orderId: id, ...this.#at(), ...(mine.length ? { itemIds: mine } : {}) }, { order: id, lines: mine, what: 'recall' });
    this.wall.grid.reorder();
  }

  /** @param {string} id @param {Allergy} allergy */
  confirm(id, allergy) {
    if (allergy.seen || !this.#steady(id)) return;
    this.wall.touch(id);
    if (!allergy.lines.length) this.#put('order:confirm', { orderId: id, what: 'allergy', ...this.#at() }, { order: id, lines: [], what: 'allergy' });
    for (const line of allergy.lines) this.#put('item:confirm', { orderId: id, itemId: line, what: 'allergy' }, { order: id, lines: [line], what: 'allergy' });
  }

  /** The first allergy that nobody confirmed. @param {string} id */
  confirmNext(id) {
    const next = this.wall.tickets.get(id)?.allergies.find((one) => !one.seen);
    if (next) this.confirm(id, next);
    return Boolean(next);
  }

  /** A cook begins. A ticket that was only placed is taken on first: the server goes one step at a time. @param {string} id */
  start(id) {
    const ticket = this.wall.tickets.get(id);
    if (!ticket || ticket.phase !== 'cook' || !this.#steady(id)) return;
    this.wall.touch(id);
    const from = ticket.order.canonical_status;
    const patch = { order: id, lines: [], what: /** @type {const} */ ('start') };
    if (this.wall.entries.some((one) => one.patch?.order === id)) return;
    if (from === 'pending') this.#put('order:update_status', { orderId: id, status: 'confirmed' }, patch);
    if (from === 'pending' || from === 'confirmed') this.#put('order:update_status', { orderId: id, status: 'preparing' }, patch);
  }

  /** Before all others, or in its turn again. @param {string} id */
  first(id) {
    const ticket = this.wall.tickets.get(id);
    if (ticket) this.#put('order:prioritize', { orderId: id, priority: ticket.first ? 0 : 1 }, { order: id, lines: [], what: 'first' });
  }

  /** The board calls again. @param {string} id */
  call(id) {
    this.#put('order:call', { orderId: id }, { order: id, lines: [], what: 'start' });
  }

  /** @param {number} dish @param {boolean} available @param {string} name */
  sell(dish, available, name) {
    return this.outbox.put({ via: CHANNEL, action: 'menu:availability', body: { menuItemId: dish, available }, label: { what: available ? 'back' : 'out', code: name }, patch: { dish, available }, on: CHANNEL });
  }

  /** The bump of one line. @param {string} id @param {string} line @param {'ready' | 'preparing'} status */
  #item(id, line, status) {
    this.#put('item:bump', { orderId: id, itemId: line, status }, { order: id, lines: [line], what: status === 'ready' ? 'tick' : 'untick' });
  }

  /** What was said and not sent is unsaid. @param {string} id @param {string} line @param {Patch['what']} what */
  #takeBack(id, line, what) {
    const all = this.wall.entries.filter(({ patch, state }) => state === 'waiting' && patch?.order === id && patch.lines.length === 1 && patch.lines[0] === line);
    const last = all[all.length - 1];
    return last?.patch.what === what && this.outbox.drop(last.key);
  }

  /** The Done before this one is meant: it is sent. */
  #commit() {
    for (const { key, patch, state } of this.wall.entries) if (state === 'waiting' && (patch?.what === 'bump' || patch?.what === 'hand')) this.outbox.flush(key);
  }

  /** Which station's lines are meant. */
  #at() {
    return { station: this.wall.station };
  }

  /** @param {string} id */
  #steady(id) {
    return this.wall.grid.steady(id, this.wall.now());
  }

  /** @param {string} action @param {any} body @param {Patch} patch @param {number} [after] milliseconds */
  #put(action, body, patch, after) {
    const code = this.wall.all.get(patch.order)?.code ?? '';
    this.outbox.put({ via: CHANNEL, action, body, patch, on: CHANNEL, after, label: { what: patch.what, code } }).catch((error) => this.wall.refused(error));
  }
}
