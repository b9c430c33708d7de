// Where a job goes: the part that is looked for on the road, and the rest, which matters at the door.

/**
 * "Soi 11, house 4, Sukhumvit, behind the temple wall" is "Soi 11, house 4" and then the rest. A line break or a semicolon ends the first part as well.
 * @param {string | null | undefined} text @returns {{head: string, rest: string}}
 */
export function split(text) {
  const whole = (text ?? '').trim();
  const hard = whole.search(/[\n;]/);
  const first = hard < 0 ? whole : whole.slice(0, hard);
  const parts = first
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const head = parts.slice(0, 2).join(', ');
  const rest = [parts.slice(2).join(', '), hard < 0 ? '' : whole.slice(hard + 1).trim()].filter(Boolean).join('; ');
  return { head, rest };
}

/** A link that the phone's own maps open. @param {string | null | undefined} text @returns {string | null} */
export function map(text) {
  const query = (text ?? '').replace(/\s+/g, ' ').trim();
  return query ? `geo:0,0?q=${encodeURIComponent(query)}` : null;
}

/** A link that calls. Only what can be dialled is left in. @param {string | null | undefined} phone @returns {string | null} */
export function call(phone) {
  const digits = (phone ?? '').replace(/[^+\d*#]/g, '');
  return digits.length >= 3 ? `tel:${digits}` : null;
}
