// Whether offers come. On a job the switch says so, and turning it off only ends what comes next.

import { html, useState } from '../shared/ui.js';
import { toast } from '../shared/toast.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { t } from '../shared/texts.js';

/** @param {{status: string | null, onJob: boolean, live: boolean, set: (available: boolean) => Promise<void>}} props */
export function Switch({ status, onJob, live, set }) {
  const [busy, setBusy] = useState(false);
  const on = status !== 'offline' && status !== null;
  const label = onJob ? t('driver.switch.job') : on ? t('driver.switch.on') : status === null ? t('driver.switch.unknown') : t('driver.switch.off');
  const turn = async () => {
    setBusy(true);
    try {
      await set(!on);
    } catch (error) {
      toast({ text: sayRefusal(/** @type {any} */ (error)) });
    } finally {
      setBusy(false);
    }
  };
  // Without a line nobody could be told: the reason is the button's name.
  const reason = live ? undefined : t('driver.switch.nolink');
  return html`<button class="switch" role="switch" aria-checked=${String(on)} disabled=${busy || !live || status === null} title=${reason} aria-description=${reason} onClick=${turn}><i></i><span>${label}</span></button>`;
}
