// What is still to make, what is held back, what is sold out.

import { html, memo, useEffect, useReducer } from '../shared/ui.js';
import { t } from '../shared/texts.js';
import { place } from './side_layout.js';
import { Count } from './top.js';

/** @typedef {{name: string, n: number}} Dish */
/** @typedef {{id: string, code: string, n: number, course: number | null}} Held */
/** `height`: of all of it, CSS pixels at 1080p. @typedef {{dishes: Dish[], held: Held[], out: string[], height: number, lang: string}} Props */

/** What is sold out stands at the foot, so many at most. */
const OUT_MAX = 4;

/** Sums that change with every tick are written anew at most this often, milliseconds: nobody reads them faster. */
const OFTEN_MS = 1000;

const Row = memo((/** @type {{name: string, n: number, y: number}} */ { name, n, y }) => html`<li style=${{ '--y': `${y}px` }}><${Count} n=${n} /><span>${name}</span></li>`);

/** What the wall counts. @param {{wall: import('./wall.js').Wall, menu: import('./menu.js').Menu, height: number, lang: string}} props */
export function Beside({ wall, menu, height, lang }) {
  const [, draw] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    let counted = wall.counted;
    /** @type {any} */
    let timer = 0;
    const stop = wall.watch(() => {
      if (wall.counted === counted || timer) return;
      timer = setTimeout(() => {
        timer = 0;
        counted = wall.counted;
        draw(0);
      }, OFTEN_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [wall]);
  return html`<${Side} dishes=${wall.allDay} held=${wall.held} out=${menu.out} height=${height} lang=${lang} />`;
}

const Side = memo(
  function Side(/** @type {Props} */ { dishes, held, out, height }) {
    const outs = out.slice(0, OUT_MAX);
    const foot = out.length ? 60 + outs.length * 30 + (out.length > OUT_MAX ? 30 : 0) : 0;
    const at = place(dishes.map((one) => ({ ...one, text: one.name })), held.map((one) => ({ ...one, text: heldText(one) })), height - 32 - foot);
    const move = (/** @type {number} */ y) => ({ '--y': `${y}px` });
    return html`<aside aria-label=${t('kitchen.side')}>
      <div class="rows">
        <h3 style=${move(0)}>${t('kitchen.all_day')}</h3>
        ${dishes.length ? null : html`<p class="zero" style=${move(34)}><b class="n">0</b> ${t('kitchen.nothing_open')}</p>`}
        <ul>${at.dishes.map(({ of, y }) => html`<${Row} key=${of.name} name=${of.name} n=${of.n} y=${y} />`)}</ul>
        ${at.beyond ? html`<p class="beyond" style=${move(at.beyondY)}>${t('kitchen.more_dishes', { n: at.beyond })}</p>` : null}
        ${held.length ? html`<h3 class="h" style=${move(at.headY)}>${t('kitchen.held')}</h3><ul class="held">${at.held.map(({ of, y }) => html`<li key=${of.id} style=${move(y)}><b class="n">${of.code}</b><span>${of.text}</span></li>`)}</ul>` : null}
        ${at.heldBeyond > 0 ? html`<p class="beyond" style=${move(height - 32 - foot - 30)}>${t('kitchen.more_held', { n: at.heldBeyond })}</p>` : null}
      </div>
      ${out.length ? html`<p class="out">${t('kitchen.sold_out')}${outs.map((name) => html`<strong key=${name}>${name}</strong>`)}${out.length > OUT_MAX ? html`<span>${t('kitchen.more_out', { n: out.length - OUT_MAX })}</span>` : null}</p>` : null}
    </aside>`;
  },
  (a, b) => a.height === b.height && a.lang === b.lang && same(a.dishes, b.dishes) && same(a.held, b.held) && a.out.join('\n') === b.out.join('\n'),
);

/** @param {Held} held */
function heldText({ n, course }) {
  return course && course <= 3 ? t(`kitchen.course_${course}`, { n }) : t('kitchen.dishes', { n });
}

/** @param {any[]} a @param {any[]} b */
function same(a, b) {
  return a.length === b.length && a.every((one, n) => one.n === b[n].n && one.name === b[n].name && one.code === b[n].code && one.course === b[n].course);
}
