// A station: its name, and after how many minutes its clock turns amber and its ticket red.

import { html, useState } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { Field } from './fields.js';

/** Minutes as people type them, in seconds; null where there are none; NaN where it is no time. @param {string} text */
export function seconds(text) {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return null;
  const minutes = Number(plain);
  return minutes > 0 ? Math.round(minutes * 60) : NaN;
}

/** @param {{house: import('./house.js').House, station: any, close: () => void}} props */
export function EditStation({ house, station, close }) {
  const isNew = station.id === undefined;
  const inMinutes = (/** @type {number | null | undefined} */ s) => (s ? String(Math.round((s / 60) * 100) / 100) : '');
  const [code, setCode] = useState('');
  const [name, setName] = useState(station.name ?? '');
  const [amber, setAmber] = useState(inMinutes(station.amber_s));
  const [red, setRed] = useState(inMinutes(station.red_s));
  const { act, busy, error, live } = useAct(house);
  const [amber_s, red_s] = [seconds(amber), seconds(red)];
  const wrong = Number.isNaN(amber_s) || Number.isNaN(red_s) || (amber_s !== null && red_s !== null && red_s <= amber_s);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { name: name.trim(), amber_s, red_s };
    const deed = isNew
      ? { method: 'POST', path: '/api/v1/stations', body: { ...body, code: code.trim(), restaurant_id: house.restaurant } }
      : { method: 'PATCH', path: `/api/v1/stations/${station.id}`, body: { ...body, version: station.version } };
    if (await act({ ...deed, touches: ['house'], said: t('manager.saved') })) close();
  };
  return html`<${Sheet} class="manager-sheet" title=${isNew ? t('manager.station.add') : station.name} onclose=${close}>
    <form onSubmit=${submit}>
      ${isNew && html`<${Field} label=${t('manager.station.code')} hint=${t('manager.station.code.hint')} value=${code} set=${setCode} max=${40} required />`}
      <${Field} label=${t('manager.name')} value=${name} set=${setName} max=${80} required />
      <${Field} label=${t('manager.station.amber')} value=${amber} set=${setAmber} mode="decimal" max=${6} />
      <${Field} label=${t('manager.station.red')} value=${red} set=${setRed} mode="decimal" max=${6} error=${wrong ? t('manager.station.wrong') : null} />
      ${error && html`<p class="error" role="alert">${why(error, { name })}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${busy || !live || wrong || !name.trim() || (isNew && !code.trim())}>${t('manager.save')}</button></div>
    </form>
  <//>`;
}
