// What a manager can do about an order.

import { html, useState } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Drivers } from './drivers_sheet.js';
import { isOpen } from './filter.js';
import { Reason } from './reason_sheet.js';
import { codeOf } from './rows.js';
import { SetStatus } from './status_sheet.js';
import { ChangeTable } from './table_sheet.js';
import { VoidLine } from './void_sheet.js';

/** @typedef {'status' | 'table' | 'void' | 'cancel' | 'drivers' | 'refuse'} Open */

/** @param {{house: import('./house.js').House, order: any, live: boolean, close: () => void}} props */
export function OrderActions({ house, order, live, close }) {
  const [open, setOpen] = useState(/** @type {Open | null} */ (null));
  const { act, busy, error, forget } = useAct(house);
  const code = codeOf(order);
  const off = !live || busy;
  const shut = () => (setOpen(null), forget());
  const change = async (/** @type {Record<string, unknown>} */ body, /** @type {string | undefined} */ said) => {
    if (await act({ method: 'PATCH', path: `/api/v1/orders/${order.id}`, body, touches: ['orders', 'figures'], said })) shut();
  };
  const give = async (/** @type {any} */ driver) => {
    const said = driver ? t('manager.given', { code, name: driver.name }) : t('manager.givenBack', { code });
    if (await act({ method: 'PATCH', path: `/api/delivery/orders/${order.id}`, body: { driverId: driver?.id ?? null }, touches: ['orders', 'house', 'tasks'], said })) shut();
  };
  const can = isOpen(order);
  const driven = order.type === 'delivery' && can && order.status !== 'delivered';
  return html`<div class="acts">
      ${order.status === 'new' && html`<button class="btn do" disabled=${off} onClick=${() => change({ status: 'confirmed' }, t('manager.approved', { code }))}>${t('manager.approve')}</button><button class="btn" disabled=${off} onClick=${() => setOpen('refuse')}>${t('manager.refuse')}</button>`}
      ${driven && html`<button class="btn do" disabled=${off} onClick=${() => setOpen('drivers')}>${order.driver_id == null ? t('manager.chooseDriver') : t('manager.otherDriver')}</button>`}
      <button class=${order.status === 'new' || driven ? 'btn' : 'btn do'} disabled=${off} onClick=${() => setOpen('status')}>${t('manager.setStatus')}</button>
      ${order.type !== 'delivery' && can && html`<button class="btn" disabled=${off} onClick=${() => setOpen('table')}>${t('manager.changeTable')}</button>`}
      ${can && html`<button class="btn" disabled=${off} onClick=${() => setOpen('void')}>${t('manager.voidLine')}</button>`}
      ${can && order.priority < 1 && order.status !== 'delivered' && html`<button class="btn" disabled=${off} onClick=${() => change({ priority: 1 }, t('manager.first.said', { code }))}>${t('manager.first')}</button>`}
      ${can && order.status !== 'delivered' && html`<button class="btn danger" disabled=${off} onClick=${() => setOpen('cancel')}>${t('manager.cancelOrder')}</button>`}
    </div>
    ${!live && html`<p class="muted">${t('manager.onlyLive')}</p>`}
    ${error && open === null && html`<p class="error" role="alert">${why(error, { code })}</p>`}
    ${open === 'status' && html`<${SetStatus} house=${house} order=${order} close=${shut} />`}
    ${open === 'table' && html`<${ChangeTable} house=${house} order=${order} close=${shut} />`}
    ${open === 'void' && html`<${VoidLine} house=${house} order=${order} close=${shut} />`}
    ${open === 'drivers' && html`<${Drivers} house=${house} code=${code} now=${order.driver_id} give=${give} close=${shut} />`}
    ${open === 'refuse' && html`<${Reason} title=${t('manager.refuse.title', { code })} reasons=${['closed', 'soldOut', 'twice', 'wrongTable']} confirm=${t('manager.refuse')} busy=${busy} error=${error} give=${(/** @type {string} */ reason) => change({ status: 'cancelled', reason }, t('manager.refused', { code }))} close=${shut} />`}
    ${open === 'cancel' && html`<${Reason} title=${t('manager.cancel.title', { code })} text=${t('manager.cancel.text')} reasons=${['left', 'twice', 'mistake', 'soldOut']} confirm=${t('manager.cancelOrder')} danger busy=${busy} error=${error} give=${(/** @type {string} */ reason) => change({ status: 'cancelled', reason }, t('manager.cancelled.said', { code }))} close=${shut} />`}`;
}
