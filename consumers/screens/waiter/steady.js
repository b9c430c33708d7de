/** Nothing moves under a finger: a tap on what stood elsewhere, or was something else, a moment ago was not meant for it. */
import { useRef } from '../shared/ui.js';

/** Milliseconds in which somebody sees that it moved. */
const STEADY_MS = 400;

/**
 * Refuses a tap that was meant for what stood there before.
 * @param {unknown} what changes when things move
 * @returns {(event: Event) => void} to be called with each click, before anybody else
 */
export function useSteady(what) {
  const last = useRef({ what, at: -Infinity });
  if (last.current.what !== what) last.current = { what, at: performance.now() };
  return (event) => {
    if (performance.now() - last.current.at >= STEADY_MS) return;
    event.preventDefault();
    event.stopPropagation();
  };
}
