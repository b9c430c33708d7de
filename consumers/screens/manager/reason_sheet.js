// Why: for what does harm. Usual reasons are one press, others are typed.

import { html, useState } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { why } from './acting.js';
import { Field } from './fields.js';

/** As many letters as the server takes. */
const LONGEST = 200;

/** @param {{title: string, text?: string, reasons: string[], confirm: string, danger?: boolean, busy: boolean, error?: any, first?: any, give: (reason: string) => void, close: () => void}} props */
export function Reason({ title, text, reasons, confirm, danger = false, busy, error, first, give, close }) {
  const [chosen, choose] = useState('');
  const [own, setOwn] = useState('');
  const reason = own.trim() || (chosen && t(`manager.reason.${chosen}`));
  return html`<${Sheet} class="manager-sheet" title=${title} text=${text} onclose=${close}>
    ${first}
    <div class="choices" role="group" aria-label=${t('manager.reason')}>
      ${reasons.map((one) => html`<button key=${one} class="btn" aria-pressed=${String(chosen === one && !own.trim())} onClick=${() => (choose(one), setOwn(''))}>${t(`manager.reason.${one}`)}</button>`)}
    </div>
    <${Field} label=${t('manager.reason.own')} value=${own} set=${setOwn} max=${LONGEST} />
    ${error && html`<p class="error" role="alert">${why(error)}</p>`}
    <div class="acts"><button class="btn" onClick=${close}>${t('manager.leave')}</button><button class=${danger ? 'btn do danger-do' : 'btn do'} disabled=${busy || !reason} onClick=${() => give(String(reason))}>${confirm}</button></div>
  <//>`;
}
