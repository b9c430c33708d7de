// @ts-check
/** The menu: prices, allergens in words, what is avoided marked, what is sold out struck. */
import { money } from '../shared/format.js';
import { Icon, Tape } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { html, useEffect, useRef, useState, useStore } from '../shared/ui.js';
import { AskButton, Said } from './asks.js';
import { totalText } from './basket.js';
import { DishSheet } from './dish_sheet.js';
import { Mast } from './mast.js';
import { Steps, stepOf } from './steps.js';
import { allergen } from './words.js';

/** @typedef {import('./visit.js').Dish} Dish */
/** @typedef {{visit: import('./visit.js').GuestVisit, basket: import('./basket.js').GuestBasket, state: import('./visit.js').Visit, offline: boolean, may: boolean, orders: boolean}} Props */

/** Dishes by category, in the menu's order. @param {Dish[]} menu @returns {[string, Dish[]][]} */
function grouped(menu) {
  /** @type {Map<string, Dish[]>} */
  const all = new Map();
  for (const one of menu) all.set(one.category, [...(all.get(one.category) ?? []), one]);
  return [...all];
}

/** @param {Props} props */
export function MenuView({ visit, basket, state, offline, may, orders: open }) {
  const menu = state.menu ?? [];
  const { picks, avoid } = useStore(basket.state);
  const [sheet, setSheet] = useState(/** @type {Dish|null} */ (null));
  const groups = grouped(menu);
  const current = useCurrent(groups.map(([name]) => name));
  const exponent = state.restaurant?.currency_exp ?? 2;
  const requests = state.session?.requests ?? [];
  const count = picks.reduce((sum, one) => sum + one.quantity, 0);
  const all = [...new Set(menu.flatMap((one) => one.allergens))];
  const add = (/** @type {Dish} */ dish) => (dish.choices.length ? setSheet(dish) : basket.add(dish.id));
  return html`<main class="menu"><${Mast} title=${state.restaurant?.name} text=${t('guest.prices', { currency: state.restaurant?.currency })} table=${state.table} />
    ${may && html`<${Newest} orders=${state.orders} />`}
    <div class="stick"><nav class="cats" aria-label=${t('guest.menu')}>${groups.map(([name]) => html`<a key=${name} href=${`#c-${slug(name)}`} aria-current=${current === name ? 'true' : undefined} onClick=${go}>${name}</a>`)}</nav>
      ${all.length > 0 && html`<div class="avoid" role="group" aria-label=${t('guest.avoid')}><span>${t('guest.avoid')}</span>${all.map((one) => html`<label key=${one}><input type="checkbox" checked=${avoid.includes(one)} onChange=${() => basket.change({ avoid: avoid.includes(one) ? avoid.filter((each) => each !== one) : [...avoid, one] })} />${allergen(one)}</label>`)}</div>`}</div>
    ${groups.map(([name, dishes]) => html`<section key=${name} class="group"><h2 class="c" id=${`c-${slug(name)}`}>${name}</h2>
      ${dishes.map((one) => html`<${DishRow} key=${one.id} dish=${one} avoid=${avoid} count=${picks.filter((each) => each.dish === one.id).reduce((sum, each) => sum + each.quantity, 0)} onadd=${open && may ? () => add(one) : undefined} />`)}</section>`)}
    ${may && html`<div class="dock">${offline ? html`<button type="button" class="btn do" disabled>${t('guest.offline.button')}</button>` : html`
      <div class="word" role="status"><${Said} requests=${requests} /></div><${AskButton} visit=${visit} kind="call_waiter" requests=${requests} /><${AskButton} visit=${visit} kind="bill" requests=${requests} />
      ${open ? html`<a class="btn do" href="#basket"><span>${t('guest.n.basket', { n: count })}</span><span>${money(totalText(picks, menu, exponent))}</span></a>` : html`<button type="button" class="btn do" disabled>${t('refused.QR_BLOCKED')}</button>`}`}</div>`}
    ${sheet && html`<${DishSheet} dish=${sheet} exponent=${exponent} avoid=${avoid} onadd=${(/** @type {number[]} */ ids, /** @type {number} */ n) => basket.add(sheet.id, ids, n)} onclose=${() => setSheet(null)} />`}</main>`;
}

/** @param {string} name */
const slug = (name) => name.toLowerCase().replace(/\s+/g, '-');
/** The hash names a part of the page, so a category is scrolled to without it. @param {MouseEvent} event */
function go(event) {
  event.preventDefault();
  const { hash } = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView();
}

/** The category that is on the screen. @param {string[]} names */
function useCurrent(names) {
  const [current, set] = useState(names[0]);
  const seen = useRef(new Set());
  useEffect(() => {
    const look = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? seen.current.add(target.id) : seen.current.delete(target.id);
      const first = names.find((name) => seen.current.has(`c-${slug(name)}`));
      if (first) set(first);
    }, { rootMargin: '0px 0px -50% 0px' });
    for (const one of document.querySelectorAll('h2.c')) look.observe(one);
    return () => look.disconnect();
  }, [names.join()]);
  return current;
}

/** The newest order that is not over, above the menu. @param {{orders: import('./visit.js').Order[]|null}} props */
function Newest({ orders }) {
  const order = orders?.find((one) => { const step = stepOf(one); return step >= 0 && step < 4; }) ?? orders?.[0];
  if (!order) return null;
  const step = stepOf(order);
  const lines = (order.items ?? []).map(({ quantity, name }) => `${quantity} ${name}`).join(', ');
  return html`<a class="live" href="#status"><span>${step === -1 ? t('guest.newest.refused') : t(`guest.newest.${step}`)}<small>${lines}</small></span><${Icon} name="next" />${step > 0 && html`<${Steps} step=${step} />`}</a>`;
}

/** @param {{dish: Dish, avoid: string[], count: number, onadd?: () => void}} props */
function DishRow({ dish, avoid, count, onadd }) {
  const has = dish.allergens.filter((one) => avoid.includes(one));
  const others = dish.allergens.filter((one) => !avoid.includes(one)).map(allergen).join(', ');
  const thai = /^[\u0E00-\u0E7F\s]+$/.test(dish.description);
  const label = count ? t('guest.add.more', { name: dish.name, n: count }) : t('guest.add', { name: dish.name });
  return html`<article class=${`d ${dish.is_available ? '' : 'out'}`}><div><h3>${dish.name}</h3>${dish.description && html`<p class="tx" lang=${thai ? 'th' : undefined}>${dish.description}</p>`}
      ${dish.image_url && html`<img src=${dish.image_url} alt="" loading="lazy" width="96" height="72" />`}
      ${dish.is_available && has.length > 0 && html`<${Tape} state="alg"><${Icon} name="warn" />${t('guest.has', { what: has.map(allergen).join(', ') })}</${Tape}>`}
      ${dish.is_available ? others && html`<p class="al">${has.length ? t('guest.also', { what: others }) : others}</p>` : html`<p class="al">${t('guest.sold_out')}</p>`}</div>
    <div class="side"><p class="pr">${money(dish.price)}</p>${dish.is_available && onadd && html`<button type="button" class=${`add ${count ? 'has' : ''}`} aria-label=${label} onClick=${onadd}><span>${count ? html`<b class="n">${count}</b>` : html`<${Icon} name="plus" />`}</span></button>`}</div></article>`;
}
