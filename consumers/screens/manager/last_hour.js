// A bar per order: the last hour, the most urgent first. Keys choose what is shown and walk through it.

import { html, memo, useEffect, useMemo, useRef, useState, useStore, useTick } from '../shared/ui.js';
import { Empty } from '../shared/parts.js';
import { clock, money, time } from '../shared/format.js';
import { t, useLang } from '../shared/texts.js';
import { axis, bar } from './bars.js';
import { FILTERS, chosen as passing, inOrder } from './filter.js';
import { command, stepped } from './keys.js';
import { limits as limitsOf } from './limits.js';
import { said, standing, sum, who } from './naming.js';
import { codeOf } from './rows.js';
import { steady } from './steady.js';
import { Waiting } from './waiting.js';

/** Rows that are drawn; the others are counted, and one press away. */
const ROWS = 100;
const words = { t, money, clock };

/** @param {{house: import('./house.js').House, chosen: number | null, open: (id: number) => void}} props */
export function LastHour({ house, chosen, open }) {
  const known = useStore(house.state);
  const lang = useLang();
  useTick(1000);
  const now = house.m.now();
  const [filter, setFilter] = useState(/** @type {import('./filter.js').Filter} */ ('open'));
  const [text, setText] = useState('');
  const [at, setAt] = useState(/** @type {number | null} */ (null));
  const [all, setAll] = useState(false);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const find = useRef(/** @type {HTMLInputElement | null} */ (null));
  const held = useHeld(list);
  const shown = useRef(/** @type {number[]} */ ([]));
  const mode = useRef('');

  const limits = useMemo(() => limitsOf(known.stations), [known.stations]);
  const around = { drivers: known.drivers, tasks: known.tasks, limits, now };
  const today = [...known.orders.values()].filter((order) => isToday(order, known.figures));
  const wanted = inOrder(
    passing(
      today,
      filter,
      text,
      () => limits,
      (order) => said(order, around, words),
      now,
    ),
    () => limits,
    now,
  ).map((order) => order.id);
  // What somebody chose to see is shown at once; only what comes by itself waits for the finger to leave.
  const asked = `${filter} ${text}`;
  shown.current = steady(shown.current, wanted, held && mode.current === asked, (id) => known.orders.has(id));
  mode.current = asked;
  const ids = all ? shown.current : shown.current.slice(0, ROWS);

  useKeys({ ids, at, setAt, setFilter, find, list, setText });
  const rows = ids.map((id) => /** @type {import('./rows.js').Order} */ (known.orders.get(id)));
  const second = Math.floor(now / 1000);
  return html`<h2>${t('manager.lastHour')}
      <span class="fil" role="group" aria-label=${t('manager.show')}>
        <label class="find"><span class="sr">${t('manager.find')}</span><input ref=${find} type="search" placeholder=${t('manager.find.hint')} value=${text} onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)} /></label>
        ${FILTERS.map((one) => html`<button key=${one} aria-pressed=${String(filter === one)} onClick=${() => setFilter(one)}>${t(`manager.filter.${one}`)}</button>`)}
      </span>
    </h2>
    ${
      !known.loaded.has('orders') && rows.length === 0
        ? html`<${Waiting} house=${house} part="orders" />`
        : html`
    <div class="ord" ref=${list}>
      <${Axis} now=${Math.floor(now / 60_000) * 60_000} lang=${lang} />
      <ul>${rows.map((order) => html`<${Line} key=${order.id} order=${order} second=${second} limits=${limits} drivers=${known.drivers} tasks=${known.tasks} here=${order.id === (chosen ?? at)} open=${open} lang=${lang} />`)}</ul>
      ${rows.length === 0 && html`<${Empty}>${text ? t('manager.empty.find', { text }) : t(`manager.empty.${filter}`)}<//>`}
    </div>
    ${shown.current.length > ids.length && html`<p class="actions"><button class="btn small" onClick=${() => setAll(true)}>${t('manager.more', { n: shown.current.length - ids.length })}</button></p>`}
    <${Key} />`
    }`;
}

