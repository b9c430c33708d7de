// @ts-check
/** What each screen looks like, in a few strokes: for eyes only. */
import { html } from '../shared/ui.js';

const PARTS = {
  kitchen: ['wall kitchen', ['late', 'late', 'warn', 'warn', '', '', '', '', 'new']],
  waiter: ['phone', ['ready', 'new', 'act', '', '']],
  guest: ['phone', ['house', '', '', '', 'act']],
  board: ['wall board', ['ready', '', '', '', '']],
  driver: ['phone', ['', 'act', '', 'act']],
  manager: ['wall manager', ['', 'late', 'new', '', '', '', '']],
};

/** @param {{of: keyof typeof PARTS}} props */
export function Picture({ of }) {
  const [shape, parts] = /** @type {[string, string[]]} */ (PARTS[of]);
  return html`<div class="pic" aria-hidden="true"><div class=${shape}>${parts.map((look, n) => html`<i key=${n} class=${look}></i>`)}</div></div>`;
}
