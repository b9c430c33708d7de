// The clocks of all tickets, written by one hand: a second that passes draws nothing anew.

import { age, level } from './clock.js';

/** @typedef {{since: number, host: HTMLElement | null, until?: number, next?: number}} Running since, until: milliseconds since 1970; `host` shows the level; `next`: nothing changes before */

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
  for (const [element, clock] of running) {
    // a clock of the server may be set back a little when it is known better
    if (clock.next !== undefined && now < clock.next && now > clock.next - 1500) continue;
    const { since, until, host } = clock;
    const ms = until === undefined ? now - since : until - now;
    clock.next = until === undefined ? now + 1000 - (ms % 1000) : now + (ms % 1000) + 1;
    const text = until === undefined ? age(ms) : String(Math.max(0, Math.ceil(ms / 1000)));
    if (element.textContent !== text) element.textContent = text;
    if (!host) continue;
    const shown = level(ms, limits);
    if (host.dataset.level !== shown) host.dataset.level = shown;
  }
}

/** Other limits: every level is looked at again. */
export function again() {
  for (const clock of running.values()) clock.next = undefined;
}
