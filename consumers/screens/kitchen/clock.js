// How long a dish has waited, in words and in colour. Times are milliseconds since 1970 by the server's clock.

/**
 * Minutes and seconds, `14:20`; from an hour on hours and minutes, `1:02`, in red by then. Five characters at most, for the first hundred hours.
 * @param {number} ms
 */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
}

/** @param {number} n */
const two = (n) => String(n).padStart(2, '0');

/** @typedef {{amber_s: number, red_s: number}} Limits seconds */

/**
 * Whether that is long for this station.
 * @param {number} ms
 * @param {Limits} limits
 * @returns {'' | 'warn' | 'late'}
 */
export function level(ms, limits) {
  if (ms >= limits.red_s * 1000) return 'late';
  return ms >= limits.amber_s * 1000 ? 'warn' : '';
}
