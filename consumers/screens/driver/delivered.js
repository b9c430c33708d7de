// What was handed over in the last half hour: it can be taken back, because thumbs slip.

import { html } from '../shared/ui.js';
import { toast } from '../shared/toast.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { time } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { codeOf } from './courier.js';
import { isOpen } from './job.js';
import { KEPT_MS } from './round.js';

/** @param {{line: import("./courier.js").Courier, orders: any[], now: number}} props */
export function Delivered({ line, orders, now }) {
  const handed = orders.filter((order) => !isOpen(order) && order.deliveredAt && now - Date.parse(order.deliveredAt) < KEPT_MS);
  if (handed.length === 0) return null;
  const back = async (/** @type {any} */ order) => {
    try {
      await line.step(order, { status: 'out_for_delivery', undo: true }, { text: 'driver.say.undone' });
    } catch (error) {
      toast({ text: sayRefusal(/** @type {any} */ (error)) });
    }
  };
  return html`<h2>${t('driver.handed')}</h2>
    ${handed.map((order) => html`<article key=${order.id} class="of done"><div class="top"><b class="n">${codeOf(order)}</b><p class="where">${t('driver.handedAt', { time: time(order.deliveredAt) })}</p><button class="btn small" onClick=${() => back(order)}>${t('driver.undo')}</button></div></article>`)}`;
}
