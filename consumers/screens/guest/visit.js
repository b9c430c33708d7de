// @ts-check
/** A visit as its guests know it: who we are by the code on the table, the menu, the orders, what was asked for. It is kept on the phone, so the page opens without the server. */
import { recall, remember } from '../shared/device.js';
import { Maitred, Offline, Refusal, newer } from '../shared/maitred.js';
import { store } from '../shared/ui.js';

/** @typedef {{id: number, kind: 'call_waiter'|'bill', status: 'open'|'acknowledged', assignee: {id: number, name: string}|null}} Ask */
/** @typedef {{id: number, status: string, closed_at: string|null, started_at: string|null, guests_count: number, version: number, requests?: Ask[]}} SessionData */
/** @typedef {{id: number, name: string, price: string, kind?: string|null}} Modifier */
/** @typedef {{id?: number, name: string, min: number, max: number, modifiers: Modifier[]}} Choice */
/** @typedef {{id: number, name: string, description: string, category: string, price: string, is_available: boolean, allergens: string[], image_url: string|null, choices: Choice[], version: number, removed?: boolean}} Dish */
/** @typedef {{id: number, name: string, quantity: number, status: string, version: number}} Line */
/** @typedef {{id: number, code?: string, status: string, created_at: string, total_amount: string, cancel_reason: string|null, items?: Line[], source: string, version: number}} Order */
/**
 * @typedef {object} Visit
 * @property {'asking'|'open'|'free'|'invalid'|'closed'|'blocked'|'failed'} place where the guest stands
 * @property {any} [problem] what failed
 * @property {{id: number, number: string}|null} table
 * @property {import('../shared/session.js').Restaurant|null} restaurant
 * @property {SessionData|null} session
 * @property {Dish[]|null} menu in the menu's order
 * @property {Order[]|null} orders newest first
 */

/** What nobody tells the table's guests by an event (an order that a waiter adds) is read again this often. */
const AGAIN_MS = 15000;
/** Orders of a visit that are followed live: more are read with the others. */
const FOLLOWED = 8;
const OVER = /^(completed|cancelled)$/;

export class GuestVisit {
  /** @param {string} secret what the code says */
  constructor(secret) {
    this.secret = secret;
    const kept = recall(`guest.${secret}`);
    /** @type {import('../shared/ui.js').Store<Visit>} */
    this.state = store(/** @type {Visit} */ ({ place: 'asking', table: null, restaurant: null, session: null, menu: null, orders: null, ...kept?.shown }));
    /** @type {Maitred} */
    this.m = new Maitred({ token: kept?.token ?? null, name: 'guest', renew: () => this.#enter() });
    /** @type {string|null} */
    this.token = kept?.token ?? null;
    /** @type {Map<number, import('../shared/maitred.js').Channel>} */
    this.followed = new Map();
    /** @type {Map<number, Order>} */
    this.rows = new Map();
    this.kept = kept;
  }

  /** @param {Partial<Visit>} change */
  #set(change) {
    const now = { ...this.state.get(), ...change };
    this.state.set(now);
    const { place, table, restaurant, session, menu, orders } = now;
    // a visit that is over leaves nothing but the menu on the phone
    const shown = place === 'closed' ? { table, restaurant, menu } : { table, restaurant, session, menu, orders };
    remember(`guest.${this.secret}`, { token: place === 'closed' ? null : this.token, shown });
  }

  /** Enters with the code, and hears what happens. */
  async start() {
    this.m.authenticate((await this.#enter()) ?? this.token);
    const { place, session } = this.state.get();
    if (place !== 'open' || !session) return;
    this.timer = setInterval(() => document.visibilityState === 'visible' && this.readOrders().catch(() => {}), AGAIN_MS);
    this.channel = this.m.raw(`/ws/tables/sessions/${session.id}/`, {
      name: 'visit',
      load: () => this.#read(),
      event: (frame) => this.#hears(frame),
    });
    this.m.watch(({ why, state }) => {
      // 4403, 4404: this visit is not ours any more
      if (state === 'denied' && (why === 'gone' || why === 'forbidden')) this.#closed();
    });
  }

  /** @returns {Promise<string|null>} the visit's token, if the code opens one */
  async #enter() {
    try {
      const { body } = await asking().rest('POST', `/api/v1/qr/${encodeURIComponent(this.secret)}`);
      this.token = body.session_token;
      const other = body.session.id !== this.state.get().session?.id;
      this.#set({ place: 'open', problem: null, table: body.table, restaurant: body.restaurant, session: body.session, ...(other && { orders: null }) });
      return this.token;
    } catch (error) {
      this.#entered(error);
      return null;
    }
  }

  /** @param {any} error why the code opened nothing */
  #entered(error) {
    const { table, restaurant } = this.state.get();
    const { table_number: number, restaurant_name: name } = error.body ?? {};
    const known = { table: number ? { id: 0, number } : table, restaurant: restaurant ?? (name ? { id: 0, name, currency: '' } : null) };
    if (error.code === 'TABLE_FREE') this.#set({ ...known, place: this.kept?.token ? 'closed' : 'free', orders: null, session: null });
    else if (error.code === 'QR_INVALID' || error.code === 'NOT_FOUND') this.#set({ place: 'invalid', orders: null, session: null });
    else if (error.code === 'QR_BLOCKED') this.#set({ ...known, place: 'blocked' });
    else if (error instanceof Offline && this.kept?.token) this.#set({ place: 'open' });
    else this.#set({ place: 'failed', problem: error });
  }

  #closed(closed_at = /** @type {string|null} */ (null)) {
    const { session } = this.state.get();
    this.#set({ place: 'closed', orders: null, session: session && { ...session, status: 'closed', closed_at: closed_at ?? session.closed_at } });
    this.stop();
  }

