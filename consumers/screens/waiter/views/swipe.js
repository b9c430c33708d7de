/** A swipe to the right presses the row's main button. The button stays: no gesture is the only way. */
import { html, useRef } from '../../shared/ui.js';

/** CSS pixels to the right, and at most so many up or down. */
const FAR = 90;
const ASIDE = 40;

/** @param {{children: any}} props */
export function Swipe({ children }) {
  /** @type {{current: {x: number, y: number}|null}} */
  const from = useRef(null);
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  /** @param {PointerEvent} event */
  const down = (event) => {
    from.current = event.pointerType === 'touch' ? { x: event.clientX, y: event.clientY } : null;
  };
  /** @param {PointerEvent} event */
  const up = (event) => {
    const start = from.current;
    from.current = null;
    if (!start || event.clientX - start.x < FAR || Math.abs(event.clientY - start.y) > ASIDE) return;
    box.current?.querySelector('button:not([disabled])')?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  };
  return html`<div class="swipe" ref=${box} onpointerdown=${down} onpointerup=${up} onpointercancel=${() => (from.current = null)}>${children}</div>`;
}
