/** By dish: what is picked is paid. */
import { money } from '../../shared/format.js';
import { Empty, Stepper } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html, useState } from '../../shared/ui.js';
import { digitsOf, toMinor } from '../model/amounts.js';
import { dueLines, pickedAmount } from '../model/splits.js';

/** @param {{bill: import('../model/splits.js').Bill, off: boolean, ontake: (part: any, shown: string) => void}} props */
export function DishesPart({ bill, off, ontake }) {
  const [picked, setPicked] = useState(/** @type {Record<number, number>} */ ({}));
  const digits = digitsOf(bill.balance);
  const due = dueLines(bill);
  const amount = pickedAmount(due, picked, digits);
  const items = due.filter((line) => picked[line.id]).map((line) => ({ id: line.id, qty: Math.min(picked[line.id] ?? 0, line.due_quantity) }));
  const take = () => {
    // Which lines others paid is not known without the server: there it is an amount.
    ontake(bill.local ? { amount } : { items }, amount);
    setPicked({});
  };
  if (due.length === 0) return html`<${Empty}>${t('waiter.all_paid')}<//>`;
  return html`<ul class="lines dues">${due.map((line) => {
    const n = Math.min(picked[line.id] ?? 0, line.due_quantity);
    const name = `${line.name}${line.seat == null ? '' : `, ${t('waiter.seat_n', { n: line.seat })}`}`;
    return html`<li key=${line.id} class="pick"><strong>${name}<small>${line.due_quantity} · ${money(line.due_amount)}</small></strong>
      ${line.due_quantity === 1 ? html`<button class="btn" aria-pressed=${n === 1 ? 'true' : 'false'} onclick=${() => setPicked((old) => ({ ...old, [line.id]: n === 1 ? 0 : 1 }))}>${money(line.due_amount)}</button>` : html`<${Stepper} value=${n} min=${0} max=${line.due_quantity} onchange=${(/** @type {number} */ next) => setPicked((old) => ({ ...old, [line.id]: next }))} label=${name} />`}
    </li>`;
  })}</ul>
  <div class="buttons"><button class="btn do" disabled=${off || toMinor(amount) === 0} onclick=${take}>${t('waiter.take', { amount: money(amount) })}</button></div>`;
}
