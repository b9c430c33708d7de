// @ts-check
/** The bar: title, what waits to be sent, whether it is live. */
import { age, time } from './format.js';
import { Icon } from './icon.js';
import { Sheet } from './sheet.js';
import { useMuted } from './sound.js';
import { t, useLang } from './texts.js';
import { html, useEffect, useLink, useOutbox, useRef, useState } from './ui.js';

/** @typedef {import('./maitred.js').Maitred} Maitred */
/** @typedef {import('./maitred.js').Entry} Entry */

/** @param {{title?: any, m: Maitred, children?: any, say?: (entry: Entry) => any, back?: () => void}} props */
export function Bar({ title, m, children, say, back }) {
  useLang();
  const muted = useMuted();
  return html`<header class="bar">
    ${back && html`<button type="button" class="icon" aria-label=${t('back')} onClick=${back}><${Icon} name="back" /></button>`}
    ${title && html`<h1>${title}</h1>`}
    ${children}
    <span class="end">${muted && html`<span class="sign" role="img" aria-label=${t('muted')}><${Icon} name="mute" /></span>`}<${OutboxTape} m=${m} say=${say} /><${Heartbeat} m=${m} /></span>
  </header>`;
}

/** A dot that beats with the server, and the age of what is shown once that is news. It says a change once. @param {{m: Maitred}} props */
export function Heartbeat({ m }) {
  useLang();
  const link = useLink(m);
  const { state } = link;
  const look = state === 'live' ? '' : state === 'lost' || state === 'denied' ? 'lost' : 'wait';
  const word = state === 'live' ? t('live') : state === 'connecting' ? t('connecting') : state === 'denied' ? t('denied') : t('old', { age: age(link.age) });
  // another one in its place: what only becomes wider would count as moved
  return html`<span key=${look} class=${`beat ${look}`} data-link=${state}><i></i><span aria-hidden="true">${word}</span><span class="sr" role="status">${t(`link.${state}`)}</span></span>`;
}

/** What waits to be sent, as a tape; tapped, the list. @param {{m: Maitred, say?: (entry: Entry) => any}} props */
export function OutboxTape({ m, say = (entry) => entry.label?.text ?? entry.path ?? entry.action }) {
  const { state: link } = useLink(m);
  // what only waits for its Undo is said by the toast
  const entries = useOutbox(m).filter(({ state, due }) => state !== 'acked' && !(link === 'live' && state === 'waiting' && due > performance.now()));
  const [open, set] = useState(false);
  const old = useOld(entries);
  const { kept } = m.outbox;
  if (!entries.length && kept) return null;
  // what is answered at once is nobody's news
  const waits = entries.some(({ state }) => state === 'refused') || old;
  return html`${(waits || !kept) && html`<button type="button" class="tap" aria-haspopup="dialog" onClick=${() => set(true)}>
      <span class="tape warn">${kept ? t('n.waiting', { n: entries.length }) : t('outbox.not_kept')}</span></button>`}
    ${open && html`<${Sheet} title=${t('outbox')} onclose=${() => set(false)}>
      <p class="muted">${kept ? t('outbox.about') : t('outbox.not_kept.about')}</p>
      <ul class="waits">${entries.map((one) => html`<li key=${one.key}><span class="said"><strong>${say(one)}</strong><small>${time(one.made_at)} · ${t(`outbox.${one.state}`)}</small></span>
        ${one.state === 'waiting' && html`<button type="button" class="btn" onClick=${() => m.outbox.drop(one.key)}>${t('cancel')}</button>`}
        ${one.state === 'refused' && html`<button type="button" class="btn" onClick=${() => m.outbox.drop(one.key)}>${t('drop')}</button>`}</li>`)}
        ${!entries.length && html`<li>${t('outbox.empty')}</li>`}</ul>
    </${Sheet}>`}`;
}

/** Whether something has waited for more than a second. @param {Entry[]} entries */
function useOld(entries) {
  const [old, set] = useState(false);
  const any = entries.length > 0;
  const timer = useRef(/** @type {any} */ (0));
  useEffect(() => {
    if (!any) return set(false);
    timer.current = setTimeout(() => set(true), 1000);
    return () => clearTimeout(timer.current);
  }, [any]);
  return old && any;
}
