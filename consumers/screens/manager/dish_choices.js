// What guests can choose about a dish: groups ("Protein": tofu, chicken, prawns), how many of each, and what each costs more.

import { html } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { Choice, Field } from './fields.js';

/** Groups of a dish, and choices of a group: more than a guest reads. */
const GROUPS_MAX = 12;
const CHOICES_MAX = 24;
const KINDS = ['choice', 'addition', 'removal'];

/** @param {{choices: import('./dish_form.js').GroupForm[], set: (choices: import('./dish_form.js').GroupForm[]) => void, exp: number}} props */
export function Choices({ choices, set }) {
  const put = (/** @type {number} */ at, /** @type {any} */ group) => set(group ? choices.map((one, index) => (index === at ? group : one)) : choices.filter((_, index) => index !== at));
  const add = () => set([...choices, { name: '', min: '0', max: '1', modifiers: [{ name: '', price: '', kind: 'choice' }] }]);
  return html`<h3>${t('manager.choices')}</h3>
    ${choices.map((group, at) => html`<${Group} key=${group.id ?? `new-${at}`} group=${group} put=${(/** @type {any} */ next) => put(at, next)} />`)}
    ${choices.length < GROUPS_MAX && html`<p><button type="button" class="btn small" onClick=${add}>${t('manager.choices.add')}</button></p>`}`;
}

/** @param {{group: import('./dish_form.js').GroupForm, put: (group: any) => void}} props */
function Group({ group, put }) {
  const set = (/** @type {string} */ field) => (/** @type {string} */ value) => put({ ...group, [field]: value });
  const one = (/** @type {number} */ at, /** @type {any} */ next) =>
    put({ ...group, modifiers: next ? group.modifiers.map((had, index) => (index === at ? next : had)) : group.modifiers.filter((_, index) => index !== at) });
  return html`<fieldset class="choice"><legend>${group.name || t('manager.choices.new')}</legend>
    <${Field} label=${t('manager.name')} value=${group.name} set=${set('name')} max=${80} />
    <div class="pair"><${Field} label=${t('manager.choices.min')} value=${group.min} set=${set('min')} mode="numeric" max=${2} /><${Field} label=${t('manager.choices.max')} value=${group.max} set=${set('max')} mode="numeric" max=${2} /></div>
    ${group.modifiers.map(
      (modifier, at) => html`<div class="pair three" key=${modifier.id ?? `new-${at}`}>
      <${Field} label=${t('manager.choices.one')} value=${modifier.name} set=${(/** @type {string} */ name) => one(at, { ...modifier, name })} max=${80} />
      <${Field} label=${t('manager.choices.more')} value=${modifier.price} set=${(/** @type {string} */ price) => one(at, { ...modifier, price })} mode="decimal" max=${12} />
      <${Choice} label=${t('manager.choices.kind')} value=${modifier.kind} set=${(/** @type {string} */ kind) => one(at, { ...modifier, kind })} options=${KINDS.map((kind) => [kind, t(`manager.kind.${kind}`)])} />
      <button type="button" class="btn small" aria-label=${t('manager.choices.drop', { name: modifier.name })} onClick=${() => one(at, null)}>${t('manager.remove')}</button>
    </div>`,
    )}
    <p class="actions">${group.modifiers.length < CHOICES_MAX && html`<button type="button" class="btn small" onClick=${() => put({ ...group, modifiers: [...group.modifiers, { name: '', price: '', kind: 'choice' }] })}>${t('manager.choices.addOne')}</button>`}<button type="button" class="btn small" onClick=${() => put(null)}>${t('manager.choices.dropAll', { name: group.name })}</button></p>
  </fieldset>`;
}
