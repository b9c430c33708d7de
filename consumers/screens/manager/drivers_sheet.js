// Who drives: the free ones first. "All drivers" puts the order on offer again.

import { html, useStore } from '../shared/ui.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';

/** @type {Record<string, number>} */
const RANK = { available: 0, busy: 1, offline: 2 };

/** @param {{house: import('./house.js').House, code: string | undefined, now: number | null, give: (driver: any) => void, close: () => void}} props */
export function Drivers({ house, code, now, give, close }) {
  const drivers = useStore(house.state, (known) => known.drivers);
  const sorted = [...drivers].filter((one) => one.id !== now).sort((a, b) => (RANK[a.status] ?? 3) - (RANK[b.status] ?? 3) || a.name.localeCompare(b.name));
  return html`<${Sheet} class="manager-sheet" title=${t('manager.drivers.title', { code })} onclose=${close}>
    <div class="choices">
      ${sorted.map((one) => html`<button key=${one.id} class="btn" onClick=${() => give(one)}><span>${one.name}</span><span class=${one.status === 'available' ? 'tape ready' : 'tape'}>${t(`manager.driver.${one.status}`)}</span></button>`)}
      ${sorted.length === 0 && html`<p class="muted">${t('manager.drivers.none')}</p>`}
      ${now !== null && html`<button class="btn" onClick=${() => give(null)}>${t('manager.drivers.all')}</button>`}
    </div>
  <//>`;
}
