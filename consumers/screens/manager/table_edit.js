// A table: its number, its seats, its zone; whether it is in use; its code for guests.

import { html, useState, useStore } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Check, Choice, Field } from './fields.js';
import { printSvg } from './printing.js';

/** @param {{house: import('./house.js').House, table: any, close: () => void}} props */
export function EditTable({ house, table, close }) {
  const zones = useStore(house.state, (known) => known.zones);
  const isNew = table.id === undefined;
  const [number, setNumber] = useState(table.number ?? '');
  const [capacity, setCapacity] = useState(String(table.capacity ?? 4));
  const [zone, setZone] = useState(String(table.zone_id ?? zones[0]?.id ?? ''));
  const [active, setActive] = useState(table.is_active ?? true);
  const { act, busy, error, live } = useAct(house);
  const seats = Number(capacity);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { number: number.trim(), capacity: seats, zone_id: zone ? Number(zone) : null, is_active: active };
    const deed = isNew
      ? { method: 'POST', path: '/api/v1/tables', body: { ...body, restaurant_id: house.restaurant } }
      : { method: 'PATCH', path: `/api/v1/tables/${table.id}`, body: { ...body, row_version: table.row_version } };
    if (await act({ ...deed, touches: ['tables'], said: t('manager.saved') })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${isNew ? t('manager.table.add') : t('manager.table.edit', { table: table.number })} onclose=${close}>
    <form onSubmit=${submit}>
      <${Field} label=${t('manager.table.number')} value=${number} set=${setNumber} max=${20} required />
      <${Field} label=${t('manager.table.capacity')} value=${capacity} set=${setCapacity} mode="numeric" max=${3} required />
      <${Choice} label=${t('manager.zone')} value=${zone} set=${setZone} options=${[...zones.map((one) => [String(one.id), one.name]), ['', t('manager.zone.none')]]} />
      <${Check} label=${t('manager.table.inUse')} on=${active} set=${setActive} />
      ${error && html`<p class="error" role="alert">${why(error, { table: table.number, name: number })}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || !number.trim() || !(Number.isInteger(seats) && seats > 0)}>${t('manager.save')}</button></div>
    </form>
    ${!isNew && html`<${Code} house=${house} table=${table} />`}
  <//>`;
}

/** @param {{house: import('./house.js').House, table: any}} props */
function Code({ house, table }) {
  const { act, busy, error, live } = useAct(house);
  const [sure, setSure] = useState(false);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const change = (/** @type {Record<string, boolean>} */ body, /** @type {string} */ said) => act({ method: 'POST', path: `/api/v1/tables/${table.id}/qr`, body, touches: ['tables'], said });
  const rotate = async () => {
    if (await change({ rotate: true }, t('manager.qr.rotated', { table: table.number }))) setSure(false);
  };
  const print = () => printSvg(house.m, [`/api/v1/tables/${table.id}/qr.svg`]).catch(setFailed);
  const blocked = useStore(house.state, (known) => known.tables.find((one) => one.id === table.id)?.qr_blocked) ?? false;
  return html`<h3>${t('manager.qr.code')}</h3><p class="muted">${t('manager.qr.about')}</p>
    ${(error || failed) && html`<p class="error" role="alert">${why(error ?? failed)}</p>`}
    <div class="acts">
      <button class="btn" disabled=${!live} onClick=${print}>${t('manager.qr.printOne')}</button>
      <button class="btn" disabled=${busy || !live} onClick=${() => change({ blocked: !blocked }, blocked ? t('manager.qr.unblocked.said') : t('manager.qr.blocked.said'))}>${blocked ? t('manager.qr.unblock') : t('manager.qr.block')}</button>
      ${sure ? html`<button class="btn danger all" disabled=${busy || !live} onClick=${rotate}>${t('manager.qr.rotate.sure')}</button>` : html`<button class="btn all" disabled=${!live} onClick=${() => setSure(true)}>${t('manager.qr.rotate')}</button>`}
    </div>`;
}
