// One station at work: its wall, its connection, its outbox, and what runs by the clock.

import { sound } from '../shared/sound.js';
import { t } from '../shared/texts.js';
import { Actions } from './actions.js';
import { again, write } from './clocks.js';
import { connect } from './link.js';
import { Menu } from './menu.js';
import { sentence, sound as soundOf } from './news.js';
import { seen } from './seen.js';
import { keep, kept } from './snapshot.js';
import { Wall } from './wall.js';

/** What time does is looked at this often, milliseconds. */
const TICK_MS = 500;
/** A new ticket rings again, until it is touched; at most for two minutes, because by then nobody is there. */
const RING_MS = 10_000;
const RINGS_MAX = 12;
/** The state is kept this often, milliseconds, if it changed: for a page that ends without saying so. */
const KEEP_MS = 15_000;
/** A later page goes back to the first when nobody touches anything, milliseconds. */
const PAGE_MS = 30_000;

export class Station {
  /** @param {import('../shared/maitred.js').Maitred} m @param {{restaurant: number, at: string}} options */
  constructor(m, { restaurant, at }) {
    this.m = m;
    this.restaurant = restaurant;
    this.menu = new Menu();
    this.rings = true;
    /** Set by the screen. @type {(text: string) => void} */
    this.say = () => {};
    /** Set by the screen. @type {import('./hands.js').Hands | null} */
    this.hands = null;
    /** @type {import('../shared/maitred.js').Channel | null} */
    this.channel = null;
    /** When what is shown was true, if it is what was kept; 0: it is the server's. */
    this.asOf = 0;
    this.wall = new Wall({ dims: { cols: 5, rows: 2 }, station: at, now: () => m.now() });
    this.actions = new Actions(this.wall, m.outbox);
    this.seen = seen(this.wall, () => this.channel);
    this.wall.watch((news) => this.#told(news));
    this.#rung = 0;
    this.#times = 0;
    this.#kept = this.#revision = 0;
    this.stops = [m.outbox.watch(() => this.wall.outbox(/** @type {any} */ (m.outbox.entries))), m.watch((link) => this.wall.cut(link.state === 'lost'))];
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.hide = () => keep(this.wall, m.now());
    addEventListener('pagehide', this.hide);
    this.#open();
  }

  #rung;
  #times;
  #kept;
  #revision;
  #isWound = false;
  /** @type {any} */
  #place;

  /** Another station, on the same screen. @param {string} code */
  stand(code) {
    if (code === this.wall.station) return;
    this.channel?.close();
    this.wall.stand(code);
    this.#open();
  }

  #open() {
    const snapshot = kept(this.wall.station);
    if (snapshot) {
      this.asOf = snapshot.at;
      this.wall.placed(snapshot.stations);
      this.wall.load(snapshot.orders, snapshot.as_of);
    }
    this.channel = connect(this.m, this.wall, { restaurant: this.restaurant, menu: this.menu, loaded: () => (this.asOf = 0) });
  }

  /** What time does: clocks, ghosts, rings, what is kept. */
  tick() {
    const { wall, m } = this;
    const now = m.now();
    this.wind();
    for (const key of wall.tick(this.hands?.isDown ?? false)) m.outbox.drop(key);
    if (wall.grid.before && performance.now() - (this.hands?.at ?? 0) > PAGE_MS) this.hands?.page(-1);
    if (this.rings && this.#times < RINGS_MAX && now - this.#rung >= RING_MS && [...wall.fresh].some((id) => wall.grid.cells.has(id))) {
      this.#times += 1;
      this.#rung = now;
      sound('new');
    }
    if (wall.revision !== this.#revision && now - this.#kept > KEEP_MS && m.link.state === 'live') {
      this.#kept = now;
      this.#revision = wall.revision;
      (globalThis.requestIdleCallback ?? setTimeout)(() => keep(wall, m.now()));
    }
  }

  /** Writes all clocks before the next drawing, once. */
  wind() {
    if (this.#isWound) return;
    this.#isWound = true;
    queueMicrotask(() => {
      this.#isWound = false;
      const { place } = this.wall;
      if (place !== this.#place) again();
      this.#place = place;
      write(this.m.now(), place);
    });
  }

  /** @param {import('./news.js').News[]} news */
  #told(news) {
    this.seen();
    if (!news.length) return;
    this.say(sentence(news, t));
    const name = soundOf(news);
    // what is ready is the pass's business
    if (!name || (name === 'ready' && !this.wall.sees)) return;
    sound(name);
    this.#rung = this.m.now();
    this.#times = 0;
  }

  /** Asks for what was done in the last half hour. */
  async recent() {
    const answer = await this.channel?.emit('orders:recent', { minutes: 30 });
    return answer?.orders ?? [];
  }

  close() {
    clearInterval(this.timer);
    removeEventListener('pagehide', this.hide);
    for (const stop of this.stops) stop();
    this.m.close();
  }
}
