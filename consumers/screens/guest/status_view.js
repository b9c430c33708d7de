// @ts-check
/** Where each order of the table stands, and what the table owes so far. */
import { amount, minor, money, time } from '../shared/format.js';
import { Empty, Tape } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { html } from '../shared/ui.js';
import { AskButton, Said } from './asks.js';
import { Mast } from './mast.js';
import { Steps, stepOf } from './steps.js';

/** @typedef {import('./visit.js').Order} Order */
/** @type {Record<string, import('../shared/parts.js').Look|null>} null: plain words */
const LOOK = { held: 'line', queued: '', preparing: '', ready: 'ready', served: null, voided: null };

/** @param {import('./menu_view.js').Props} props */
export function StatusView({ visit, state, offline }) {
  const orders = state.orders ?? [];
  const exponent = state.restaurant?.currency_exp ?? 2;
  const total = orders.filter(({ status }) => status !== 'cancelled').reduce((sum, one) => sum + minor(one.total_amount, exponent), 0);
  const requests = state.session?.requests ?? [];
  const since = state.session?.started_at;
  return html`<main class="status"><${Mast} small title=${t('guest.status')} text=${since && t('guest.n.since', { n: state.session?.guests_count ?? 0, time: time(since) })} table=${state.table} /><div class="pane">
    ${!orders.length && html`<${Empty} icon="note">${t('guest.status.empty')}</${Empty}>`}
    ${orders.map((one, n) => html`<${OrderCard} key=${one.id} order=${one} number=${orders.length - n} />`)}
    ${orders.length > 0 && html`<p class="sum t"><span>${t('guest.so_far')}</span><span class="n">${money(amount(total, exponent))}</span></p>`}</div>
    <div class="dock">${offline ? html`<button type="button" class="btn do" disabled>${t('guest.offline.button')}</button>` : html`<div class="word" role="status"><${Said} requests=${requests} /></div><${AskButton} visit=${visit} kind="call_waiter" requests=${requests} /><${AskButton} visit=${visit} kind="bill" requests=${requests} />`}
      <a class="btn plain" href="#">${t('guest.back_to_menu')}</a></div></main>`;
}

/** @param {{order: Order, number: number}} props */
function OrderCard({ order, number }) {
  const step = stepOf(order);
  return html`<article class="card order" data-order=${order.id} data-step=${step}><h3>${t('guest.order_n', { n: number })} <span>${time(order.created_at)}</span></h3>
    ${step === 0 && html`<p class="first">${t('guest.checked_first')}</p>`}
    ${step === -1 && html`<p class="first">${order.cancel_reason ? t('guest.refused.because', { reason: order.cancel_reason }) : t('guest.refused')} ${t('guest.refused.ask')}</p>`}
    ${step > 0 && html`<${Steps} step=${step} />`}
    <ul class="l">${(order.items ?? []).map((line) => html`<li key=${line.id} class=${line.status === 'voided' ? 'gone' : ''}><b class="n">${line.quantity}</b><span>${line.name}</span>${step > 0 && (LOOK[line.status] === null ? html`<span class="muted end">${t(`guest.line.${line.status}`)}</span>` : html`<${Tape} class="end" state=${LOOK[line.status] ?? ''}>${t(`guest.line.${line.status}`)}</${Tape}>`)}</li>`)}</ul></article>`;
}
