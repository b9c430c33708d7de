// What a driver can take, as a list that nobody's finger is surprised by.
//
// An offer that is gone keeps its place, and its height, for a minute: the row says where it went. New offers are appended, because the list is ordered by how long an
// order waits, and nothing that arrives has waited longer than what is there.

/**
 * What the server says about an order that can be taken.
 * @typedef {{id: number, code?: string | null, publicId?: string, readyAt?: string | null, ready_at?: string | null, createdAt?: string, version?: number, [key: string]: unknown}} Offer
 */

/**
 * Why an offer is no longer there: `taken` by another driver, by `me`, or `off`: called off, or no longer to be driven.
 * @typedef {"taken" | "mine" | "off"} Gone
 */

/** @typedef {{offer: Offer, gone: Gone | null, goneAt: number}} Row */

/** How long the row of an offer that is gone stands: long enough to read it, in milliseconds. */
export const GONE_MS = 60_000;
/** Rows that are shown. A city has fewer; a fault that sends more must not fill a phone. */
export const ROWS_MAX = 200;

/** Since when an order waits at the counter: milliseconds since 1970. @param {Offer} offer @returns {number} */
export function waitsSince(offer) {
  const at = Date.parse(String(offer.readyAt ?? offer.ready_at ?? offer.createdAt ?? ''));
  return Number.isFinite(at) ? at : 0;
}

/**
 * The list as the server gave it: the longest waiting first. Rows of those that were shown and are not in it stay, as gone, where they were.
 * @param {Row[]} rows @param {Offer[]} offers @param {number} now @returns {Row[]}
 */
export function listed(rows, offers, now) {
  const given = new Map(offers.map((offer) => [offer.id, offer]));
  const stays = rows.map((row) => {
    const offer = given.get(row.offer.id);
    if (offer) return { offer, gone: null, goneAt: 0 };
    return row.gone ? row : { ...row, gone: /** @type {Gone} */ ('taken'), goneAt: now };
  });
  const known = new Set(rows.map((row) => row.offer.id));
  const fresh = offers.filter((offer) => !known.has(offer.id)).map((offer) => ({ offer, gone: null, goneAt: 0 }));
  return inOrder([...stays, ...fresh]);
}

/** One more to take, or one that is to be had again. @param {Row[]} rows @param {Offer} offer @returns {Row[]} */
export function offered(rows, offer) {
  const at = rows.findIndex((row) => row.offer.id === offer.id);
  const row = { offer, gone: null, goneAt: 0 };
  if (at < 0) return inOrder([...rows, row]);
  const known = rows[at];
  if (!known.gone && (known.offer.version ?? 0) > (offer.version ?? 0)) return rows;
  return rows.map((other, index) => (index === at ? row : other));
}

/** One that cannot be taken any more: the row stays, and says so. @param {Row[]} rows @param {number} id @param {Gone} why @param {number} now @returns {Row[]} */
export function gone(rows, id, why, now) {
  if (why === 'mine') return rows.filter((row) => row.offer.id !== id);
  return rows.map((row) => (row.offer.id === id && !row.gone ? { ...row, gone: why, goneAt: now } : row));
}

/** Without the rows that said for long enough that they are gone. @param {Row[]} rows @param {number} now @returns {Row[]} */
export function swept(rows, now) {
  const kept = rows.filter((row) => !row.gone || now - row.goneAt < GONE_MS);
  return kept.length === rows.length ? rows : kept;
}

/** Those that can be taken. @param {Row[]} rows @returns {Offer[]} */
export function open(rows) {
  return rows.filter((row) => !row.gone).map((row) => row.offer);
}

/** @param {Row[]} rows @returns {Row[]} */
function inOrder(rows) {
  const sorted = [...rows].sort((a, b) => waitsSince(a.offer) - waitsSince(b.offer) || a.offer.id - b.offer.id);
  return sorted.slice(0, ROWS_MAX);
}
