// From the server to the board.

import { recall, remember } from '../shared/device.js';
import { sound } from '../shared/sound.js';
import { Board } from './state.js';

/** What became ready together rings once, milliseconds. */
const TOGETHER_MS = 400;

export class Feed {
  /** @param {import('../shared/maitred.js').Maitred} m @param {{id: number, name: string}} restaurant */
  constructor(m, restaurant) {
    this.m = m;
    this.restaurant = restaurant;
    this.board = new Board();
    this.board.house = restaurant.name;
    /** When what is shown was true, if it is what was kept. */
    this.keptAt = 0;
    /** Who became ready a moment ago, until the screen reader has said it. @type {(entry: import('./state.js').Entry[]) => void} */
    this.say = () => {};
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    const snapshot = recall('board.snapshot');
    if (snapshot?.restaurant_id === restaurant.id) {
      this.board.load(snapshot);
      this.board.broadcasts = (snapshot.said ?? []).map((/** @type {any} */ one) => ({ ...one, until: one.until ?? Infinity }));
      this.keptAt = snapshot.kept_at;
    }
    this.hide = () => this.#keep();
    addEventListener('pagehide', this.hide);
    this.channel = m.raw(`/ws/restaurants/${restaurant.id}/`, {
      name: 'board',
      load: () => this.#load(),
      event: (frame) => this.#hear(frame),
    });
  }

  #rung = 0;

  async #load() {
    const { m, restaurant } = this;
    const [{ body: state }, said] = await Promise.all([
      m.rest('GET', `/api/v1/board?restaurant_id=${restaurant.id}`),
      // without its words the board is still a board
      m.rest('GET', `/api/v1/restaurants/${restaurant.id}/broadcast?live=true`).catch(() => null),
    ]);
    const ready = this.board.load(state);
    this.keptAt = 0;
    if (said) this.board.broadcasts = [];
    for (const one of [...(said?.body.items ?? said?.body ?? [])].reverse()) this.board.say(one, m.now());
    if (ready.length) this.#ring('ready', ready);
    this.#tell();
    this.#keep();
  }

  /** @param {any} frame */
  #hear(frame) {
    const what = this.board.hear(frame, this.m.now());
    if (what === 'ready' || what === 'called') this.#ring(what === 'called' ? 'call' : 'ready', [frame.data]);
    if (what) this.#tell();
  }

  /** @param {'ready' | 'call'} name @param {import('./state.js').Entry[]} entries */
  #ring(name, entries) {
    this.say(entries);
    const now = performance.now();
    if (name === 'ready' && now - this.#rung < TOGETHER_MS) return;
    this.#rung = now;
    sound(name);
  }

  #keep() {
    const { board, restaurant, m } = this;
    if (!board.isLoaded || m.link.state !== 'live') return;
    const entries = [...board.entries.values()];
    remember('board.snapshot', { restaurant_id: restaurant.id, restaurant: board.house, as_of: board.asOf, kept_at: m.now(), said: board.broadcasts, preparing: entries.filter((one) => one.place === 'preparing'), ready: entries.filter((one) => one.place === 'ready') });
  }

  #tell() {
    for (const watcher of this.watchers) watcher();
  }

  /** @param {() => void} watcher */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  close() {
    removeEventListener('pagehide', this.hide);
    this.m.close();
  }
}
