// The dishes, as far as a kitchen cares: which of them are sold out.

/** @typedef {{id: number, name: string, category: string | null, station: string | null, is_available: boolean, version: number}} Dish */

/** A menu longer than this is a mistake. */
const DISHES_MAX = 2000;

export class Menu {
  constructor() {
    /** @type {Map<number, Dish>} */
    this.dishes = new Map();
    /** @type {Set<() => void>} */
    this.watchers = new Set();
  }

  /** The names of what is sold out. */
  get out() {
    return [...this.dishes.values()].filter((dish) => !dish.is_available).map((dish) => dish.name);
  }

  /**
   * Reads all of it, page by page. Where that fails the menu stays as it was: the events go on.
   * @param {{rest: (method: string, path: string) => Promise<{body: any}>}} m
   */
  async load(m) {
    try {
      let next = '';
      do {
        const { body } = await m.rest('GET', `/api/v1/menu?limit=200${next ? `&before=${next}` : ''}`);
        for (const item of body.items ?? body) this.#put(item);
        next = body.next ? String(body.next) : '';
      } while (next && this.dishes.size < DISHES_MAX);
      this.#tell();
    } catch {
      // sold-out dishes are a help; the tickets are what matters
    }
  }

  /** @param {any} item */
  heard(item) {
    this.#put(item);
    this.#tell();
  }

  /** @param {any} item */
  #put(item) {
    const known = this.dishes.get(item.id);
    if (known && known.version > item.version) return;
    if (item.removed) this.dishes.delete(item.id);
    else this.dishes.set(item.id, { id: item.id, name: item.name, category: text(item.category), station: text(item.station), is_available: item.is_available !== false, version: item.version ?? 0 });
  }

  #tell() {
    for (const watcher of this.watchers) watcher();
  }

  /** @param {() => void} watcher */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

/** A name, or an object that has one. @param {any} value */
const text = (value) => (value && typeof value === 'object' ? value.name ?? value.code ?? null : value ?? null);
