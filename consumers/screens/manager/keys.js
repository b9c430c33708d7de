// What a key means on the manager's screen. Keys are letters of the English words; they work wherever nothing is being typed.

import { LETTERS } from './filter.js';

/**
 * @typedef {{kind: "find"} | {kind: "filter", filter: import("./filter.js").Filter} | {kind: "step", by: 1 | -1} | {kind: "edge", end: "first" | "last"} | {kind: "open"} | {kind: "close"}} Command
 * @typedef {{key: string, ctrl: boolean, alt: boolean, meta: boolean, typing: boolean, dialog: boolean}} Press  `typing`: in a field; `dialog`: a sheet is open
 */

/** @param {Press} press @returns {Command | null} */
export function command(press) {
  if (press.ctrl || press.alt || press.meta) return null;
  if (press.key === 'Escape') return { kind: 'close' };
  // A sheet has keys of its own, and a field takes letters as text.
  if (press.dialog) return null;
  if (press.typing) return press.key === 'ArrowDown' ? { kind: 'step', by: 1 } : null;
  switch (press.key) {
    case '/':
      return { kind: 'find' };
    case 'ArrowDown':
      return { kind: 'step', by: 1 };
    case 'ArrowUp':
      return { kind: 'step', by: -1 };
    case 'Home':
      return { kind: 'edge', end: 'first' };
    case 'End':
      return { kind: 'edge', end: 'last' };
    default: {
      const filter = LETTERS[press.key.toLowerCase()];
      return filter ? { kind: 'filter', filter } : null;
    }
  }
}

/** The row that comes after this many steps. @param {number[]} ids @param {number | null} from @param {1 | -1} by @returns {number | null} */
export function stepped(ids, from, by) {
  if (ids.length === 0) return null;
  const at = from === null ? -1 : ids.indexOf(from);
  if (at < 0) return by > 0 ? ids[0] : ids[ids.length - 1];
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))];
}
