/** A dish on the menu: the row opens its choices, + adds it as it usually is. */
import { Icon } from '../../shared/parts.js';
import { money } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { allergen } from './allergen.js';

/** @param {{dish: import('../model/types.js').Dish, n: number, onadd: () => void, onopen: () => void}} props `n`: so many are in the basket */
export function DishRow({ dish, n, onadd, onopen }) {
  const about = [dish.description, dish.allergens.map(allergen).join(', ')].filter((text) => text).join(' · ');
  if (!dish.is_available) {
    return html`<li class="off"><div class="about"><strong>${dish.name}</strong><small>${t('waiter.sold_out')}</small></div><span class="muted">${money(dish.price)}</span><span></span></li>`;
  }
  return html`<li>
    <button class="about" onclick=${onopen}><strong>${dish.name}</strong>${about ? html`<small>${about}</small>` : null}</button>
    <span>${money(dish.price)}</span>
    <button class="plus${n > 0 ? ' has' : ''}" onclick=${onadd} aria-label=${n > 0 ? t('waiter.add_more', { what: dish.name, n }) : t('waiter.add_one', { what: dish.name })}><span class=${n > 0 ? 'n' : ''}>${n > 0 ? n : html`<${Icon} name="plus" />`}</span></button>
  </li>`;
}