/** @param {import('./rows.js').Order} order @param {any} figures */
function isToday(order, figures) {
  if (order.status !== 'completed' && order.status !== 'cancelled') return true;
  const from = Date.parse(figures?.from ?? '');
  return !Number.isFinite(from) || Date.parse(String(order.created_at)) >= from;
}

/** Drawn again when its order changes, and each second: its clock runs. @type {any} */
const Line = memo((/** @type {any} */ { order, second, limits, drivers, tasks, here, open }) => {
  const now = second * 1000;
  const around = { drivers, tasks, limits, now };
  const { state, text } = standing(order, around, words);
  const { amount, paid } = sum(order, words);
  return html`<li><button class="hour" data-order=${order.id} aria-current=${here ? 'true' : undefined} aria-label=${said(order, around, words)} onClick=${() => open(order.id)}>
    <b class="n">${codeOf(order)}</b>
    <span class="w">${who(order, around, words)}</span>
    <span class="tl" aria-hidden="true">${bar(order, limits, now).map(({ part, left, width }) => html`<i class=${part} style=${{ '--from': `${left}%`, '--long': `${width}%` }}></i>`)}</span>
    <span class="st"><em class=${state ? `tape ${state}` : 'tape'}>${text}</em></span>
    <span class="am">${amount}<small>${paid}</small></span>
  </button></li>`;
});

const Axis = memo((/** @type {any} */ { now }) => {
  const times = axis(now);
  return html`<div class="axis" aria-hidden="true"><span></span><span></span><span class="t">${times.map((at, index) => html`<span>${index === times.length - 1 ? t('manager.now') : time(at)}</span>`)}</span><span></span><span></span></div>`;
});

function Key() {
  return html`<p class="key" aria-hidden="true">${['sent', 'cooking', 'late', 'ready', 'road', 'served'].map((part) => html`<span><i class=${part}></i>${t(`manager.part.${part}`)}</span>`)}</p>`;
}

/** Whether somebody points at a list, or walks through it with the keyboard. @param {{current: HTMLElement | null}} list */
function useHeld(list) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const look = (/** @type {Event} */ event) => setHeld(event.target instanceof Node && list.current?.contains(event.target) === true);
    const leave = () => setHeld(list.current?.contains(document.activeElement) === true);
    document.addEventListener('pointerover', look);
    document.addEventListener('pointerdown', look);
    document.addEventListener('focusin', look);
    document.documentElement.addEventListener('pointerleave', leave);
    return () => {
      document.removeEventListener('pointerover', look);
      document.removeEventListener('pointerdown', look);
      document.removeEventListener('focusin', look);
      document.documentElement.removeEventListener('pointerleave', leave);
    };
  }, []);
  return held;
}

/** @param {any} what */
function useKeys(what) {
  const latest = useRef(what);
  latest.current = what;
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      const { ids, at, setAt, setFilter, find, list, setText } = latest.current;
      const target = /** @type {HTMLElement} */ (event.target);
      const typing = target.matches('input, textarea, select, [contenteditable]');
      const dialog = document.querySelector('[aria-modal="true"]') !== null;
      const meant = command({ key: event.key, ctrl: event.ctrlKey, alt: event.altKey, meta: event.metaKey, typing, dialog });
      if (!meant || (typing && target !== find.current)) return;
      if (meant.kind === 'close') {
        if (target !== find.current) return;
        setText('');
        return target.blur();
      }
      event.preventDefault();
      if (meant.kind === 'find') return find.current?.focus();
      if (meant.kind === 'filter') return setFilter(meant.filter);
      const from = target.closest('[data-order]') ? Number(target.closest('[data-order]')?.getAttribute('data-order')) : at;
      const to = meant.kind === 'step' ? stepped(ids, from, meant.by) : meant.kind === 'edge' ? (meant.end === 'first' ? ids[0] : ids[ids.length - 1]) : null;
      if (to == null) return;
      setAt(to);
      list.current?.querySelector(`[data-order="${to}"]`)?.focus();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
