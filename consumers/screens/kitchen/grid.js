// Which ticket hangs in which cell. Nothing moves under a finger: who arrives is put behind the last one, who is done leaves its cell standing as a ghost, and
// only when a ghost's time is over the rest closes up, in one move.
//
// Cells are numbered down, then right. A cell is free, holds a ticket, or holds a ghost. What finds no cell waits in the rail, in order.

/** How long a ghost stands with its Undo, milliseconds. */
export const GHOST_MS = 5000;
/** How long taps on a ticket that was moved are ignored, milliseconds: a finger on its way meant what was there before. */
export const GUARD_MS = 400;

/** @typedef {{cols: number, rows: number}} Dims `rows: 0`: a list as long as it needs to be */
/** @typedef {{col: number, row: number, tall: boolean}} Cell */
/** @typedef {{id: string, code: string, at: number, until: number, why: 'done' | 'elsewhere'}} Ghost milliseconds since 1970 */

/** @typedef {{id: string, code: string, key: number, first: boolean, tall: boolean}} Hung what the grid must know of a ticket; `key`: its place in time */

export class Grid {
  /** @param {Dims} dims */
  constructor(dims) {
    this.dims = dims;
    /** Of tickets and ghosts. @type {Map<string, Cell>} */
    this.cells = new Map();
    /** @type {Map<string, Ghost>} */
    this.ghosts = new Map();
    /** What is passed over, because a later page is shown. @type {Set<string>} */
    this.skipped = new Set();
    /** In order, all. @type {Hung[]} */
    this.hung = [];
    /** When each was moved last. @type {Map<string, number>} */
    this.moved = new Map();
    /** The order is another one than that in which they hang: closing up is due. */
    this.stale = false;
  }

  /** The tickets that wait for a cell, in order. */
  get rail() {
    return this.hung.filter((one) => !this.cells.has(one.id) && !this.skipped.has(one.id));
  }

  /** How many hang before those that are shown. */
  get before() {
    return this.hung.filter((one) => this.skipped.has(one.id)).length;
  }

  /** Ids of tickets and ghosts, by cell: down, then right. This is also the order of keys and of Tab. */
  get shown() {
    const place = (/** @type {Cell} */ cell) => cell.col * Math.max(1, this.dims.rows) + cell.row;
    return [...this.cells].sort((a, b) => place(a[1]) - place(b[1])).map(([id]) => id);
  }

  /**
   * What hangs now. Who left becomes a ghost, who arrived gets the first free cell behind the last one, if nobody waits before it.
   * @param {Hung[]} all
   * @param {number} now milliseconds
   * @param {(id: string) => Ghost['why']} [why]
   */
  hang(all, now, why = () => 'elsewhere') {
    const before = new Map(this.hung.map((one) => [one.id, one]));
    this.hung = [...all].sort(earlier);
    const present = new Set(all.map((one) => one.id));
    for (const id of this.cells.keys()) {
      if (present.has(id)) this.ghosts.delete(id);
      else if (!this.ghosts.has(id)) this.ghosts.set(id, { id, code: before.get(id)?.code ?? '', at: now, until: now + GHOST_MS, why: why(id) });
    }
    for (const id of this.skipped) if (!present.has(id)) this.skipped.delete(id);
    for (const id of this.moved.keys()) if (!this.cells.has(id)) this.moved.delete(id);
    if (this.dims.rows === 0) return this.#list();
    this.#fill();
  }

  /** An order that counts at once: a ticket was made the first, or called back. It shows at the next closing up. */
  reorder() {
    this.stale = true;
  }

  /** Whether closing up is due. @param {number} now */
  due(now) {
    if (this.stale) return true;
    for (const ghost of this.ghosts.values()) if (ghost.until <= now) return true;
    return false;
  }

  /** When it will be due, or 0. */
  get next() {
    let at = 0;
    for (const { until } of this.ghosts.values()) at = at ? Math.min(at, until) : until;
    return at;
  }

  /**
   * Closes up. Ghosts that still offer Undo keep their cells, and the tickets pass around them.
   * @param {number} now
   * @returns {boolean} whether anything moved
   */
  close(now) {
    if (!this.due(now)) return false;
    const pinned = new Map();
    for (const [id, ghost] of this.ghosts) {
      const cell = this.cells.get(id);
      if (ghost.until > now && cell) pinned.set(id, cell);
      else this.ghosts.delete(id);
    }
    this.stale = false;
    return this.#place(pinned, now);
  }

