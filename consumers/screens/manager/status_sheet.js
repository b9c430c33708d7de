// Setting a status by hand: a step that the house allows is done; one that goes against its order of things needs a reason, and is written down.

import { html, useState } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Field } from './fields.js';
import { codeOf } from './rows.js';

const STATUSES = ['pending', 'confirmed', 'preparing', 'ready', 'out_for_delivery', 'delivered', 'completed'];
/** Refusals that a manager may overrule, with a reason. */
const OVERRULED = new Set(['INVALID_TRANSITION', 'RECALL_EXPIRED', 'REASON_REQUIRED']);

/** @param {{house: import('./house.js').House, order: any, close: () => void}} props */
export function SetStatus({ house, order, close }) {
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const { act, busy, error, live } = useAct(house);
  const [against, setAgainst] = useState(false);
  const code = codeOf(order);
  const choices = STATUSES.filter((status) => status !== 'out_for_delivery' || order.type === 'delivery');
  const back = to !== '' && STATUSES.indexOf(to) < STATUSES.indexOf(order.status);
  const go = async (/** @type {boolean} */ force) => {
    const body = { status: to, back: back || undefined, version: order.version, ...(force ? { override: true, reason: reason.trim() } : {}) };
    if (await act({ method: 'PATCH', path: `/api/v1/orders/${order.id}`, body, touches: ['orders', 'figures'], said: t('manager.status.said', { code, status: t(`manager.status.${to}`) }) })) close();
  };
  const overrule = error && OVERRULED.has(error.code);
  return html`<${Sheet} class="manager-sheet" title=${t('manager.status.title', { code })} text=${t('manager.status.now', { status: t(`manager.status.${order.status}`) })} onclose=${close}>
    <div class="choices" role="group" aria-label=${t('manager.setStatus')}>
      ${choices.map((status) => html`<button key=${status} class="btn" disabled=${status === order.status} aria-pressed=${String(to === status)} onClick=${() => (setTo(status), setAgainst(false))}>${t(`manager.status.${status}`)}</button>`)}
    </div>
    ${error && !overrule && html`<p class="error" role="alert">${why(error, { code })}</p>`}
    ${(overrule || against) && html`<p class="error" role="alert">${t('manager.status.against', { status: t(`manager.status.${order.status}`), to: t(`manager.status.${to}`) })}</p><${Field} label=${t('manager.reason')} value=${reason} set=${setReason} max=${200} required />`}
    <div class="acts"><button class="btn" onClick=${close}>${t('manager.leave')}</button>
      ${
        overrule || against
          ? html`<button class="btn do" disabled=${busy || !live || reason.trim() === ''} onClick=${() => (setAgainst(true), go(true))}>${t('manager.status.override')}</button>`
          : html`<button class="btn do" disabled=${busy || !live || to === ''} onClick=${() => go(false)}>${t('manager.setStatus')}</button>`
      }
    </div>
  <//>`;
}
