// When a driver's phone rings: while there is something to take that nobody touched, and the driver can take it.

/** How often it rings again, in milliseconds. */
export const AGAIN_MS = 10_000;

/**
 * @typedef {{available: boolean, onJob: boolean, live: boolean, offers: {id: number}[]}} Situation
 * @typedef {{seen: Set<number>, rangAt: number}} Memory  `seen`: offers that were touched or that the driver looked at and left
 */

/** @returns {Memory} */
export function silent() {
  return { seen: new Set(), rangAt: 0 };
}

/** Offers that ring. @param {Situation} now @param {Memory} memory @returns {number[]} */
export function loud(now, memory) {
  if (!now.available || now.onJob || !now.live) return [];
  return now.offers.map((offer) => offer.id).filter((id) => !memory.seen.has(id));
}

/**
 * Whether it rings now, and what is remembered.
 * @param {Situation} now @param {Memory} memory @param {number} at  milliseconds @returns {{ring: boolean, memory: Memory}}
 */
export function turn(now, memory, at) {
  const there = new Set(now.offers.map((offer) => offer.id));
  // What is gone is forgotten: this set is never larger than the list of offers.
  const seen = new Set([...memory.seen].filter((id) => there.has(id)));
  const ring = loud(now, { ...memory, seen }).length > 0 && (memory.rangAt === 0 || at - memory.rangAt >= AGAIN_MS);
  const quiet = loud(now, { ...memory, seen }).length === 0;
  return { ring, memory: { seen, rangAt: ring ? at : quiet ? 0 : memory.rangAt } };
}

/** A touch: the driver has seen what is there. @param {Situation} now @param {Memory} memory @returns {Memory} */
export function touched(now, memory) {
  return { seen: new Set(now.offers.map((offer) => offer.id)), rangAt: memory.rangAt };
}
