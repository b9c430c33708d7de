// Who drives, and then their round.

import { html, useEffect, useLink, useMemo, useState } from '../shared/ui.js';
import { session, signOut } from '../shared/session.js';
import { later } from '../shared/later.js';
import { courier } from './courier.js';
import { forget } from './pocket.js';
import { Drive } from './drive.js';

const SignIn = later(
  () => import('../shared/sign_in.js').then((all) => all.SignIn),
  () => html`<div class="driver"></div>`,
);
const PinAgain = later(
  () => import('../shared/sign_in.js').then((all) => all.PinAgain),
  () => null,
);

export function Page() {
  const [who, setWho] = useState(() => session('driver'));
  const line = useMemo(() => (who ? courier(who) : null), [who?.user?.id]);
  useEffect(() => () => line?.close(), [line]);
  if (!who || !line) return html`<${SignIn} screen="driver" roles=${['driver']} onsession=${setWho} />`;
  const leave = () => {
    forget(line.me);
    signOut('driver');
    setWho(null);
  };
  return html`<${Drive} line=${line} name=${who.user?.name ?? ''} leave=${leave} /><${Again} line=${line} leave=${leave} />`;
}

/** The PIN once more when the token ended: over the round, of which nothing is lost. @param {{line: import("./courier.js").Courier, leave: () => void}} props */
function Again({ line, leave }) {
  const link = useLink(line.m);
  if (link.state !== 'denied' || link.why !== 'token') return null;
  return html`<${PinAgain} screen="driver" onsession=${(/** @type {any} */ again) => line.m.authenticate(again.token)} onother=${leave} />`;
}
