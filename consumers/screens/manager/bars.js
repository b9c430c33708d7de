// The last hour of an order as a bar: sent, cooking, too long, ready, on the way, served.
//
// Positions are percent of the hour that ends now; what lies before it is cut off at its edge. A bar is made from the order's own times, which the server stamps: nothing is
// guessed from when a message came.

/**
 * Times are ISO 8601 or null.
 * @typedef {{id: number, status: string, type: string, created_at: string | null, confirmed_at?: string | null, preparing_at?: string | null, ready_at?: string | null, picked_up_at?: string | null,
 *   delivered_at?: string | null, completed_at?: string | null, cancelled_at?: string | null, driver_id?: number | null, [key: string]: unknown}} Order
 * @typedef {"sent" | "cooking" | "late" | "ready" | "road" | "served"} Part
 * @typedef {{part: Part, left: number, width: number}} Segment  percent of the hour
 * @typedef {[Part, number | null, number | null]} Span  from and to, in milliseconds
 * @typedef {{amber_s: number, red_s: number}} Limits  how long something may take, in seconds
 */

export const HOUR_MS = 3_600_000;
/** Where no station says otherwise, and for what waits at the counter: five and eight minutes. @type {Limits} */
export const USUAL = { amber_s: 300, red_s: 480 };
/** A segment is never so thin that it cannot be seen. */
const THINNEST = 0.6;

/** @param {string | null | undefined} text @returns {number | null} milliseconds since 1970 */
export function at(text) {
  const ms = text ? Date.parse(text) : NaN;
  return Number.isFinite(ms) ? ms : null;
}

/** When more was ordered after it was ready: from then on it is made again. Not for a recall, whose clock goes on. @param {Order} order @returns {number | null} */
export function againAt(order) {
  const [made, again] = [at(order.ready_at), at(order.preparing_at)];
  return isMade(order) && !order.recalled_at && made !== null && again !== null && again > made ? again : null;
}

/** Since when the kitchen has what it makes now. @param {Order} order @returns {number | null} */
export function firedAt(order) {
  return againAt(order) ?? at(order.confirmed_at) ?? at(order.created_at);
}

/** Whether it was sent to the kitchen and is not made yet. @param {Order} order @returns {boolean} */
export function isMade(order) {
  return order.status === 'pending' || order.status === 'confirmed' || order.status === 'preparing';
}

/** Whether it lies at the counter and nobody has taken it to be driven. @param {Order} order @returns {boolean} */
export function hasNoDriver(order) {
  return order.type === 'delivery' && order.status === 'ready' && order.driver_id == null;
}

/** How long it has taken so far, in seconds: what is made, or what waits for a driver; else null. @param {Order} order @param {number} now @returns {number | null} */
export function takes(order, now) {
  const since = isMade(order) ? firedAt(order) : order.status === 'ready' ? at(order.ready_at) : null;
  return since === null ? null : Math.max(0, Math.floor((now - since) / 1000));
}

/** `late` over red, `warn` over amber. @param {Order} order @param {Limits} limits @param {number} now @returns {"late" | "warn" | null} */
export function lateness(order, limits, now) {
  const taken = takes(order, now);
  if (taken === null) return null;
  // What a waiter or a guest fetches is late for them, not for the kitchen: it costs no red here, a driver's absence does.
  const judged = isMade(order) ? limits : hasNoDriver(order) ? USUAL : null;
  if (!judged) return null;
  return taken >= judged.red_s ? 'late' : taken >= judged.amber_s ? 'warn' : null;
}

/**
 * The bar, from left to right.
 * @param {Order} order @param {Limits} limits @param {number} now  milliseconds, the server's clock @returns {Segment[]}
 */
export function bar(order, limits, now) {
  const created = at(order.created_at);
  if (created === null) return [];
  const end = at(order.cancelled_at) ?? at(order.completed_at) ?? now;
  const ready = at(order.ready_at);
  const again = againAt(order);
  const making = isMade(order);
  /** @type {Span[]} */
  const spans = [];
  if (again !== null) {
    const first = at(order.confirmed_at) ?? created;
    spans.push(['sent', created, first], ['cooking', first, ready], ['served', ready, again], ...cooking(again, again + limits.red_s * 1000, now));
  } else {
    // A recalled one was ready once: that is over, and its clock went on.
    const cooked = making ? null : ready;
    const started = at(order.preparing_at) ?? cooked ?? (making || order.status === 'new' ? now : end);
    spans.push(['sent', created, started]);
    if (making) spans.push(...cooking(started, (firedAt(order) ?? created) + limits.red_s * 1000, now));
    else if (cooked !== null) spans.push(['cooking', started, cooked], ...afterwards(order, cooked, end, now));
    else spans.push(['cooking', started, end]);
  }
  return spans.flatMap(([part, from, to]) => segment(part, from, to, now));
}

/** What is made now: up to where it is late, and from there. @param {number} from @param {number} red @param {number} now @returns {Span[]} */
function cooking(from, red, now) {
  if (red >= now) return [['cooking', from, now]];
  const turn = Math.max(from, red);
  return [
    ['cooking', from, turn],
    ['late', turn, now],
  ];
}

/** What came after it was ready. @param {Order} order @param {number} cooked @param {number} end @param {number} now @returns {Span[]} */
function afterwards(order, cooked, end, now) {
  const left = at(order.picked_up_at);
  const served = at(order.delivered_at);
  const gone = order.status === 'out_for_delivery' ? (left ?? now) : (left ?? served ?? end);
  /** @type {Span[]} */
  const spans = [];
  const red = cooked + USUAL.red_s * 1000;
  if (hasNoDriver(order) && red < gone) spans.push(['ready', cooked, red], ['late', red, gone]);
  else spans.push(['ready', cooked, gone]);
  if (left !== null) spans.push(['road', left, served ?? end]);
  if (served !== null) spans.push(['served', served, end]);
  return spans;
}

/** @param {Part} part @param {number | null} from @param {number | null} to @param {number} now @returns {Segment[]} */
function segment(part, from, to, now) {
  if (from === null || to === null || to <= from) return [];
  const percent = (/** @type {number} */ ms) => Math.min(100, Math.max(0, 100 - ((now - ms) / HOUR_MS) * 100));
  const left = percent(from);
  const width = percent(to) - left;
  if (width <= 0) return [];
  const seen = Math.max(THINNEST, width);
  return [{ part, left: round(Math.min(left, 100 - seen)), width: round(seen) }];
}

/** @param {number} percent */
function round(percent) {
  return Math.round(percent * 100) / 100;
}

/** The five times under the axis, oldest first. @param {number} now @returns {number[]} */
export function axis(now) {
  return [60, 45, 30, 15, 0].map((minutes) => now - minutes * 60_000);
}
