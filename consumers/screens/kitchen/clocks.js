// The clocks of all tickets, written by one hand: a second that passes draws nothing anew.

import { age, level } from './clock.js';

/** @typedef {{since: number, host: HTMLElement | null, until?: number}} Running since, until: milliseconds since 1970; `host` shows the level */

/** @type {Map<HTMLElement, Running>} */
const running = new Map();

/**
 * Runs a clock in an element until it is told to stop: the time since, or the seconds until.
 * @param {HTMLElement} element
 * @param {Running} clock
 */
export function run(element, clock) {
  running.set(element, clock);
}

/** @param {HTMLElement} element */
export function stop(element) {
  running.delete(element);
}

/** @param {number} now by the server's clock @param {import('./clock.js').Limits} limits */
export function write(now, limits) {
  for (const [element, { since, until, host }] of running) {
    const text = until === undefined ? age(now - since) : String(Math.max(0, Math.ceil((until - now) / 1000)));
    if (element.textContent !== text) element.textContent = text;
    if (!host) continue;
    const shown = level(now - since, limits);
    if (host.dataset.level !== shown) host.dataset.level = shown;
  }
}
