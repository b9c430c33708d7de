// What is still to make, all tickets together, and what the waiters hold back.

/** @typedef {import('./ticket.js').Ticket} Ticket */

/**
 * Open dishes by name, the most first.
 * @param {Iterable<Ticket>} tickets
 * @returns {{name: string, n: number}[]}
 */
export function allDay(tickets) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const one of tickets) {
    if (one.phase !== 'cook') continue;
    for (const line of one.lines) if (line.state === 'open') sums.set(line.name, (sums.get(line.name) ?? 0) + line.quantity);
  }
  return [...sums].map(([name, n]) => ({ name, n })).sort((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1));
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
