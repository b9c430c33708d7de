// @ts-check
/** Keeps the display on. A browser takes that back whenever the page is hidden, so it is asked again when it shows. */
let wanted = false;
/** @type {WakeLockSentinel|null} */
let lock = null;

async function ask() {
  if (!wanted || document.visibilityState !== 'visible' || (lock && !lock.released)) return;
  // refused with a low battery, and not there on pages without TLS: then the display's own setting counts
  lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
}

document.addEventListener('visibilitychange', ask);

/** @param {boolean} on */
export function wake(on) {
  wanted = on;
  if (on) ask();
  else {
    lock?.release();
    lock = null;
  }
}
