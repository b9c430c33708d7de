// The wall: what the server told, what this screen said meanwhile, and which ticket of it hangs where. It draws nothing and speaks with nobody.

import { Book } from './book.js';
import { count, held, late } from './counts.js';
import { Grid } from './grid.js';
import { news } from './news.js';
import { hangs, ticket } from './ticket.js';
import { touched, wishes } from './wishes.js';

/** @typedef {import('./ticket.js').Ticket} Ticket */
/** @typedef {import('./news.js').News} News */
/** @typedef {import('./book.js').Order} Order */
/** @typedef {{id: number, code: string, name: string, is_expo: boolean, amber_s: number, red_s: number}} Station */
/** @typedef {{id: string, message: string, severity: number, until: number, error?: any}} Alert `until`: milliseconds since 1970; Infinity: until it is touched; `error`: its own words are said instead of `message` */
/** @typedef {import('./wishes.js').Entry & {state: 'waiting' | 'sending' | 'acked' | 'refused', due?: number, answer?: any, refusal?: {code: string, status: number, message: string}}} Entry */

/** A ticked line keeps its place for so long, milliseconds; a line that was refused says so as long. */
export const KEEP_MS = 5000;
/** An alert that is not urgent goes by itself, milliseconds. */
const ALERT_MS = 15000;
/** More than this nobody reads: the oldest goes. */
const ALERTS_MAX = 20;
/** Samples of how long a dish took. */
const TIMED_MAX = 200;
/** What a restaurant has that wrote down no stations. @type {Station[]} */
export const USUAL = [
  { id: 0, code: 'kitchen', name: 'Kitchen', is_expo: false, amber_s: 300, red_s: 600 },
  { id: 0, code: 'bar', name: 'Bar', is_expo: false, amber_s: 180, red_s: 360 },
  { id: 0, code: 'expo', name: 'Pass', is_expo: true, amber_s: 300, red_s: 600 },
];

export class Wall {
  /** @param {{dims: import('./grid.js').Dims, station: string, now: () => number, isTall?: (ticket: Ticket) => boolean}} options */
  constructor({ dims, station, now, isTall = () => false }) {
    this.now = now;
    this.isTall = isTall;
    this.station = station;
    this.book = new Book();
    this.grid = new Grid(dims);
    /** Of all orders of this station. @type {Map<string, Ticket>} */
    this.all = new Map();
    /** Those that hang. @type {Map<string, Ticket>} */
    this.tickets = new Map();
    /** Where each hangs in time: when its oldest dish was fired as it came. @type {Map<string, number>} */
    this.keys = new Map();
    /** Nobody touched them yet. @type {Set<string>} */
    this.fresh = new Set();
    /** Lines that were ticked a moment ago, until when they keep their place. @type {Map<string, number>} */
    this.kept = new Map();
    /** @type {Entry[]} */
    this.entries = [];
    this.isCut = false;
    /** @type {Station[]} */
    this.stations = USUAL;
    /** @type {Alert[]} */
    this.alerts = [];
    /** Milliseconds that dishes took, by line. @type {Map<string, number>} */
    this.timed = new Map();
    /** Tickets that came while the connection was lost. @type {Set<string>} */
    this.missed = new Set();
    /** Whether there was any state at all; what is heard before it waits for it. */
    this.isLoaded = false;
    /** @type {[string, any, {seq?: number, missed?: boolean}][]} */
    this.early = [];
    /** Tickets with lines that no screen has told to have drawn. @type {Set<string>} */
    this.unseen = new Set();
    /** Dishes that are open, by name, and how often that changed. @type {Map<string, number>} */
    this.sums = new Map();
    this.counted = 0;
    /** @type {Set<(news: News[], isLaid: boolean) => void>} */
    this.watchers = new Set();
    /** Who draws a ticket: told when that one is another. @type {Map<string, () => void>} */
    this.cards = new Map();
    /** Rises with everything that is drawn anew. */
    this.revision = 0;
  }

