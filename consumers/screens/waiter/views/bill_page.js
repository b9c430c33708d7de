/** The bill: all together, in equal shares, by dish, by person, or any amount; cash also without a connection, a card not. */
import { Empty, Icon, Loading } from '../../shared/parts.js';
import { money, time } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html, useState, useStore } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { digitsOf, toMinor } from '../model/amounts.js';
import { balancesAfter } from '../model/splits.js';
import { hashOf } from '../route.js';
import * as act from '../taps.js';
import { useBill } from '../use_bill.js';
import { AmountPart } from './bill_amount.js';
import { DishesPart } from './bill_dishes.js';
import { PeoplePart } from './bill_people.js';
import { SharesPart } from './bill_shares.js';
import { Frame } from './frame.js';
import { RefusedCards } from './refused_cards.js';

/** @typedef {'all'|'shares'|'dishes'|'people'|'amount'} How */
const HOW = /** @type {How[]} */ (['all', 'shares', 'dishes', 'people', 'amount']);

/** @param {{id: number}} props a table */
export function BillPage({ id }) {
  const desk = useDesk();
  const floor = useFloor();
  const offline = useStore(desk.offline);
  const table = floor.tables[id];
  const [how, setHow] = useState(/** @type {How} */ ('all'));
  const [chosen, setOf] = useState(/** @type {number|null} */ (null));
  const of = chosen ?? Math.min(Math.max(table?.session?.guests_count ?? 2, 2), 20);
  const [method, setMethod] = useState(/** @type {'cash'|'card'} */ ('cash'));
  const [busy, setBusy] = useState(false);
  const { bill, busy: settling } = useBill(table?.session?.id, how === 'shares' ? of : 1);
  const back = { href: hashOf({ view: table?.session ? 'table' : 'floor', table: id }), text: html`${t('waiter.table')} <b class="n">${table?.number ?? ''}</b>` };
  if (!table?.session || !bill) return html`<${Frame} title=${t('waiter.bill')} back=${back} dock="dock"><main class="scroll bill">${settling || !table ? html`<${Loading} shapes=${4} height=${56} />` : html`<${Empty}>${t('waiter.visit_over')}<//>`}</main><//>`;
  const digits = digitsOf(bill.balance);
  const left = toMinor(bill.balance, digits);
  const paying = offline && method === 'card' ? 'cash' : method;
  /** @param {Parameters<typeof act.pay>[2]} part @param {string} shown */
  const take = async (part, shown) => {
    if (busy) return;
    setBusy(true);
    await act.pay(desk, table, part, { method: paying, shown, balance: bill.balance, balances: balancesAfter(bill.orders, toMinor(shown, digits)) });
    setBusy(false);
  };
  const off = busy || settling || left <= 0;
  const payments = bill.payments.filter((one) => one.status === 'captured' || one.status === 'refunded');
  const seats = bill.orders.some((order) => order.items.some((line) => line.seat != null));
  return html`<${Frame} title=${t('waiter.bill')} back=${back} dock="dock">
    <main class="scroll bill">
      <div class="zones" role="group" aria-label=${t('waiter.how_split')}>
        ${HOW.filter((one) => one !== 'people' || seats).map((one) => html`<button key=${one} aria-pressed=${how === one ? 'true' : 'false'} onclick=${() => setHow(one)}>${t(`waiter.split.${one}`)}</button>`)}
      </div>
      <${RefusedCards} table=${table.number} />
      <ul class="lines sums">
        <li><strong>${t('waiter.total')}</strong><span>${money(bill.total_amount)}</span></li>
        ${payments.map((one) => html`<li key=${one.id}><strong>${t('waiter.paid_by', { method: t(`waiter.method.${one.method}`), at: one.created_at ? time(one.created_at) : '' })}</strong><span>−${money(one.amount)}</span></li>`)}
        ${bill.local && toMinor(bill.paid_amount, digits) > 0 ? html`<li><strong>${t('waiter.paid')}</strong><span>−${money(bill.paid_amount)}</span></li>` : null}
        <li><strong>${t('waiter.still_to_pay')}</strong><b class="n" data-balance=${bill.balance}>${money(bill.balance)}</b></li>
      </ul>
      ${how === 'shares' ? html`<${SharesPart} bill=${bill} of=${of} onof=${setOf} off=${off} ontake=${take} />` : null}
      ${how === 'dishes' ? html`<${DishesPart} bill=${bill} off=${off} ontake=${take} />` : null}
      ${how === 'people' ? html`<${PeoplePart} bill=${bill} off=${off} ontake=${take} />` : null}
      ${how === 'amount' ? html`<${AmountPart} bill=${bill} off=${off} ontake=${take} />` : null}
      ${how === 'all' ? html`<ul class="lines dues">${bill.orders.flatMap((order) => order.items).map((line) => html`<li key=${line.id}><b class="n">${line.quantity}</b><strong>${line.name}</strong><span>${money(line.amount)}</span></li>`)}</ul>` : null}
    </main>
    <div class="dock">
      <div class="methods" role="radiogroup" aria-label=${t('waiter.method')}>
        <button class="btn" role="radio" aria-checked=${paying === 'cash' ? 'true' : 'false'} onclick=${() => setMethod('cash')}><${Icon} name="cash" />${t('waiter.method.cash')}</button>
        <button class="btn" role="radio" aria-checked=${paying === 'card' ? 'true' : 'false'} disabled=${offline} onclick=${() => setMethod('card')}><${Icon} name="card" />${t(offline ? 'waiter.card_offline' : 'waiter.method.card')}</button>
      </div>
      ${left > 0 ? html`<button class="btn do" disabled=${off} onclick=${() => take({ amount: bill.local ? bill.balance : 'remaining' }, bill.balance)}>${t('waiter.take', { amount: money(bill.balance) })}</button>` : html`<button class="btn do" onclick=${() => act.close(desk, table)}>${t('waiter.free_table')}</button>`}
    </div>
  <//>`;
}
