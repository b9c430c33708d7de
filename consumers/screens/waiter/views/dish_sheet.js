/** All that can be said about a dish before it is sent. */
import { money } from '../../shared/format.js';
import { Stepper } from '../../shared/parts.js';
import { Sheet } from '../../shared/sheet.js';
import { t } from '../../shared/texts.js';
import { html, useState } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { NOTE_MAX, QUANTITY_MAX, add, costOf, put } from '../model/basket.js';
import { allergies, ofVisit } from '../model/lines.js';
import { allergensFor } from '../model/menu.js';
import { allergen } from './allergen.js';
import { Choices, Opt } from './choices.js';

/** @typedef {import('../model/types.js').BasketLine} BasketLine */

/** Seats that are shown as buttons: a larger party has its dishes called out. */
const SEATS_MAX = 16;

/** @param {{table: import('../model/types.js').Table, dish: import('../model/types.js').Dish|null, line: BasketLine, edit: boolean, guests: number, onclose: () => void}} props */
export function DishSheet({ table, dish, line: start, edit, guests, onclose }) {
  const desk = useDesk();
  const floor = useFloor();
  const [line, setLine] = useState(start);
  const said = allergies(ofVisit(floor.orders, table.session?.id)).flatMap(({ text }) => text.split(/,\s*/)).map((text) => text.toLowerCase());
  const [picked, setPicked] = useState(() => start.allergy.split(/,\s*/).filter((text) => text));
  const offered = [...new Set([...allergensFor(dish, said), ...picked])];
  const [other, setOther] = useState('');
  const allergy = [...picked, ...(other.trim() ? [other.trim()] : [])].join(', ');
  const whole = { ...line, allergy };
  const missing = dish?.choices.find((group) => line.modifiers.filter((one) => group.modifiers.some((choice) => choice.id === one.id)).length < group.min);
  /** @param {Partial<BasketLine>} part */
  const change = (part) => setLine((old) => ({ ...old, ...part }));
  const save = () => {
    desk.changeBasket(table, (basket) => (edit ? put(basket, whole) : whole.quantity > 0 ? add(basket, whole) : basket));
    onclose();
  };
  const contains = dish?.allergens.length ? ` · ${t('waiter.contains', { what: dish.allergens.map(allergen).join(', ') })}` : '';
  return html`<${Sheet} title=${line.name} onclose=${onclose} class="dish">
    <p class="muted">${money(line.price)}${contains}</p>
    ${dish ? html`<${Choices} dish=${dish} chosen=${line.modifiers} onchange=${(/** @type {any} */ modifiers) => change({ modifiers })} />` : null}
    <fieldset><legend>${t('waiter.allergy')}<i>${t('waiter.cook_confirms')}</i></legend><div class="opts">
      ${offered.map((code) => html`<${Opt} key=${code} kind="checkbox" name="allergy" look="a" on=${picked.includes(code)} onpick=${() => setPicked((old) => (old.includes(code) ? old.filter((one) => one !== code) : [...old, code]))}>${allergen(code)}<//>`)}
      <label class="field grow"><span class="sr">${t('waiter.allergy_other')}</span><input class="txt" maxlength="80" value=${other} placeholder=${t('waiter.allergy_other')} oninput=${(/** @type {any} */ event) => setOther(event.target.value)} /></label>
    </div></fieldset>
    <fieldset><legend>${t('waiter.seat')}</legend><div class="opts seat">
      ${Array.from({ length: Math.min(Math.max(guests, line.seat ?? 0), SEATS_MAX) }, (_, i) => i + 1).map((seat) => html`<${Opt} key=${seat} kind="checkbox" name="seat" on=${line.seat === seat} onpick=${() => change({ seat: line.seat === seat ? null : seat })}>${seat}<//>`)}
    </div></fieldset>
    <fieldset><legend>${t('waiter.when')}</legend><div class="opts">
      <${Opt} kind="radio" name="when" on=${!line.hold} onpick=${() => change({ hold: false })}>${t('waiter.now')}<//>
      <${Opt} kind="radio" name="when" on=${line.hold} onpick=${() => change({ hold: true })}>${t('waiter.hold_until')}<//>
    </div></fieldset>
    <fieldset><legend>${t('waiter.course')}</legend><div class="opts">
      <${Opt} kind="radio" name="course" on=${line.course == null} onpick=${() => change({ course: null })}>${t('waiter.course.usual')}<//>
      ${[1, 2, 3].map((course) => html`<${Opt} key=${course} kind="radio" name="course" on=${line.course === course} onpick=${() => change({ course })}>${t(`waiter.course.${course}`)}<//>`)}
    </div></fieldset>
    <fieldset><legend><label for="note">${t('waiter.note_to_cook')}</label></legend><input id="note" class="txt" maxlength=${NOTE_MAX} value=${line.note} placeholder=${t('waiter.note_example')} oninput=${(/** @type {any} */ event) => change({ note: event.target.value })} /></fieldset>
    <div class="dock in-sheet">
      <${Stepper} value=${line.quantity} min=${edit ? 0 : 1} max=${QUANTITY_MAX} onchange=${(/** @type {number} */ quantity) => change({ quantity })} label=${t('waiter.quantity')} large />
      <button class="btn do" disabled=${missing !== undefined} onclick=${save}>${missing ? t('waiter.choose', { what: missing.name }) : line.quantity === 0 ? t('waiter.take_out') : t(edit ? 'waiter.change_to' : 'waiter.add_for', { amount: money(costOf(whole)) })}</button>
    </div>
  <//>`;
}
