// The page of a station: its wall, once the device is paired.

import { connect } from '../shared/app.js';
import { recall, remember } from '../shared/device.js';
import { Problem } from '../shared/parts.js';
import { StartShift } from '../shared/shift.js';
import { Pairing, session, signOut } from '../shared/sign_in.js';
import { t, useLang } from '../shared/texts.js';
import { html, useEffect, useState } from '../shared/ui.js';
import { Screen } from './screen.js';
import { forget } from './snapshot.js';
import { Station } from './station.js';

/** @typedef {import('../shared/session.js').Session} Session */

/** The page of this device's station, once it is paired; before, and when the pairing ended, its code. */
export function Page() {
  useLang();
  const [signed, setSigned] = useState(() => session('kitchen'));
  const [unpaired, setUnpaired] = useState(false);
  const [forbidden, setForbidden] = useState(false);
  const leave = () => {
    forget();
    signOut('kitchen');
    setForbidden(false);
    setUnpaired(true);
    setSigned(null);
  };
  const onsession = (/** @type {Session} */ now) => {
    setUnpaired(false);
    setSigned(now);
  };
  if (!signed) return html`<${Pairing} screen="kitchen" kind="kitchen" unpaired=${unpaired} onsession=${onsession} />`;
  if (forbidden) return html`<main class="pairing"><${Problem} what=${t('kitchen.forbidden')} /><button type="button" class="btn" onClick=${leave}>${t('kitchen.leave')}</button></main>`;
  return html`<${Paired} key=${signed.token} signed=${signed} onleave=${leave} onforbidden=${() => setForbidden(true)} />`;
}

/** @param {{signed: Session, onleave: () => void, onforbidden: () => void}} props */
function Paired({ signed, onleave, onforbidden }) {
  const [station] = useState(() => new Station(connect('kitchen', signed), { restaurant: signed.restaurant.id, at: chosen(signed) }));
  useEffect(() => {
    const stop = station.m.watch(({ state, why }) => {
      if (state === 'denied') why === 'token' ? onleave() : onforbidden();
    });
    return () => {
      stop();
      station.close();
    };
  }, [station]);
  const onstation = (/** @type {string} */ code) => {
    remember('kitchen.station', code);
    const url = new URL(location.href);
    url.searchParams.set('station', code);
    history.replaceState(null, '', url);
    station.stand(code);
  };
  return html`<${Screen} station=${station} onstation=${onstation} onleave=${onleave} /><${StartShift} />`;
}

/** Which station: what the address says, what was chosen here, what the manager paired it with. @param {Session} signed */
function chosen(signed) {
  return new URLSearchParams(location.search).get('station') || recall('kitchen.station') || signed.station || 'kitchen';
}
