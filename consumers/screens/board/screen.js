// The board as it is drawn: one picture that scales with the screen.

import { Banner } from '../shared/banner.js';
import { Heartbeat } from '../shared/bar.js';
import { Boundary } from '../shared/boundary.js';
import { time } from '../shared/format.js';
import { StartShift } from '../shared/shift.js';
import { t, useLang } from '../shared/texts.js';
import { html, useEffect, useLink, useReducer, useRef, useState, useTick } from '../shared/ui.js';
import { DOUBT_MS, calledAt, shown } from './state.js';

/** @typedef {import('./state.js').Entry} Entry */

/** How long somebody is "just now" ready, and how long the offer to start the sound stays, milliseconds. */
const JUST_MS = 60_000;
const OFFER_MS = 10_000;
/** Codes that have room in the two columns of what is being prepared. */
const ROOM = 14;

/** @param {{feed: import('./feed.js').Feed}} props */
export function Screen({ feed }) {
  useLang();
  useTick(1000);
  const [, draw] = useReducer((n) => n + 1, 0);
  const says = useRef(/** @type {HTMLElement | null} */ (null));
  const { m, board } = feed;
  const link = useLink(m);
  useEffect(() => {
    feed.say = (all) => {
      if (says.current) says.current.textContent = all.map((one) => t('board.said', { code: one.code, name: one.name ?? '' }).replace(/[, ]+$/, '')).join('. ');
    };
    return feed.watch(() => draw(0));
  }, [feed]);
  const now = m.now();
  const { newest, more, rest } = shown(board.ready(now));
  const preparing = board.preparing;
  const heard = feed.keptAt || now - link.age;
  const isDoubted = board.isLoaded && now - heard >= DOUBT_MS && link.state !== 'live';
  return html`<div class="board" data-link=${link.state} data-doubted=${isDoubted || undefined}>
    <main class="r"><h1>${t('board.ready')}</h1>
      <${Boundary} name="ready"><ul class="codes" aria-label=${t('board.ready')}>
        ${newest ? html`<${Newest} key=${`${newest.order_id} ${calledAt(newest)}`} entry=${newest} now=${now} />` : null}
        ${more.map((one) => html`<li key=${one.order_id}><b class=${`n ${long(one)}`}>${one.code}</b><span>${one.name ?? '\u00a0'}</span></li>`)}
        ${newest ? null : html`<li class="none" key="none"><span>${board.isLoaded ? t('board.empty') : t('connecting')}</span></li>`}
      </ul></${Boundary}>
      <p class="rest n" aria-label=${rest.length ? t('board.rest') : undefined}>${rest.map((one) => html`<span key=${one.order_id}>${one.code}</span>`)}</p>
    </main>
    <section class="p"><h1>${t('board.preparing')}<time class="n">${time(now)}</time></h1>
      <p class="old">${isDoubted ? t('board.as_of', { at: time(heard) }) : null}</p>
      <${Boundary} name="preparing"><ul aria-label=${t('board.preparing')}>${preparing.slice(0, preparing.length > ROOM ? ROOM - 1 : ROOM).map((one) => html`<li class=${`n ${long(one)}`} key=${one.order_id}>${one.code}</li>`)}
        ${preparing.length > ROOM ? html`<li class="n beyond" key="beyond">+${preparing.length - ROOM + 1}</li>` : null}</ul></${Boundary}>
    </section>
    <footer class="m"><b class="n">${board.house}</b><span class="words" role="status">${board.said(now)}</span><${Banner} m=${m} place="within" lost=${t('board.lost')} back=${() => t('board.back')} /><${Heartbeat} m=${m} /></footer>
    <p class="sr" role="status" aria-live="polite" ref=${says}></p>
    <${Offer} />
  </div>`;
}

/** @param {{entry: Entry, now: number}} props */
function Newest({ entry, now }) {
  const at = calledAt(entry);
  return html`<li class="just"><b class=${`n ${long(entry)}`}>${entry.code}</b><span>${entry.name ?? ''}<small>${now - at < JUST_MS ? t('board.just') : t('board.since', { at: time(at) })}</small></span></li>`;
}

/** Codes of four and more characters are smaller. @param {Entry} entry */
const long = ({ code }) => (code.length > 4 ? 'xx' : code.length > 3 ? 'x' : '');

/** A board has no controls; who touches it may start its sound. */
function Offer() {
  const [isOffered, setOffered] = useState(false);
  useEffect(() => {
    /** @type {any} */
    let timer = 0;
    const offer = () => {
      setOffered(true);
      clearTimeout(timer);
      timer = setTimeout(() => setOffered(false), OFFER_MS);
    };
    addEventListener('pointermove', offer);
    addEventListener('keydown', offer);
    return () => {
      clearTimeout(timer);
      removeEventListener('pointermove', offer);
      removeEventListener('keydown', offer);
    };
  }, []);
  return isOffered ? html`<${StartShift} />` : null;
}
