// A job that somebody took away: it is said until it was read, because the food may be in the bag.

import { html } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { codeOf } from './courier.js';

/** @param {{lost: import("./round.js").Lost[], read: (id: number) => void}} props */
export function Lost({ lost, read }) {
  return html`${lost.map(({ order, why }) => html`<section key=${order.id} class="card" role="alert"><p>${t(`driver.lost.${why}`, { code: codeOf(order) })}</p><div class="btns"><button class="btn" onClick=${() => read(order.id)}>${t('driver.understood')}</button></div></section>`)}`;
}
