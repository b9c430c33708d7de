/**
 * Reads things anew, each at most once at a time: an order that changes ten times while it is read is read once more, not ten times. What
 * could not be read waits for the next live connection.
 */

/** So many requests are on their way at once: a phone's radio gains nothing by more. */
const AT_ONCE = 6;

export class Reads {
  /**
   * @param {(ref: string) => Promise<boolean>} read resolves to false where the server could not be reached
   * @param {(ref: string) => string} [sameOf] what several names of one thing have in common
   */
  constructor(read, sameOf = (ref) => ref) {
    this.one = read;
    this.sameOf = sameOf;
    /** @type {Map<string, {again: boolean, done: Promise<void>}>} */
    this.running = new Map();
    /** @type {Map<string, () => void>} what waits for its turn, by what it is */
    this.queue = new Map();
    /** @type {Set<string>} */
    this.missed = new Set();
    /** @type {Map<string, () => Promise<unknown>>} */
    this.missedWhole = new Map();
    /** @type {Set<string>} */
    this.busy = new Set();
    /** @type {Set<string>} */
    this.more = new Set();
  }

  /** Resolves when it was read after this call began, or could not be. @param {string} name @returns {Promise<void>} */
  read(name) {
    const ref = this.sameOf(name);
    const running = this.running.get(ref);
    if (running) {
      running.again = true;
      return running.done;
    }
    const entry = { again: false, done: Promise.resolve() };
    entry.done = (async () => {
      await this.turn(ref);
      do {
        entry.again = false;
        // What came while it waited for its turn is read with it.
        const reached = await this.one(ref).catch((error) => (reportError(error), true));
        if (!reached) {
          this.missed.add(ref);
          break;
        }
      } while (entry.again);
      this.running.delete(ref);
      this.next();
    })();
    this.running.set(ref, entry);
    return entry.done;
  }

  /** @param {string} ref @returns {Promise<void>} */
  turn(ref) {
    if (this.running.size - this.queue.size < AT_ONCE) return Promise.resolve();
    return new Promise((go) => this.queue.set(ref, () => go()));
  }

  next() {
    const [first] = this.queue;
    if (!first) return;
    this.queue.delete(first[0]);
    first[1]();
  }

  /** Something else, once at a time, and once more if it was asked for meanwhile. @param {string} name @param {() => Promise<unknown>} what */
  async once(name, what) {
    if (this.busy.has(name)) {
      this.more.add(name);
      return;
    }
    this.busy.add(name);
    try {
      do {
        this.more.delete(name);
        await what().catch(() => this.missedWhole.set(name, what));
      } while (this.more.has(name));
    } finally {
      this.busy.delete(name);
    }
  }

  /** The connection is back. */
  again() {
    const [orders, others] = [[...this.missed], [...this.missedWhole]];
    this.missed.clear();
    this.missedWhole.clear();
    for (const ref of orders) this.read(ref);
    for (const [name, what] of others) this.once(name, what);
  }
}
