// @ts-check
/** A new build of the pages: they load themselves again at the first quiet moment, which is 60 s without a touch and nothing that waits to be sent. */

const QUIET_MS = 60000, ASK_MS = 30000;
/** @type {Set<() => boolean>} */
const busy = new Set();
let touched = performance.now();
let mine = '';
let newer = false;

/** This build's number, once it is known. */
export const build = () => mine;

/** Holds a reload while `fn` says true. @param {() => boolean} fn @returns {() => void} lets go */
export function holdReload(fn) {
  busy.add(fn);
  return () => busy.delete(fn);
}

/** @returns {Promise<string>} the build that the server has now */
async function asked() {
  try {
    const answer = await fetch('/screens/build.json', { cache: 'no-store', signal: AbortSignal.timeout(8000) });
    return answer.ok ? String((await answer.json()).build ?? '') : '';
  } catch {
    return '';
  }
}

async function look() {
  const now = await asked();
  mine ||= now;
  newer = newer || (now !== '' && now !== mine);
  document.documentElement.dataset.build = newer ? 'old' : 'newest';
  reloadIfQuiet();
}

function reloadIfQuiet() {
  if (!newer || performance.now() - touched < QUIET_MS) return;
  if (document.querySelector('dialog[open]') || [...busy].some((fn) => fn())) return;
  location.reload();
}

export function watchBuild() {
  for (const what of ['pointerdown', 'keydown']) addEventListener(what, () => (touched = performance.now()), { capture: true, passive: true });
  look();
  setInterval(look, ASK_MS);
  setInterval(reloadIfQuiet, 5000);
}
