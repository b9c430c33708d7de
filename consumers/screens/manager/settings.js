// How the house works: who approves guests' orders, how long a station may take, when a silent screen is told. And this device: language, theme, sound, who is signed in.

import { html, useEffect, useState, useStore } from '../shared/ui.js';
import { LANGS, NAMES, setLang, t, useLang } from '../shared/texts.js';
import { setTheme, useTheme } from '../shared/theme.js';
import { setMuted, useMuted } from '../shared/sound.js';
import { useAct, useLive, why } from './acting.js';
import { Check, Choice, Field } from './fields.js';
import { EditStation } from './station_edit.js';
import { Waiting } from './waiting.js';

/** @param {{house: import('./house.js').House, user: any, leave: () => void}} props */
export function Page({ house, user, leave }) {
  useEffect(() => house.want(['house']), [house]);
  const { settings } = useStore(house.state);
  return html`<div class="halves">
    <section><h2>${t('manager.set.house')}</h2>${settings ? html`<${Rules} key=${settings.version} house=${house} settings=${settings} />` : html`<${Waiting} house=${house} part="house" />`}</section>
    <section><h2>${t('manager.set.stations')}</h2><${Stations} house=${house} /><h2 class="next">${t('manager.set.device')}</h2><${Here} user=${user} leave=${leave} /></section>
  </div>`;
}

/** @param {{house: import('./house.js').House, settings: any}} props */
function Rules({ house, settings }) {
  const own = settings.settings;
  const [name, setName] = useState(settings.name);
  const [approval, setApproval] = useState(own.approval);
  const [confirm, setConfirm] = useState(own.auto_confirm);
  const [block, setBlock] = useState(own.release_policy === 'block');
  const [alert, setAlert] = useState(own.device_alert_s === null ? '' : String(own.device_alert_s));
  const [url, setUrl] = useState(own.public_url ?? '');
  const { act, busy, error, live } = useAct(house);
  const seconds = alert.trim() === '' ? null : Number(alert);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = { name: name.trim(), approval, auto_confirm: confirm, release_policy: block ? 'block' : 'warn', device_alert_s: seconds, public_url: url.trim() || null, version: settings.version };
    return act({ method: 'PATCH', path: `/api/v1/restaurants/${house.restaurant}`, body, touches: ['house'], said: t('manager.saved') });
  };
  return html`<form class="manager-sheet panel" onSubmit=${submit}>
    <${Field} label=${t('manager.set.name')} value=${name} set=${setName} max=${120} required />
    <${Choice} label=${t('manager.set.approval')} value=${approval} set=${setApproval} options=${['off', 'first', 'all'].map((one) => [one, t(`manager.set.approval.${one}`)])} />
    <${Check} label=${t('manager.set.confirm')} on=${confirm} set=${setConfirm} />
    <${Check} label=${t('manager.set.block')} on=${block} set=${setBlock} />
    <${Field} label=${t('manager.set.alert')} hint=${t('manager.set.alert.hint')} value=${alert} set=${setAlert} mode="numeric" max=${6} />
    <${Field} label=${t('manager.set.url')} hint=${t('manager.set.url.hint')} type="url" value=${url} set=${setUrl} max=${200} />
    ${error && html`<p class="error" role="alert">${why(error)}</p>`}
    <div class="acts"><button class="btn do all" disabled=${busy || !live || !name.trim() || (seconds !== null && !(seconds > 0))}>${t('manager.save')}</button></div>
  </form>`;
}

/** @param {{house: import('./house.js').House}} props */
function Stations({ house }) {
  const stations = useStore(house.state, (known) => known.stations);
  const [edit, setEdit] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  const minutes = (/** @type {number | null} */ s) => (s ? t('manager.minutes', { n: Math.round((s / 60) * 10) / 10 }) : '–');
  return html`<ul class="list">${stations.map(
    (one) => html`<li key=${one.id}>
      <span class="what">${one.name}<small>${one.is_expo ? t('manager.station.expo') : t('manager.station.limits', { amber: minutes(one.amber_s), red: minutes(one.red_s) })}</small></span><span></span><span></span>
      <span class="end"><button class="btn small" disabled=${!live} aria-label=${t('manager.station.edit', { name: one.name })} onClick=${() => setEdit(one)}>${t('manager.edit')}</button></span></li>`,
  )}</ul>
    <p class="actions"><button class="btn small" disabled=${!live} onClick=${() => setEdit({})}>${t('manager.station.add')}</button></p>
    ${edit && html`<${EditStation} house=${house} station=${edit} close=${() => setEdit(null)} />`}`;
}

/** @param {{user: any, leave: () => void}} props */
function Here({ user, leave }) {
  const lang = useLang();
  const theme = useTheme();
  const muted = useMuted();
  return html`<div class="manager-sheet panel">
    <${Choice} label=${t('manager.set.language')} value=${lang} set=${setLang} options=${LANGS.map((one) => [one, NAMES[one]])} />
    <${Choice} label=${t('manager.set.theme')} value=${theme ?? ''} set=${(/** @type {string} */ one) => setTheme(one === 'light' || one === 'dark' ? one : null)} options=${[
      ['', t('manager.theme.system')],
      ['light', t('manager.theme.light')],
      ['dark', t('manager.theme.dark')],
    ]} />
    <${Check} label=${t('manager.set.sound')} on=${!muted} set=${(/** @type {boolean} */ on) => setMuted(!on)} />
    <div class="acts"><button class="btn all" onClick=${leave}>${t('manager.out', { name: user.name })}</button></div>
  </div>`;
}
