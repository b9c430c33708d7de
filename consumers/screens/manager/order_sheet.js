// One order: how it stands, what can be done about it, its lines, its payments, and what happened to it.

import { html, useEffect, useStore, useTick } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { clock, money } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { useAct, useLive, why } from './acting.js';
import { isOpen } from './filter.js';
import { limits } from './limits.js';
import { standing, sum } from './naming.js';
import { codeOf } from './rows.js';
import { Happened } from './happened.js';
import { OrderActions } from './order_actions.js';
import { Payments } from './payments.js';

const words = { t, money, clock };

/** @param {{house: import('./house.js').House, id: number, close: () => void}} props */
export function OrderSheet({ house, id, close }) {
  const known = useStore(house.state);
  const order = known.orders.get(id);
  const version = order?.version;
  const live = useLive(house.m);
  useTick(1000);
  // Lists come without lines. Read when it opens, and again when somebody changed it.
  useEffect(() => {
    if (live && !order?.items) house.look(id).catch(() => {});
  }, [id, live]);
  if (!order) return null;
  const around = { drivers: known.drivers, tasks: known.tasks, limits: limits(known.stations), now: house.m.now() };
  const { state, text } = standing(order, around, words);
  const { amount, paid } = sum(order, words);
  const code = codeOf(order);
  const driver = known.drivers.find((one) => one.id === order.driver_id);
  const first = order.guests_count ? t('manager.guests', { n: order.guests_count }) : (order.customer_name ?? t(`manager.type.${order.type}`));
  const second = [order.public_id, order.waiter_name ?? driver?.name].filter(Boolean).join(', ');
  const title = html`<span class="head"><b class=${code.length > 6 ? 'n text' : code.length > 3 ? 'n long' : 'n'}>${code}</b><span>${first}<span>${second}</span></span></span>`;
  return html`<${Sheet} class="manager-sheet order" title=${title} onclose=${close}>
    <p class="tapes"><span class=${state ? `tape ${state}` : 'tape'}>${text}</span><span class="tape line">${paid} ${amount}</span>${order.source === 'qr' && html`<span class="tape line">${t('manager.qr')}</span>`}</p>
    ${order.address && html`<p class="note">${order.address}${order.customer_phone && ` · ${order.customer_phone}`}</p>`}
    ${order.allergy_note && html`<p><span class="tape alg">${t('manager.allergy', { what: order.allergy_note })}</span></p>`}
    ${order.note && html`<p class="note">${order.note}</p>`}
    ${order.cancel_reason && html`<p class="note">${t('manager.cancelled', { reason: order.cancel_reason })}</p>`}
    <${OrderActions} house=${house} order=${order} live=${live} close=${close} />
    <${Lines} house=${house} order=${order} live=${live} />
    <${Payments} house=${house} order=${order} version=${version} />
    <${Happened} house=${house} id=${id} version=${version} />
  <//>`;
}

/** @param {{house: import('./house.js').House, order: any, live: boolean}} props */
function Lines({ house, order, live }) {
  const { act, busy, error } = useAct(house);
  if (!order.items) return html`<h3>${t('manager.lines')}</h3><div class="grey"></div>`;
  const fire = () => act({ method: 'POST', path: `/api/v1/orders/${order.id}/fire`, body: {}, touches: ['orders'], said: t('manager.fired') });
  const held = order.items.some((/** @type {any} */ line) => line.status === 'held');
  return html`<h3>${t('manager.lines')}</h3>
    <ul class="lines">${order.items.map(
      (/** @type {any} */ line) => html`<li key=${line.id} class=${line.status === 'voided' ? 'void' : undefined}>
      <b class="n">${line.quantity}</b>
      <span>${line.name}<small>${[line.allergy && t('manager.allergy', { what: line.allergy }), ...line.modifiers.map((/** @type {any} */ one) => one.name), line.note, t(`manager.status.${line.status}`), line.void_reason].filter(Boolean).join(' · ')}</small></span>
      <span>${money(line.price)}</span>
    </li>`,
    )}</ul>
    ${error && html`<p class="error" role="alert">${why(error)}</p>`}
    ${held && isOpen(order) && html`<p class="actions"><button class="btn small" disabled=${busy || !live} onClick=${fire}>${t('manager.fire')}</button></p>`}`;
}
