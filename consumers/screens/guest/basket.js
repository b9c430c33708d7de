// @ts-check
/** The basket: kept on this phone, priced exactly, and ordered under one key until it changes. */
import { recall, remember } from '../shared/device.js';
import { amount, minor } from '../shared/format.js';
import { newKey } from '../shared/maitred.js';
import { store } from '../shared/ui.js';

/** @typedef {import('./visit.js').Dish} Dish */
/** @typedef {{dish: number, quantity: number, modifiers: number[]}} Pick */
/** @typedef {{key: string, session: number, picks: Pick[], note: string, avoid: string[]}} Basket `key`: what it is ordered under */

/** @param {number} session @returns {Basket} */
const empty = (session) => ({ key: newKey(), session, picks: [], note: '', avoid: [] });

export class GuestBasket {
  /** @param {string} secret */
  constructor(secret) {
    this.name = `basket.${secret}`;
    /** @type {import('../shared/ui.js').Store<Basket>} */
    this.state = store(recall(this.name) ?? empty(0));
  }

  /** Begins anew with another visit; what is avoided is the person's, and stays. @param {number} session */
  of(session) {
    const old = this.state.get();
    if (old.session === session) return;
    this.#set({ ...empty(session), avoid: old.avoid, picks: old.session ? [] : old.picks });
  }

  /** @param {Basket} next */
  #set(next) {
    this.state.set(next);
    remember(this.name, next);
  }

  /** Every change is another order: it gets a key of its own. @param {Partial<Basket>} change */
  change(change) {
    this.#set({ ...this.state.get(), ...change, key: newKey() });
  }

  /** One more of a dish with these choices. @param {number} dish @param {number[]} [modifiers] @param {number} [quantity] */
  add(dish, modifiers = [], quantity = 1) {
    const { picks } = this.state.get();
    const same = (/** @type {Pick} */ one) => one.dish === dish && String(one.modifiers) === String(modifiers);
    const found = picks.some(same);
    this.change({ picks: found ? picks.map((one) => (same(one) ? { ...one, quantity: Math.min(99, one.quantity + quantity) } : one)) : [...picks, { dish, modifiers, quantity }] });
  }

  /** @param {number} at @param {number} quantity 0 takes it out */
  quantity(at, quantity) {
    const { picks } = this.state.get();
    this.change({ picks: picks.map((one, n) => (n === at ? { ...one, quantity } : one)).filter((one) => one.quantity > 0) });
  }

  /** @param {Pick[]} picks */
  restore(picks) {
    this.change({ picks });
  }

  /** Ordered: the next one begins. */
  ordered() {
    this.change({ picks: [], note: '' });
  }
}

/** @param {Pick} pick @param {Dish[]} menu */
export const dishOf = (pick, menu) => menu.find(({ id }) => id === pick.dish);
/** @param {Pick} pick @param {Dish|undefined} dish */
export const chosen = (pick, dish) => (dish?.choices ?? []).flatMap(({ modifiers }) => modifiers).filter(({ id }) => pick.modifiers.includes(id));
/** Whether it can be ordered now. @param {Pick} pick @param {Dish[]} menu */
export const canBe = (pick, menu) => dishOf(pick, menu)?.is_available === true;

/** What it costs, in minor units; what is sold out costs nothing. @param {Pick[]} picks @param {Dish[]} menu @param {number} exponent */
export function total(picks, menu, exponent) {
  return picks.filter((one) => canBe(one, menu)).reduce((sum, one) => {
    const dish = dishOf(one, menu);
    const each = minor(dish?.price ?? '0', exponent) + chosen(one, dish).reduce((more, { price }) => more + minor(price, exponent), 0);
    return sum + each * one.quantity;
  }, 0);
}

/** The same as text. @param {Pick[]} picks @param {Dish[]} menu @param {number} exponent */
export const totalText = (picks, menu, exponent) => amount(total(picks, menu, exponent), exponent);

/** The order's body. @param {Basket} basket @param {Dish[]} menu @param {string} allergies in words, for cook and waiter */
export function wish({ picks, note }, menu, allergies) {
  return {
    items: picks.filter((one) => canBe(one, menu)).map(({ dish, quantity, modifiers }) => ({ menu_item_id: dish, quantity, modifiers: modifiers.map((id) => ({ id })) })),
    ...(note.trim() && { note: note.trim() }),
    ...(allergies && { allergy_note: allergies }),
  };
}