  /** Another size of screen or of letters: everything is placed anew, and ghosts are gone. @param {Dims} dims @param {number} now */
  resize(dims, now) {
    if (dims.cols === this.dims.cols && dims.rows === this.dims.rows) return;
    this.dims = dims;
    this.ghosts.clear();
    this.skipped.clear();
    if (dims.rows === 0) {
      this.cells.clear();
      this.#list();
    } else this.#place(new Map(), now);
  }

  /** The next page shows what waits in the rail; after the last one comes the first again. @param {number} now @param {1 | -1} way */
  page(now, way = 1) {
    this.ghosts.clear();
    if (way === 1 && this.rail.length) for (const id of this.cells.keys()) this.skipped.add(id);
    else this.skipped.clear();
    this.#place(new Map(), now);
  }

  /** Whether a tap on this ticket means it. @param {string} id @param {number} now */
  steady(id, now) {
    return now - (this.moved.get(id) ?? -Infinity) >= GUARD_MS;
  }

  /** In a list the cells are only an order, and nothing that is new comes before what hangs. */
  #list() {
    const known = this.shown.filter((id) => this.ghosts.has(id) || this.hung.some((one) => one.id === id));
    const fresh = this.hung.filter((one) => !this.cells.has(one.id)).map((one) => one.id);
    this.cells = new Map([...known, ...fresh].map((id, n) => [id, { col: n, row: 0, tall: false }]));
  }

  /** Puts those that wait into the free cells behind the last one. */
  #fill() {
    const { cols, rows } = this.dims;
    const taken = this.#taken(this.cells);
    let at = Math.max(-1, ...[...this.cells.values()].map((cell) => cell.col * rows + cell.row + (cell.tall ? rows - 1 : 0))) + 1;
    for (const one of this.rail) {
      while (at < cols * rows && taken.has(at)) at += 1;
      if (at >= cols * rows) return;
      const tall = one.tall && at % rows === 0 && rows > 1;
      this.cells.set(one.id, { col: Math.floor(at / rows), row: at % rows, tall });
      at += tall ? rows : 1;
    }
  }

  /** @param {Map<string, Cell>} cells */
  #taken(cells) {
    /** @type {Set<number>} */
    const taken = new Set();
    for (const { col, row, tall } of cells.values()) {
      for (let r = row; r < (tall ? this.dims.rows : row + 1); r += 1) taken.add(col * this.dims.rows + r);
    }
    return taken;
  }

  /**
   * Places everything in order around what is pinned. A tall one needs a whole column; the cell that it leaves open before it is for the next one that is not tall.
   * @param {Map<string, Cell>} pinned
   * @param {number} now
   */
  #place(pinned, now) {
    const { cols, rows } = this.dims;
    if (rows === 0) {
      const before = this.shown;
      this.cells = new Map([...this.hung.map((one) => one.id), ...pinned.keys()].map((id, n) => [id, { col: n, row: 0, tall: false }]));
      return this.#note(before.map((id, n) => [id, { col: n, row: 0, tall: false }]), now);
    }
    const before = [...this.cells];
    this.cells = new Map(pinned);
    const taken = this.#taken(this.cells);
    const free = () => [...Array(cols * rows).keys()].filter((at) => !taken.has(at));
    for (const one of this.hung) {
      if (this.skipped.has(one.id)) continue;
      const open = free();
      if (!open.length) break;
      const column = open.find((at) => at % rows === 0 && Array.from({ length: rows }, (_, r) => at + r).every((cell) => !taken.has(cell)));
      const tall = one.tall && rows > 1 && column !== undefined;
      const at = /** @type {number} */ (tall ? column : open[0]);
      this.cells.set(one.id, { col: Math.floor(at / rows), row: at % rows, tall });
      for (let r = 0; r < (tall ? rows : 1); r += 1) taken.add(at + r);
    }
    return this.#note(before, now);
  }

  /** @param {[string, Cell][]} before @param {number} now */
  #note(before, now) {
    const was = new Map(before);
    let any = before.length !== this.cells.size;
    for (const [id, cell] of this.cells) {
      const old = was.get(id);
      if (old && old.col === cell.col && old.row === cell.row) continue;
      any = true;
      this.moved.set(id, now);
    }
    return any;
  }
}

/** What is first goes first; then the older one. @param {Hung} a @param {Hung} b */
function earlier(a, b) {
  return Number(b.first) - Number(a.first) || a.key - b.key || (a.id < b.id ? -1 : 1);
}
