// How many codes fit into the rail. Estimated, so that nothing is measured when a ticket arrives.

/** What one needs at 1080p, CSS pixels, as in kitchen.css: padding and the mean letter of the wide face. */
const PAD = 18;
const LETTER = 21;
const LEAST = 71;
const GAP = 6;

/**
 * How many fit.
 * @param {string[]} codes
 * @param {number} width CSS pixels at 1080p
 */
export function fits(codes, width) {
  let used = 0;
  for (let n = 0; n < codes.length; n += 1) {
    used += Math.max(LEAST, PAD + codes[n].length * LETTER) + (n ? GAP : 0);
    if (used > width) return n;
  }
  return codes.length;
}
