// The wall as it is drawn.

import { recall, remember } from '../shared/device.js';
import { Boundary } from '../shared/boundary.js';
import { t, useLang } from '../shared/texts.js';
import { html, useEffect, useLayoutEffect, useReducer, useRef, useState } from '../shared/ui.js';
import { Card } from './card.js';
import { Ghost } from './ghost.js';
import { dims } from './dims.js';
import { Hands } from './hands.js';
import { Rail } from './rail.js';
import { Beside } from './side.js';
import { cell, sure, tall } from './size.js';
import { Top } from './top.js';

/** @typedef {import('./station.js').Station} Station */

/** @param {{station: Station, onstation: (code: string) => void, onleave: () => void}} props */
export function Screen({ station, onstation, onleave }) {
  const lang = useLang();
  const [, draw] = useReducer((n) => n + 1, 0);
  const [size, setSize] = useState(() => /** @type {'s' | 'm' | 'l'} */ (recall('kitchen.size') ?? 'm'));
  const [rings, setRings] = useState(() => recall('kitchen.rings') !== false);
  const [opened, setOpened] = useState('');
  const [dialog, setDialog] = useState(/** @type {{name: string, id?: string}} */ ({ name: '' }));
  const [dialogs, setDialogs] = useState(/** @type {typeof import('./dialogs.js') | null} */ (null));
  const [font, setFont] = useState(0);
  const says = useRef(/** @type {HTMLElement | null} */ (null));
  const view = useView(size);
  const { wall, m, menu, actions } = station;
  const { grid } = wall;

  const [hands] = useState(() => new Hands(wall, actions, {
    open: (id) => setOpened(id),
    dialog: (name, id) => setDialog({ name, id }),
    station: (n) => wall.stations[n - 1] && onstation(wall.stations[n - 1].code),
    wind: () => station.wind(),
    say: (text) => say(text),
    draw: () => draw(0),
  }, t));
  /** The same words twice are said twice. @param {string} text */
  const say = (text) => {
    if (says.current) says.current.textContent = says.current.textContent === text ? `${text}\u00a0` : text;
  };

  useEffect(() => {
    station.hands = hands;
    station.say = say;
    const stops = [hands.listen(), wall.watch((_, isLaid) => isLaid && draw(0)), menu.watch(() => draw(0))];
    document.fonts.ready.then(() => setFont((n) => n + 1));
    draw(0);
    return () => stops.forEach((stop) => stop());
  }, []);
  useEffect(() => {
    // asked for after the tickets, and there before somebody needs them; without a server, when somebody does
    if (!dialogs) import('./dialogs.js').then(setDialogs, () => {});
  }, [dialog]);
  useEffect(() => {
    station.rings = rings;
  }, [rings]);
  // before the first drawing, so that nothing is placed twice
  useSize(() => {
    hands.isList = view.rows === 0;
    hands.isSure = view.width >= 1280 ? (ticket, isTall) => sure(ticket, { ...cell(view, view), ...(isTall && { height: cell(view, { cols: view.cols, rows: 1 }).height }) }, size) : () => false;
    /** A ticket is estimated once: it never changes, another one takes its place. @type {WeakMap<import('./ticket.js').Ticket, boolean>} */
    const known = new WeakMap();
    const one = cell(view, view);
    wall.isTall = (ticket) => {
      if (view.rows <= 1) return false;
      const is = known.get(ticket) ?? tall(ticket, one, size);
      known.set(ticket, is);
      return is;
    };
    grid.resize(view, m.now());
    wall.redraw();
  }, `${view.cols} ${view.rows} ${Math.round(view.height / 40)} ${size}`);

  const room = `${view.width} ${view.height} ${size} ${font}`;
  const close = () => setDialog({ name: '' });
  const side = html`<${Beside} wall=${wall} menu=${menu} height=${view.rows ? view.height / view.scale - 70 : 760} lang=${lang} />`;
  const rail = grid.rail.map(({ id, code }) => ({ id, code, since: wall.tickets.get(id)?.since ?? 0 }));
  /** What lies over the wall. @param {typeof import('./dialogs.js')} all */
  const open = (all) => {
    if (dialog.name === 'recall') return html`<${all.Recall} ask=${() => station.recent()} onrecall=${(/** @type {any} */ order) => (close(), actions.recall(order.id, order.items.filter((/** @type {any} */ item) => wall.sees || item.station === wall.station).map((/** @type {any} */ item) => item.id)))} onclose=${close} />`;
    if (dialog.name === 'soldout') return html`<${all.SoldOut} menu=${menu} wishes=${sold(wall.entries)} station=${wall.station} sees=${wall.sees} onsell=${(/** @type {number} */ id, /** @type {boolean} */ on, /** @type {string} */ name) => actions.sell(id, on, name)} onclose=${close} />`;
    if (dialog.name === 'more' && dialog.id) return html`<${all.More} wall=${wall} id=${dialog.id} hands=${hands} actions=${actions} onclose=${close} />`;
    if (dialog.name === 'day') return html`<${all.Day} onclose=${close}>${side}<button type="button" class="btn" onClick=${() => setDialog({ name: 'soldout' })}>${t('kitchen.sold_out')}</button></${all.Day}>`;
    if (dialog.name === 'settings') return html`<${all.Settings} size=${size} hasSize=${view.width >= 1280} onsize=${(/** @type {'s' | 'm' | 'l'} */ to) => (remember('kitchen.size', to), setSize(to))} rings=${rings} onrings=${(/** @type {boolean} */ on) => (remember('kitchen.rings', on), setRings(on))} onclose=${close} onleave=${onleave} />`;
    return null;
  };
  return html`<div class="wall" data-size=${size} data-link=${m.link.state} data-list=${hands.isList || undefined} style=${{ '--cols': grid.dims.cols, '--rows': Math.max(1, grid.dims.rows), '--k': view.scale }}>
    <${Boundary} name="top"><${Top} m=${m} wall=${wall} asOf=${station.asOf} hands=${hands} dialog=${(/** @type {string} */ name) => setDialog({ name })} onstation=${onstation} revision=${wall.revision} /></${Boundary}>
    <main aria-label=${t('kitchen.tickets')}>
      ${grid.shown.map((id, n) => {
        const ghost = grid.ghosts.get(id);
        const at = /** @type {import('./grid.js').Cell} */ (grid.cells.get(id));
        if (ghost) return html`<${Ghost} key=${`ghost ${id} ${ghost.at}`} ghost=${ghost} cell=${at} hands=${hands} focus=${hands.isKey && ghost.why === 'done'} />`;
        return wall.tickets.has(id) ? html`<${Boundary} key=${id} name="ticket"><${Card} wall=${wall} id=${id} n=${n + 1} cell=${at} opened=${opened === id} room=${room} missed=${wall.missed.has(id)} lang=${lang} hands=${hands} /></${Boundary}>` : null;
      })}
      ${wall.isLoaded && grid.cells.size === 0 ? html`<p class="nothing">${t('kitchen.empty')}</p>` : null}
      ${wall.isLoaded ? null : Array.from({ length: grid.dims.cols * Math.max(1, grid.dims.rows) }, (_, n) => html`<div key=${`shape ${n}`} class="tk shape" aria-hidden="true" style=${{ '--x': Math.floor(n / Math.max(1, grid.dims.rows)), '--y': n % Math.max(1, grid.dims.rows) }}></div>`)}
    </main>
    <${Boundary} name="side">${side}</${Boundary}>
    <${Boundary} name="rail"><${Rail} rail=${rail} before=${grid.before} width=${view.width / view.scale - (view.width >= 1280 ? 276 : 0) - 24} hands=${hands} /></${Boundary}>
    <p class="sr" role="status" aria-live="polite" ref=${says}></p>
    ${dialog.name && dialogs ? open(dialogs) : null}
  </div>`;
}

/** What was said of dishes and is not told yet. @param {any[]} entries */
function sold(entries) {
  /** @type {Map<number, boolean>} */
  const all = new Map();
  for (const { patch, state } of entries) if (patch?.dish && state !== 'refused') all.set(patch.dish, patch.available);
  return all;
}

/** How large the page is, and what fits. @param {'s' | 'm' | 'l'} size */
function useView(size) {
  const read = () => ({ width: innerWidth, height: innerHeight });
  const [page, setPage] = useState(read);
  useEffect(() => {
    const see = () => setPage(read());
    addEventListener('resize', see);
    return () => removeEventListener('resize', see);
  }, []);
  return { ...page, ...dims({ ...page, size }) };
}

/** Runs when the key is another one. @param {() => void} does @param {string} key */
function useSize(does, key) {
  const known = useRef('');
  useLayoutEffect(() => {
    if (known.current === key) return;
    known.current = key;
    does();
  }, [key]);
}
