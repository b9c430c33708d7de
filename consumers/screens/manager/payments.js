// What was paid for an order, or on a day; and giving money back, with a reason.

import { html, useEffect, useState } from '../shared/ui.js';
import { money, time } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { useAct, useLive, why } from './acting.js';
import { Field } from './fields.js';
import { Reason } from './reason_sheet.js';

/** @param {{house: import('./house.js').House, order: any, version: number | undefined}} props */
export function Payments({ house, order, version }) {
  const [all, setAll] = useState(/** @type {any[]} */ ([]));
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let wanted = true;
    house.m.rest('GET', `/api/v1/orders/${order.id}/payments`).then(
      ({ body }) => wanted && setAll(body.payments),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [order.id, version, order.payment_status, again]);
  if (all.length === 0) return null;
  return html`<h3>${t('manager.payments')}</h3><${PaymentList} house=${house} payments=${all} changed=${() => setAgain(again + 1)} />`;
}

/** @param {{house: import('./house.js').House, payments: any[], changed: () => void}} props */
export function PaymentList({ house, payments, changed }) {
  const [refund, setRefund] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  return html`<ul class="list">${payments.map(
    (one) => html`<li key=${one.id}>
      <span class="no">${time(one.captured_at ?? one.created_at)}</span>
      <span class="what">${[one.table_number && t('manager.table', { n: one.table_number }), t(`manager.method.${one.method}`)].filter(Boolean).join(' · ')}<small>${saying(one)}</small></span>
      <span class="sum">${money(one.amount)}</span>
      <span class="end">${canRefund(one) && html`<button class="btn small" disabled=${!live} onClick=${() => setRefund(one)}>${t('manager.refund')}</button>`}</span>
    </li>`,
  )}</ul>
    ${refund && html`<${Refund} house=${house} payment=${refund} close=${() => setRefund(null)} done=${() => (setRefund(null), changed())} />`}`;
}

/** @param {any} payment */
function canRefund(payment) {
  return payment.status === 'captured';
}

/** @param {any} payment */
function saying(payment) {
  const parts = [t(`manager.payment.${payment.status}`)];
  if (Number(payment.tip) > 0) parts.push(t('manager.tip', { amount: money(payment.tip) }));
  if (Number(payment.refunded ?? 0) > 0) parts.push(t('manager.refunded', { amount: money(payment.refunded) }));
  return parts.join(' · ');
}

/** @param {{house: import('./house.js').House, payment: any, close: () => void, done: () => void}} props */
function Refund({ house, payment, close, done }) {
  const [amount, setAmount] = useState('');
  const { act, busy, error } = useAct(house);
  const give = async (/** @type {string} */ reason) => {
    const body = { reason, version: payment.version, ...(amount.trim() ? { amount: amount.trim().replace(',', '.') } : {}) };
    if (await act({ method: 'POST', path: `/api/v1/payments/${payment.id}/refund`, body, touches: ['orders', 'figures'], said: t('manager.refund.said') })) done();
  };
  return html`<${Reason} title=${t('manager.refund.title', { amount: money(payment.amount) })} reasons=${['bad', 'late', 'twicePaid', 'wrongDish']} confirm=${t('manager.refund')} danger busy=${busy} error=${error} give=${give} close=${close}
    first=${html`<${Field} label=${t('manager.refund.amount')} hint=${t('manager.refund.hint')} value=${amount} set=${setAmount} mode="decimal" max=${20} />`} />`;
}
