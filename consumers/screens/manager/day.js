// A business day in figures: sales, by hour and by way of paying; how fast each station was; all payments, with giving back; and the same as files for a spreadsheet.

import { html, useEffect, useState, useStore } from '../shared/ui.js';
import { Empty } from '../shared/parts.js';
import { clock, money, moneyCode, number } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { useLive, why } from './acting.js';
import { download } from './download.js';
import { PaymentList } from './payments.js';

const FILES = ['today', 'orders', 'payments'];

/** @param {{house: import('./house.js').House}} props */
export function Page({ house }) {
  const current = useStore(house.state, (known) => known.figures);
  const [day, setDay] = useState('');
  const { figures, payments, error, again } = useDay(house, day);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  const shown = figures ?? (day === '' ? current : null);
  const file = async (/** @type {string} */ name) => {
    setFailed(null);
    const of = day || shown?.day;
    await download(house.m, `/api/v1/restaurants/${house.restaurant}/${name}.csv${of ? `?day=${of}` : ''}`, `${name}-${of ?? 'day'}.csv`).catch(setFailed);
  };
  return html`<div class="actions">
      <label class="find"><span class="sr">${t('manager.day.which')}</span><input type="date" value=${day || shown?.day || ''} max=${current?.day} onChange=${(/** @type {any} */ event) => setDay(event.currentTarget.value === current?.day ? '' : event.currentTarget.value)} /></label>
      ${FILES.map((name) => html`<button key=${name} class="btn small" disabled=${!live || !shown} onClick=${() => file(name)}>${t(`manager.csv.${name}`)}</button>`)}
    </div>
    ${(error || failed) && html`<p class="error" role="alert">${why(error ?? failed)}</p>`}
    ${!shown && !error && html`<div class="grey"></div><div class="grey"></div>`}
    ${shown && html`<${Figures} figures=${shown} />`}
    <h2 class="next">${t('manager.payments')}</h2>
    ${payments === null && !error && html`<div class="grey"></div>`}
    ${payments?.length === 0 && html`<${Empty}>${t('manager.empty.payments')}<//>`}
    ${payments && payments.length > 0 && html`<${PaymentList} house=${house} payments=${payments} changed=${again} />`}`;
}

/** @param {{figures: any}} props */
function Figures({ figures }) {
  const { sales, orders, guests, currency } = figures;
  /** @type {[string, string][]} */
  const all = [
    [t('manager.fig.sales'), moneyCode(sales.total, currency)],
    [t('manager.fig.tip'), money(sales.tip)],
    [t('manager.fig.refunded'), money(sales.refunded)],
    [t('manager.fig.unpaid'), money(figures.unpaid)],
    [t('manager.fig.orders'), number(orders.placed)],
    [t('manager.fig.cancelled'), number(orders.cancelled)],
    [t('manager.fig.guests'), number(guests.today)],
    [t('manager.fig.visits'), number(guests.visits)],
  ];
  return html`<dl class="figures">${all.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="n">${value}</dd></div>`)}</dl>
    <div class="halves">
      <section><h2>${t('manager.fig.byMethod')}</h2><ul class="list">${sales.by_method.map((/** @type {any} */ one) => html`<li key=${one.method}><span class="what">${t(`manager.method.${one.method}`)}<small>${t('manager.fig.payments', { n: one.payments })}${Number(one.tip) > 0 && ` · ${t('manager.tip', { amount: money(one.tip) })}`}</small></span><span></span><span class="sum">${money(one.amount)}</span></li>`)}</ul>${sales.by_method.length === 0 && html`<p class="calm">${t('manager.empty.payments')}</p>`}</section>
      <section><h2>${t('manager.fig.stations')}</h2><ul class="list">${figures.stations.map((/** @type {any} */ one) => html`<li key=${one.id}><span class="what">${one.name}<small>${t('manager.fig.lines', { done: number(one.done_lines), open: number(one.open_lines) })}</small></span>${one.late_lines > 0 ? html`<span class="tape late">${t('manager.fig.late', { n: one.late_lines })}</span>` : html`<span></span>`}<span class="sum n">${one.avg_s == null ? '–' : clock(one.avg_s * 1000)}</span></li>`)}</ul></section>
    </div>
    ${sales.by_hour.length > 0 && html`<h2 class="next">${t('manager.fig.byHour')}</h2><ul class="list hours">${sales.by_hour.map((/** @type {any} */ one) => html`<li key=${one.at}><span class="n no">${one.hour}</span><span class="what"><i class="meter" aria-hidden="true" style=${{ '--long': `${share(one.amount, sales.by_hour)}%` }}></i></span><span class="muted">${t('manager.fig.payments', { n: one.payments })}</span><span class="sum">${money(one.amount)}</span></li>`)}</ul>`}`;
}

/** How long a bar is, of the longest: a picture, so a fraction may do. @param {string} amount @param {{amount: string}[]} all */
function share(amount, all) {
  const most = Math.max(...all.map((one) => Number(one.amount)), 0);
  return most > 0 ? Math.round((Number(amount) / most) * 100) : 0;
}

/** The figures of a day and its payments; of the one that is going on, again whenever something was paid. @param {import('./house.js').House} house @param {string} day */
function useDay(house, day) {
  const sales = useStore(house.state, (known) => known.figures?.sales.total);
  const [got, setGot] = useState(/** @type {{figures: any, payments: any[] | null, error: any}} */ ({ figures: null, payments: null, error: null }));
  const [count, setCount] = useState(0);
  useEffect(() => {
    let wanted = true;
    const query = day ? `?day=${day}` : '';
    Promise.all([
      day ? house.m.rest('GET', `/api/v1/restaurants/${house.restaurant}/today${query}`) : null,
      house.m.rest('GET', `/api/v1/payments?limit=200&restaurant_id=${house.restaurant}${day ? `&day=${day}` : ''}`),
    ]).then(
      ([figures, payments]) => wanted && setGot({ figures: figures?.body ?? null, payments: payments.body.items, error: null }),
      (error) => wanted && setGot((/** @type {any} */ old) => ({ ...old, error })),
    );
    return () => {
      wanted = false;
    };
  }, [house, day, day ? '' : sales, count]);
  return { ...got, again: () => setCount((n) => n + 1) };
}
