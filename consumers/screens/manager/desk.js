// The frame of all pages: navigation, numbers, the page, and what is said when the line is gone.

import { html, useEffect, useState, useLink, useStore } from '../shared/ui.js';
import { Banner } from '../shared/banner.js';
import { Heartbeat } from '../shared/bar.js';
import { Boundary } from '../shared/boundary.js';
import { t, useLang } from '../shared/texts.js';
import { timeSeconds } from '../shared/format.js';
import { unlock } from '../shared/sound.js';
import { Nav, TABS } from './nav.js';
import { Numbers } from './numbers.js';
import { Service } from './service.js';
import { Beside } from './beside.js';
import { later } from '../shared/later.js';

const meanwhile = () => html`<div class="grey"></div><div class="grey"></div>`;
/** Pages that are fetched when somebody opens them. @type {Record<string, (props: any) => any>} */
const PAGES = {
  floor: later(() => import('./floor.js').then((all) => all.Page), meanwhile),
  menu: later(() => import('./menu.js').then((all) => all.Page), meanwhile),
  staff: later(() => import('./staff.js').then((all) => all.Page), meanwhile),
  screens: later(() => import('./screens.js').then((all) => all.Page), meanwhile),
  day: later(() => import('./day.js').then((all) => all.Page), meanwhile),
  house: later(() => import('./settings.js').then((all) => all.Page), meanwhile),
};

/** @param {{house: import('./house.js').House, user: any, leave: () => void}} props */
export function Desk({ house, user, leave }) {
  useLang();
  const tab = useTab();
  const link = useLink(house.m);
  const at = useStore(house.state, (known) => known.at);
  const past = link.state === 'lost';
  const service = tab === 'service';
  return html`<div class=${['manager', !service && 'wide', past && 'past'].filter(Boolean).join(' ')} onPointerDown=${unlock}>
    <${Nav} house=${house} tab=${tab} />
    <header class="top">
      ${service ? html`<${Numbers} house=${house} />` : html`<h1 class="n">${t(`manager.tab.${tab}`)}</h1>`}
      <span class="signs"><${Heartbeat} m=${house.m} /></span>
    </header>
    <main class="m" id="page" tabindex="-1">
      <${Boundary} name=${`manager ${tab}`} key=${tab}>
        ${service ? html`<${Service} house=${house} />` : html`<${PAGES[tab]} house=${house} user=${user} leave=${leave} />`}
      <//>
    </main>
    ${service && html`<aside class="s" aria-label=${t('manager.beside')}><${Boundary} name="manager beside"><${Beside} house=${house} /><//></aside>`}
    <${Banner} m=${house.m} lost=${t('manager.lost', { time: at ? timeSeconds(at) : '–' })} back=${() => t('manager.back')} />
  </div>`;
}

/** The page is in the address, so that back goes back. */
function useTab() {
  const now = () => {
    const name = location.hash.slice(1);
    return TABS.includes(name) ? name : 'service';
  };
  const [tab, setTab] = useState(now);
  useEffect(() => {
    const turn = () => setTab(now());
    addEventListener('hashchange', turn);
    return () => removeEventListener('hashchange', turn);
  }, []);
  return tab;
}
