// How many tickets a screen shows.

/** @typedef {import('./grid.js').Dims} Dims */

/** Least width of a cell at each size, of a wall 1080 px high. */
const WIDTH = { s: 256, m: 308, l: 388 };
const COLS = { s: 6, m: 5, l: 4 };

/**
 * Cells, and how much larger than at 1080p they are drawn.
 * @param {{width: number, height: number, size: 's' | 'm' | 'l'}} screen CSS pixels
 * @returns {Dims & {scale: number}} `scale`: how much larger than at 1080p everything is drawn
 */
export function dims({ width, height, size }) {
  if (width <= 700) return { cols: 1, rows: 0, scale: 1 };
  if (width < 1280) return { cols: width >= 900 ? 4 : 3, rows: 1, scale: 1 };
  const scale = Math.max(1, Math.min(width / 1920, height / 1080));
  const room = width / scale - 276 - 12;
  return { cols: Math.max(2, Math.min(COLS[size], Math.floor(room / (WIDTH[size] + 12)))), rows: height / scale >= 860 ? 2 : 1, scale };
}
