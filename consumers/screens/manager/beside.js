// The right column: screens and phones, words to everybody, what is sold out.

import { html, useEffect, useStore, useTick } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Composer } from './composer.js';
import { state as deviceState } from './device_state.js';

/** Screens that are shown here; all of them are on their page. */
const SHOWN = 8;

/** @param {{house: import('./house.js').House}} props */
export function Beside({ house }) {
  useEffect(() => house.want(['menu']), [house]);
  return html`<${Screens} house=${house} />
    <section class="box"><h2>${t('manager.tell')}</h2><${Composer} house=${house} /></section>
    <${SoldOut} house=${house} />`;
}

/** @param {{house: import('./house.js').House}} props */
function Screens({ house }) {
  const { devices, loaded } = useStore(house.state);
  useTick(1000);
  const now = house.m.now();
  return html`<section class="box"><h2>${t('manager.devices')}</h2>
    ${loaded.has('devices') && devices.length === 0 && html`<p class="muted">${t('manager.devices.none')}</p>`}
    <ul>${devices.slice(0, SHOWN).map((device) => {
      const { kind, text } = deviceState(device, now, t);
      return html`<li key=${device.id} class=${kind}><i class="dot"></i><strong>${device.name}</strong><small>${text}</small></li>`;
    })}</ul>
    ${devices.length > SHOWN && html`<p class="muted">${t('manager.more', { n: devices.length - SHOWN })}</p>`}
    <a class="btn" href="#screens">${t('manager.pair')}</a>
  </section>`;
}

/** @param {{house: import('./house.js').House}} props */
function SoldOut({ house }) {
  const { menu, loaded } = useStore(house.state);
  const { act, busy, error, live } = useAct(house);
  const gone = menu.filter((dish) => !dish.is_available);
  const back = (/** @type {any} */ dish) => act({ method: 'PATCH', path: `/api/v1/menu/${dish.id}`, body: { is_available: true }, touches: ['menu'], said: t('manager.backOn.said', { name: dish.name }) });
  return html`<section class="box"><h2>${t('manager.soldOut')}</h2>
    ${loaded.has('menu') && gone.length === 0 && html`<p class="muted">${t('manager.soldOut.none')}</p>`}
    ${error && html`<p class="error" role="alert">${why(error)}</p>`}
    <ul>${gone.map((dish) => html`<li key=${dish.id} class="two"><strong>${dish.name}</strong><button class="btn" disabled=${busy || !live} aria-label=${t('manager.backOn.name', { name: dish.name })} onClick=${() => back(dish)}>${t('manager.backOn')}</button></li>`)}</ul>
  </section>`;
}
