/** Any amount, and what to give back of what was given. */
import { money } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html, useState } from '../../shared/ui.js';
import { digitsOf, toMinor, toText } from '../model/amounts.js';

/** @param {{bill: import('../model/splits.js').Bill, off: boolean, ontake: (part: any, shown: string) => void}} props */
export function AmountPart({ bill, off, ontake }) {
  const [typed, setTyped] = useState('');
  const digits = digitsOf(bill.balance);
  const given = toMinor(typed, digits);
  const left = toMinor(bill.balance, digits);
  const minor = Math.min(given, left);
  const fits = minor > 0;
  /** @param {Event} event */
  const take = (event) => {
    event.preventDefault();
    if (!fits || off) return;
    ontake({ amount: toText(minor, digits) }, toText(minor, digits));
    setTyped('');
  };
  return html`<form class="amount" onsubmit=${take}>
    <label class="field"><span>${t('waiter.amount_given')}</span><input class="txt n" inputmode="decimal" value=${typed} aria-invalid=${typed !== '' && !fits ? 'true' : null} oninput=${(/** @type {any} */ event) => setTyped(event.target.value)} /></label>
    <p class="change" role="status">${given > left ? t('waiter.give_back', { amount: money(toText(given - left, digits)) }) : fits && given < left ? t('waiter.then_left', { amount: money(toText(left - given, digits)) }) : ''}</p>
    <div class="buttons"><button class="btn do" disabled=${off || !fits}>${t('waiter.take', { amount: money(toText(fits ? minor : 0, digits)) })}</button></div>
  </form>`;
}
