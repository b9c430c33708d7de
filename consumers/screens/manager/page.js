// Who manages, and then their house.

import { html, useEffect, useLink, useMemo, useState } from '../shared/ui.js';
import { session, signOut } from '../shared/session.js';
import { later } from '../shared/later.js';
import { house } from './house.js';
import { Desk } from './desk.js';

const Enter = later(
  () => import('./enter.js').then((all) => all.Enter),
  () => null,
);
const WhichHouse = later(
  () => import('./which_house.js').then((all) => all.WhichHouse),
  () => null,
);

export function Page() {
  const [who, setWho] = useState(() => session('manager'));
  const [chosen, choose] = useState(/** @type {number | null} */ (null));
  const place = who?.restaurant?.id ?? who?.user?.restaurant_id ?? chosen;
  const own = useMemo(() => (who && place ? house(who, place) : null), [who?.user?.id, place]);
  useEffect(() => () => own?.close(), [own]);
  if (!who) return html`<${Enter} onsession=${setWho} />`;
  if (!own) return html`<${WhichHouse} choose=${choose} />`;
  const leave = () => {
    signOut('manager');
    setWho(null);
  };
  return html`<${Desk} house=${own} user=${who.user} leave=${leave} /><${Again} own=${own} user=${who.user} setWho=${setWho} />`;
}

/** Signing in once more when the token ended: over the desk, of which nothing is lost. @param {{own: import('./house.js').House, user: any, setWho: (who: any) => void}} props */
function Again({ own, user, setWho }) {
  const link = useLink(own.m);
  if (link.state !== 'denied' || link.why !== 'token') return null;
  const renewed = (/** @type {any} */ again) => (again.user.id === user?.id ? own.m.authenticate(again.token) : setWho(again));
  return html`<div class="over"><${Enter} onsession=${renewed} /></div>`;
}
