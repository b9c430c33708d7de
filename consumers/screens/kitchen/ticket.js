// What a station sees of an order: its lines in the order in which a cook reads them, and what stands in the way of Done.

import { change } from './modifier.js';

/** @typedef {import('./book.js').Order} Order */
/** @typedef {import('./book.js').Item} Item */
/** @typedef {import('./modifier.js').Change} Change */

/**
 * @typedef {object} Line
 * @property {string} id
 * @property {'void' | 'open' | 'done' | 'gone' | 'held'} state void: taken back, and nobody has confirmed it yet; gone: taken back, confirmed
 * @property {number} quantity
 * @property {string} name
 * @property {Change[]} changes
 * @property {string | null} note
 * @property {string | null} station shown at the pass only
 * @property {number} batch 2 and up: added later
 * @property {number | null} firedAt
 * @property {number | null} course
 * @property {number | null} seat
 * @property {string} why the reason of a void, or nothing
 * @property {'' | 'waits' | 'refused'} mark waits: the server has not answered yet
 * @property {boolean} kept ticked a moment ago: it is not folded yet
 */

/** @typedef {{lines: string[], text: string, seat: number | null, seen: boolean, mark: '' | 'waits' | 'refused'}} Allergy lines of which the waiter wrote the same; none: it was written on the order */

/**
 * @typedef {object} Ticket
 * @property {string} id
 * @property {string} code what the kitchen calls it: the table's number, or the day's code
 * @property {string} type
 * @property {'cook' | 'ready' | 'cancelled'} phase ready: only the pass still sees it
 * @property {Order} order
 * @property {Line[]} lines of this station, without the held ones, in reading order
 * @property {Line[]} held
 * @property {Allergy[]} allergies
 * @property {number} open
 * @property {number} done
 * @property {number} voids
 * @property {number} since where the clock starts; 0: there is nothing to time
 * @property {'' | 'allergy' | 'void'} blocked why Done is impossible
 * @property {boolean} first
 * @property {boolean} recalled
 * @property {boolean} fresh nobody touched it yet
 * @property {string} undo the outbox' key of a Done that was not sent yet
 */

/**
 * What is under way of a line: what this screen has said, and the server has not confirmed.
 * @typedef {{status?: string, ack?: boolean, mark: '' | 'waits' | 'refused'}} Wish
 */

/** What a screen knows beside the order. @typedef {{station: string, sees: boolean, wishes: Map<string, Wish>, kept?: Set<string>, fresh?: boolean, undo?: string}} View `sees`: all stations' lines, as at the pass */

/** @param {string | null | undefined} at ISO 8601 */
export const moment = (at) => (at ? Date.parse(at) : null);

/** Whether the order belongs to this station at all. @param {Item} item @param {View} view */
const mine = (item, view) => view.sees || item.station === view.station || (!item.station && view.station === 'kitchen');

/** @param {Item} item @param {Wish | undefined} wish @returns {Line['state']} */
function state(item, wish) {
  if (item.status === 'voided') return item.void_acked_at || wish?.ack || !item.fired_at ? 'gone' : 'void';
  const status = wish?.status ?? item.status;
  if (status === 'held') return 'held';
  return status === 'ready' || status === 'served' ? 'done' : 'open';
}

/** @param {Item} item @param {View} view @returns {Line} */
export function line(item, view) {
  const wish = view.wishes.get(item.id);
  return {
    id: item.id,
    state: state(item, wish),
    quantity: item.quantity,
    name: item.name,
    changes: item.modifiers.map(change),
    note: item.notes || null,
    station: view.sees ? item.station : null,
    batch: item.batch,
    firedAt: moment(item.fired_at),
    course: item.course,
    seat: item.seat,
    why: item.void_reason ?? '',
    mark: wish?.mark ?? '',
    kept: view.kept?.has(item.id) ?? false,
  };
}

