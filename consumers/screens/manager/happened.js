// Who did what to an order, the newest first, as far back as the house keeps it.

import { html, useEffect, useState } from '../shared/ui.js';
import { timeSeconds } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { why } from './acting.js';
import { by, sentence } from './past.js';

/** Entries of a page. */
const PAGE = 50;

/** @param {{house: import('./house.js').House, id: number, version: number | undefined}} props */
export function Happened({ house, id, version }) {
  const [all, setAll] = useState(/** @type {any[] | null} */ (null));
  const [next, setNext] = useState(/** @type {string | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const read = async (/** @type {string | null} */ before) => {
    const path = `/api/v1/orders/${id}/history?limit=${PAGE}${before === null ? '' : `&before=${before}`}`;
    return (await house.m.rest('GET', path)).body;
  };
  useEffect(() => {
    let wanted = true;
    read(null).then(
      (page) => wanted && (setAll(page.items), setNext(page.next), setError(null)),
      (failed) => wanted && setError(failed),
    );
    return () => {
      wanted = false;
    };
  }, [id, version]);
  const more = async () => {
    try {
      const page = await read(next);
      setAll((/** @type {any[] | null} */ had) => [...(had ?? []), ...page.items]);
      setNext(page.next);
    } catch (failed) {
      setError(failed);
    }
  };
  return html`<h3>${t('manager.happened')}</h3>
    ${error && html`<p class="muted">${why(error)}</p>`}
    ${all === null && !error && html`<div class="grey"></div>`}
    ${all !== null && all.length === 0 && html`<p class="muted">${t('manager.happened.none')}</p>`}
    <ol class="hist">${(all ?? []).map((one) => html`<li key=${one.id}><b>${timeSeconds(one.at)}</b><span>${sentence(one, t)}<small>${by(one, t)}</small></span></li>`)}</ol>
    ${next !== null && html`<p><button class="btn small" onClick=${more}>${t('manager.earlier')}</button></p>`}`;
}
