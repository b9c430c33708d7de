// Taking a line off: which, and why. The kitchen sees it struck until it confirmed that it stopped.

import { html, useState } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { money } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { useAct } from './acting.js';
import { Reason } from './reason_sheet.js';

/** @param {{house: import('./house.js').House, order: any, close: () => void}} props */
export function VoidLine({ house, order, close }) {
  const [line, setLine] = useState(/** @type {any} */ (null));
  const { act, busy, error } = useAct(house);
  const lines = (order.items ?? []).filter((/** @type {any} */ one) => one.status !== 'voided' && one.status !== 'served');
  const give = async (/** @type {string} */ reason) => {
    if (await act({ method: 'DELETE', path: `/api/v1/orders/${order.id}/items/${line.id}`, body: { reason, version: line.version }, touches: ['orders', 'figures'], said: t('manager.voided', { name: line.name }) })) {
      house.look(order.id).catch(() => {});
      close();
    }
  };
  if (line)
    return html`<${Reason} title=${t('manager.void.title', { n: line.quantity, name: line.name })} text=${line.status === 'preparing' ? t('manager.void.cooking') : undefined} reasons=${['wrongDish', 'changedMind', 'soldOut', 'bad']} confirm=${t('manager.void')} danger busy=${busy} error=${error} give=${give} close=${close} />`;
  return html`<${Sheet} class="manager-sheet" title=${t('manager.voidLine')} onclose=${close}>
    <div class="choices">
      ${lines.map((/** @type {any} */ one) => html`<button key=${one.id} class="btn" onClick=${() => setLine(one)}><b class="n">${one.quantity}</b><span>${one.name}</span><span class="muted">${t(`manager.status.${one.status}`)} · ${money(one.price)}</span></button>`)}
      ${lines.length === 0 && html`<p class="muted">${t('manager.void.none')}</p>`}
    </div>
  <//>`;
}
