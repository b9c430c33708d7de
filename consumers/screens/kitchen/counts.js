// What is still to make, all tickets together, and what the waiters hold back.

/** @typedef {import('./ticket.js').Ticket} Ticket */

/**
 * Counts a ticket's open dishes, instead of what it had before.
 * @param {Map<string, number>} sums by name
 * @param {Ticket | undefined} before
 * @param {Ticket | undefined} after
 * @returns {boolean} whether a sum is another
 */
export function count(sums, before, after) {
  /** @type {Map<string, number>} */
  const change = new Map();
  const add = (/** @type {Ticket | undefined} */ one, /** @type {number} */ sign) => {
    if (one?.phase !== 'cook') return;
    for (const { state, name, quantity } of one.lines) if (state === 'open') change.set(name, (change.get(name) ?? 0) + sign * quantity);
  };
  add(before, -1);
  add(after, 1);
  let isOther = false;
  for (const [name, n] of change) {
    if (!n) continue;
    isOther = true;
    const sum = (sums.get(name) ?? 0) + n;
    if (sum > 0) sums.set(name, sum);
    else sums.delete(name);
  }
  return isOther;
}

/**
 * What waits for its course: a table, how many dishes, and which course if it is one.
 * @param {Iterable<Ticket>} tickets
 * @returns {{id: string, code: string, n: number, course: number | null}[]}
 */
export function held(tickets) {
  const all = [];
  for (const { id, code, held: lines } of tickets) {
    if (!lines.length) continue;
    const course = lines.every((line) => line.course === lines[0].course) ? lines[0].course : null;
    all.push({ id, code, n: lines.reduce((sum, line) => sum + line.quantity, 0), course });
  }
  return all;
}

/** What the rail and the bar say of time. @param {Iterable<Ticket>} tickets @param {number} now @param {import('./clock.js').Limits} limits */
export function late(tickets, now, limits) {
  let n = 0;
  for (const one of tickets) if (one.phase === 'cook' && one.open > 0 && now - one.since >= limits.red_s * 1000) n += 1;
  return n;
}
