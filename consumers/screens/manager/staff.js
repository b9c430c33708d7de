// Who works here: name, what they do, whether they have a PIN, whether they may sign in.

import { html, useEffect, useState, useStore } from '../shared/ui.js';
import { Empty } from '../shared/parts.js';
import { time } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { useAct, useLive, why } from './acting.js';
import { Waiting } from './waiting.js';
import { EditPerson } from './person_edit.js';

/** Roles in the order in which they are shown. */
const ROLES = ['manager', 'waiter', 'kitchen', 'driver'];

/** @param {{house: import('./house.js').House, user: any}} props */
export function Page({ house, user }) {
  const { staff, tables, loaded } = useStore(house.state);
  const [edit, setEdit] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  useEffect(() => house.want(['staff', 'tables']), [house]);
  const groups = ROLES.map((role) => ({ role, own: staff.filter((one) => one.role === role).sort((a, b) => Number(b.is_active) - Number(a.is_active) || a.name.localeCompare(b.name)) })).filter(
    ({ own }) => own.length > 0,
  );
  return html`<div class="actions"><button class="btn do small" disabled=${!live} onClick=${() => setEdit({})}>${t('manager.person.add')}</button></div>
    <${Waiting} house=${house} part="staff" />
    ${loaded.has('staff') && staff.length === 0 && html`<${Empty}>${t('manager.empty.staff')}<//>`}
    ${groups.map(
      ({ role, own }) => html`<section class="group" key=${role}><h2>${t(`manager.role.${role}`)}</h2>
      <ul class="list">${own.map((one) => html`<${Person} key=${one.id} house=${house} person=${one} tables=${tables} me=${one.id === user.id} live=${live} edit=${() => setEdit(one)} />`)}</ul></section>`,
    )}
    ${edit && html`<${EditPerson} house=${house} person=${edit} close=${() => setEdit(null)} />`}`;
}

/** @param {{house: import('./house.js').House, person: any, tables: any[], me: boolean, live: boolean, edit: () => void}} props */
function Person({ house, person, tables, me, live, edit }) {
  const { act, busy, error } = useAct(house);
  const [sure, setSure] = useState(false);
  const numbers = (person.tables ?? []).map((/** @type {number} */ id) => tables.find((table) => table.id === id)?.number).filter(Boolean);
  const about = [person.has_pin ? t('manager.person.pin') : t('manager.person.noPin'), numbers.length > 0 && t('manager.person.tables', { list: numbers.join(', ') }), person.email].filter(Boolean).join(' · ');
  const locked = person.locked_until && Date.parse(person.locked_until) > house.m.now();
  const change = async (/** @type {Record<string, unknown>} */ body, /** @type {string} */ said) => {
    if (await act({ method: 'PATCH', path: `/api/v1/staff/${person.id}`, body: { ...body, version: person.version }, touches: ['staff', 'house'], said })) setSure(false);
  };
  return html`<li class=${person.is_active ? undefined : 'off'}>
    <span class="what">${person.name}${me && html` <span class="muted">${t('manager.person.you')}</span>`}<small>${about}</small>${error && html`<small class="error" role="alert">${why(error, { name: person.name })}</small>`}</span>
    ${locked ? html`<span class="tape warn">${t('manager.person.locked', { time: time(person.locked_until) })}</span>` : person.is_active ? html`<span></span>` : html`<span class="tape">${t('manager.person.inactive')}</span>`}
    <span></span>
    <span class="end">
      ${locked && html`<button class="btn small" disabled=${!live || busy} onClick=${() => change({ unlock: true }, t('manager.person.unlocked', { name: person.name }))}>${t('manager.person.unlock')}</button>`}
      ${
        !person.is_active
          ? html`<button class="btn small" disabled=${!live || busy} aria-label=${t('manager.person.activate.name', { name: person.name })} onClick=${() => change({ is_active: true }, t('manager.person.activated', { name: person.name }))}>${t('manager.person.activate')}</button>`
          : sure
            ? html`<button class="btn small danger" disabled=${!live || busy} onClick=${() => change({ is_active: false }, t('manager.person.deactivated', { name: person.name }))}>${t('manager.person.deactivate.sure')}</button>`
            : !me && html`<button class="btn small" disabled=${!live} aria-label=${t('manager.person.deactivate.name', { name: person.name })} onClick=${() => setSure(true)}>${t('manager.person.deactivate')}</button>`
      }
      <button class="btn small" disabled=${!live} aria-label=${t('manager.person.edit', { name: person.name })} onClick=${edit}>${t('manager.edit')}</button>
    </span>
  </li>`;
}
