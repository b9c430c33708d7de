// The pages of the manager's screen.

import { html, useStore } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { Icon } from '../shared/icon.js';

/** Each page's sign. @type {Record<string, import('../shared/icon.js').IconName>} */
const SIGNS = { service: 'sort', floor: 'grid', menu: 'bill', staff: 'people', screens: 'screen', day: 'note', house: 'house' };
export const TABS = ['service', 'floor', 'menu', 'staff', 'screens', 'day', 'house'];

/** @param {{house: import('./house.js').House, tab: string}} props */
export function Nav({ house, tab }) {
  const name = useStore(house.state, (known) => known.settings?.name);
  return html`<nav class="nav" aria-label=${t('manager.pages')}>
    <b class="n">${name ?? t('manager.title')}</b>
    ${TABS.map((one) => html`<a key=${one} class=${one === 'house' ? 'me' : undefined} href=${`#${one}`} aria-current=${one === tab ? 'page' : undefined}><${Icon} name=${SIGNS[one]} /><span>${t(`manager.tab.${one}`)}</span></a>`)}
  </nav>`;
}
