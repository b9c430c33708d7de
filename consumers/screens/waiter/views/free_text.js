/** What is not on the menu: a name and a price. */
import { t } from '../../shared/texts.js';
import { html, useState } from '../../shared/ui.js';
import { useFloor } from '../desk.js';
import { digitsOf, toMinor, toText } from '../model/amounts.js';
import { newUuid } from '../model/basket.js';

/** @param {{onadd: (line: import('../model/types.js').BasketLine) => void}} props */
export function FreeText({ onadd }) {
  const floor = useFloor();
  const [name, setName] = useState('');
  const [price, setPrice] = useState('');
  const digits = digitsOf(floor.menu[0]?.price ?? '0.00');
  const minor = toMinor(price, digits);
  const fits = name.trim() !== '' && minor >= 0;
  /** @param {Event} event */
  const save = (event) => {
    event.preventDefault();
    if (!fits) return;
    onadd({ uuid: newUuid(), menu_item_id: null, name: name.trim(), price: toText(minor, digits), quantity: 1, modifiers: [], seat: null, course: null, note: '', allergy: '', hold: false });
    setName('');
    setPrice('');
  };
  return html`<form class="free-text" onsubmit=${save}>
    <label class="field"><span>${t('waiter.free_name')}</span><input class="txt" maxlength="120" value=${name} oninput=${(/** @type {any} */ event) => setName(event.target.value)} /></label>
    <label class="field"><span>${t('waiter.price')}</span><input class="txt" inputmode="decimal" value=${price} oninput=${(/** @type {any} */ event) => setPrice(event.target.value)} aria-invalid=${price !== '' && !(minor >= 0) ? 'true' : null} /></label>
    <div class="buttons"><button class="btn" disabled=${!fits}>${t('waiter.add_it')}</button></div>
  </form>`;
}
