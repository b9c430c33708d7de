// Fingers, keys, and what they mean here: the way from an event of the page to an action.

import { GUARD_MS } from './grid.js';
import { command } from './keys.js';

/** @typedef {import('./wall.js').Wall} Wall */
/** @typedef {import('./actions.js').Actions} Actions */
/** @typedef {import('./ticket.js').Line} Line */
/** @typedef {import('./ticket.js').Allergy} Allergy */

/**
 * What the screen does for the hands.
 * @typedef {object} Desk
 * @property {(id: string) => void} open shows all lines of a ticket over its column; nothing closes it
 * @property {(dialog: '' | 'recall' | 'soldout' | 'settings' | 'more', id?: string) => void} dialog
 * @property {(n: number) => void} station the n-th tab
 * @property {() => void} wind writes the clocks now
 * @property {(text: string) => void} say to a screen reader, once
 * @property {() => void} draw
 */

export class Hands {
  /** @param {Wall} wall @param {Actions} actions @param {Desk} desk @param {(key: string, values?: any) => string} t */
  constructor(wall, actions, desk, t) {
    this.wall = wall;
    this.actions = actions;
    this.desk = desk;
    this.t = t;
    /** A finger or a mouse button is down: nothing may move. */
    this.isDown = false;
    /** Whether tickets are a list, as long as they need to be. */
    this.isList = false;
    /** Of the last touch of anything, milliseconds of the page. */
    this.at = performance.now();
    /** Whether the last one was a key. */
    this.isKey = false;
    this.wind = () => desk.wind();
  }

  /** Listens to the page until it is told to stop. @returns {() => void} */
  listen() {
    const down = () => {
      this.isDown = true;
      this.#touched();
    };
    const up = (/** @type {Event} */ event) => {
      // a part of the page that loses the focus lifts no finger
      if (event.type === 'blur' && event.target !== window) return;
      this.isDown = false;
      this.#touched();
    };
    const key = (/** @type {KeyboardEvent} */ event) => this.#key(event);
    /** @type {[string, any][]} */
    const all = [['pointerdown', down], ['pointerup', up], ['pointercancel', up], ['blur', up], ['keydown', key]];
    for (const [name, does] of all) addEventListener(name, does, true);
    return () => all.forEach(([name, does]) => removeEventListener(name, does, true));
  }

