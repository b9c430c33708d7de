/** Who is signed in, their section, and how this phone looks and sounds. */
import { signOut } from '../../shared/sign_in.js';
import { setMuted, setVolume, sound, unlock, useMuted, useVolume } from '../../shared/sound.js';
import { LANGS, NAMES, setLang, t, useLang } from '../../shared/texts.js';
import { setTheme, useTheme } from '../../shared/theme.js';
import { html, useOutbox, useState, useStore } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { byNumber, zonesOf } from '../model/tiles.js';
import { useNeeds } from '../needing.js';
import { Frame } from './frame.js';
import { Tabs } from './tabs.js';

/** @param {{onleave: () => void}} props */
export function MePage({ onleave }) {
  const desk = useDesk();
  const { m, me } = desk.service;
  const { mine } = useNeeds();
  const language = useLang();
  const theme = useTheme();
  const muted = useMuted();
  const volume = useVolume();
  const waits = useOutbox(m).filter((entry) => entry.state !== 'acked').length;
  const [sure, setSure] = useState(false);
  const leave = async () => {
    // What waits is kept under this name: it is sent when they sign in again.
    if (waits > 0 && !sure) return setSure(true);
    desk.service.close();
    await signOut('waiter');
    onleave();
  };
  /** @param {boolean} on @param {string} text @param {() => void} pick */
  const chip = (on, text, pick) => html`<button key=${text} class="chip" aria-pressed=${on ? 'true' : 'false'} onclick=${pick}>${text}</button>`;
  return html`<${Frame} title=${me.name}>
    <main class="scroll me">
      <${Section} />
      <h2>${t('waiter.sound')}</h2>
      <div class="opts">${chip(!muted, t('waiter.sound_on'), () => (setMuted(false), unlock(), sound('ready')))}${chip(muted, t('waiter.sound_off'), () => setMuted(true))}</div>
      ${muted ? null : html`<label class="field"><span>${t('waiter.volume')}</span><input type="range" min="0" max="1" step="0.1" value=${volume} onchange=${(/** @type {any} */ event) => (setVolume(Number(event.target.value)), sound('ready'))} /></label>`}
      <h2>${t('waiter.theme')}</h2>
      <div class="opts">${chip(theme === null, t('waiter.theme_system'), () => setTheme(null))}${chip(theme === 'light', t('waiter.theme_light'), () => setTheme('light'))}${chip(theme === 'dark', t('waiter.theme_dark'), () => setTheme('dark'))}</div>
      <h2>${t('waiter.language')}</h2>
      <div class="opts">${LANGS.map((one) => chip(language === one, NAMES[one], () => setLang(one)))}</div>
      <h2>${t('waiter.sign_out')}</h2>
      ${sure ? html`<p class="why">${t('waiter.still_waits', { n: waits })}</p>` : null}
      <div class="buttons"><button class="btn ${sure ? 'danger' : ''}" onclick=${leave}>${t(sure ? 'waiter.sign_out_anyway' : 'waiter.sign_out')}</button></div>
    </main>
    <${Tabs} at="me" waiting=${mine.filter((need) => need.by == null).length} />
  <//>`;
}

/** The tables that are mine. It says who is rung for what, and locks nothing. */
function Section() {
  const desk = useDesk();
  const floor = useFloor();
  const sections = useStore(desk.sections);
  const tables = byNumber(Object.values(floor.tables).filter((table) => table.is_active));
  /** @param {number[]} ids @param {boolean} on */
  const set = (ids, on) => desk.sections.set((old) => (on ? [...new Set([...old, ...ids])] : old.filter((id) => !ids.includes(id))));
  return html`<h2>${t('waiter.section')}</h2><p class="muted">${t('waiter.section_means')}</p>
    ${[...zonesOf(tables), null].map((zone) => {
      const here = tables.filter((table) => table.zone === zone);
      if (here.length === 0) return null;
      const all = here.every((table) => sections.includes(table.id));
      return html`<div class="opts" role="group" key=${zone ?? ''} aria-label=${zone ?? t('waiter.tables')}>
        <button class="chip zone" aria-pressed=${all ? 'true' : 'false'} onclick=${() => set(here.map((table) => table.id), !all)}>${zone ?? t('waiter.all')}</button>
        ${here.map((table) => html`<button class="chip n" key=${table.id} aria-pressed=${sections.includes(table.id) ? 'true' : 'false'} onclick=${() => set([table.id], !sections.includes(table.id))}>${table.number}</button>`)}
      </div>`;
    })}`;
}
