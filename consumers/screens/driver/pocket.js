// What a driver's phone keeps for where there is no signal: the jobs, with address and phone, as they were.
//
// In local storage, under the driver's id: another driver on the same phone sees nothing of it. Storage that is full or switched off costs only this.

/** @typedef {import("./round.js").Round} Round */

const NAME = 'maitred.driver.round.';

/** @param {number} me @returns {Round | null} */
export function kept(me) {
  try {
    const text = localStorage.getItem(NAME + me);
    const round = text ? JSON.parse(text) : null;
    return round && round.me === me && Array.isArray(round.orders) ? { ...round, rows: [] } : null;
  } catch {
    return null;
  }
}

/** @param {Round} round */
export function keep(round) {
  try {
    localStorage.setItem(NAME + round.me, JSON.stringify({ ...round, rows: [] }));
  } catch {
    // Nothing is lost but the view without a line.
  }
}

/** At the end of a shift. @param {number} me */
export function forget(me) {
  try {
    localStorage.removeItem(NAME + me);
  } catch {
    // As above.
  }
}
