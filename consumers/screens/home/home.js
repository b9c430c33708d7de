// @ts-check
/** The start page: the six screens; in a demo with ready sign-ins. Elsewhere it tells nothing about the restaurant. */
import { start } from '../shared/app.js';
import { storeSession } from '../shared/session.js';
import { LANGS, NAMES, setLang, t, useLang } from '../shared/texts.js';
import { html, useEffect, useState } from '../shared/ui.js';
import { Codes } from './codes.js';
import { Picture } from './picture.js';

/** @typedef {'kitchen'|'waiter'|'guest'|'board'|'driver'|'manager'} ScreenName */
/** @typedef {{screen: ScreenName, name: string, url: string, token?: string, station?: string, user?: import('../shared/session.js').User, expires_at_ms?: number}} SignInOffer */
/** @typedef {{restaurant: import('../shared/session.js').Restaurant, tables_taken: number, tables: number, open_orders: number, rush: {speed: number}|null, sign_ins: SignInOffer[]}} Demo */

/** @type {ScreenName[]} */
const SCREENS = ['kitchen', 'waiter', 'guest', 'board', 'driver', 'manager'];

/** @returns {Promise<Demo|null>} null: this is no demo, or not its machine */
async function askDemo() {
  const answer = await fetch('/api/demo/sign-ins', { cache: 'no-store', signal: AbortSignal.timeout(8000) }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

function Home() {
  useLang();
  const [demo, setDemo] = useState(/** @type {Demo|null|undefined} */ (undefined));
  useEffect(() => void askDemo().then(setDemo), []);
  // all at once, so that nothing moves
  if (demo === undefined) return html`<header class="mast"><h1 class="n">maitred</h1></header>`;
  return html`<header class="mast"><h1 class="n">maitred</h1><p>${demo ? t('home.demo') : t('home.screens')}</p>${demo && html`<${Open} demo=${demo} />`}</header>
    <main>${SCREENS.map((name) => html`<${Go} key=${name} name=${name} offers=${demo?.sign_ins.filter((one) => one.screen === name) ?? []} demo=${demo} />`)}
      <div class="more">${demo && html`<${ForPrograms} />`}<section><h3>${t('language')}</h3><div class="langs">${LANGS.map((one) => html`<button type="button" key=${one} lang=${one} aria-pressed=${document.documentElement.lang === one} onClick=${() => setLang(one)}>${NAMES[one]}</button>`)}</div></section></div></main>`;
}

/** What goes on, in one line. @param {{demo: Demo}} props */
function Open({ demo: { restaurant, tables_taken: taken, open_orders: orders, rush } }) {
  const speed = rush ? `, ${t('home.rush', { speed: rush.speed })}` : '';
  return html`<span class="beat" role="status"><i></i>${t('home.open', { house: restaurant.name, tables: taken, orders })}${speed}</span>`;
}

/** A screen, what it is for, and who may open it. @param {{name: ScreenName, offers: SignInOffer[], demo: Demo|null}} props */
function Go({ name, offers, demo }) {
  const path = name === 'guest' ? '/t/…' : `/${name}`;
  /** @param {SignInOffer} offer */
  const take = ({ token, user, station, expires_at_ms: ends }) => {
    if (token && demo) storeSession(name, { token, user, station, restaurant: demo.restaurant, expires_at: ends ? new Date(ends).toISOString() : null });
  };
  const manager = demo?.sign_ins.find(({ screen }) => screen === 'manager');
  const links = offers.length
    ? offers.map((one, n) => html`<a key=${one.url + one.name} class=${`btn ${n ? '' : 'do'}`} href=${one.station ? `${one.url}?station=${one.station}` : one.url} onClick=${() => take(one)}>${n ? one.name : t(`home.${name}.as`, { name: one.name })}</a>`)
    : name !== 'guest' && html`<a class="btn do" href=${path}>${t('home.open_screen')}</a>`;
  return html`<section class="go"><${Picture} of=${name} /><div><h2 class="n">${t(`home.${name}`)}<code>${path}</code></h2><p>${t(`home.${name}.what`)}</p></div>
    <div class="who">${links}${name === 'guest' && manager?.token && demo && html`<${Codes} token=${manager.token} restaurant=${demo.restaurant.id} />`}</div></section>`;
}

const ForPrograms = () => html`<section><h3>${t('home.programs')}</h3><p>${t('home.programs.what')}</p><pre tabindex="0">wscat -c ${location.origin.replace(/^http/, 'ws')}/ws/orders/1/</pre></section>
  <section><h3>${t('home.elsewhere')}</h3><p>${t('home.elsewhere.what')}</p></section>
  <section><h3>${t('home.reference')}</h3><p><a href="/api-docs">${t('home.api')}</a>, <a href="/maitred.js">maitred.js</a>, <a href="/readyz">${t('home.health')}</a></p></section>`;

start({ screen: 'home', texts: import.meta.url, App: Home });
