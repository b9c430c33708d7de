// Another table: the whole visit goes along, and nothing is cooked again. Where others sit, both become one bill, and only if that is meant.

import { html, useState, useStore } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';

/** @param {{house: import('./house.js').House, order: any, close: () => void}} props */
export function ChangeTable({ house, order, close }) {
  const tables = useStore(house.state, (known) => known.tables);
  const [to, setTo] = useState(/** @type {any} */ (null));
  const { act, busy, error, live } = useAct(house);
  const others = tables.filter((table) => table.is_active && table.id !== order.table_id);
  const go = async () => {
    const merge = to.is_occupied;
    const deed = order.session_id
      ? { method: 'POST', path: `/api/v1/sessions/${order.session_id}/move`, body: { table_id: to.id, merge } }
      : { method: 'PATCH', path: `/api/v1/orders/${order.id}`, body: { table_id: to.id, version: order.version } };
    if (await act({ ...deed, touches: ['orders', 'tables'], said: t('manager.moved', { table: to.number }) })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${t('manager.changeTable')} text=${order.session_id ? t('manager.move.text') : t('manager.move.order')} onclose=${close}>
    <div class="choices tables" role="group" aria-label=${t('manager.tab.floor')}>
      ${others.map((table) => html`<button key=${table.id} class="btn" aria-pressed=${String(to?.id === table.id)} onClick=${() => setTo(table)}><b class="n">${table.number}</b><span>${table.is_occupied ? t('manager.table.taken', { n: table.session?.guests_count ?? 0 }) : t('manager.table.free', { n: table.capacity })}</span></button>`)}
    </div>
    ${to?.is_occupied && html`<p class="muted">${t('manager.move.merge', { table: to.number })}</p>`}
    ${error && html`<p class="error" role="alert">${why(error, { table: to?.number })}</p>`}
    <div class="acts"><button class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || !to} onClick=${go}>${to?.is_occupied ? t('manager.move.together') : to ? t('manager.move.to', { table: to.number }) : t('manager.changeTable')}</button></div>
  <//>`;
}
