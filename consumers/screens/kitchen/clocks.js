// The clocks of all tickets, written by one hand: a second that passes draws nothing anew.

import { age, level } from './clock.js';

/** @typedef {{since: number, host: HTMLElement | null, until?: number, isNew?: boolean}} Running since, until: milliseconds since 1970; `host` shows the level; `isNew`: it was never written */

/** @type {Map<HTMLElement, Running>} */
const running = new Map();

/**
 * Runs a clock in an element until it is told to stop: the time since, or the seconds until.
 * @param {HTMLElement} element
 * @param {Running} clock
 */
export function run(element, clock) {
  running.set(element, { ...clock, isNew: true });
}

/** @param {HTMLElement} element */
export function stop(element) {
  running.delete(element);
}

/** Of the last time that all were written. */
let written = 0;

/**
 * Writes what is new at once, and all of them once a second, together: one drawing, not one for each clock.
 * @param {number} now by the server's clock
 * @param {import('./clock.js').Limits} limits
 */
export function write(now, limits) {
  const isDue = Math.abs(now - written) >= 1000;
  if (isDue) written = now - (now % 1000);
  for (const [element, clock] of running) {
    if (!isDue && !clock.isNew) continue;
    clock.isNew = false;
    const { since, until, host } = clock;
    const ms = until === undefined ? now - since : until - now;
    const text = until === undefined ? age(ms) : String(Math.max(0, Math.ceil(ms / 1000)));
    if (element.textContent !== text) element.textContent = text;
    if (!host) continue;
    const shown = level(ms, limits);
    if (host.dataset.level !== shown) host.dataset.level = shown;
  }
}

/** Other limits: everything is written anew. */
export function again() {
  written = 0;
}
