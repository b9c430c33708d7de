// @ts-check
/** What was just done, with Undo, for five seconds. One at a time: the next commits the one before. */
import { t } from './texts.js';
import { html, store, useEffect, useStore } from './ui.js';

/** @typedef {{text: any, undo?: () => void, commit?: () => void, ms?: number}} Toast */

const current = store(/** @type {(Toast & {id: number, ms: number})|null} */ (null));
let count = 0;

/** Shows it. `commit` is called when it leaves without Undo: after `ms`, at the next toast, or when the page goes. @param {Toast} what */
export function toast(what) {
  finish();
  current.set({ ms: 5000, ...what, id: ++count });
}

/** Commits the one that is shown, now. */
export function finish() {
  const one = current.get();
  current.set(null);
  one?.commit?.();
}

globalThis.addEventListener?.('pagehide', finish);

/** Where toasts are shown: mounted once, by start(). */
export function Toasts() {
  const one = useStore(current);
  useEffect(() => {
    if (!one) return;
    const timer = setTimeout(() => current.get() === one && finish(), one.ms);
    return () => clearTimeout(timer);
  }, [one]);
  const undo = () => {
    current.set(null);
    one?.undo?.();
  };
  return html`<div class="toasts" role="status">${one && html`<div class="toast" key=${one.id} style=${{ '--left': `${one.ms}ms` }}>
    <span>${one.text}</span>${one.undo && html`<button type="button" onClick=${undo}>${t('undo')}</button>`}</div>`}</div>`;
}