/** The same words at the same seat are confirmed once. @param {Item[]} items @param {Order} order @param {View} view @returns {Allergy[]} */
function allergies(items, order, view) {
  /** @type {Map<string, Allergy>} */
  const all = new Map();
  const note = order.allergy ?? order.allergy_note;
  if (note) {
    const wish = view.wishes.get(`${order.id} allergy`);
    all.set('', { lines: [], text: note, seat: null, seen: Boolean(order.allergy_acked_at || wish?.ack), mark: wish?.mark ?? '' });
  }
  for (const item of items) {
    if (!item.allergy || item.status === 'voided' || item.status === 'held') continue;
    const wish = view.wishes.get(`${item.id} allergy`);
    const seen = Boolean(item.allergy_acked_at || wish?.ack);
    const key = `${item.seat ?? ''} ${item.allergy}`;
    const one = all.get(key);
    if (!one) all.set(key, { lines: [item.id], text: item.allergy, seat: item.seat, seen, mark: wish?.mark ?? '' });
    else {
      one.lines.push(item.id);
      one.seen &&= seen;
      one.mark ||= wish?.mark ?? '';
    }
  }
  return [...all.values()];
}

/** A reader's order: what must be stopped, then what is to be made as it came. A tick moves nothing. @param {Line} a @param {Line} b */
function reading(a, b) {
  return Number(b.state === 'void') - Number(a.state === 'void') || a.batch - b.batch || (a.course ?? 99) - (b.course ?? 99);
}

/** The least of the times that are there, or 0. @param {(number | null)[]} times */
const first = (times) => times.reduce((/** @type {number} */ least, at) => (at && (!least || at < least) ? at : least), 0);

/**
 * The ticket of an order at a station; nothing if the station has nothing to do with it any more.
 * @param {Order} order
 * @param {View} view
 * @returns {Ticket | null}
 */
export function ticket(order, view) {
  if (order.canonical_status === 'new' || view.wishes.get(`${order.id} hand`)) return null;
  const items = order.items.filter((item) => mine(item, view));
  const all = items.map((item) => line(item, view));
  const isOff = order.canonical_status === 'cancelled';
  if (isOff) {
    // All of it is off at once; it is confirmed at once.
    const isRead = Boolean(order.cancel_acked_at || view.wishes.get(`${order.id} void`)?.ack);
    for (const one of all) if (one.state !== 'gone') one.state = isRead || !one.firedAt ? 'gone' : 'void';
  }
  const lines = all.filter((one) => one.state !== 'held' && one.state !== 'gone').sort(reading);
  const open = lines.filter((one) => one.state === 'open');
  const voids = lines.filter((one) => one.state === 'void').length;
  const done = lines.length - open.length - voids;
  const held = all.filter((one) => one.state === 'held');
  const isReady = order.canonical_status === 'ready' || (view.sees && done > 0);
  const phase = isOff ? 'cancelled' : isReady && !open.length && !voids ? 'ready' : 'cook';
  const found = isOff ? [] : allergies(items, order, view);
  return {
    id: order.id,
    code: code(order),
    type: order.type,
    phase,
    order,
    lines,
    held,
    allergies: found,
    open: open.length,
    done,
    voids,
    since: first(open.map((one) => one.firedAt)) || first(lines.map((one) => one.firedAt)) || Date.parse(order.created_at),
    blocked: phase !== 'cook' ? '' : found.some((one) => !one.seen) ? 'allergy' : voids > 0 ? 'void' : '',
    first: order.priority > 0,
    recalled: Boolean(order.recalled_at),
    fresh: view.fresh ?? false,
    undo: view.undo ?? '',
  };
}

/**
 * Whether it hangs at the station: something is to be made, or to be confirmed; the pass also keeps what waits to be fetched.
 * @param {Ticket | null} one
 * @param {View} view
 * @returns {one is Ticket}
 */
export function hangs(one, view) {
  if (!one) return false;
  if (one.phase === 'ready') return view.sees;
  if (one.phase === 'cancelled') return one.voids > 0;
  return one.open > 0 || one.voids > 0 || (view.sees && one.done > 0);
}

/** @param {Order} order */
export function code(order) {
  if (order.type === 'dine_in' && order.table_number) return order.table_number;
  return order.code || order.order_number.replace(/^order-/, '');
}
