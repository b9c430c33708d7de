// The menu: what there is, what it costs, what is sold out. Guests and waiters see a change at once.

import { html, useEffect, useState, useStore } from '../shared/ui.js';
import { Empty } from '../shared/parts.js';
import { money } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { useAct, useLive, why } from './acting.js';
import { Waiting } from './waiting.js';
import { EditCategory } from './category_edit.js';
import { EditDish } from './dish_edit.js';

/** @param {{house: import('./house.js').House}} props */
export function Page({ house }) {
  const { menu, categories, loaded } = useStore(house.state);
  const [edit, setEdit] = useState(/** @type {any} */ (null));
  const [text, setText] = useState('');
  const live = useLive(house.m);
  useEffect(() => house.want(['menu', 'house']), [house]);
  const wanted = text.trim().toLocaleLowerCase();
  const shown = menu.filter((dish) => !wanted || `${dish.name} ${dish.category ?? ''}`.toLocaleLowerCase().includes(wanted));
  const groups = [...[...categories].sort((a, b) => a.sort - b.sort || a.id - b.id), { id: null, name: t('manager.category.none') }]
    .map((category) => ({ category, own: shown.filter((dish) => (dish.category_id ?? null) === category.id) }))
    .filter(({ category, own }) => own.length > 0 || (category.id !== null && !wanted));
  return html`<div class="actions">
      <button class="btn do small" disabled=${!live} onClick=${() => setEdit({ dish: {} })}>${t('manager.dish.add')}</button>
      <button class="btn small" disabled=${!live} onClick=${() => setEdit({ category: {} })}>${t('manager.category.add')}</button>
      <label class="find"><span class="sr">${t('manager.dish.find')}</span><input type="search" placeholder=${t('manager.dish.find')} value=${text} onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)} /></label>
    </div>
    <${Waiting} house=${house} part="menu" />
    ${loaded.has('menu') && menu.length === 0 && html`<${Empty}>${t('manager.empty.menu')}<//>`}
    ${groups.map(
      ({ category, own }) => html`<section class="group" key=${category.id ?? 'none'}>
      <h2>${category.name}${category.id !== null && html`<button class="btn small" disabled=${!live} aria-label=${t('manager.category.edit', { name: category.name })} onClick=${() => setEdit({ category })}>${t('manager.edit')}</button>`}</h2>
      ${own.length === 0 ? html`<p class="calm">${t('manager.category.empty')}</p>` : html`<ul class="list">${own.map((dish) => html`<${Dish} key=${dish.id} house=${house} dish=${dish} live=${live} edit=${() => setEdit({ dish })} />`)}</ul>`}
    </section>`,
    )}
    ${edit?.dish && html`<${EditDish} house=${house} dish=${edit.dish} close=${() => setEdit(null)} />`}
    ${edit?.category && html`<${EditCategory} house=${house} category=${edit.category} close=${() => setEdit(null)} />`}`;
}

/** @param {{house: import('./house.js').House, dish: any, live: boolean, edit: () => void}} props */
function Dish({ house, dish, live, edit }) {
  const { act, busy, error } = useAct(house);
  const turn = () =>
    act({
      method: 'PATCH',
      path: `/api/v1/menu/${dish.id}`,
      body: { is_available: !dish.is_available },
      touches: ['menu'],
      said: t(dish.is_available ? 'manager.soldOut.said' : 'manager.backOn.said', { name: dish.name }),
    });
  const station = house.state.get().stations.find((one) => one.code === dish.station)?.name ?? dish.station;
  const allergens = dish.allergens.length > 0 ? t('manager.dish.allergens', { list: dish.allergens.join(', ') }) : null;
  return html`<li class=${dish.is_available ? undefined : 'off'}>
    <span class=${dish.is_available ? 'what' : 'what struck'}>${dish.name}<small>${[station, allergens].filter(Boolean).join(' · ')}</small>${error && html`<small class="error" role="alert">${why(error)}</small>`}</span>
    ${dish.is_available ? html`<span></span>` : html`<span class="tape line">${t('manager.isSoldOut')}</span>`}
    <span class="sum">${money(dish.price)}</span>
    <span class="end"><button class="btn small" disabled=${!live || busy} aria-pressed=${String(!dish.is_available)} aria-label=${t(dish.is_available ? 'manager.soldOut.name' : 'manager.backOn.name', { name: dish.name })} onClick=${turn}>${t(dish.is_available ? 'manager.sellOut' : 'manager.backOn')}</button><button class="btn small" disabled=${!live} aria-label=${t('manager.dish.edit', { name: dish.name })} onClick=${edit}>${t('manager.edit')}</button></span>
  </li>`;
}
