/** Nothing moves under a finger: a tap on what stood elsewhere, or was something else, a moment ago was not meant for it. */
import { useEffect, useRef, useState } from '../shared/ui.js';

/** Milliseconds in which somebody sees that it moved. */
const STEADY_MS = 400;

/**
 * Refuses a tap that was meant for what stood there before.
 * @param {unknown} what changes when things move
 * @returns {{moving: boolean, guard: (event: Event) => void}} `guard` is called with each click, before anybody else
 */
export function useSteady(what) {
  const last = useRef({ what, at: -Infinity });
  const [, draw] = useState(0);
  if (last.current.what !== what) last.current = { what, at: performance.now() };
  const { at } = last.current;
  useEffect(() => {
    const timer = setTimeout(() => draw((n) => n + 1), STEADY_MS);
    return () => clearTimeout(timer);
  }, [at]);
  const guard = (/** @type {Event} */ event) => {
    // A key presses what has the focus, wherever it stands.
    if (/** @type {UIEvent} */ (event).detail === 0 || performance.now() - at >= STEADY_MS) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { moving: performance.now() - at < STEADY_MS, guard };
}
