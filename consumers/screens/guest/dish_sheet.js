// @ts-check
/** The choices of one dish. */
import { amount, minor, money } from '../shared/format.js';
import { Icon, Stepper, Tape } from '../shared/parts.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { html, useState } from '../shared/ui.js';
import { allergen } from './words.js';

/** @typedef {import('./visit.js').Dish} Dish */
/** @typedef {import('./visit.js').Choice} Choice */

/** @param {{dish: Dish, exponent: number, avoid: string[], onadd: (modifiers: number[], quantity: number) => void, onclose: () => void}} props */
export function DishSheet({ dish, exponent, avoid, onadd, onclose }) {
  const [ids, set] = useState(/** @type {number[]} */ (dish.choices.filter(({ min }) => min === 1).map(({ modifiers }) => modifiers[0]?.id).filter(Boolean)));
  const [quantity, setQuantity] = useState(1);
  const has = dish.allergens.filter((one) => avoid.includes(one));
  const all = dish.choices.flatMap(({ modifiers }) => modifiers);
  const each = minor(dish.price, exponent) + all.filter(({ id }) => ids.includes(id)).reduce((sum, { price }) => sum + minor(price, exponent), 0);
  const missing = dish.choices.find(({ min, modifiers }) => modifiers.filter(({ id }) => ids.includes(id)).length < min);
  /** @param {Choice} choice @param {number} id */
  const pick = ({ max, modifiers }, id) => {
    if (ids.includes(id)) return set(ids.filter((one) => one !== id));
    const own = modifiers.map((one) => one.id);
    const mine = ids.filter((one) => own.includes(one));
    // the first choice gives way to the one too many
    const gone = mine.slice(0, Math.max(0, mine.length + 1 - max));
    set([...ids.filter((one) => !gone.includes(one)), id]);
  };
  const add = () => {
    onadd(all.map(({ id }) => id).filter((id) => ids.includes(id)), quantity);
    onclose();
  };
  return html`<${Sheet} title=${dish.name} text=${dish.description} onclose=${onclose} class="dish">
    ${has.length > 0 && html`<p><${Tape} state="alg"><${Icon} name="warn" />${t('guest.has', { what: has.map(allergen).join(', ') })}</${Tape}></p>`}
    ${dish.choices.map((choice) => html`<fieldset key=${choice.name}><legend>${choice.name}<i>${choice.min ? t('guest.choose', { n: choice.min }) : t('guest.optional')}</i></legend>
      <div class="opts">${choice.modifiers.map((one) => html`<label key=${one.id}><input type="checkbox" checked=${ids.includes(one.id)} onChange=${() => pick(choice, one.id)} />${one.name}${minor(one.price, exponent) !== 0 && html`<small>+${money(one.price)}</small>`}</label>`)}</div></fieldset>`)}
    <div class="foot"><${Stepper} large value=${quantity} min=${1} onchange=${setQuantity} /><button type="button" class="btn do" disabled=${!!missing} onClick=${add}><span>${missing ? t('guest.choose_first', { what: missing.name }) : t('guest.add.button')}</span><span>${money(amount(each * quantity, exponent))}</span></button></div>
  </${Sheet}>`;
}