  /** Tickets that are others since that was told. @type {Set<string>} */
  #changed = new Set();
  /** What hangs where is different, or anything but a ticket. */
  #isLaid = true;

  /** @param {(news: News[], isLaid: boolean) => void} watcher `isLaid`: more than single tickets changed @returns {() => void} */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Where it stands. */
  get place() {
    return this.stations.find((one) => one.code === this.station) ?? USUAL.find((one) => one.code === this.station) ?? USUAL[0];
  }

  /** Whether it sees the dishes of all stations. */
  get sees() {
    return this.place.is_expo || this.station === 'expo' || this.station === 'pos';
  }

  /** Open dishes by name, the most first. */
  get allDay() {
    return [...this.sums].map(([name, n]) => ({ name, n })).sort((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1));
  }

  get held() {
    return held(this.all.values());
  }

  /** How many tickets wait longer than they should. @param {number} now */
  late(now) {
    return late(this.tickets.values(), now, this.place);
  }

  /** How long a dish took lately, milliseconds, or 0. */
  get average() {
    let sum = 0;
    for (const ms of this.timed.values()) sum += ms;
    return this.timed.size ? sum / this.timed.size : 0;
  }

  /**
   * The whole state. At the first time new is what no screen of the kitchen has seen; later, what was not here.
   * @param {Order[]} orders
   * @param {number} asOf
   * @param {{missed?: boolean}} [how] missed: it came while the connection was lost
   */
  load(orders, asOf, { missed = false } = {}) {
    const isFirst = !this.isLoaded;
    const { came, changed, gone } = this.book.take(orders, asOf);
    this.isLoaded = true;
    for (const order of orders) this.#time(order);
    const told = this.#draw([...came, ...changed, ...gone], true);
    const isNew = (/** @type {News} */ one) => (one.kind === 'new' || one.kind === 'add') && (!isFirst || one.ticket.order.seen_at === null);
    const fresh = told.filter(isNew);
    this.#mark(fresh, missed);
    // what was missed is said once, by the banner
    this.#tell(missed ? [] : isFirst ? fresh : told);
    for (const [name, data, about] of this.early.splice(0)) this.hear(name, data, about);
  }

  /** @param {string} name @param {any} data @param {{seq?: number, missed?: boolean}} about @returns {boolean} false: something hangs here that nobody told: the whole state is needed */
  hear(name, data, { seq = 0, missed = false } = {}) {
    if (!this.isLoaded) {
      // at most what one connection holds back while it reads the state
      if (this.early.length < 5000) this.early.push([name, data, { seq, missed }]);
      return true;
    }
    const all = name === 'orders:batch_update' ? data : [{ event: name, data }];
    const ids = new Set();
    let known = true;
    for (const { event, data: of } of all) {
      if (event === 'kitchen:alert') this.#alert(of);
      const { id, what } = this.book.hear(event, of, seq);
      if (what === 'unknown') known = false;
      else if (what !== 'none') ids.add(id);
      if (of?.order) this.#time(of.order);
    }
    if (ids.size) {
      const told = this.#draw(ids);
      this.#mark(told.filter((one) => one.kind === 'new' || one.kind === 'add'), missed);
      this.#tell(missed ? [] : told);
    } else if (all.some((/** @type {any} */ one) => one.event === 'kitchen:alert')) this.#tell([], true);
    return known;
  }

  /** What waits in the outbox. @param {Entry[]} entries */
  outbox(entries) {
    const ids = touched([...this.entries, ...entries]);
    // an order that was off and is confirmed has left: nobody may tell anything of it any more
    for (const one of this.entries) if (isCleared(one, entries)) this.book.forget(one.patch.order);
    // the outbox changes its entries in place: what is compared with later is their order now
    this.entries = [...entries];
    this.#draw(ids);
    this.#tell([], true);
  }

  /** @param {boolean} isCut */
  cut(isCut) {
    if (isCut === this.isCut) return;
    this.isCut = isCut;
    if (isCut) this.missed.clear();
    this.#draw(touched(this.entries));
    this.#tell([], true);
  }

