/**
 * The floor as this phone knows it: three streams and the outbox, folded into one value that is drawn.
 * The streams say that something changed; what it is now is read. So a stream that is behind, doubled or reset cannot leave a wrong line.
 */
import { connect } from '../shared/connect.js';
import { Offline, Refusal, newKey } from '../shared/maitred.js';
import { store } from '../shared/ui.js';
import { absorb } from './model/absorb.js';
import * as floors from './model/floor.js';
import { predict } from './model/predict.js';
import { Reads } from './model/reads.js';

/** @typedef {import('./model/types.js').Floor} Floor */
/** @typedef {import('./model/types.js').Order} Order */
/** @typedef {import('./model/entries.js').Entry} Entry */

/** Orders whose lines a waiter may still have to do with. Completed ones are asked for apart: there are many. */
const OPEN = 'new,pending,confirmed,preparing,ready,delivered';
/** Of a list's pages (200 each): a restaurant with more open orders than this is none that one phone shows. */
const PAGES_MAX = 10;
/** No stream of the floor tells that a task ended or changed hands, or how many sit at a table: that is asked for (milliseconds). */
const ASK_MS = 5000;
/** The newest notices that a phone keeps. */
const NOTICES = 200;

export class Service {
  /** @param {import('../shared/session.js').Session & {user: import('../shared/session.js').User}} session */
  constructor(session) {
    this.me = session.user;
    this.restaurant = session.restaurant.id;
    // A person's token is not renewed by itself: they type their PIN.
    this.m = connect('waiter', session, { renew: async () => null });
    /** What the server told. */
    this.told = floors.empty();
    /** What is drawn: with what the outbox will make of it. @type {import('../shared/ui.js').Store<Floor>} */
    this.shown = store(this.told);
    /** Whether the floor was read at least once. @type {import('../shared/ui.js').Store<boolean>} */
    this.loaded = store(false);
    /** What of the house a phone shows. @type {import('../shared/ui.js').Store<House>} */
    this.house = store(/** @type {House} */ ({ redMs: null, managers: [], waiters: [] }));
    /** @type {Set<string>} keys of entries whose answer shows all that their patch shows */
    this.covered = new Set();
    /** @type {Set<string>} keys of entries whose end is awaited */
    this.awaited = new Set();
    /** Patches of payments that were taken, until their orders were read. @type {Map<string, import('./model/predict.js').Patch>} */
    this.lingering = new Map();
    this.reads = new Reads((ref) => this.readOrder(ref), (ref) => String(Object.values(this.told.orders).find((order) => order.uuid === ref)?.id ?? ref));
    this.m.outbox.watch(() => this.follow());
    this.m.outbox.ready.then(() => this.follow());
    this.m.watch((link) => link.state === 'live' && this.reads.again());
    this.listen();
    this.asking = setInterval(() => this.m.link.state === 'live' && this.reads.once('changes', () => this.readChanges()), ASK_MS);
  }

  listen() {
    const { m, restaurant } = this;
    // Every change of an order or of a line, also the cooks'.
    m.socketIo('/kitchen/socket.io/', {
      name: 'floor',
      load: async (channel) => {
        await channel.emit('join:restaurant', restaurant);
        await this.readOrders();
      },
      event: (name, data) => this.orderEvent(name, data),
    });
    m.raw(`/ws/restaurants/${restaurant}/`, { name: 'house', load: () => this.readHouse(), event: (frame) => this.houseEvent(frame) });
    m.raw(`/ws/restaurants/${restaurant}/notifications/`, { name: 'told', load: () => this.readInbox(), event: (frame) => this.inboxEvent(frame) });
  }

  /** @param {(floor: Floor) => Floor} change */
  tell(change) {
    const next = change(this.told);
    if (next === this.told) return;
    this.told = next;
    this.draw();
  }

  draw() {
    const patches = this.m.outbox.entries
      .filter((entry) => entry.patch && entry.state !== 'refused' && !this.covered.has(entry.key))
      .map((entry) => entry.patch);
    this.shown.set(predict(this.told, [...this.lingering.values(), ...patches]));
  }

