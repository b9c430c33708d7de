// What is kept of the house for a page that opens without a line: how it was, and when.
//
// Only what the first page shows, in local storage; nothing of it is believed once the server answers.

/** @typedef {import("./house.js").Known} Known */

const NAME = 'maitred.manager.house.';
/** The fewest milliseconds between two writings: a busy evening changes something every moment. */
const EVERY_MS = 10_000;
/** Orders that are kept. */
const ORDERS = 200;

let writtenAt = -Infinity;

/** @param {number} restaurant @param {Known} nothing @returns {Known | null} */
export function kept(restaurant, nothing) {
  try {
    const text = localStorage.getItem(NAME + restaurant);
    if (!text) return null;
    const was = JSON.parse(text);
    return { ...nothing, ...was, orders: new Map(was.orders), loaded: new Set(was.loaded), failed: new Map() };
  } catch {
    return null;
  }
}

/** @param {number} restaurant @param {Known} known */
export function keep(restaurant, known) {
  if (performance.now() - writtenAt < EVERY_MS) return;
  writtenAt = performance.now();
  const { tables, zones, sessions, devices, tasks, stations, figures, settings, at } = known;
  const orders = [...known.orders].slice(-ORDERS);
  const loaded = [...known.loaded].filter((part) => part !== 'menu' && part !== 'staff');
  try {
    localStorage.setItem(NAME + restaurant, JSON.stringify({ tables, zones, sessions, devices, tasks, stations, figures, settings, at, orders, loaded }));
  } catch {
    // Storage that is full or switched off costs only this.
  }
}