  /** Stands at another station: what hung before is not there any more. @param {string} station */
  stand(station) {
    this.station = station;
    this.book = new Book();
    this.grid = new Grid(this.grid.dims);
    for (const one of [this.all, this.tickets, this.keys, this.fresh, this.kept, this.timed, this.missed, this.sums, this.unseen]) one.clear();
    this.#isLaid = true;
    this.isLoaded = false;
    this.early = [];
    this.#tell([], true);
  }

  /** Somebody touched it: it is not new any more. @param {string} id */
  touch(id) {
    if (!this.fresh.delete(id)) return;
    this.#draw([id]);
    this.#tell([]);
  }

  /** @param {string} line */
  keep(line) {
    this.kept.set(line, this.now() + KEEP_MS);
  }

  /** @param {Station[]} stations */
  placed(stations) {
    if (!stations?.length) return;
    this.stations = stations;
    this.redraw();
  }

  /** Everything anew: another size, other limits. */
  redraw() {
    this.#isLaid = true;
    this.#draw(this.book.orders.keys(), true);
    this.#tell([], true);
  }

  /** How long dishes took that are done already. @param {Order[]} orders */
  recent(orders) {
    for (const order of orders) this.#time(order);
    this.#tell([]);
  }

  /** @param {string} id */
  dismiss(id) {
    this.alerts = this.alerts.filter((one) => one.id !== id);
    this.#tell([], true);
  }

  /**
   * What time does. @param {boolean} isTouched a finger is down: nothing may move
   * @returns {string[]} keys of refused entries that were shown long enough
   */
  tick(isTouched) {
    const now = this.now();
    let isNew = false;
    const before = this.alerts.length;
    this.alerts = this.alerts.filter((one) => one.until > now);
    if (this.alerts.length !== before) isNew = true;
    if (!isTouched) {
      const over = [...this.kept].filter(([, until]) => until <= now).map(([line]) => line);
      if (over.length) {
        for (const line of over) this.kept.delete(line);
        const ids = [...this.all.values()].filter((one) => one.lines.some((line) => over.includes(line.id))).map((one) => one.id);
        this.#draw(ids);
        isNew = true;
      }
      if (this.grid.due(now)) {
        this.grid.close(now);
        isNew = true;
      }
    }
    if (isNew) this.#tell([], true);
    return this.entries.filter((one) => one.state === 'refused' && now - this.#refusedAt(one) >= KEEP_MS).map((one) => one.key);
  }

  /** Something could not even be kept. @param {{code?: string, message?: string}} error */
  refused(error) {
    const id = `refused ${error.code ?? ''}`;
    this.alerts = [...this.alerts.filter((one) => one.id !== id), { id, message: '', error, severity: 3, until: this.now() + ALERT_MS }].slice(-ALERTS_MAX);
    this.#tell([], true);
  }

  /** @type {Map<string, number>} */
  #refused = new Map();

  /** When it was seen refused: the entry does not say. @param {Entry} entry */
  #refusedAt(entry) {
    const at = this.#refused.get(entry.key) ?? this.now();
    this.#refused.set(entry.key, at);
    if (this.#refused.size > 400) this.#refused.delete(/** @type {string} */ (this.#refused.keys().next().value));
    return at;
  }

  /** The outbox' key of a Done that can be taken back, by order. */
  #undo() {
    /** @type {Map<string, string>} */
    const all = new Map();
    for (const { key, patch, state } of this.entries) {
      if (state === 'waiting' && (patch?.what === 'bump' || patch?.what === 'hand')) all.set(patch.order, key);
    }
    return all;
  }

