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

/** A tape with its word, at 1080p, and what stands beside the names: "8 guests", "Pick-up". */
const TAPE = 110;
const BESIDE = 14;

/** Whether the line below the head may take two rows. @param {Ticket} ticket @param {number} width @param {number} font */
function wraps({ fresh, recalled, first, phase, order }, width, font) {
  const tapes = Number(fresh) + Number(recalled) + Number(first) + Number(phase !== 'cook');
  const letters = BESIDE + (order.waiter_name?.length ?? 0) + (order.customer_name?.length ?? 0) + (order.eta_at ? 8 : 0);
  return tapes * TAPE + letters * font * LETTER > width;
}

/**
 * What the lines need, and what there is, CSS pixels at 1080p.
 * @param {Ticket} ticket
 * @param {{width: number, height: number}} cell
 * @param {Size} size
 * @param {number} [spare] rows more for each text that may wrap: 0 for the mean, 1 for the worst
 */
function needs(ticket, cell, size, spare = 0) {
  const { num, dish, mod, who } = LETTERS[size];
  const width = cell.width - 28 - dish * 1.35 - 6;
  const rows = (/** @type {number} */ letters, /** @type {number} */ font) => (letters ? Math.ceil((letters * font * LETTER) / width + (letters * font * LETTER > width * 0.8 ? spare : 0)) : 0);
  let need = 0;
  let batch = 1;
  let done = 0;
  for (const line of ticket.lines) {
    if (line.state === 'done' && !spare) {
      done = 50;
      continue;
    }
    if (line.batch !== batch) need += who * 1.35 + 8;
    batch = line.batch;
    const words = line.changes.reduce((sum, one) => sum + one.text.length + (one.kind === 'is' ? 1 : 5), 0);
    const more = rows(words, mod) + rows(line.note?.length ?? 0, mod) + (line.state === 'void' ? rows(20 + line.why.length, mod) : 0) + (line.station || line.mark ? 1 : 0);
    need += Math.max(50, 12 + rows(line.name.length, dish) * dish * 1.14 + more * (mod * 1.35 + 4));
  }
  const note = ticket.order.notes ? rows(ticket.order.notes.length, mod) * mod * 1.25 + 6 : 0;
  const room = cell.height - num * 1.06 - (who * 1.35 + 12) * (spare && wraps(ticket, cell.width - 28, who) ? 2 : 1) - FOOT - note - ticket.allergies.length * (mod * (2.3 + spare) + 22);
  return { need: need + done, room };
}

/**
 * Whether the lines need so much more than one cell that the ticket should span a column.
 * @param {Ticket} ticket
 * @param {{width: number, height: number}} cell CSS pixels at 1080p
 * @param {Size} size
 */
export function tall(ticket, cell, size) {
  const { need, room } = needs(ticket, cell, size);
  return need > room * 1.4;
}

/**
 * Whether the lines have room whatever their words are like: then nothing needs to be measured.
 * @param {Ticket} ticket
 * @param {{width: number, height: number}} cell CSS pixels at 1080p
 * @param {Size} size
 */
export function sure(ticket, cell, size) {
  const { need, room } = needs(ticket, cell, size, 1);
  return need <= room;
}

/** The cells of a wall, CSS pixels at 1080p. @param {{width: number, height: number, scale: number}} screen @param {{cols: number, rows: number}} dims */
export function cell({ width, height, scale }, { cols, rows }) {
  const wide = width / scale - 276 - 24 - (cols - 1) * 12;
  const high = height / scale - 70 - 84 - 24 - (rows - 1) * 12;
  return { width: wide / cols, height: high / Math.max(1, rows) };
}
