// @ts-check
/** The page behind the code on a table: menu, basket, where the order stands, call, bill. No account, nothing tracked. */
import { start } from '../shared/app.js';
import { Banner } from '../shared/banner.js';
import { Loading, Problem } from '../shared/parts.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { Offline } from '../shared/maitred.js';
import { t, useLang } from '../shared/texts.js';
import { html, useEffect, useLink, useRef, useState, useStore } from '../shared/ui.js';
import { GuestBasket } from './basket.js';
import { BasketView } from './basket_view.js';
import { DeadEnd } from './dead_end.js';
import { MenuView } from './menu_view.js';
import { StatusView } from './status_view.js';
import { GuestVisit } from './visit.js';

const secret = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const visit = new GuestVisit(secret);
const basket = new GuestBasket(secret);

/** @typedef {'menu'|'basket'|'status'} View */
/** The part of the page that the address names: the browser's own Back works. @returns {View} */
const named = () => (/^#(basket|status)$/.test(location.hash) ? /** @type {View} */ (location.hash.slice(1)) : 'menu');

function useView() {
  const [view, set] = useState(named());
  useEffect(() => {
    const moved = () => {
      set(named());
      scrollTo(0, 0);
    };
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  // who reads or types goes on at the new part's head, not at the page's end
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) /** @type {HTMLElement|null} */ (document.querySelector('main h1'))?.focus();
    first.current = false;
  }, [view]);
  return view;
}

function Guest() {
  useLang();
  const state = useStore(visit.state);
  const { state: connection } = useLink(visit.m);
  const view = useView();
  const [looks, setLooks] = useState(false);
  useEffect(() => void visit.start(), []);
  useEffect(() => {
    if (state.session && state.place === 'open') basket.of(state.session.id);
    document.title = [state.table && t('guest.table', { table: state.table.number }), state.restaurant?.name].filter(Boolean).join(' · ') || 'maitred';
  }, [state.session?.id, state.table?.number, state.restaurant?.name]);

  const { place } = state;
  if (place === 'failed' && !state.menu) return html`<main class="pane"><${Problem} what=${state.problem instanceof Offline ? t('loading.failed') : sayRefusal(state.problem)} todo=${t('guest.failed.todo')} again=${() => visit.start()} /></main>`;
  if (place === 'invalid' || ((place === 'closed' || place === 'free' || (place === 'blocked' && !state.menu)) && !looks)) return html`<${DeadEnd} state=${state} onlook=${() => setLooks(true)} />`;
  if (!state.menu) return html`<main class="pane"><${Loading} shapes=${6} height=${96} again=${() => location.reload()} /></main>`;
  // only what is open can order; the rest may look
  const may = place === 'open' || place === 'blocked';
  const offline = connection === 'lost' || place === 'failed';
  const props = { visit, basket, state, offline, may, orders: place === 'open' };
  return html`${may && html`<${Banner} m=${visit.m} silent lost=${t('guest.offline')} />`}
    ${view === 'basket' && may ? html`<${BasketView} ...${props} />` : view === 'status' && may ? html`<${StatusView} ...${props} />` : html`<${MenuView} ...${props} />`}`;
}

start({ screen: 'guest', texts: import.meta.url, App: Guest });
