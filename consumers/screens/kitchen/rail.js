// The tickets that wait for a cell: code and age, in order. A tap shows the next page.

import { html, memo, useLayoutEffect, useRef } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { run, stop } from './clocks.js';
import { fits } from './rail_fit.js';

const Chip = memo(function Chip(/** @type {{code: string, since: number, wind: () => void}} */ { code, since, wind }) {
  const clock = useRef(null);
  useLayoutEffect(() => {
    const element = /** @type {any} */ (clock.current);
    run(element, { since, host: element.parentNode });
    wind();
    return () => stop(element);
  }, [since]);
  return html`<li><b class="n">${code}</b><span ref=${clock}></span></li>`;
});

/**
 * @param {{rail: {id: string, code: string, since: number}[], before: number, width: number, hands: import('./hands.js').Hands}} props
 * `before`: how many are on the pages before
 */
export function Rail({ rail, before, width, hands }) {
  const n = fits(rail.map((one) => one.code), width - 92 - 96 - 16 - (before ? 100 : 0));
  const rest = rail.length - n;
  return html`<div class="rail">
    ${before ? html`<button type="button" class="page" onClick=${() => hands.page(-1)}><b class="n">${before}</b> ${t('kitchen.before')}</button>` : null}
    ${rail.length
      ? html`<button type="button" class="page" onClick=${() => hands.page(1)}><b class="n">${rail.length}</b> <span aria-hidden="true">${t('kitchen.next')}</span><span class="sr">${t('kitchen.next_page')}</span></button>`
      : html`<p class="none"><b class="n">0</b>${t('kitchen.next')}</p>`}
    <ol aria-label=${t('kitchen.rail')} onClick=${() => rail.length && hands.page(1)}>${rail.slice(0, n).map((one) => html`<${Chip} key=${one.id} code=${one.code} since=${one.since} wind=${hands.wind} />`)}</ol>
    <p class="end">${rest > 0 ? html`<b class="n">+${rest}</b>${t('kitchen.newer')}` : null}</p>
  </div>`;
}
