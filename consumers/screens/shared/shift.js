// @ts-check
/** The first touch of the day: browsers keep a page silent until somebody touches it. */
import { t, useLang } from './texts.js';
import { unlock, useUnlocked } from './sound.js';
import { html, useEffect } from './ui.js';

/** A button over the foot until sounds can be heard. Any tap or key does it. @param {{onstart?: () => void}} props */
export function StartShift({ onstart }) {
  useLang();
  const unlocked = useUnlocked();
  useEffect(() => {
    if (unlocked) onstart?.();
  }, [unlocked]);
  if (unlocked) return null;
  return html`<button type="button" class="btn do shift" onClick=${unlock}>${t('start_shift')}</button>`;
}
