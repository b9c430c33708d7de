// A part of the menu: its name, its place, who makes its dishes, and which course they are.

import { html, useState, useStore } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Choice, Field } from './fields.js';

/** @param {{house: import('./house.js').House, category: any, close: () => void}} props */
export function EditCategory({ house, category, close }) {
  const stations = useStore(house.state, (known) => known.stations);
  const isNew = category.id === undefined;
  const [name, setName] = useState(category.name ?? '');
  const [sort, setSort] = useState(String(category.sort ?? 1));
  const [station, setStation] = useState(String(category.station_id ?? ''));
  const [course, setCourse] = useState(String(category.course ?? ''));
  const { act, busy, error, live } = useAct(house);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { name: name.trim(), sort: Number(sort) || 0, station_id: station ? Number(station) : null, course: course ? Number(course) : null };
    const deed = isNew
      ? { method: 'POST', path: '/api/v1/menu/categories', body: { ...body, restaurant_id: house.restaurant } }
      : { method: 'PATCH', path: `/api/v1/menu/categories/${category.id}`, body: { ...body, version: category.version } };
    if (await act({ ...deed, touches: ['menu'], said: t('manager.saved') })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${isNew ? t('manager.category.add') : t('manager.category.edit', { name: category.name })} onclose=${close}>
    <form onSubmit=${submit}>
      <${Field} label=${t('manager.name')} value=${name} set=${setName} max=${80} required />
      <${Field} label=${t('manager.sort')} value=${sort} set=${setSort} mode="numeric" max=${4} />
      <${Choice} label=${t('manager.dish.station')} value=${station} set=${setStation} options=${[['', t('manager.station.none')], ...stations.filter((one) => !one.is_expo).map((one) => [String(one.id), one.name])]} />
      <${Choice} label=${t('manager.course')} value=${course} set=${setCourse} options=${[['', t('manager.course.none')], ...[1, 2, 3, 4].map((n) => [String(n), String(n)])]} />
      ${error && html`<p class="error" role="alert">${why(error, { name })}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || !name.trim()}>${t('manager.save')}</button></div>
    </form>
  <//>`;
}
