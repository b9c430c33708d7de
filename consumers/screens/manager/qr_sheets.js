// The codes of all tables, twelve on a page of A4: seen first, then printed.

import { html, useEffect, useState, useStore } from '../shared/ui.js';
import { Refusal } from '../shared/maitred.js';
import { Sheet } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { useLive, why } from './acting.js';
import { Choice } from './fields.js';
import { drawing, printed } from './printing.js';

/** Pages that are fetched. Six hundred tables are a hall that orders its cards elsewhere. */
const PAGES_MAX = 50;

/** @param {{house: import('./house.js').House, close: () => void}} props */
export function QrSheets({ house, close }) {
  const zones = useStore(house.state, (known) => known.zones);
  const [zone, setZone] = useState('');
  const [pages, setPages] = useState(/** @type {string[] | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const live = useLive(house.m);
  useEffect(() => {
    let wanted = true;
    setPages(null);
    setError(null);
    all(house, zone).then(
      (urls) => (wanted ? setPages(urls) : urls.forEach((url) => URL.revokeObjectURL(url))),
      (failed) => wanted && setError(failed),
    );
    return () => {
      wanted = false;
    };
  }, [zone]);
  const go = async () => {
    await printed(pages ?? []);
    close();
  };
  return html`<${Sheet} class="manager-sheet qr" title=${t('manager.qr.print')} text=${t('manager.qr.print.about')} onclose=${close}>
    <${Choice} label=${t('manager.zone')} value=${zone} set=${setZone} options=${[['', t('manager.zone.all')], ...zones.map((one) => [String(one.id), one.name])]} />
    ${error && html`<p class="error" role="alert">${why(error)}</p>`}
    ${pages === null && !error && html`<div class="grey"></div>`}
    ${pages?.length === 0 && html`<p class="muted">${t('manager.empty.floor')}</p>`}
    <div class="pages">${(pages ?? []).map((url, index) => html`<img key=${url} src=${url} alt=${t('manager.qr.page', { n: index + 1 })} />`)}</div>
    <div class="acts"><button class="btn" onClick=${close}>${t('manager.leave')}</button><button class="btn do" disabled=${!live || !pages?.length} onClick=${go}>${t('manager.print')}</button></div>
  <//>`;
}

/** Page after page, until there is none. @param {import('./house.js').House} house @param {string} zone */
async function all(house, zone) {
  const urls = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    try {
      urls.push(await drawing(house.m, `/api/v1/restaurants/${house.restaurant}/qr.svg?page=${page}${zone ? `&zone_id=${zone}` : ''}`));
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) break;
      throw error;
    }
  }
  return urls;
}
