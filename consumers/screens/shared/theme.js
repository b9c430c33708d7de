// @ts-check
/** Dark or light: the system's, unless this device chose. A wall starts dark. */
import { recall, remember } from './device.js';
import { store, useStore } from './ui.js';

/** @typedef {'light'|'dark'|null} Theme null: the system's */
const chosen = store(/** @type {Theme} */ (null));

/** @param {Theme} theme */
function apply(theme) {
  const { dataset } = document.documentElement;
  if (theme) dataset.theme = theme;
  else delete dataset.theme;
  chosen.set(theme);
}

/** @param {Theme} usual what it is until somebody chooses */
export function startTheme(usual) {
  apply(recall('theme') ?? usual ?? null);
}

/** Stored on this device. @param {Theme} theme */
export function setTheme(theme) {
  remember('theme', theme);
  apply(theme);
}

export const useTheme = () => useStore(chosen);
