// How much room a ticket needs, estimated: it is placed before it is drawn. What does not fit after all is counted on the ticket, never cut.

/** @typedef {import('./ticket.js').Ticket} Ticket */
/** @typedef {'s' | 'm' | 'l'} Size */

/** Letters and rows at 1080p, CSS pixels; the same numbers as in kitchen.css. */
const LETTERS = {
  s: { num: 66, dish: 24, mod: 20, who: 18 },
  m: { num: 78, dish: 29, mod: 23, who: 20 },
  l: { num: 96, dish: 33, mod: 27, who: 24 },
};
/** Of the mean letter, in parts of its size. A Thai letter with its marks is narrower. */
const LETTER = 0.5;
const FOOT = 57;

/**
 * Whether the lines need so much more than one cell that the ticket should span a column.
 * @param {Ticket} ticket
 * @param {{width: number, height: number}} cell CSS pixels at 1080p
 * @param {Size} size
 */
export function tall(ticket, cell, size) {
  const { num, dish, mod, who } = LETTERS[size];
  const room = cell.height - num * 1.06 - (who * 1.35 + 12) - FOOT - ticket.allergies.length * (mod * 2.3 + 22);
  const width = cell.width - 28 - dish * 1.35 - 6;
  const folded = ticket.lines.filter((line) => line.state === 'done').length;
  let need = folded > 0 ? 50 : 0;
  let batch = 1;
  for (const line of ticket.lines) {
    if (line.state === 'done') continue;
    if (line.batch !== batch) need += who * 1.35 + 8;
    batch = line.batch;
    const rows = Math.ceil((line.name.length * dish * LETTER) / width);
    const words = line.changes.reduce((sum, one) => sum + one.text.length + (one.kind === 'is' ? 1 : 5), 0);
    const more = Math.ceil((words * mod * LETTER) / width) + (line.note ? Math.ceil((line.note.length * mod * LETTER) / width) : 0) + (line.state === 'void' ? 1 : 0);
    need += Math.max(50, 12 + rows * dish * 1.14 + more * (mod * 1.35 + 4));
  }
  return need > room * 1.4;
}

/** The cells of a wall, CSS pixels at 1080p. @param {{width: number, height: number, scale: number}} screen @param {{cols: number, rows: number}} dims */
export function cell({ width, height, scale }, { cols, rows }) {
  const wide = width / scale - 276 - 24 - (cols - 1) * 12;
  const high = height / scale - 70 - 84 - 24 - (rows - 1) * 12;
  return { width: wide / cols, height: high / Math.max(1, rows) };
}
