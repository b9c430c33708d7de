// Where each code stands in the rail. Widths are estimated and then given, so that nothing is measured when a ticket arrives.

/** CSS pixels at 1080p: padding and the mean letter of the wide face, as in kitchen.css. */
const PAD = 18;
const LETTER = 21;
const LEAST = 71;
const GAP = 6;

/**
 * The codes that have room, with their places.
 * @param {string[]} codes
 * @param {number} width CSS pixels at 1080p
 * @returns {{x: number, width: number}[]}
 */
export function places(codes, width) {
  const all = [];
  let x = 0;
  for (const code of codes) {
    const own = Math.max(LEAST, PAD + code.length * LETTER);
    if (x + own > width) break;
    all.push({ x, width: own });
    x += own + GAP;
  }
  return all;
}
