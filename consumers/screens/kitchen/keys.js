// What a key means on the wall: a keyboard, or a bump bar that types.

/**
 * @typedef {'done' | 'undo' | 'recall' | 'soldout' | 'allergy' | 'first' | 'next' | 'back' | 'leave' | 'settings' | 'more'} Verb
 * @typedef {{do: Verb} | {do: 'select', n: number} | {do: 'station', n: number} | {do: 'line', way: 1 | -1} | {do: 'ticket', way: 1 | -1}} Command
 */

/** @type {Record<string, Command>} */
const KEYS = {
  u: { do: 'undo' },
  backspace: { do: 'undo' },
  r: { do: 'recall' },
  s: { do: 'soldout' },
  a: { do: 'allergy' },
  f: { do: 'first' },
  m: { do: 'settings' },
  '.': { do: 'more' },
  pagedown: { do: 'next' },
  pageup: { do: 'back' },
  arrowdown: { do: 'line', way: 1 },
  arrowup: { do: 'line', way: -1 },
  arrowright: { do: 'ticket', way: 1 },
  arrowleft: { do: 'ticket', way: -1 },
  escape: { do: 'leave' },
};

/**
 * @param {{key: string, code?: string, shiftKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, repeat?: boolean}} event
 * @param {{isTicket: boolean}} at whether the ticket itself has the focus: on a button Enter is the button's
 * @returns {Command | null}
 */
export function command(event, { isTicket }) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  // With shift the key is another letter on every keyboard; its place is the same.
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code ?? '')?.[1] ?? (/^[1-9]$/.test(event.key) ? event.key : undefined);
  if (digit) return event.repeat ? null : { do: event.shiftKey && event.code?.startsWith('Digit') ? 'station' : 'select', n: Number(digit) };
  if (event.key === 'Enter') return isTicket && !event.repeat ? { do: 'done' } : null;
  const found = KEYS[event.key.toLowerCase()];
  if (!found || (event.repeat && found.do !== 'line' && found.do !== 'ticket')) return null;
  return found;
}
