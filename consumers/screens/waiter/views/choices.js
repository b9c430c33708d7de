/** The groups of choices of a dish: one of a group, or several, as the menu says. */
import { money } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { choose } from '../model/choosing.js';
import { toMinor } from '../model/amounts.js';

/** @typedef {import('../model/types.js').Choice} Choice */

/** One thing that can be on. @param {{kind: 'radio'|'checkbox', name: string, on: boolean, onpick: () => void, look?: string, disabled?: boolean, children: any}} props */
export const Opt = ({ kind, name, on, onpick, look = '', disabled = false, children }) => html`<label class=${look}><input type=${kind} name=${name} checked=${on} disabled=${disabled} onchange=${onpick} />${children}</label>`;

/** @param {{dish: import('../model/types.js').Dish, chosen: Choice[], onchange: (chosen: Choice[]) => void}} props */
export function Choices({ dish, chosen, onchange }) {
  return dish.choices.map((group) => html`<fieldset key=${group.name}><legend>${group.name}${group.max > 1 ? html`<i>${t('waiter.up_to', { n: group.max })}</i>` : group.min > 0 ? html`<i>${t('waiter.needed')}</i>` : null}</legend><div class="opts">
    ${group.modifiers.map((choice) => {
      const on = chosen.some((one) => one.id === choice.id);
      const single = group.max === 1;
      return html`<${Opt} key=${choice.id} kind=${single && group.min > 0 ? 'radio' : 'checkbox'} name=${group.name} on=${on} onpick=${() => onchange(choose(group, chosen, choice))}>${choice.name}${toMinor(choice.price) === 0 ? null : html` <small>${toMinor(choice.price) > 0 ? '+' : ''}${short(choice.price)}</small>`}<//>`;
    })}
  </div></fieldset>`);
}

/** "+20" says it where the rest is zeros. @param {string} price */
const short = (price) => money(/\.0+$/.test(price) ? price.replace(/\.0+$/, '') : price);
