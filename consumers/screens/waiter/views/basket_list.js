/** What was chosen and not sent: each line opens its choices again. */
import { Icon } from '../../shared/parts.js';
import { money } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { costOf } from '../model/basket.js';
import { isRemoval } from '../model/lines.js';
import { words } from './allergen.js';

/** @typedef {import('../model/types.js').BasketLine} BasketLine */

/** @param {{basket: BasketLine[], gone: BasketLine[], onedit: (line: BasketLine) => void}} props `gone`: sold out since */
export function BasketList({ basket, gone, onedit }) {
  return html`<ul class="lines basket">${basket.map((line) => {
    /** @type {any[]} */
    const parts = line.modifiers.map(({ name }) => (isRemoval(name) ? html`<b>${name.replace(/^\S+/, (word) => word.toUpperCase())}</b>` : name));
    if (line.allergy) parts.push(html`<b class="alg-t">${t('waiter.allergy')}: ${words(line.allergy)}</b>`);
    if (line.note) parts.push(line.note);
    if (line.seat != null) parts.push(t('waiter.seat_n', { n: line.seat }));
    if (line.hold) parts.push(t('waiter.held'));
    if (gone.includes(line)) parts.unshift(t('waiter.sold_out'));
    return html`<li key=${line.uuid} class=${gone.includes(line) ? 'gone' : ''}>
      <b class="n">${line.quantity}</b>
      <div><strong>${line.name}</strong>${parts.length ? html`<small>${parts.map((part, i) => html`${i > 0 ? ' · ' : ''}${part}`)}</small>` : null}</div>
      <span>${money(costOf(line))}</span>
      <button class="more" aria-label=${t('waiter.change_line', { what: line.name })} onclick=${() => onedit(line)}><${Icon} name="more" /></button>
    </li>`;
  })}</ul>`;
}
