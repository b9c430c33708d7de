// Where each row beside the tickets stands. Rows are moved by `translate`, so that a dish that overtakes another moves nothing that somebody reads or touches. Heights are
// estimated from the words, on the safe side: nothing is measured when a ticket arrives.

/** CSS pixels at 1080p, as in kitchen.css. */
const WIDTH = 166;
const DISH = { letter: 12.4, line: 26.5, pad: 19, least: 58 };
const HELD = { letter: 11.4, line: 24.2, pad: 13, least: 42 };
const HEAD = 34;
const GAP = 22;
const BEYOND = 36;

/**
 * How many lines a text takes in a column: words are put one after the other, and one that is too long is hyphenated.
 * @param {string} text @param {number} letter
 */
export function lines(text, letter) {
  let count = 1;
  let used = 0;
  for (const word of text.split(/[\s-]+/)) {
    const need = [...word].length * letter;
    if (used && used + letter + need > WIDTH) {
      count += 1;
      used = 0;
    }
    used += (used ? letter : 0) + need;
    while (used > WIDTH) {
      count += 1;
      used -= WIDTH - letter;
    }
  }
  return count;
}

/** @param {string} text @param {typeof DISH} of */
const height = (text, of) => Math.max(of.least, Math.ceil(lines(text, of.letter) * of.line) + of.pad);

/**
 * @template {{text: string}} D @template {{text: string}} H
 * @param {D[]} dishes the most first @param {H[]} held @param {number} room CSS pixels at 1080p, without what is sold out
 * @returns {{dishes: {of: D, y: number}[], beyond: number, beyondY: number, headY: number, held: {of: H, y: number}[], heldBeyond: number}} `beyond`: how many have no room
 */
export function place(dishes, held, room) {
  const forHeld = held.length ? GAP + HEAD + Math.min(3, held.length) * HELD.least : 0;
  /** @type {{of: D, y: number}[]} */
  const shown = [];
  let y = HEAD;
  for (const of of dishes) {
    const high = height(of.text, DISH);
    if (y + high + forHeld + BEYOND > room && shown.length >= 3) break;
    shown.push({ of, y });
    y += high;
  }
  const beyond = dishes.length - shown.length;
  const beyondY = y;
  if (beyond) y += BEYOND;
  if (!dishes.length) y += DISH.least;
  const headY = y + GAP;
  y = headY + HEAD;
  /** @type {{of: H, y: number}[]} */
  const heldShown = [];
  for (const of of held) {
    const high = height(of.text, HELD);
    if (y + high + BEYOND > room && heldShown.length >= 3) break;
    heldShown.push({ of, y });
    y += high;
  }
  return { dishes: shown, beyond, beyondY, headY, held: heldShown, heldBeyond: held.length - heldShown.length };
}
