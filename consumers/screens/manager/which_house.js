// An account that belongs to no house, as an administrator's, says which one it looks at.

import { html, useState } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { Field } from './fields.js';

/** @param {{choose: (restaurant: number) => void}} props */
export function WhichHouse({ choose }) {
  const [text, setText] = useState('');
  const id = Number(text);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (Number.isSafeInteger(id) && id > 0) choose(id);
  };
  return html`<main class="manager-in"><h1 class="n">${t('manager.which')}</h1>
    <form class="manager-sheet" onSubmit=${submit}>
      <${Field} label=${t('manager.which.number')} value=${text} set=${setText} mode="numeric" max=${12} />
      <div class="acts"><button class="btn do all" disabled=${!(Number.isSafeInteger(id) && id > 0)}>${t('manager.which.open')}</button></div>
    </form>
  </main>`;
}
