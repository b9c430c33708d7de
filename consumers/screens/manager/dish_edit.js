// A dish: its name, its price, where it is made, what is in it, and what can be chosen about it.

import { html, useState, useStore } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Choices } from './dish_choices.js';
import { Choice, Field, Text } from './fields.js';
import { changed, fromDish, priceOf, toBody } from './dish_form.js';

/** @param {{house: import('./house.js').House, dish: any, close: () => void}} props */
export function EditDish({ house, dish, close }) {
  const { categories, stations, settings } = useStore(house.state);
  const isNew = dish.id === undefined;
  const exp = settings?.currency_exp ?? 2;
  const [form, setForm] = useState(() => fromDish(dish, categories[0]?.id));
  const [sure, setSure] = useState(false);
  const { act, busy, error, live } = useAct(house);
  const set = (/** @type {string} */ field) => (/** @type {any} */ value) => setForm((/** @type {any} */ old) => ({ ...old, [field]: value }));
  const price = priceOf(form.price, exp);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = toBody(form, exp);
    const deed = isNew
      ? { method: 'POST', path: '/api/v1/menu', body: { ...body, restaurant_id: house.restaurant } }
      : { method: 'PATCH', path: `/api/v1/menu/${dish.id}`, body: { ...changed(toBody(fromDish(dish), exp), body), version: dish.version } };
    if (await act({ ...deed, touches: ['menu'], said: t('manager.saved') })) close();
  };
  const remove = async () => {
    if (await act({ method: 'DELETE', path: `/api/v1/menu/${dish.id}`, touches: ['menu'], said: t('manager.dish.removed', { name: dish.name }) })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${isNew ? t('manager.dish.add') : dish.name} onclose=${close}>
    <form onSubmit=${submit}>
      <${Field} label=${t('manager.name')} value=${form.name} set=${set('name')} max=${200} required />
      <${Text} label=${t('manager.dish.description')} value=${form.description} set=${set('description')} max=${1000} />
      <${Field} label=${t('manager.dish.price', { currency: settings?.currency ?? '' })} value=${form.price} set=${set('price')} mode="decimal" max=${16} required error=${form.price && price === null ? t('manager.dish.price.wrong', { n: exp }) : null} />
      <${Choice} label=${t('manager.category')} value=${form.category_id} set=${set('category_id')} options=${[...categories.map((one) => [String(one.id), one.name]), ['', t('manager.category.none')]]} />
      <${Choice} label=${t('manager.dish.station')} value=${form.station_id} set=${set('station_id')} options=${[['', t('manager.dish.station.category')], ...stations.filter((one) => !one.is_expo).map((one) => [String(one.id), one.name])]} />
      <${Field} label=${t('manager.dish.allergens.label')} hint=${t('manager.dish.allergens.hint')} value=${form.allergens} set=${set('allergens')} max=${400} />
      <${Field} label=${t('manager.dish.minutes')} value=${form.minutes} set=${set('minutes')} mode="numeric" max=${4} />
      <${Choices} choices=${form.choices} set=${set('choices')} exp=${exp} />
      ${error && html`<p class="error" role="alert">${why(error, { name: form.name })}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || !form.name.trim() || price === null}>${t('manager.save')}</button>
        ${!isNew && (sure ? html`<button type="button" class="btn danger all" disabled=${busy || !live} onClick=${remove}>${t('manager.dish.remove.sure')}</button>` : html`<button type="button" class="btn all" onClick=${() => setSure(true)}>${t('manager.dish.remove')}</button>`)}
      </div>
    </form>
  <//>`;
}
