// Screens and phones: which are paired, when each was last seen, what waits on it. One is paired by the code that it shows; taken away, it shows a code again.

import { html, useEffect, useState, useStore, useTick } from '../shared/ui.js';
import { Empty } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { useAct, useLive, why } from './acting.js';
import { Waiting } from './waiting.js';
import { state as deviceState } from './device_state.js';
import { EditDevice, PairDevice } from './device_edit.js';

/** @param {{house: import('./house.js').House}} props */
export function Page({ house }) {
  const { devices, loaded } = useStore(house.state);
  const [edit, setEdit] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  useEffect(() => house.want(['devices', 'house']), [house]);
  useTick(1000);
  return html`<div class="actions"><button class="btn do small" disabled=${!live} onClick=${() => setEdit({})}>${t('manager.pair')}</button></div>
    <${Waiting} house=${house} part="devices" />
    ${loaded.has('devices') && devices.length === 0 && html`<${Empty}>${t('manager.empty.screens')}<//>`}
    ${devices.length > 0 && html`<ul class="list">${devices.map((one) => html`<${Device} key=${one.id} house=${house} device=${one} live=${live} edit=${() => setEdit(one)} />`)}</ul>`}
    ${edit && (edit.id === undefined ? html`<${PairDevice} house=${house} close=${() => setEdit(null)} />` : html`<${EditDevice} house=${house} device=${edit} close=${() => setEdit(null)} />`)}
    <${Connections} house=${house} />`;
}

/** @param {{house: import('./house.js').House, device: any, live: boolean, edit: () => void}} props */
function Device({ house, device, live, edit }) {
  const { act, busy, error } = useAct(house);
  const [sure, setSure] = useState(false);
  const { kind, text } = deviceState(device, house.m.now(), t);
  const about = [
    t(`manager.device.kind.${device.kind}`),
    device.station?.name,
    device.user && t('manager.device.user', { name: device.user.name }),
    device.build && t('manager.device.build', { build: device.build.slice(0, 8) }),
  ]
    .filter(Boolean)
    .join(' · ');
  const revoke = async () => {
    if (await act({ method: 'DELETE', path: `/api/v1/devices/${device.id}`, touches: ['devices'], said: t('manager.device.revoked', { name: device.name }) })) setSure(false);
  };
  return html`<li class=${kind}>
    <i class="dot"></i>
    <span class="what">${device.name}<small>${about}</small>${error && html`<small class="error" role="alert">${why(error)}</small>`}</span>
    <span class="muted">${text}</span>
    <span class="end">
      ${sure ? html`<button class="btn small danger" disabled=${!live || busy} onClick=${revoke}>${t('manager.device.revoke.sure')}</button>` : html`<button class="btn small" disabled=${!live} aria-label=${t('manager.device.revoke.name', { name: device.name })} onClick=${() => setSure(true)}>${t('manager.device.revoke')}</button>`}
      <button class="btn small" disabled=${!live} aria-label=${t('manager.device.edit', { name: device.name })} onClick=${edit}>${t('manager.edit')}</button>
    </span>
  </li>`;
}

/** Who is connected, whether paired or not: programs and guests too. @param {{house: import('./house.js').House}} props */
function Connections({ house }) {
  const [stats, setStats] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  useEffect(() => {
    if (!live) return;
    let wanted = true;
    const look = () =>
      house.m.rest('GET', '/api/admin/websocket/stats').then(
        ({ body }) => wanted && setStats(body.data),
        () => {},
      );
    look();
    const timer = setInterval(look, 10_000);
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [house, live]);
  if (!stats) return null;
  const roles = Object.entries(stats.connections.by_role).filter(([, n]) => Number(n) > 0);
  return html`<section class="group"><h2>${t('manager.connections', { n: stats.connections.total })}</h2>
    ${roles.length > 0 && html`<ul class="list">${roles.map(([role, n]) => html`<li key=${role}><span class="what">${t(`manager.role.${role}`)}</span><span></span><span class="sum n">${n}</span></li>`)}</ul>`}</section>`;
}
