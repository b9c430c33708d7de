// The bar of the wall: stations, how much there is, what else can be done, whether it is live, the hour. What is said to everybody stands in place of the counts.

import { Banner } from '../shared/banner.js';
import { Heartbeat } from '../shared/bar.js';
import { clock, time } from '../shared/format.js';
import { Icon } from '../shared/parts.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { useMuted } from '../shared/sound.js';
import { t } from '../shared/texts.js';
import { html, useLink, useTick } from '../shared/ui.js';

/** @typedef {import('./wall.js').Wall} Wall */

/**
 * @param {{m: import('../shared/maitred.js').Maitred, wall: Wall, asOf: number, hands: import('./hands.js').Hands, dialog: (name: 'recall' | 'soldout' | 'settings' | 'day') => void, onstation: (code: string) => void}} props
 */
export function Top({ m, wall, asOf, dialog, onstation }) {
  const muted = useMuted();
  const { state, back } = useLink(m);
  const isSaid = state === 'lost' || Boolean(back);
  const alert = wall.alerts[wall.alerts.length - 1];
  const waiting = wall.entries.filter((one) => one.state === 'waiting' || one.state === 'sending').length;
  return html`<header class="top">
    <nav class="seg" aria-label=${t('kitchen.station')}>${wall.stations.map((one) => html`<button type="button" key=${one.code} aria-pressed=${one.code === wall.station} onClick=${() => onstation(one.code)}>${name(one)}</button>`)}</nav>
    <div class="middle">
      <${Banner} m=${m} place="within" lost=${waiting ? t('kitchen.lost_waiting', { n: waiting }) : t('kitchen.lost')} back=${() => (wall.missed.size ? t('kitchen.back', { n: wall.missed.size }) : t('kitchen.back_none'))} />
      ${isSaid ? null : alert ? html`<${Strip} alert=${alert} more=${wall.alerts.length - 1} onread=${() => wall.dismiss(alert.id)} />` : asOf ? html`<p class="load">${t('kitchen.as_of', { at: time(asOf) })}</p>` : html`<${Load} wall=${wall} m=${m} />`}
    </div>
    <button type="button" class="btn plain hide-s" onClick=${() => dialog('soldout')}>${t('kitchen.sold_out')}</button>
    <button type="button" class="btn plain only-s" onClick=${() => dialog('day')}>${t('kitchen.day')}</button>
    <button type="button" class="btn" onClick=${() => dialog('recall')}><${Icon} name="undo" />${t('kitchen.recall')}<kbd aria-hidden="true">R</kbd></button>
    <button type="button" class="btn plain sign" aria-label=${muted ? t('kitchen.settings_muted') : t('kitchen.settings')} onClick=${() => dialog('settings')}><${Icon} name=${muted ? 'mute' : 'menu'} /></button>
    <${Heartbeat} m=${m} />
    <${Hour} m=${m} />
  </header>`;
}

/** A station in the language of the screen, where it is one of the usual ones. @param {{code: string, name: string}} station */
export function name({ code, name: said }) {
  const key = `kitchen.station_${code}`;
  const text = t(key);
  return text === key || !['Kitchen', 'Bar', 'Pass', 'Expo'].includes(said) ? said : text;
}

/** @param {{wall: Wall, m: {now: () => number}}} props */
function Load({ wall, m }) {
  useTick(2000);
  const late = wall.late(m.now());
  const { average } = wall;
  return html`<div class="load">
    <span><${Count} n=${wall.tickets.size} />${t('kitchen.open')}</span>
    <span class=${late ? 'l' : ''}><${Count} n=${late} />${t('kitchen.late')}</span>
    <span class="x"><${Count} n=${average ? clock(average) : '–'} />${t('kitchen.average')}</span>
  </div>`;
}

/** A number at the right of its room: another one is another text, and none that moved. @param {{n: number | string}} props */
export const Count = ({ n }) => html`<b class="n"><span key=${n}>${n}</span></b>`;

/** What the manager says to the kitchen, or what could not be done. @param {{alert: import('./wall.js').Alert, more: number, onread: () => void}} props */
function Strip({ alert, more, onread }) {
  const { severity, error } = alert;
  return html`<button type="button" class=${`strip ${severity >= 4 ? 'urgent' : ''}`} role="alert" onClick=${onread}>
    <${Icon} name=${severity >= 4 ? 'warn' : 'bell'} /><span>${error ? sayRefusal(error) : alert.message}</span>${more > 0 ? html`<b class="n">+${more}</b>` : null}<span class="sr">${t('kitchen.tap_to_close')}</span></button>`;
}

/** @param {{m: {now: () => number}}} props */
function Hour({ m }) {
  useTick(5000);
  return html`<time class="n">${time(m.now())}</time>`;
}
