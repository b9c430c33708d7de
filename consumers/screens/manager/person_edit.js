// Somebody who works here: their name, what they do, a new PIN, which tables are theirs.

import { html, useState, useStore } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Choice, Field } from './fields.js';

const ROLES = ['waiter', 'kitchen', 'driver', 'manager'];
/** A PIN, as the server takes it. */
const PIN = /^\d{4,6}$/;

/** @param {{house: import('./house.js').House, person: any, close: () => void}} props */
export function EditPerson({ house, person, close }) {
  const tables = useStore(house.state, (known) => known.tables);
  const isNew = person.id === undefined;
  const [name, setName] = useState(person.name ?? '');
  const [role, setRole] = useState(person.role ?? 'waiter');
  const [pin, setPin] = useState('');
  const [phone, setPhone] = useState(person.phone ?? '');
  const [own, setOwn] = useState(/** @type {number[]} */ (person.tables ?? []));
  const { act, busy, error, live } = useAct(house);
  const pinWrong = pin !== '' && !PIN.test(pin);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { name: name.trim(), role, ...(pin ? { pin } : {}), ...(phone.trim() || person.phone ? { phone: phone.trim() || null } : {}), ...(role === 'waiter' ? { tables: own } : {}) };
    const deed = isNew
      ? { method: 'POST', path: '/api/v1/staff', body: { ...body, restaurant_id: house.restaurant } }
      : { method: 'PATCH', path: `/api/v1/staff/${person.id}`, body: { ...body, version: person.version } };
    if (await act({ ...deed, touches: ['staff', 'house'], said: isNew ? t('manager.person.added', { name: name.trim() }) : t('manager.saved') })) close();
  };
  const turn = (/** @type {number} */ id) => setOwn(own.includes(id) ? own.filter((one) => one !== id) : [...own, id]);
  return html`<${Sheet} class="manager-sheet" title=${isNew ? t('manager.person.add') : person.name} onclose=${close}>
    <form onSubmit=${submit}>
      <${Field} label=${t('manager.name')} value=${name} set=${setName} max=${120} required />
      <${Choice} label=${t('manager.person.role')} value=${role} set=${setRole} options=${ROLES.map((one) => [one, t(`manager.role.one.${one}`)])} />
      <${Field} label=${person.has_pin ? t('manager.person.newPin') : t('manager.person.setPin')} hint=${t('manager.person.pin.hint')} type="password" value=${pin} set=${setPin} mode="numeric" max=${6} autocomplete="new-password" error=${pinWrong ? t('manager.person.pin.hint') : null} />
      <${Field} label=${t('manager.phone')} type="tel" value=${phone} set=${setPhone} max=${40} />
      ${role === 'waiter' && tables.length > 0 && html`<fieldset class="choice"><legend>${t('manager.person.section')}</legend><div class="ticks">${tables.map((table) => html`<button type="button" key=${table.id} class="btn small" aria-pressed=${String(own.includes(table.id))} onClick=${() => turn(table.id)}>${table.number}</button>`)}</div></fieldset>`}
      ${error && html`<p class="error" role="alert">${why(error, { name })}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || !name.trim() || pinWrong}>${t('manager.save')}</button></div>
    </form>
  <//>`;
}
