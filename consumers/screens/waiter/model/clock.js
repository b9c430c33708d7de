/** Times as a waiter reads them. All of them are the server's: the phone's clock may be an hour off. */

/** @param {string|null|undefined} at @returns {number} milliseconds, NaN where there is none */
export const ms = (at) => (at ? Date.parse(at) : NaN);

/** How long ago: m:ss, over an hour h:mm with its word. @param {number} span milliseconds */
export function age(span) {
  const s = Math.max(0, Math.floor(span / 1000));
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${String(s % 60).padStart(2, '0')}`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

/** How long guests have been here, h:mm. @param {number} span milliseconds */
export function stay(span) {
  const minutes = Math.max(0, Math.floor(span / 60_000));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
