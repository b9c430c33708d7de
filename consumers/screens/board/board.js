// /board: who may fetch, who waits.

import { connect, start } from '../shared/app.js';
import { Problem } from '../shared/parts.js';
import { Pairing, session, signOut } from '../shared/sign_in.js';
import { remember } from '../shared/device.js';
import { t, useLang } from '../shared/texts.js';
import { html, useEffect, useState } from '../shared/ui.js';
import { Feed } from './feed.js';
import { Screen } from './screen.js';

/** @typedef {import('../shared/session.js').Session} Session */

function App() {
  useLang();
  const [signed, setSigned] = useState(() => session('board'));
  const [unpaired, setUnpaired] = useState(false);
  const [forbidden, setForbidden] = useState(false);
  const leave = () => {
    remember('board.snapshot', null);
    signOut('board');
    setForbidden(false);
    setUnpaired(true);
    setSigned(null);
  };
  const onsession = (/** @type {Session} */ now) => {
    setUnpaired(false);
    setSigned(now);
  };
  if (!signed) return html`<${Pairing} screen="board" kind="board" unpaired=${unpaired} onsession=${onsession} />`;
  if (forbidden) return html`<main class="pairing"><${Problem} what=${t('board.forbidden')} /><button type="button" class="btn" onClick=${leave}>${t('board.leave')}</button></main>`;
  return html`<${Paired} key=${signed.token} signed=${signed} onleave=${leave} onforbidden=${() => setForbidden(true)} />`;
}

/** @param {{signed: Session, onleave: () => void, onforbidden: () => void}} props */
function Paired({ signed, onleave, onforbidden }) {
  const [feed] = useState(() => new Feed(connect('board', signed), signed.restaurant));
  useEffect(() => {
    const stop = feed.m.watch(({ state, why }) => {
      if (state === 'denied') why === 'token' ? onleave() : onforbidden();
    });
    return () => {
      stop();
      feed.close();
    };
  }, [feed]);
  return html`<${Screen} feed=${feed} />`;
}

start({ screen: 'board', theme: 'dark', wall: true, texts: import.meta.url, App });