  /** The outbox changed: waits for the end of what is new in it. */
  follow() {
    for (const { key, ...entry } of this.m.outbox.entries) {
      if (this.awaited.has(key)) continue;
      this.awaited.add(key);
      this.m.outbox.settled(key).then((answer) => this.settled(key, entry, answer.body), () => this.draw()).finally(() => this.awaited.delete(key));
    }
    for (const key of this.covered) if (!this.m.outbox.entries.some((entry) => entry.key === key)) this.covered.delete(key);
    this.draw();
  }

  /** @param {string} key @param {any} entry @param {any} answer */
  settled(key, entry, answer) {
    const { floor, covered } = absorb(this.told, entry, answer);
    if (covered) this.covered.add(key);
    this.told = floor;
    const { patch } = entry;
    if (patch?.kind === 'paid') {
      this.lingering.set(key, patch);
      const orders = Object.keys(patch.balances);
      Promise.all(orders.map((id) => this.reads.read(id))).finally(() => {
        this.lingering.delete(key);
        this.draw();
      });
    }
    this.draw();
  }

  /** @param {Entry} entry @returns {Promise<string>} its key, when it is stored */
  async put(entry) {
    const stored = await this.m.outbox.put(entry);
    return stored.key;
  }

  /** What may not wait: asked for now, or not at all. @param {string} method @param {string} path @param {unknown} [body] @param {string} [key] */
  async ask(method, path, body, key) {
    const answer = await this.m.rest(method, path, body, method === 'GET' ? {} : { key: key ?? newKey() });
    if (method !== 'GET') {
      this.tell((floor) => absorb(floor, { path }, answer.body).floor);
    }
    return answer.body;
  }

  // ---------------------------------------------------------------- reading

  /** @param {string} path with its query @returns {Promise<any[]>} all pages of a list */
  async list(path, pages = PAGES_MAX) {
    const all = [];
    let before = '';
    for (let page = 0; page < pages; page++) {
      const { body } = await this.m.rest('GET', `/api/v1/${path}${path.includes('?') ? '&' : '?'}limit=200${before}`);
      all.push(...body.items);
      if (body.next == null) break;
      before = `&before=${body.next}`;
    }
    return all;
  }

  /** @param {string} path @returns {Promise<any[]>} a list that is never long */
  async whole(path) {
    const { body } = await this.m.rest('GET', `/api/v1/${path}`);
    return body.items;
  }

  async readHouse() {
    const [tables, menu, names, stations] = await Promise.all([
      this.list('tables'), this.list('menu'), this.whole('staff/names').catch(passing([])), this.whole('stations').catch(passing([])),
    ]);
    const waiters = await (names.length ? names : this.list('waiters'));
    this.tell((floor) => floors.replace(floor, { tables, menu, names: Object.fromEntries(waiters.map((/** @type {any} */ one) => [one.id, one.name])) }));
    const cooking = stations.filter((/** @type {any} */ one) => !one.is_expo).map((/** @type {any} */ one) => one.red_s * 1000);
    const of = (/** @type {string} */ role) => names.filter((/** @type {any} */ one) => one.role === role);
    this.house.set({ redMs: cooking.length ? Math.min(...cooking) : null, managers: of('manager'), waiters: of('waiter') });
    this.loaded.set(true);
  }

  async readOrders() {
    const [tables, open, [done]] = await Promise.all([
      this.list('tables'), this.list(`orders?status=${OPEN}`), Promise.all([this.list('orders?status=completed', 1)]),
    ]);
    const visits = new Set(tables.map((table) => table.session?.id).filter((id) => id != null));
    const ours = (/** @type {Order} */ order) => order.session_id == null ? order.status !== 'delivered' : visits.has(order.session_id);
    const orders = [...open, ...done.filter((/** @type {Order} */ order) => order.session_id != null)].filter(ours);
    this.tell((floor) => floors.replace(floor, { tables, orders }));
    // A list has no lines.
    await Promise.all(orders.map((order) => this.reads.read(String(order.id))));
  }

  async readInbox() {
    const [tasks, notices] = await Promise.all([this.list('tasks?live=true'), this.m.rest('GET', `/api/v1/notifications?limit=${NOTICES}`)]);
    const typed = notices.body.items.map((/** @type {any} */ one) => ({ ...one, type: typeOf(one) }));
    this.tell((floor) => floors.replace(floor, { tasks, notices: typed }));
  }

