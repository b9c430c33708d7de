/** What the views of one waiter share: the service, what the phone keeps, and what their taps do. */
import { createContext, store, useContext, useStore, useTick } from '../shared/ui.js';
import { toast } from '../shared/toast.js';
import { t } from '../shared/texts.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { Refusal } from '../shared/maitred.js';
import { kept } from './kept.js';
import { Service } from './service.js';

/** @typedef {import('./model/types.js').BasketLine} BasketLine */
/** @typedef {import('./model/entries.js').Entry} Entry */

/** Baskets of visits that ended are forgotten after so many others. */
const BASKETS_MAX = 40;

export class Desk {
  /** @param {ConstructorParameters<typeof Service>[0]} session */
  constructor(session) {
    this.service = new Service(session);
    const { id } = session.user;
    /** By visit, or where guests are not seated yet by table. @type {import('../shared/ui.js').Store<Record<string, BasketLine[]>>} */
    this.baskets = kept(`${id}.baskets`, {});
    /** Table ids. @type {import('../shared/ui.js').Store<number[]>} */
    this.sections = kept(`${id}.sections`, session.user.tables ?? []);
    /** Needs that somebody said "seen" to, and when. @type {import('../shared/ui.js').Store<Record<string, number>>} */
    this.dismissed = kept(`${id}.dismissed`, {});
    /** What needs the server now is disabled. @type {import('../shared/ui.js').Store<boolean>} */
    this.offline = store(true);
    this.service.m.watch(({ state }) => this.offline.set(state !== 'live' && state !== 'old'));
  }

  /** @param {string} text */
  say(text) {
    toast({ text });
  }

  /** @param {Record<string, BasketLine[]>} all @param {import('./model/types.js').Table} table */
  basketOf(all, table) {
    return all[visitKey(table)] ?? all[`t${table.id}`] ?? NOTHING;
  }

  /** @param {import('./model/types.js').Table} table @param {(basket: BasketLine[]) => BasketLine[]} change */
  changeBasket(table, change) {
    const key = visitKey(table);
    this.baskets.set((all) => {
      // Chosen before the server had heard that the guests are here, it belongs to their visit from now on.
      const { [key]: _, [`t${table.id}`]: __, ...others } = all;
      const next = change(this.basketOf(all, table));
      const kept = Object.fromEntries(Object.entries(others).slice(-BASKETS_MAX));
      return next.length > 0 ? { ...kept, [key]: next } : kept;
    });
  }

  /**
   * Stores what was asked for, and says it. With `undo` it waits 5 s, so that a slip is never heard by anybody.
   * @param {Entry[]} entries @param {{say?: string, undo?: boolean}} [how]
   * @returns {Promise<string[]>} their keys
   */
  async put(entries, { say, undo = false } = {}) {
    const { outbox } = this.service.m;
    try {
      /** @type {string[]} */
      const keys = [];
      for (const entry of entries) keys.push(await this.service.put(entry));
      if (say || undo) {
        toast({
          text: say ?? labelText(entries[0]?.label),
          undo: undo ? () => keys.forEach((key) => outbox.drop(key)) : undefined,
          commit: undo ? () => keys.forEach((key) => outbox.flush(key)) : undefined,
        });
      }
      return keys;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast({ text: sayRefusal(error) });
      return [];
    }
  }
}

/** @param {import('./model/types.js').Table} table */
const visitKey = (table) => (table.session && table.session.id > 0 ? `v${table.session.id}` : `t${table.id}`);

/** @type {BasketLine[]} */
const NOTHING = [];

/** @param {import('./model/entries.js').Label | undefined} label */
export const labelText = (label) => (label ? t(`waiter.say.${label.say}`, { table: '', what: '', n: 0, amount: '', ...label }) : '');

const Current = createContext(/** @type {Desk|null} */ (null));
export const DeskProvider = Current.Provider;

/** @returns {Desk} */
export function useDesk() {
  const desk = useContext(Current);
  if (!desk) throw new Error('no desk');
  return desk;
}

/** @returns {import('./model/types.js').Floor} */
export const useFloor = () => useStore(useDesk().service.shown);

/** The server's time, each second. @returns {number} milliseconds */
export function useNow() {
  useTick(1000);
  return useDesk().service.m.now();
}

/** @param {import('./model/types.js').Table | undefined} table @returns {BasketLine[]} */
export function useBasket(table) {
  const desk = useDesk();
  const all = useStore(desk.baskets);
  return table ? desk.basketOf(all, table) : NOTHING;
}
