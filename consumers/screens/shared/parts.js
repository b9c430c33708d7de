// @ts-check
/** Small parts that all screens share. What states look like is in tokens.css and parts.css. */
import { clock } from './format.js';
import { Icon } from './icon.js';
import { t } from './texts.js';
import { html, useEffect, useState, useTick } from './ui.js';

export { Icon } from './icon.js';

/** @typedef {'new'|'warn'|'late'|'ready'|'alg'|'ink'|'line'|''} Look */

/** The chip of a state: always a word. @param {{state?: Look, children?: any, class?: string}} props */
export const Tape = ({ state = '', children, class: more = '' }) => html`<span class=${`tape ${state} ${more}`}>${children}</span>`;

/** The number block: 72 px of state colour with a code, first in every row that needs somebody. @param {{code: any, state?: Look}} props */
export const Code = ({ code, state = '' }) => html`<b class=${`code n ${state} ${String(code).length > 2 ? 'long' : ''}`}>${code}</b>`;

/**
 * How many: − n +, each 46 px and more. Zero removes.
 * @param {{value: number, onchange: (value: number) => void, min?: number, max?: number, label?: string, large?: boolean}} props
 */
export function Stepper({ value, onchange, min = 0, max = 99, label = t('how_many'), large = false }) {
  return html`<div class=${`step ${large ? 'large' : ''}`} role="group" aria-label=${label}>
    <button type="button" aria-label=${t('one_less')} disabled=${value <= min} onClick=${() => onchange(value - 1)}>−</button>
    <b class="n" aria-live="polite">${value}</b>
    <button type="button" aria-label=${t('one_more')} disabled=${value >= max} onClick=${() => onchange(value + 1)}>+</button>
  </div>`;
}

/** A row: code, two lines, actions. @param {{code?: any, state?: Look, title: any, text?: any, children?: any, onopen?: () => void, label?: string}} props */
export function Row({ code, state = '', title, text, children, onopen, label }) {
  const said = html`<span class="said"><strong>${title}</strong>${text && html`<small>${text}</small>`}</span>`;
  return html`<div class="row" role="listitem">
    ${code !== undefined && html`<${Code} code=${code} state=${state} />`}
    ${onopen ? html`<button type="button" class="open" aria-label=${label} onClick=${onopen}>${said}</button>` : said}
    ${children}
  </div>`;
}

/**
 * Time since `from` by the server's clock; over `amber` and `red` (seconds) it takes the state's colour. Its room is kept, so nothing moves when it grows.
 * @param {{from: string|number|null|undefined, m: {now: () => number}, amber?: number|null, red?: number|null, class?: string}} props
 */
export function Clock({ from, m, amber, red, class: more = '' }) {
  useTick(1000);
  if (from === null || from === undefined) return html`<time class=${`clock n ${more}`}></time>`;
  const ms = m.now() - (typeof from === 'number' ? from : Date.parse(from));
  return html`<time class=${`clock n ${more} ${lateness(ms, amber, red)}`}>${clock(ms)}</time>`;
}

/** @param {number} ms @param {number|null} [amber] seconds @param {number|null} [red] seconds @returns {''|'warn'|'late'} */
export const lateness = (ms, amber, red) => (red && ms >= red * 1000 ? 'late' : amber && ms >= amber * 1000 ? 'warn' : '');

/** What will appear here. @param {{children?: any, icon?: import('./icon.js').IconName}} props */
export const Empty = ({ children, icon }) => html`<div class="empty">${icon && html`<${Icon} name=${icon} />`}<p>${children}</p></div>`;

/**
 * Grey shapes of the real size, for 8 s at most; then what happened.
 * @param {{shapes?: number, height?: number, again?: () => void, wide?: boolean}} props
 */
export function Loading({ shapes = 3, height = 68, again, wide = false }) {
  const [late, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set(true), 8000);
    return () => clearTimeout(timer);
  }, []);
  if (late) return html`<${Problem} what=${t('loading.failed')} todo=${t('loading.todo')} again=${again ?? (() => location.reload())} />`;
  return html`<div class=${`shapes ${wide ? 'wide' : ''}`} role="status"><span class="sr">${t('loading')}</span>
    ${Array.from({ length: shapes }, (_, n) => html`<div class="shape" key=${n} style=${{ '--height': `${height}px` }}></div>`)}</div>`;
}

/** What happened, what was kept, what to do; codes only behind "Details". @param {{what: any, kept?: any, todo?: any, code?: string, again?: () => void}} props */
export const Problem = ({ what, kept, todo, code, again }) => html`<div class="problem" role="alert">
  <p><b>${what}</b> ${kept} ${todo}</p>
  ${again && html`<button type="button" class="btn" onClick=${again}>${t('again')}</button>`}
  ${code && html`<details><summary>${t('details')}</summary><code>${code}</code></details>`}
</div>`;
