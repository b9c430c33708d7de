// What the manager's screen knows of the house, and how it stays true: read once, listened to from then on, and read again where a change touched it.

import { connect } from '../shared/connect.js';
import { Refusal } from '../shared/maitred.js';
import { store } from '../shared/ui.js';
import { EVERY_MS, GATHER_MS, Old } from './reading.js';
import * as readers from './readers.js';
import { bounded, dashboard } from './rows.js';
import { keep, kept } from './memory.js';

/** @typedef {import("./rows.js").Order} Order */
/** @typedef {import("./reading.js").Part} Part */
/**
 * @typedef {{orders: Map<number, Order>, tables: any[], zones: any[], sessions: any[], menu: any[], categories: any[], staff: any[], devices: any[], tasks: any[], drivers: any[], stations: any[],
 *   figures: any, settings: any, loaded: Set<string>, failed: Map<string, Refusal>, at: number}} Known
 * @typedef {ReturnType<typeof house>} House
 */

/** What the first page shows; the other lists are read when somebody looks at them. @type {Part[]} */
const FIRST = ['house', 'orders', 'tables', 'tasks', 'devices', 'figures'];
/** Screens say every half minute that they are there: asked for as often as makes their age true to a few seconds. Milliseconds. */
const DEVICES_MS = 10_000;

/** @returns {Known} */
function nothing() {
  return {
    orders: new Map(),
    tables: [],
    zones: [],
    sessions: [],
    menu: [],
    categories: [],
    staff: [],
    devices: [],
    tasks: [],
    drivers: [],
    stations: [],
    figures: null,
    settings: null,
    loaded: new Set(),
    failed: new Map(),
    at: 0,
  };
}

/** @param {import("../shared/session.js").Session} session @param {number} restaurant */
export function house(session, restaurant) {
  const m = connect('manager', session);
  const state = store(kept(restaurant, nothing()) ?? nothing());
  const old = new Old();
  /** Lists that somebody looks at, beside those of the first page. @type {Set<Part>} */
  const wanted = new Set(FIRST);
  let reading = false;
  /** When each list was read last. @type {Map<Part, number>} */
  const readAt = new Map();
  /** The order that somebody looks at. @type {number | null} */
  let looked = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let gathering;

  const put = (/** @type {Partial<Known>} */ what) => state.set((/** @type {Known} */ now) => ({ ...now, ...what, at: m.now() }));

  const read = async (/** @type {Part} */ part) => {
    try {
      const got = await readers.part(m, restaurant, part, state.get);
      const now = state.get();
      const failed = new Map(now.failed);
      failed.delete(part);
      put({ ...got, loaded: new Set([...now.loaded, part]), failed });
    } catch (error) {
      // Refused is an answer: the part says so in its place. No answer is the line's business, and asked again with it.
      if (!(error instanceof Refusal) || error.status === 401) throw error;
      put({ failed: new Map([...state.get().failed, [part, error]]) });
    }
  };

  const single = async (/** @type {number} */ id) => {
    const order = await readers.order(m, id, () => state.get().orders.get(id));
    const orders = new Map(state.get().orders);
    if (order) orders.set(id, order);
    else orders.delete(id);
    put({ orders: bounded(orders) });
  };

  /** One reading at a time: what becomes old meanwhile is read in the next. */
  const flush = async () => {
    gathering = undefined;
    if (reading) return;
    reading = true;
    const { parts, orders } = old.take();
    const now = performance.now();
    const due = parts.filter((part) => wanted.has(part) && now - (readAt.get(part) ?? -Infinity) >= (EVERY_MS[part] ?? 0));
    const early = parts.filter((part) => wanted.has(part) && !due.includes(part));
    if (parts.includes('lines') && looked !== null && !orders.includes(looked)) orders.push(looked);
    for (const part of due) readAt.set(part, now);
    if (early.length > 0) setTimeout(() => again(early), Math.max(...early.map((part) => (readAt.get(part) ?? 0) + (EVERY_MS[part] ?? 0) - now)));
    try {
      await Promise.all([...due.map(read), ...orders.map(single)]);
    } catch {
      // Without a line nothing can be read: it is old until the line is back, and then all of it is read.
      if (m.link.state !== 'lost') old.all(due);
      for (const id of orders) old.orders.add(id);
      await new Promise((done) => setTimeout(done, 1000));
    } finally {
      reading = false;
    }
    keep(restaurant, state.get());
    if (!old.isEmpty) gather();
  };
  const gather = () => {
    gathering ??= setTimeout(flush, GATHER_MS);
  };
  const again = (/** @type {Part[]} */ parts) => {
    old.all(parts);
    gather();
  };

  m.raw(`/ws/changes/?restaurant_id=${restaurant}`, {
    name: 'changes',
    async load() {
      await Promise.all([...wanted].map(read));
      keep(restaurant, state.get());
    },
    event(/** @type {any} */ frame) {
      if (frame.type !== 'change') return;
      old.add(frame);
      gather();
    },
  });
  // The dashboard's stream brings an order with its first frame, before any list is read again, and says whom it is for.
  m.raw(`/admin?restaurant_id=${restaurant}`, {
    name: 'dashboard',
    event(/** @type {any} */ frame) {
      const rows = frame.type === 'connection' ? (frame.orders ?? []) : frame.order ? [frame.order] : [];
      const orders = new Map(state.get().orders);
      let changed = false;
      for (const row of rows) {
        if (frame.type === 'connection' && !orders.has(row.id)) continue;
        const order = dashboard(orders.get(row.id), row);
        if (!order) continue;
        orders.set(row.id, order);
        changed = true;
      }
      if (changed) put({ orders: bounded(orders) });
    },
  });
  const timer = setInterval(() => {
    if (m.link.state === 'live' && document.visibilityState !== 'hidden') again(['devices', 'figures']);
  }, DEVICES_MS);

  return {
    m,
    restaurant,
    state,
    again,
    /** Reads a list that somebody looks at now, and keeps it true from then on. @param {Part[]} parts */
    want(parts) {
      const fresh = parts.filter((part) => !wanted.has(part) || state.get().failed.has(part));
      for (const part of parts) wanted.add(part);
      if (fresh.length > 0) again(fresh);
    },
    /** One order with its lines: now, and again whenever one of them changes. @param {number} id */
    look(id) {
      looked = id;
      return single(id);
    },
    unlook() {
      looked = null;
    },
    /**
     * Does something, and reads what it touched.
     * @param {string} method @param {string} path @param {unknown} body @param {Part[]} touches @param {{key?: string}} [options]
     */
    async act(method, path, body, touches, options) {
      try {
        const answer = await m.rest(method, path, body, options);
        return answer.body;
      } finally {
        again(touches);
      }
    },
    close() {
      clearInterval(timer);
      clearTimeout(gathering);
      m.close();
    },
  };
}