  async readChanges() {
    const [tasks, tables] = await Promise.all([this.list('tasks?live=true'), this.list('tables')]);
    this.tell((floor) => floors.replace(floor, { tasks, tables }));
  }

  /** @param {string} ref number or uuid */
  async readOrder(ref) {
    try {
      const { body } = await this.m.rest('GET', `/api/v1/orders/${ref}`);
      this.tell((floor) => floors.putOrder(floor, body));
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) this.tell((floor) => floors.dropOrder(floor, idOf(floor, ref)));
      // Not reached: it is read again when the connection is back.
      else if (error instanceof Offline || (error instanceof Refusal && error.passes)) return false;
      else throw error;
    }
    return true;
  }

  // ---------------------------------------------------------------- hearing

  /** @param {string} name @param {any} data */
  orderEvent(name, data) {
    if (name === 'orders:batch_update') for (const one of data) this.orderEvent(one.event, one.data);
    else if (name === 'order:created') this.reads.read(data.id);
    else if (name === 'order:updated') this.reads.read(data.order.id);
    else if (name === 'order:status_changed') this.reads.read(data.orderId);
    else if (name === 'order:deleted') this.reads.read(data.orderId);
  }

  /** @param {{type: string, data: any}} frame */
  houseEvent({ type, data }) {
    if (type === 'table_update') this.tableEvent(data);
    else if (type === 'menu_update') this.menuEvent(data);
    else if (type === 'broadcast') this.tell((floor) => floors.putNotice(floor, { ...data, type }));
  }

  /** @param {any} data */
  tableEvent(data) {
    if (data.deleted) {
      this.tell((floor) => floors.replace(floor, { tables: Object.values(floor.tables).filter((table) => table.id !== data.id) }));
      return;
    }
    const before = this.told.tables[data.id]?.session?.id;
    this.tell((floor) => floors.putTable(floor, data));
    // Guests came, went or moved: their orders, and what they asked for, may be elsewhere.
    if (data.session?.id === before) return;
    for (const order of Object.values(this.told.orders)) if (order.table_id === data.id || order.session_id === data.session?.id) this.reads.read(order.uuid);
    this.reads.once('inbox', () => this.readInbox());
  }

  /** @param {any} dish */
  menuEvent(dish) {
    if (dish.removed) return this.tell((floor) => ({ ...floor, menu: floor.menu.filter((one) => one.id !== dish.id) }));
    if (this.told.menu.some((one) => one.id === dish.id)) return this.tell((floor) => floors.putDish(floor, dish));
    this.tell((floor) => ({ ...floor, menu: [...floor.menu, dish] }));
  }

  /** @param {{type: string, data: any}} frame */
  inboxEvent({ type, data }) {
    if (type === 'menu_update') return this.menuEvent(data);
    if (type === 'kitchen_update') return this.reads.read(String(data.order_id));
    if (type === 'notification_acknowledged' || type.endsWith('_notification') || type === 'alert' || type === 'broadcast') {
      this.tell((floor) => floors.putNotice(floor, type === 'notification_acknowledged' ? data : { ...data, type }));
    }
    // A task has no event of its own: whoever takes or ends one is told as a notice.
    if (type === 'task_notification' || type === 'notification_acknowledged' || type === 'task_update') this.reads.once('inbox', () => this.readInbox());
  }

  close() {
    clearInterval(this.asking);
    this.m.close();
  }
}

/** @typedef {{redMs: number|null, managers: {id: number, name: string}[], waiters: {id: number, name: string}[]}} House */

/** What a house may not serve, without which the floor is shown all the same. @template T @param {T} instead */
const passing = (instead) => (/** @type {unknown} */ error) => {
  if (error instanceof Refusal && (error.status === 404 || error.status === 403 || error.status === 401)) return instead;
  throw error;
};

/** Lists do not say what kind a notice is: what it is about does. @param {any} notice */
function typeOf(notice) {
  if (notice.payment_id != null) return 'payment_notification';
  if (notice.task_id != null) return 'task_notification';
  if (notice.event === 'broadcast') return 'broadcast';
  if (['urgent', 'warning', 'info'].includes(notice.event)) return 'alert';
  return 'order_notification';
}

/** @param {Floor} floor @param {string} ref */
const idOf = (floor, ref) => Object.values(floor.orders).find((order) => order.uuid === ref || String(order.id) === ref)?.id ?? -1;
