// @ts-check
/** Preact, its hooks and htm under one roof, and state that outlives a component. */
import { Component, Fragment, createContext, createRef, h, render } from '../vendor/preact.js';
import htm from '../vendor/htm.js';
import { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState } from '../vendor/hooks.js';

export { Component, Fragment, createContext, createRef, h, render };
export { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState };

/** @typedef {import('../vendor/preact.js').VNode<any>} VNode */
/** @typedef {import('../vendor/preact.js').ComponentChildren} Children */

/** Markup: html`<p class="n">${code}</p>`. @type {(strings: TemplateStringsArray, ...values: any[]) => VNode} */
export const html = htm.bind(/** @type {any} */ (h));

/**
 * A component that draws again only when a property is another one.
 * @template {object} P @param {(props: P) => any} draw @param {(old: P, now: P) => boolean} [same]
 * @returns {import('../vendor/preact.js').ComponentClass<P>}
 */
export function memo(draw, same = shallow) {
  return class extends Component {
    /** @param {any} now */
    shouldComponentUpdate(now) {
      return !same(/** @type {any} */ (this.props), now);
    }
    render() {
      return draw(/** @type {any} */ (this.props));
    }
  };
}

/** @param {any} old @param {any} now */
function shallow(old, now) {
  const keys = Object.keys(old);
  return keys.length === Object.keys(now).length && keys.every((key) => Object.is(old[key], now[key]));
}

/** @template T @typedef {{get: () => T, set: (value: T | ((old: T) => T)) => void, watch: (fn: () => void) => () => void}} Store */

/** A value that components watch. @template T @param {T} value @returns {Store<T>} */
export function store(value) {
  /** @type {Set<() => void>} */
  const watchers = new Set();
  return {
    get: () => value,
    set(next) {
      const now = typeof next === 'function' ? /** @type {(old: T) => T} */ (next)(value) : next;
      if (Object.is(now, value)) return;
      value = now;
      for (const fn of [...watchers]) fn();
    },
    watch(fn) {
      watchers.add(fn);
      return () => watchers.delete(fn);
    },
  };
}

/**
 * What `pick` makes of a store, drawn again when that changes. `pick` should give the same object for the same state, or something small.
 * @template T @template [P=T] @param {Store<T>} of @param {(value: T) => P} [pick] @returns {P}
 */
export function useStore(of, pick = /** @type {any} */ ((/** @type {T} */ value) => value)) {
  const [, draw] = useReducer((n) => n + 1, 0);
  const now = useRef(/** @type {any} */ (undefined));
  now.current = pick(of.get());
  const latest = useRef(pick);
  latest.current = pick;
  useLayoutEffect(() => {
    const look = () => {
      if (!Object.is(latest.current(of.get()), now.current)) draw(0);
    };
    // it may have changed between drawing and this
    look();
    return of.watch(look);
  }, [of]);
  return now.current;
}

/** The link of a client: drawn again when its state changes, and each second while it is not live. @param {import('./maitred.js').Maitred} m */
export function useLink(m) {
  const [link, set] = useState(m.link);
  useLayoutEffect(() => {
    set(m.link);
    return m.watch(set);
  }, [m]);
  return link;
}

/** The entries of a client's outbox. @param {import('./maitred.js').Maitred} m @returns {import('./maitred.js').Entry[]} */
export function useOutbox(m) {
  const [, draw] = useReducer((n) => n + 1, 0);
  useLayoutEffect(() => m.outbox.watch(() => draw(0)), [m]);
  return m.outbox.entries;
}

/** Draws again every `ms`, all components that ask for the same at the same moment. @param {number} ms @returns {number} counts up */
export function useTick(ms = 1000) {
  const [count, draw] = useReducer((n) => n + 1, 0);
  useEffect(() => pulse(ms, () => draw(0)), [ms]);
  return /** @type {number} */ (count);
}

/** @type {Map<number, {timer: any, all: Set<() => void>}>} */
const pulses = new Map();

/** @param {number} ms @param {() => void} fn @returns {() => void} */
function pulse(ms, fn) {
  let one = pulses.get(ms);
  if (!one) {
    const all = new Set();
    one = { all, timer: setInterval(() => all.forEach((/** @type {() => void} */ each) => each()), ms) };
    pulses.set(ms, one);
  }
  const { all, timer } = one;
  all.add(fn);
  return () => {
    all.delete(fn);
    if (all.size === 0) {
      clearInterval(timer);
      pulses.delete(ms);
    }
  };
}