  /** @param {Iterable<string>} ids of orders that may look different now @param {boolean} [isMoved] what hangs where is looked at in any case @returns {News[]} */
  #draw(ids, isMoved = false) {
    const view = { station: this.station, sees: this.sees, wishes: wishes(this.entries, this.isCut), kept: new Set(this.kept.keys()) };
    const undo = this.#undo();
    const told = [];
    for (const id of ids) {
      const order = this.book.orders.get(id);
      const of = { ...view, fresh: this.fresh.has(id), undo: undo.get(id) };
      const after = order ? ticket(order, of, this.all.get(id)) : null;
      const before = this.tickets.get(id);
      if (after) this.all.set(id, after);
      else this.all.delete(id);
      const is = hangs(after, of) ? after : undefined;
      if (is) {
        this.tickets.set(id, is);
        if (!this.keys.has(id)) this.keys.set(id, is.since);
        if (before && before.first !== is.first) this.grid.reorder();
        const one = news(before, is);
        if (one) told.push(one);
      } else this.tickets.delete(id);
      if (is?.unseen) this.unseen.add(id);
      else this.unseen.delete(id);
      if (count(this.sums, before, is)) this.counted += 1;
      if (this.#hangsElsewhere(before, is)) isMoved = true;
      this.#changed.add(id);
    }
    if (!isMoved) return told;
    this.#isLaid = true;
    for (const id of this.keys.keys()) if (!this.book.orders.has(id)) this.keys.delete(id);
    for (const id of this.fresh) if (!this.tickets.has(id)) this.fresh.delete(id);
    const hung = [...this.tickets.values()].map((one) => ({ id: one.id, code: one.code, key: this.keys.get(one.id) ?? one.since, first: one.first, tall: this.isTall(one) }));
    const mine = touched(this.entries);
    this.grid.hang(hung, this.now(), (id) => (mine.has(id) ? 'done' : 'elsewhere'));
    return told;
  }

  /** Whether the grid must know. What is in the rail is drawn with it. @param {Ticket | undefined} before @param {Ticket | undefined} after */
  #hangsElsewhere(before, after) {
    if (!before || !after) return before !== after;
    const isRailed = !this.grid.cells.has(after.id);
    return before.code !== after.code || before.first !== after.first || this.grid.ghosts.has(after.id) || (isRailed && before.since !== after.since) || before.held.length !== after.held.length || this.isTall(before) !== this.isTall(after);
  }

  /** @param {News[]} fresh @param {boolean} missed */
  #mark(fresh, missed) {
    if (!fresh.length) return;
    for (const { ticket: one } of fresh) {
      this.fresh.add(one.id);
      if (missed) this.missed.add(one.id);
    }
    this.#draw(fresh.map(({ ticket: one }) => one.id));
  }

  /** @param {any} data */
  #alert(data) {
    const { id, message, severity } = data;
    if (this.alerts.some((one) => one.id === id)) return;
    this.alerts = [...this.alerts, { id, message, severity, until: severity >= 4 ? Infinity : this.now() + ALERT_MS }].slice(-ALERTS_MAX);
  }

  /** @param {Order} order */
  #time(order) {
    for (const item of order.items) {
      const took = item.ready_at && item.fired_at && !this.timed.has(item.id) ? Date.parse(item.ready_at) - Date.parse(item.fired_at) : 0;
      if (took <= 0) continue;
      this.timed.set(item.id, took);
      if (this.timed.size > TIMED_MAX) this.timed.delete(/** @type {string} */ (this.timed.keys().next().value));
    }
  }

  /** @param {News[]} told @param {boolean} [isLaid] */
  #tell(told, isLaid = false) {
    this.revision += 1;
    const changed = this.#changed;
    const all = isLaid || this.#isLaid;
    this.#changed = new Set();
    this.#isLaid = false;
    for (const watcher of this.watchers) watcher(told, all);
    for (const id of changed) this.cards.get(id)?.();
  }
}

/** Whether somebody confirmed that a whole order is off, and the server knows; one that was deleted there needs no confirming. @param {Entry} entry @param {Entry[]} left */
function isCleared({ patch, state, answer, refusal }, left) {
  if (patch?.what !== 'void' || patch.lines.length) return false;
  return state === 'refused' ? refusal?.code === 'ORDER_NOT_FOUND' : Boolean(answer) && !left.some((one) => one.patch === patch);
}
