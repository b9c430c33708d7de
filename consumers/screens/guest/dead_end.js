// @ts-check
/** Where a code leads that opens nothing: friendly, and it says what to do. */
import { time } from '../shared/format.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { html } from '../shared/ui.js';

/** @param {{state: import('./visit.js').Visit, onlook: () => void}} props */
export function DeadEnd({ state, onlook }) {
  const { place, session, table, menu } = state;
  const [what, text] = place === 'closed'
    ? [t('guest.closed'), session?.closed_at ? t('guest.closed.at', { time: time(session.closed_at) }) : t('guest.closed.again')]
    : place === 'free' ? [t('guest.free', { table: table?.number }), t('guest.free.text')]
    : place === 'blocked' ? [t('refused.QR_BLOCKED'), t('guest.blocked.text')]
    : [t('guest.invalid'), t('guest.invalid.text')];
  return html`<main class="dead" data-place=${place}><${Icon} name="bell" /><h1>${what}</h1><p>${text}</p>
    <p class="acts">${menu && place !== 'invalid' && html`<button type="button" class="btn" onClick=${onlook}>${t('guest.look')}</button>`}${place !== 'closed' && html`<button type="button" class="btn" onClick=${() => location.reload()}>${t('again')}</button>`}</p></main>`;
}