  /** @param {boolean} [isKey] */
  #touched(isKey = false) {
    this.at = performance.now();
    this.isKey = isKey;
  }

  /** @param {string} id @param {Line} line */
  tap(id, line) {
    if (this.actions.tap(id, line) === 'allergy') this.#nudge(id);
  }

  /** @param {string} id */
  done(id) {
    const why = this.actions.done(id);
    if (why === 'allergy' || why === 'void') this.#nudge(id);
  }

  /** @param {string} id @param {Allergy} allergy */
  confirm(id, allergy) {
    this.actions.confirm(id, allergy);
    this.#stay(id);
  }

  /** A tap on Undo. The second tap of two on Done lands there too, because Undo stands where Done was: it means nothing. @param {string} id */
  press(id) {
    const ghost = this.wall.grid.ghosts.get(id);
    if (!ghost || this.wall.now() - ghost.at >= GUARD_MS) this.undo(id);
  }

  /** @param {string} [id] */
  undo(id) {
    const back = this.actions.undo(id);
    if (back) queueMicrotask(() => this.#stay(back));
  }

  /** @param {string} id */
  start(id) {
    this.actions.start(id);
  }

  /** @param {string} id */
  more(id) {
    if (!this.wall.tickets.has(id)) return;
    this.wall.touch(id);
    this.desk.dialog('more', id);
  }

  /** @param {string} id */
  open(id) {
    this.desk.open(id);
  }

  /** @param {1 | -1} way */
  page(way) {
    this.wall.grid.page(this.wall.now(), way);
    this.desk.draw();
  }

  /** Shows what stands in the way: in words, and where it is. @param {string} id */
  #nudge(id) {
    const ticket = this.wall.tickets.get(id);
    if (!ticket?.blocked) return;
    this.desk.say(this.t(`kitchen.${ticket.blocked}_first`));
    const at = find(id)?.querySelector(ticket.blocked === 'allergy' ? '.alg:not(.seen)' : '.void');
    if (!(at instanceof HTMLElement)) return;
    delete at.dataset.nudge;
    // read, so that the same attribute twice is two changes
    void at.offsetWidth;
    at.dataset.nudge = '';
    if (this.isKey) (at.querySelector('button') ?? at).focus({ preventScroll: true });
  }

  /** The focus stays on a ticket whose button went away under it. @param {string} id */
  #stay(id) {
    if (!this.isKey) return;
    requestAnimationFrame(() => {
      const { activeElement } = document;
      if (!activeElement || activeElement === document.body) find(id)?.focus({ preventScroll: true });
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    this.#touched(true);
    const target = /** @type {HTMLElement | null} */ (event.target instanceof HTMLElement ? event.target : null);
    if (document.querySelector('[aria-modal=true]') || target?.closest('input, textarea, select')) return;
    const article = /** @type {HTMLElement | null} */ (target?.closest('[data-ticket], [data-ghost]') ?? null);
    const id = article?.dataset.ticket ?? '';
    const does = command(event, { isTicket: article !== null && target === article });
    if (!does) return;
    event.preventDefault();
    const { wall, actions, desk } = this;
    switch (does.do) {
      case 'select': return void this.#select(wall.grid.shown[does.n - 1]);
      case 'ticket': return void this.#select(this.#beside(article, does.way));
      case 'line': return void this.#line(article, does.way);
      case 'station': return desk.station(does.n);
      case 'done': return id ? this.done(id) : undefined;
      case 'undo': return this.undo(article?.dataset.ghost ?? (wall.tickets.get(id)?.undo ? id : undefined));
      case 'allergy': return void (id && actions.confirmNext(id) && this.#stay(id));
      case 'first': return id ? actions.first(id) : undefined;
      case 'more': return id ? this.more(id) : undefined;
      case 'recall': return desk.dialog('recall');
      case 'soldout': return desk.dialog('soldout');
      case 'settings': return desk.dialog('settings');
      case 'next': return this.page(1);
      case 'back': return this.page(-1);
      case 'leave':
        desk.open('');
        return target?.blur();
    }
  }

  /** @param {string | undefined} id */
  #select(id) {
    if (!id) return;
    const article = find(id);
    article?.focus({ preventScroll: !this.isList });
    this.wall.touch(id);
  }

  /** @param {HTMLElement | null} article @param {1 | -1} way */
  #beside(article, way) {
    const all = this.wall.grid.shown;
    const at = all.indexOf(article?.dataset.ticket ?? article?.dataset.ghost ?? '');
    return at < 0 ? all[way === 1 ? 0 : all.length - 1] : all[at + way];
  }

  /** Up and down through what can be pressed on a ticket. @param {HTMLElement | null} article @param {1 | -1} way */
  #line(article, way) {
    const host = article ?? find(this.wall.grid.shown[0]);
    if (!host) return;
    const all = /** @type {HTMLElement[]} */ ([...host.querySelectorAll('.alg:not(.seen), li:not([hidden]) > button, .rest:not([hidden]), .bump, .undo')].filter((one) => !(/** @type {HTMLElement} */ (one).hidden)));
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    all[at < 0 ? (way === 1 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + way))]?.focus({ preventScroll: true });
  }
}

/** @param {string | undefined} id @returns {HTMLElement | null} */
export function find(id) {
  return id ? document.querySelector(`[data-ticket="${CSS.escape(id)}"], [data-ghost="${CSS.escape(id)}"]`) : null;
}
