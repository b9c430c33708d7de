// What is still to make, what is held back, what is sold out.

import { html, memo } from '../shared/ui.js';
import { t } from '../shared/texts.js';

/** @typedef {{name: string, n: number}} Dish */
/** @typedef {{id: string, code: string, n: number, course: number | null}} Held */

/** `rows`: as many as there is room for. @typedef {{dishes: Dish[], held: Held[], out: string[], rows: number, lang: string}} Props */

export const Side = memo(
  function Side(/** @type {Props} */ { dishes, held, out, rows }) {
    const forHeld = Math.min(held.length, Math.max(3, Math.floor(rows / 3)));
    const room = Math.max(4, rows - forHeld - (held.length ? 1 : 0) - Math.min(out.length, 4));
    const outs = out.slice(0, 4);
    return html`<aside aria-label=${t('kitchen.side')}>
      <h3>${t('kitchen.all_day')}</h3>
      ${dishes.length ? null : html`<p class="zero"><b class="n">0</b> ${t('kitchen.nothing_open')}</p>`}
      <ul>${dishes.slice(0, room).map((one) => html`<li key=${one.name}><b class="n">${one.n}</b><span>${one.name}</span></li>`)}</ul>
      ${dishes.length > room ? html`<p class="beyond">${t('kitchen.more_dishes', { n: dishes.length - room })}</p>` : null}
      ${held.length ? html`<h3 class="h">${t('kitchen.held')}</h3><ul class="held">${held.slice(0, forHeld).map((one) => html`<li key=${one.id}><b class="n">${one.code}</b><span>${heldText(one)}</span></li>`)}</ul>` : null}
      ${held.length > forHeld ? html`<p class="beyond">${t('kitchen.more_held', { n: held.length - forHeld })}</p>` : null}
      ${out.length ? html`<p class="out">${t('kitchen.sold_out')}${outs.map((name) => html`<strong key=${name}>${name}</strong>`)}${out.length > 4 ? html`<span>${t('kitchen.more_out', { n: out.length - 4 })}</span>` : null}</p>` : null}
    </aside>`;
  },
  (a, b) => a.rows === b.rows && same(a.dishes, b.dishes) && same(a.held, b.held) && a.out.join('\n') === b.out.join('\n') && a.lang === b.lang,
);

/** @param {Held} held */
function heldText({ n, course }) {
  return course && course <= 3 ? t(`kitchen.course_${course}`, { n }) : t('kitchen.dishes', { n });
}

/** @param {any[]} a @param {any[]} b */
function same(a, b) {
  return a.length === b.length && a.every((one, n) => one.n === b[n].n && one.name === b[n].name && one.code === b[n].code && one.course === b[n].course);
}
