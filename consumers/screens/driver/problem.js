// What can go wrong at the door, in the words that the manager will read; and giving a job back.

import { html, useState } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { toast } from '../shared/toast.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { t } from '../shared/texts.js';
import { codeOf } from './courier.js';
import { canHandBack } from './job.js';

/** Reasons, by the names of their texts. */
const REASONS = ['nobody', 'address', 'refused', 'cash', 'accident'];
/** As many letters as the server takes. */
const LONGEST = 200;

/** @param {{job: any, line: import("./courier.js").Courier, close: () => void}} props */
export function Problem({ job, line, close }) {
  const [reason, setReason] = useState(/** @type {string | null} */ (null));
  const [own, setOwn] = useState('');
  const [busy, setBusy] = useState(false);
  const code = codeOf(job);
  const words = own.trim() || (reason ? t(`driver.reason.${reason}`) : '');
  const send = async (/** @type {Record<string, unknown>} */ body, /** @type {Record<string, unknown>} */ label, /** @type {string} */ said) => {
    setBusy(true);
    try {
      await line.step(job, body, label);
      toast({ text: said });
      close();
    } catch (error) {
      toast({ text: sayRefusal(/** @type {any} */ (error)) });
      setBusy(false);
    }
  };
  return html`<${Sheet} title=${t('driver.problem.title', { code })} onclose=${close}>
    <div class="driver">
      <p class="muted">${t('driver.problem.what')}</p>
      <div class="reasons" role="group" aria-label=${t('driver.problem.what')}>
        ${REASONS.map((one) => html`<button key=${one} class="btn" aria-pressed=${String(reason === one && !own.trim())} onClick=${() => (setReason(one), setOwn(''))}>${t(`driver.reason.${one}`)}</button>`)}
        <label class="field"><span>${t('driver.problem.own')}</span><input maxlength=${LONGEST} value=${own} onInput=${(/** @type {any} */ event) => setOwn(event.currentTarget.value)} /></label>
      </div>
      <button class="btn do wide" disabled=${busy || words === ''} onClick=${() => send({ status: 'failed', reason: words }, { text: 'driver.say.failed', reason: words }, t('driver.toast.failed', { code }))}>${t('driver.fail')}</button>
      ${canHandBack(job) && html`<button class="btn wide" disabled=${busy} onClick=${() => send({ driverId: null }, { text: 'driver.say.dropped' }, t('driver.toast.dropped', { code }))}>${t('driver.drop', { code })}</button>`}
    </div>
  <//>`;
}
