/** By person: the dishes of a seat. What names no seat is the table's, and stands below. */
import { money } from '../../shared/format.js';
import { Empty } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { people } from '../model/splits.js';

/** @param {{bill: import('../model/splits.js').Bill, off: boolean, ontake: (part: any, shown: string) => void}} props */
export function PeoplePart({ bill, off, ontake }) {
  const all = people(bill);
  if (all.length === 0) return html`<${Empty}>${t('waiter.all_paid')}<//>`;
  return html`<ul class="lines sums">${all.map(({ seat, amount, lines }) => html`<li key=${seat ?? 'all'} class="person"><strong>${seat == null ? t('waiter.for_the_table') : t('waiter.seat_n', { n: seat })}<small>${lines.map((line) => `${line.due_quantity} ${line.name}`).join(', ')}</small></strong>
    <button class="btn" disabled=${off} onclick=${() => ontake(bill.local ? { amount } : { items: lines.map((line) => ({ id: line.id, qty: line.due_quantity })) }, amount)}>${t('waiter.take', { amount: money(amount) })}</button></li>`)}</ul>`;
}
