// The numbers of the evening, above everything. What can be counted on this screen is, so that it agrees with the list below.

import { html, useStore, useTick } from '../shared/ui.js';
import { clock, money, number } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { lateness } from './bars.js';
import { isOpen } from './filter.js';
import { limits } from './limits.js';

/** @param {{house: import('./house.js').House}} props */
export function Numbers({ house }) {
  const known = useStore(house.state);
  useTick(1000);
  const now = house.m.now();
  const open = [...known.orders.values()].filter(isOpen);
  const judged = limits(known.stations);
  const late = open.filter((order) => lateness(order, judged, now) === 'late').length;
  const { figures } = known;
  const station = (/** @type {string} */ code) => figures?.stations.find((/** @type {any} */ one) => one.code === code);
  const average = (/** @type {any} */ one) => (one?.avg_s == null ? '–' : clock(one.avg_s * 1000));
  const currency = figures?.currency ?? known.settings?.currency ?? '';
  const there = known.loaded.has('orders');
  return html`<dl class="nums">
    <div><dt>${t('manager.num.open')}</dt><dd class="n">${there ? number(open.length) : '–'}</dd></div>
    <div class=${late > 0 ? 'l' : undefined}><dt>${t('manager.num.late')}</dt><dd class="n">${there ? number(late) : '–'}</dd></div>
    <div><dt>${t('manager.num.average', { station: station('kitchen')?.name ?? t('manager.kitchen') })}</dt><dd class="n">${average(station('kitchen'))}</dd></div>
    <div class="x"><dt>${t('manager.num.average', { station: station('bar')?.name ?? t('manager.bar') })}</dt><dd class="n">${average(station('bar'))}</dd></div>
    <div class="x"><dt>${t('manager.num.guests')}</dt><dd class="n">${figures ? number(figures.guests.now) : '–'}</dd></div>
    <div><dt>${t('manager.num.unpaid', { currency })}</dt><dd class="n">${figures ? whole(figures.unpaid) : '–'}</dd></div>
    <div><dt>${t('manager.num.today', { currency })}</dt><dd class="n">${figures ? whole(figures.sales.total) : '–'}</dd></div>
  </dl>`;
}

/** At a glance nobody reads cents; where there are some they are shown on the page of the day. @param {string} amount */
function whole(amount) {
  return money(amount.split('.')[0]);
}
