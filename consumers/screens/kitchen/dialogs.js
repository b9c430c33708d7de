// What opens over the wall: recently done, sold out, the screen's own settings, what else can be done with a ticket, all day on small screens.

import { time } from '../shared/format.js';
import { Code, Icon, Problem, Loading } from '../shared/parts.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { Dialog, Sheet } from '../shared/sheet.js';
import { setMuted, setVolume, sound, unlock, useMuted, useVolume } from '../shared/sound.js';
import { LANGS, NAMES, lang, setLang, t } from '../shared/texts.js';
import { setTheme, useTheme } from '../shared/theme.js';
import { html, useEffect, useRef, useState } from '../shared/ui.js';
import { called } from './news.js';
import { code } from './ticket.js';

/** @typedef {import('./book.js').Order} Order */
/** @typedef {import('./wall.js').Wall} Wall */

/** Up and down through the rows of a list, as the bump bar has no Tab. @param {KeyboardEvent} event */
function arrows(event) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way) return;
  const all = /** @type {HTMLElement[]} */ ([...(/** @type {HTMLElement} */ (event.currentTarget)).querySelectorAll('button:not([disabled])')]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  all[Math.max(0, Math.min(all.length - 1, at + way))]?.focus();
  event.preventDefault();
}

/** Puts the focus into the list once it is there. @param {unknown} ready */
function useFirst(ready) {
  const list = useRef(null);
  useEffect(() => {
    if (ready) /** @type {any} */ (list.current)?.querySelector('button:not([disabled])')?.focus();
  }, [Boolean(ready)]);
  return list;
}

