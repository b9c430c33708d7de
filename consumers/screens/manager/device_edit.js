// Pairing a screen by the code that it shows, and giving it another name or station.

import { html, useState, useStore } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Choice, Field } from './fields.js';

const KINDS = ['kitchen', 'board', 'handheld', 'other'];
/** Letters and digits of a code. */
const CODE = 6;

/** @param {string} text */
const plain = (text) => text.replace(/[^0-9a-z]/gi, '').toUpperCase();

/** @param {{house: import('./house.js').House, close: () => void}} props */
export function PairDevice({ house, close }) {
  const stations = useStore(house.state, (known) => known.stations);
  const [code, setCode] = useState('');
  const [kind, setKind] = useState('kitchen');
  const [name, setName] = useState('');
  const [station, setStation] = useState('');
  const { act, busy, error, live } = useAct(house);
  const short = plain(code);
  const usual = kind === 'kitchen' ? (stations.find((one) => String(one.id) === station)?.name ?? t('manager.device.kind.kitchen')) : t(`manager.device.kind.${kind}`);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { code: short, kind, name: name.trim() || usual, restaurant_id: house.restaurant, ...(kind === 'kitchen' && station ? { station_id: Number(station) } : {}) };
    if (await act({ method: 'POST', path: '/api/v1/devices', body, touches: ['devices'], said: t('manager.device.paired', { name: body.name }) })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${t('manager.pair')} text=${t('manager.pair.about')} onclose=${close}>
    <form onSubmit=${submit}>
      <${Field} label=${t('manager.pair.code')} value=${code} set=${setCode} max=${9} required />
      <${Choice} label=${t('manager.pair.kind')} value=${kind} set=${setKind} options=${KINDS.map((one) => [one, t(`manager.device.kind.${one}`)])} />
      ${kind === 'kitchen' && html`<${Choice} label=${t('manager.dish.station')} value=${station} set=${setStation} options=${[['', t('manager.station.all')], ...stations.map((one) => [String(one.id), one.name])]} />`}
      <${Field} label=${t('manager.name')} hint=${t('manager.pair.name', { name: usual })} value=${name} set=${setName} max=${80} />
      ${error && html`<p class="error" role="alert">${why(error)}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || short.length !== CODE}>${t('manager.pair')}</button></div>
    </form>
  <//>`;
}

/** @param {{house: import('./house.js').House, device: any, close: () => void}} props */
export function EditDevice({ house, device, close }) {
  const stations = useStore(house.state, (known) => known.stations);
  const [name, setName] = useState(device.name);
  const [station, setStation] = useState(String(device.station?.id ?? ''));
  const { act, busy, error, live } = useAct(house);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { name: name.trim(), station_id: station ? Number(station) : null, version: device.version };
    if (await act({ method: 'PATCH', path: `/api/v1/devices/${device.id}`, body, touches: ['devices'], said: t('manager.saved') })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${device.name} onclose=${close}>
    <form onSubmit=${submit}>
      <${Field} label=${t('manager.name')} value=${name} set=${setName} max=${80} required />
      ${device.kind === 'kitchen' && html`<${Choice} label=${t('manager.dish.station')} value=${station} set=${setStation} options=${[['', t('manager.station.all')], ...stations.map((one) => [String(one.id), one.name])]} />`}
      ${error && html`<p class="error" role="alert">${why(error)}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || !name.trim()}>${t('manager.save')}</button></div>
    </form>
  <//>`;
}
