/** What this phone keeps of a waiter: baskets that were not sent, the section, what was seen. Where storage is switched off, until the page ends. */
import { recall, remember } from '../shared/device.js';
import { store } from '../shared/ui.js';

/**
 * @template T
 * @param {string} name @param {T} otherwise
 * @returns {import('../shared/ui.js').Store<T>}
 */
export function kept(name, otherwise) {
  const key = `waiter.${name}`;
  const value = store(/** @type {T} */ (recall(key) ?? otherwise));
  value.watch(() => remember(key, value.get()));
  return value;
}
