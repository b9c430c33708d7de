// What stands where a ticket was: who it was, and Undo where the finger is.

import { html, useEffect, useLayoutEffect, useRef } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { time } from '../shared/format.js';
import { run, stop } from './clocks.js';

/** @param {{ghost: import('./grid.js').Ghost, cell: import('./grid.js').Cell, hands: import('./hands.js').Hands, focus: boolean}} props `focus`: whoever pressed Done did it with the keyboard */
export function Ghost({ ghost, cell, hands, focus }) {
  const left = useRef(/** @type {HTMLElement | null} */ (null));
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  const { id, code, at, until, why } = ghost;
  const isOwn = why === 'done';
  useLayoutEffect(() => {
    const element = left.current;
    if (!element) return undefined;
    run(element, { since: at, until, host: null });
    hands.wind();
    return () => stop(element);
  }, [at, until]);
  useEffect(() => {
    if (focus) button.current?.focus({ preventScroll: true });
  }, []);
  const text = t(isOwn ? 'kitchen.done_at' : 'kitchen.gone_at', { at: time(at) });
  return html`<article class=${`tk ghost${cell.tall ? ' tall' : ''}`} style=${{ '--x': cell.col, '--y': cell.row }} data-ghost=${id} aria-label=${`${code}, ${text}`}>
    <div><h2 class=${`n${code.length > 2 ? ' x' : ''}`}>${code}</h2><p>${text}</p></div>
    ${isOwn ? html`<button ref=${button} type="button" class="btn undo" onClick=${() => hands.press(id)}><span>${t('kitchen.undo')}<span class="sr">, ${code}</span><span aria-hidden="true"> · <span class="left" ref=${left}></span> s</span></span></button>` : null}
  </article>`;
}
