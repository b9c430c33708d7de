/** The three places of the screen, at the thumb. */
import { Icon } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { useDesk } from '../desk.js';

/** @param {{at: 'floor'|'inbox'|'me', waiting: number}} props `waiting`: how many things nobody has taken */
export function Tabs({ at, waiting }) {
  const { me } = useDesk().service;
  /** @param {'floor'|'inbox'|'me'} view @param {string} icon @param {string} text */
  const tab = (view, icon, text) => html`<a href="#/${view}" aria-current=${at === view ? 'page' : null}>
    <${Icon} name=${icon} /><span>${text}</span>${view === 'inbox' && waiting > 0 ? html`<em>${waiting}<span class="sr"> ${t('waiter.open')}</span></em>` : null}
  </a>`;
  return html`<nav class="tabs" aria-label=${t('waiter.screens')}>
    ${tab('floor', 'grid', t('waiter.tables'))}${tab('inbox', 'bell', t('waiter.inbox'))}${tab('me', 'person', me.name)}
  </nav>`;
}
