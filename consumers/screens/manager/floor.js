// The tables: who sits where, what is owed, and the codes that guests scan. Tables and zones are made and changed here.

import { html, useEffect, useState, useStore, useTick } from '../shared/ui.js';
import { Empty } from '../shared/parts.js';
import { clock } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { useAct, useLive, why } from './acting.js';
import { Waiting } from './waiting.js';
import { EditTable } from './table_edit.js';
import { EditZone } from './zone_edit.js';
import { QrSheets } from './qr_sheets.js';

/** @param {{house: import('./house.js').House}} props */
export function Page({ house }) {
  const { tables, zones, loaded } = useStore(house.state);
  const [edit, setEdit] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  useEffect(() => house.want(['tables']), [house]);
  useTick(1000);
  const groups = [...zones, { id: null, name: t('manager.zone.none') }]
    .map((zone) => ({ zone, own: tables.filter((table) => (table.zone_id ?? null) === zone.id) }))
    .filter(({ zone, own }) => zone.id !== null || own.length > 0);
  return html`<div class="actions">
      <button class="btn do small" disabled=${!live} onClick=${() => setEdit({ table: {} })}>${t('manager.table.add')}</button>
      <button class="btn small" disabled=${!live} onClick=${() => setEdit({ zone: {} })}>${t('manager.zone.add')}</button>
      <button class="btn small" disabled=${!live} onClick=${() => setEdit({ qr: true })}>${t('manager.qr.print')}</button>
    </div>
    <${Waiting} house=${house} part="tables" />
    ${loaded.has('tables') && tables.length === 0 && html`<${Empty}>${t('manager.empty.floor')}<//>`}
    ${groups.map(
      ({ zone, own }) => html`<section class="group" key=${zone.id ?? 'none'}>
      <h2>${zone.name}${zone.id !== null && html`<button class="btn small" disabled=${!live} aria-label=${t('manager.zone.edit', { name: zone.name })} onClick=${() => setEdit({ zone })}>${t('manager.edit')}</button>`}</h2>
      ${own.length === 0 ? html`<p class="calm">${t('manager.zone.empty')}</p>` : html`<ul class="list">${own.map((table) => html`<${Table} key=${table.id} house=${house} table=${table} live=${live} edit=${() => setEdit({ table })} />`)}</ul>`}
    </section>`,
    )}
    ${edit?.table && html`<${EditTable} house=${house} table=${edit.table} close=${() => setEdit(null)} />`}
    ${edit?.zone && html`<${EditZone} house=${house} zone=${edit.zone} close=${() => setEdit(null)} />`}
    ${edit?.qr && html`<${QrSheets} house=${house} close=${() => setEdit(null)} />`}`;
}

/** @param {{house: import('./house.js').House, table: any, live: boolean, edit: () => void}} props */
function Table({ house, table, live, edit }) {
  const { orders, staff } = house.state.get();
  const { act, busy, error } = useAct(house);
  const { session } = table;
  const own = session ? [...orders.values()].filter((order) => order.session_id === session.id) : [];
  const waiter = own.find((order) => order.waiter_name)?.waiter_name ?? staff.find((one) => one.id === session?.waiter_id)?.name;
  const since = session ? house.m.now() - Date.parse(session.started_at) : 0;
  const what = session ? [t('manager.guests', { n: session.guests_count }), waiter].filter(Boolean).join(' · ') : t('manager.table.free', { n: table.capacity });
  const close = () => act({ method: 'PATCH', path: `/api/v1/sessions/${session.id}`, body: { status: 'closed' }, touches: ['tables', 'orders'], said: t('manager.table.freed', { table: table.number }) });
  return html`<li class=${table.is_active ? undefined : 'off'}>
    <b class="n no">${table.number}</b>
    <span class="what">${what}<small>${session ? t('manager.table.since', { clock: clock(since) }) : table.is_active ? t('manager.table.isFree') : t('manager.table.off')}</small>${error && html`<small class="error" role="alert">${why(error, { table: table.number })}</small>`}</span>
    ${table.qr_blocked ? html`<span class="tape warn">${t('manager.qr.blocked')}</span>` : html`<span></span>`}
    <span class="end">${session && html`<button class="btn small" disabled=${!live || busy} aria-label=${t('manager.table.free.name', { table: table.number })} onClick=${close}>${t('manager.table.freeIt')}</button>`}<button class="btn small" disabled=${!live} aria-label=${t('manager.table.edit', { table: table.number })} onClick=${edit}>${t('manager.edit')}</button></span>
  </li>`;
}
