// @ts-check
/** What this device remembers. Where storage is switched off, it remembers for as long as the page lives. */
/** @type {Map<string, string>} */
const fallback = new Map();

/** Whether something stays when the page is closed. */
export const remembers = (() => {
  try {
    localStorage.setItem('maitred.try', '1');
    localStorage.removeItem('maitred.try');
    return true;
  } catch {
    return false;
  }
})();

/** @param {string} name @returns {any} what was stored, or null */
export function recall(name) {
  try {
    const text = remembers ? localStorage.getItem(`maitred.${name}`) : fallback.get(name);
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** @param {string} name @param {any} value null forgets it */
export function remember(name, value) {
  const text = JSON.stringify(value);
  if (value === null || value === undefined) fallback.delete(name);
  else fallback.set(name, text);
  if (!remembers) return;
  try {
    if (value === null || value === undefined) localStorage.removeItem(`maitred.${name}`);
    else localStorage.setItem(`maitred.${name}`, text);
  } catch {
    // full: it is remembered for as long as the page lives
  }
}