/** @param {{ask: () => Promise<Order[]>, onrecall: (order: Order) => void, onclose: () => void}} props */
export function Recall({ ask, onrecall, onclose }) {
  const [orders, setOrders] = useState(/** @type {Order[] | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const load = () => {
    setError(null);
    ask().then(setOrders, setError);
  };
  useEffect(load, []);
  const list = useFirst(orders);
  return html`<${Sheet} title=${t('kitchen.recently')} onclose=${onclose} class="wide">
    ${error ? html`<${Problem} what=${sayRefusal(error)} code=${error.code} again=${load} />` : orders ? null : html`<${Loading} shapes=${4} again=${load} />`}
    ${orders && !orders.length ? html`<p class="muted">${t('kitchen.recently_none')}</p>` : null}
    <ul class="recent" ref=${list} onKeyDown=${arrows}>${(orders ?? []).map((order) => html`<li key=${order.id}><button type="button" onClick=${() => onrecall(order)}>
      <${Code} code=${code(order)} /><span class="said"><strong>${order.items.filter((item) => item.status !== 'voided').map((item) => `${item.quantity} ${item.name}`).join(', ')}</strong>
      <small>${t(order.canonical_status === 'ready' || order.canonical_status === 'preparing' ? 'kitchen.done_at' : 'kitchen.handed_at', { at: doneAt(order) })}</small></span><span class="go"><${Icon} name="undo" />${t('kitchen.recall')}</span></button></li>`)}</ul>
  </${Sheet}>`;
}

/** @param {Order} order */
function doneAt(order) {
  const last = order.items.reduce((/** @type {string} */ at, item) => (item.ready_at && item.ready_at > at ? item.ready_at : at), '');
  return last ? time(last) : '';
}

/** @param {{menu: import('./menu.js').Menu, wishes: Map<number, boolean>, station: string, sees: boolean, onsell: (id: number, available: boolean, name: string) => void, onclose: () => void}} props */
export function SoldOut({ menu, wishes, station, sees, onsell, onclose }) {
  const [word, setWord] = useState('');
  const isMine = (/** @type {import('./menu.js').Dish} */ dish) => sees || !dish.station || dish.station === station;
  const wanted = word.trim().toLowerCase();
  const dishes = [...menu.dishes.values()]
    .map((dish) => ({ ...dish, is_available: wishes.get(dish.id) ?? dish.is_available }))
    .filter((dish) => !wanted || dish.name.toLowerCase().includes(wanted))
    .sort((a, b) => Number(a.is_available) - Number(b.is_available) || Number(isMine(b)) - Number(isMine(a)) || (a.name < b.name ? -1 : 1));
  const list = useFirst(dishes.length > 0);
  return html`<${Sheet} title=${t('kitchen.sold_out')} text=${t('kitchen.sold_out_about')} onclose=${onclose} class="wide">
    <p><input type="search" class="find" aria-label=${t('kitchen.find')} placeholder=${t('kitchen.find')} value=${word} onInput=${(/** @type {any} */ event) => setWord(event.target.value)} /></p>
    <ul class="dishes" ref=${list} onKeyDown=${arrows}>${dishes.map((dish) => html`<li key=${dish.id} class=${dish.is_available ? '' : 'out'}><button type="button" role="switch" aria-checked=${!dish.is_available} onClick=${() => onsell(dish.id, !dish.is_available, dish.name)}>
      <span class="said"><strong>${dish.name}</strong></span><span class="go">${dish.is_available ? t('kitchen.sell_stop') : t('kitchen.sell_again')}</span></button></li>`)}</ul>
    ${menu.dishes.size ? null : html`<p class="muted">${t('kitchen.no_menu')}</p>`}
  </${Sheet}>`;
}

/** @param {{wall: Wall, id: string, hands: import('./hands.js').Hands, actions: import('./actions.js').Actions, onclose: () => void}} props */
export function More({ wall, id, hands, actions, onclose }) {
  const ticket = wall.tickets.get(id);
  useEffect(() => {
    if (!ticket) onclose();
  }, [!ticket]);
  if (!ticket) return null;
  const place = called(ticket, t);
  const act = (/** @type {() => void} */ does) => () => {
    onclose();
    does();
  };
  const lines = ticket.lines.map((line) => line.name);
  return html`<${Dialog} title=${place} text=${lines.join(', ')} onclose=${onclose}>
    <div class="acts" onKeyDown=${arrows}>
      <button type="button" class="btn" onClick=${act(() => actions.first(id))}>${t(ticket.first ? 'kitchen.not_first' : 'kitchen.make_first')}<kbd aria-hidden="true">F</kbd></button>
      ${ticket.phase === 'cook' ? html`<button type="button" class="btn" onClick=${act(() => actions.start(id))}>${t('kitchen.start')}</button>` : null}
      ${ticket.phase === 'ready' ? html`<button type="button" class="btn" onClick=${act(() => actions.recall(id))}><${Icon} name="undo" />${t('kitchen.recall')}</button>
        <button type="button" class="btn" onClick=${act(() => actions.call(id))}><${Icon} name="bell" />${t('kitchen.call')}</button>` : null}
      ${wall.grid.cells.has(id) && !hands.isList ? html`<button type="button" class="btn" onClick=${act(() => hands.open(id))}>${t('kitchen.all_lines')}</button>` : null}
      <button type="button" class="btn" onClick=${act(() => hands.desk.dialog('soldout'))}>${t('kitchen.sold_out')}<kbd aria-hidden="true">S</kbd></button>
    </div>
  </${Dialog}>`;
}

/** @param {{size: 's' | 'm' | 'l', onsize: (size: 's' | 'm' | 'l') => void, rings: boolean, onrings: (rings: boolean) => void, hasSize: boolean, onclose: () => void, onleave: () => void}} props */
export function Settings({ size, onsize, rings, onrings, hasSize, onclose, onleave }) {
  const theme = useTheme();
  const muted = useMuted();
  const volume = useVolume();
  const choice = (/** @type {string} */ label, /** @type {[string, string][]} */ all, /** @type {string} */ now, /** @type {(value: any) => void} */ set) =>
    html`<fieldset class="choice"><legend>${label}</legend><div>${all.map(([value, text]) => html`<button type="button" key=${value} class="btn" aria-pressed=${value === now} lang=${label === t('kitchen.language') ? value : undefined} onClick=${() => set(value)}>${text}</button>`)}</div></fieldset>`;
  return html`<${Dialog} title=${t('kitchen.settings')} onclose=${onclose} class="settings">
    ${hasSize ? choice(t('kitchen.size'), [['s', t('kitchen.size_s')], ['m', t('kitchen.size_m')], ['l', t('kitchen.size_l')]], size, onsize) : null}
    ${choice(t('kitchen.theme'), [['dark', t('kitchen.dark')], ['light', t('kitchen.light')]], theme ?? 'dark', setTheme)}
    ${choice(t('kitchen.sound'), [['on', t('kitchen.sound_on')], ['off', t('kitchen.sound_off')]], muted ? 'off' : 'on', (value) => (setMuted(value === 'off'), unlock().then(() => value === 'on' && sound('new'))))}
    ${muted ? null : html`<label class="range">${t('kitchen.volume')}<input type="range" min="0.1" max="1" step="0.1" value=${volume} onChange=${(/** @type {any} */ event) => (setVolume(Number(event.target.value)), unlock().then(() => sound('new')))} /></label>`}
    ${choice(t('kitchen.rings'), [['yes', t('kitchen.rings_yes')], ['no', t('kitchen.rings_no')]], rings ? 'yes' : 'no', (value) => onrings(value === 'yes'))}
    ${choice(t('kitchen.language'), LANGS.map((one) => /** @type {[string, string]} */ ([one, NAMES[one]])), lang(), setLang)}
    <p><button type="button" class="btn danger" onClick=${onleave}>${t('kitchen.leave')}</button></p>
  </${Dialog}>`;
}

/** What stands beside the tickets on a wall. @param {{children: any, onclose: () => void}} props */
export const Day = ({ children, onclose }) => html`<${Sheet} title=${t('kitchen.day')} onclose=${onclose} class="day">${children}</${Sheet}>`;

/** For the list of what waits in the outbox. @param {any} entry */
export const sayEntry = (entry) => t(`kitchen.did_${entry.label?.what ?? 'start'}`, { what: entry.label?.code ?? '' });
