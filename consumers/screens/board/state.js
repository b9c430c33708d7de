// What the board shows: who is ready, newest first; who is being prepared, oldest first; what the house says.

/**
 * @typedef {object} Entry
 * @property {number} order_id
 * @property {string} code
 * @property {string | null} name first name only: the server sends no more
 * @property {'preparing' | 'ready' | null} place
 * @property {string | null} [ready_at]
 * @property {string | null} [called_at] called again
 * @property {string | null} [leaves_at]
 * @property {boolean} [called] it is called again now
 * @property {number} [version]
 */

/** @typedef {{id: string, message: string, until: number}} Broadcast `until`: milliseconds since 1970; Infinity: until the next one */

/** As many as a house has at once; more is a mistake of somebody. */
const ENTRIES_MAX = 500;
/** Words of the house that stand one after the other. */
const BROADCASTS_MAX = 10;
/** From then on what is being prepared is not vouched for any more, milliseconds. */
export const DOUBT_MS = 60_000;

export class Board {
  constructor() {
    /** @type {Map<number, Entry>} */
    this.entries = new Map();
    /** @type {Broadcast[]} */
    this.broadcasts = [];
    /** What happened up to this number is in it. */
    this.asOf = 0;
    /** Whether the server told anything yet. */
    this.isLoaded = false;
    this.house = '';
  }

  /**
   * The whole state, as of its number. What was heard of later stays.
   * @param {{restaurant?: string, preparing: Entry[], ready: Entry[], as_of: number}} snapshot
   * @returns {Entry[]} who became ready meanwhile, or was called again; nobody at the first time
   */
  load(snapshot) {
    const before = this.entries;
    const wasLoaded = this.isLoaded;
    this.entries = new Map();
    for (const one of [...snapshot.preparing, ...snapshot.ready].slice(0, ENTRIES_MAX)) this.entries.set(one.order_id, one);
    this.asOf = snapshot.as_of;
    this.isLoaded = true;
    this.house = snapshot.restaurant ?? this.house;
    if (!wasLoaded) return [];
    return snapshot.ready.filter((one) => calledAt(one) > calledAt(before.get(one.order_id)));
  }

  /**
   * @param {{type: string, seq?: number, data: any}} frame
   * @param {number} now milliseconds since 1970
   * @returns {'ready' | 'called' | 'said' | 'changed' | ''}
   */
  hear({ type, seq = 0, data }, now) {
    if (type === 'broadcast') return this.say(data, now);
    if (type === 'notification_acknowledged') return this.unsay(data.notification_id);
    if (type !== 'board_update' || (seq && seq <= this.asOf)) return '';
    const known = this.entries.get(data.order_id);
    if (known?.version && data.version <= known.version) return '';
    if (!data.place) {
      this.entries.delete(data.order_id);
      return known ? 'changed' : '';
    }
    this.entries.set(data.order_id, data);
    if (this.entries.size > ENTRIES_MAX) this.entries.delete(/** @type {number} */ (this.entries.keys().next().value));
    if (data.place !== 'ready') return 'changed';
    if (known?.place !== 'ready') return 'ready';
    // a call within the second in which it was ready has the same time
    return data.called || calledAt(data) > calledAt(known) ? 'called' : 'changed';
  }

  /**
   * @param {{id?: number | string, notification_id?: number | string, message: string, expires_at?: string | null, expires_in_s?: number | null}} data
   * @param {number} now
   * @returns {'said'}
   */
  say(data, now) {
    const id = String(data.notification_id ?? data.id ?? data.message);
    const until = data.expires_at ? Date.parse(data.expires_at) : data.expires_in_s ? now + data.expires_in_s * 1000 : Infinity;
    this.broadcasts = [...this.broadcasts.filter((one) => one.id !== id), { id, message: data.message, until }].slice(-BROADCASTS_MAX);
    return 'said';
  }

  /** It was taken back. @param {number | string} id @returns {'changed' | ''} */
  unsay(id) {
    const before = this.broadcasts.length;
    this.broadcasts = this.broadcasts.filter((one) => one.id !== String(id));
    return before === this.broadcasts.length ? '' : 'changed';
  }

  /** What is said now; the newest. @param {number} now */
  said(now) {
    return this.broadcasts.filter((one) => one.until > now).pop()?.message ?? '';
  }

  /** Newest first. Who was ready for ten minutes has left, or is asked for at the counter. @param {number} now @returns {Entry[]} */
  ready(now) {
    const isThere = (/** @type {Entry} */ one) => one.place === 'ready' && (!one.leaves_at || Date.parse(one.leaves_at) > now);
    return [...this.entries.values()].filter(isThere).sort((a, b) => calledAt(b) - calledAt(a) || b.order_id - a.order_id);
  }

  /** As they came. @returns {Entry[]} */
  get preparing() {
    return [...this.entries.values()].filter((one) => one.place === 'preparing').sort((a, b) => a.order_id - b.order_id);
  }
}

/** When it was ready, or called again. @param {Entry | undefined} one */
export function calledAt(one) {
  const at = one?.called_at ?? one?.ready_at;
  return at ? Date.parse(at) : 0;
}

/**
 * The newest, six more, and the rest as one row of small codes, oldest last.
 * @param {Entry[]} ready
 * @returns {{newest: Entry | undefined, more: Entry[], rest: Entry[]}}
 */
export function shown(ready) {
  return { newest: ready[0], more: ready.slice(1, 7), rest: ready.slice(7) };
}