  stop() {
    clearInterval(this.timer);
    for (const one of this.followed.values()) one.close();
    this.followed.clear();
    this.channel?.close();
  }

  async #read() {
    const { restaurant } = this.state.get();
    try {
      const [menu] = await Promise.all([this.#all(`/api/v1/menu?restaurant_id=${restaurant?.id}`), this.readOrders()]);
      this.#set({ menu });
    } catch (error) {
      if (error instanceof Refusal && error.status === 410) return this.#closed();
      throw error;
    }
  }

  /** All pages of a list. @param {string} path */
  async #all(path) {
    const all = [];
    for (let before = ''; ; ) {
      const { body } = await this.m.rest('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200${before}`);
      all.push(...body.items);
      if (!body.next || all.length > 2000) return all;
      before = `&before=${body.next}`;
    }
  }

  async readOrders() {
    const { session } = this.state.get();
    if (!session) return;
    const { body } = await this.m.rest('GET', `/api/v1/orders?session_id=${session.id}&limit=100`);
    this.rows = new Map(body.items.map((/** @type {Order} */ one) => [one.id, one]));
    this.#orders();
  }

  #orders() {
    const orders = [...this.rows.values()].sort((a, b) => b.id - a.id);
    this.#set({ orders });
    const live = orders.filter(({ status }) => !OVER.test(status)).slice(0, FOLLOWED);
    for (const { id } of live) if (!this.followed.has(id)) this.followed.set(id, this.m.raw(`/ws/orders/${id}/`, { name: `order-${id}`, event: (frame) => this.#order(id, frame) }));
    for (const [id, channel] of this.followed) {
      if (live.some((one) => one.id === id)) continue;
      channel.close();
      this.followed.delete(id);
    }
  }

  /** @param {number} id @param {any} frame */
  #order(id, { type, data }) {
    const row = this.rows.get(id);
    if (!row || !data || data.version < row.version) return;
    const items = type === 'order_items_update' ? data.items : row.items;
    this.rows.set(id, { ...row, status: data.canonical_status ?? row.status, total_amount: data.total_amount ?? row.total_amount, cancel_reason: data.cancel_reason ?? row.cancel_reason, items, version: data.version });
    this.#orders();
    // a change of its lines may come without them
    if (type !== 'order_items_update' && data.version > row.version) this.readOrders().catch(() => {});
  }

  /** @param {any} frame */
  #hears({ type, data }) {
    if (type === 'session_status' || type === 'session_update') {
      const { session } = this.state.get();
      if (session && data.version < session.version) return;
      if (data.status === 'closed' || data.closed_at) return this.#closed(data.closed_at);
      // the guests may have been moved to another table
      const table = data.table_number ? { id: data.table_id, number: data.table_number } : this.state.get().table;
      this.#set({ session: { ...session, ...data }, table });
    } else if (type === 'menu_update') {
      const menu = this.state.get().menu ?? [];
      const rows = new Map(menu.map((one) => [one.id, one]));
      if (newer(rows, data)) this.#set({ menu: [...rows.values()].filter((one) => !one.removed) });
    }
  }

  /** Orders: once, however often the same basket is sent with the same key. @param {object} body @param {string} key @returns {Promise<Order>} */
  async order(body, key) {
    const { restaurant, table } = this.state.get();
    try {
      const made = await this.m.rest('POST', '/api/v1/orders', { restaurant_id: restaurant?.id, table_id: table?.id, ...body }, { key });
      this.readOrders().catch(() => {});
      return made.body;
    } catch (error) {
      if (error instanceof Refusal && error.status === 410) this.#closed();
      if (error instanceof Refusal && error.code === 'SOLD_OUT') this.#read().catch(() => {});
      throw error;
    }
  }

  /** Calls a waiter, or asks for the bill. @param {Ask['kind']} kind */
  async ask(kind) {
    const { session } = this.state.get();
    const { body } = await this.m.rest('POST', `/api/v1/sessions/${session?.id}/requests`, { kind });
    this.#asked([...(this.state.get().session?.requests ?? []).filter((one) => one.kind !== kind), body]);
  }

  /** @param {Ask['kind']} kind */
  async unask(kind) {
    const { session } = this.state.get();
    await this.m.rest('DELETE', `/api/v1/sessions/${session?.id}/requests/${kind}`);
    this.#asked((this.state.get().session?.requests ?? []).filter((one) => one.kind !== kind));
  }

  /** @param {Ask[]} requests */
  #asked(requests) {
    const { session } = this.state.get();
    if (session) this.#set({ session: { ...session, requests } });
  }
}

/** A client for requests without a token. */
function asking() {
  const m = new Maitred({ name: 'guest-in' });
  m.close();
  return m;
}
