// What this screen has said and the server has not told yet: the outbox, as changes of lines.

/** @typedef {import('./ticket.js').Wish} Wish */

/**
 * What an entry of the outbox carries in `patch`.
 * @typedef {object} Patch
 * @property {string} order
 * @property {string[]} lines ids; none: all of the order is meant
 * @property {'tick' | 'untick' | 'bump' | 'recall' | 'void' | 'allergy' | 'hand' | 'first' | 'start'} what
 * @property {string} [station]
 */

/** @typedef {{key: string, state: string, patch?: any, made_at: number, after?: number}} Entry */

/** What a line is wished to be. @type {Record<string, Omit<Wish, 'mark'>>} */
const LINES = { tick: { status: 'ready' }, bump: { status: 'ready' }, untick: { status: 'preparing' }, recall: { status: 'preparing' }, void: { ack: true }, allergy: { ack: true } };

/** Beside the lines: what is said of an order, as `ORDER what`. */
const WHOLE = ['allergy', 'void', 'hand', 'first'];

/**
 * By line (`ID`, an allergy as `ID allergy`) and by order (`ID allergy`, `ID void`, `ID hand`, `ID first`); of several the last counts. What was refused is not wished any
 * more, but marked.
 * @param {Iterable<Entry>} entries in the order in which they were made
 * @param {boolean} isCut whether the server is away: only then a line shows that it waits
 * @returns {Map<string, Wish>}
 */
export function wishes(entries, isCut) {
  /** @type {Map<string, Wish>} */
  const all = new Map();
  for (const { patch, state } of entries) {
    // what is said of a dish of the menu is no ticket's
    if (!patch?.lines) continue;
    const mark = state === 'refused' ? 'refused' : isCut && state !== 'acked' ? 'waits' : '';
    const wish = state === 'refused' ? {} : LINES[patch.what] ?? { ack: true };
    for (const id of patch.lines) all.set(patch.what === 'allergy' ? `${id} allergy` : id, { ...wish, mark });
    if (!patch.lines.length && WHOLE.includes(patch.what) && state !== 'refused') all.set(`${patch.order} ${patch.what}`, { ack: true, mark });
  }
  return all;
}

/** The orders that entries are about. @param {Iterable<Entry>} entries @returns {Set<string>} */
export function touched(entries) {
  const all = new Set();
  for (const { patch } of entries) if (patch?.order) all.add(patch.order);
  return all;
}
