// Words to everybody: on the board that guests see, or as an alert to those who work.

import { html, useId, useRef, useState } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';

/** As many letters as the server takes. */
const LONGEST = 500;
/** How long words stand on the board, in seconds. @type {[number, string][]} */
const LASTS = [
  [900, 'manager.lasts.quarter'],
  [1800, 'manager.lasts.half'],
  [3600, 'manager.lasts.hour'],
  [14_400, 'manager.lasts.evening'],
];

/** @param {{house: import('./house.js').House}} props */
export function Composer({ house }) {
  const [text, setText] = useState('');
  const [lasts, setLasts] = useState(1800);
  const { act, busy, error, live } = useAct(house);
  const id = useId();
  const message = text.trim();
  const off = busy || !live;
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const place = `/api/v1/restaurants/${house.restaurant}`;
  const show = async () => {
    if (message === '') return field.current?.focus();
    if (await act({ method: 'POST', path: `${place}/broadcast`, body: { message, expires_in_s: lasts }, touches: [], said: t('manager.tell.shown') })) setText('');
  };
  const alert = async () => {
    if (message === '') return field.current?.focus();
    // Two alerts: one to the floor, one to the kitchen; each is heard by those whom it is for.
    const floor = await act({ method: 'POST', path: `${place}/alerts`, body: { message, severity: 4 }, touches: [] });
    if (floor && (await act({ method: 'POST', path: `${place}/alerts`, body: { message, severity: 4, kitchen: true }, touches: [], said: t('manager.tell.alerted') }))) setText('');
  };
  return html`<label class="sr" for=${id}>${t('manager.tell.message')}</label>
    <textarea ref=${field} id=${id} class="say" maxlength=${LONGEST} placeholder=${t('manager.tell.hint')} value=${text} disabled=${!live} onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}></textarea>
    ${error && html`<p class="error" role="alert">${why(error)}</p>`}
    ${message !== '' && html`<label class="lasts"><span class="sr">${t('manager.lasts')}</span><select value=${String(lasts)} onChange=${(/** @type {any} */ event) => setLasts(Number(event.currentTarget.value))}>${LASTS.map(([seconds, key]) => html`<option key=${seconds} value=${String(seconds)} selected=${seconds === lasts}>${t(key)}</option>`)}</select></label>`}
    <button class="btn do" disabled=${off} onClick=${show}>${t('manager.tell.show')}</button>
    <button class="btn" disabled=${off} onClick=${alert}>${t('manager.tell.alert')}</button>`;
}
