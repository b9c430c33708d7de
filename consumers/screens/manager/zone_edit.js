// A zone: its name, and where it stands among the others.

import { html, useState } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Field } from './fields.js';

/** @param {{house: import('./house.js').House, zone: any, close: () => void}} props */
export function EditZone({ house, zone, close }) {
  const [name, setName] = useState(zone.name ?? '');
  const [sort, setSort] = useState(String(zone.sort ?? 1));
  const { act, busy, error, live } = useAct(house);
  const isNew = zone.id === undefined;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { name: name.trim(), sort: Number(sort) || 0 };
    const deed = isNew ? { method: 'POST', path: '/api/v1/zones', body: { ...body, restaurant_id: house.restaurant } } : { method: 'PATCH', path: `/api/v1/zones/${zone.id}`, body: { ...body, version: zone.version } };
    if (await act({ ...deed, touches: ['tables'], said: t('manager.saved') })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${isNew ? t('manager.zone.add') : t('manager.zone.edit', { name: zone.name })} onclose=${close}>
    <form onSubmit=${submit}>
      <${Field} label=${t('manager.name')} value=${name} set=${setName} max=${60} required />
      <${Field} label=${t('manager.sort')} value=${sort} set=${setSort} mode="numeric" max=${4} />
      ${error && html`<p class="error" role="alert">${why(error, { name })}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || !name.trim()}>${t('manager.save')}</button></div>
    </form>
  <//>`;
}
