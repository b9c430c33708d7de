// @ts-check
/** Who is signed in on which screen of this device. A tab of its own keeps its own: two waiters may try the same machine. */
import { recall, remember } from './device.js';

/**
 * @typedef {{id: number, uuid?: string, name: string, role: string, restaurant_id?: number, tables?: number[]}} User
 * @typedef {{id: number, uuid?: string, name: string, currency: string, currency_exp?: number, timezone?: string}} Restaurant
 * @typedef {{id: number, kind: string, name: string, station: {id: number, code: string, name: string}|null}} Device
 * @typedef {{token: string, user?: User|null, restaurant: Restaurant, device?: Device|null, station?: string|null, expires_at?: string|null}} Session
 *   `device`: a wall's own session; otherwise somebody's. `station`: which one a kitchen screen shows, as far as the sign-in says.
 */

/** @param {string} screen @returns {any} */
function ofTab(screen) {
  try {
    return JSON.parse(sessionStorage.getItem(`maitred.session.${screen}`) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} screen @returns {Session|null} */
export function session(screen) {
  const stored = ofTab(screen) ?? recall(`session.${screen}`);
  return stored?.token ? stored : null;
}

/** @param {string} screen @param {Session|null} value null: signed out */
export function storeSession(screen, value) {
  remember(`session.${screen}`, value);
  try {
    if (value) sessionStorage.setItem(`maitred.session.${screen}`, JSON.stringify(value));
    else sessionStorage.removeItem(`maitred.session.${screen}`);
  } catch {
    // storage is switched off: signed in for as long as the page is open
  }
}

/** Signs out: the token is worthless everywhere from now on, as far as the server hears of it. @param {string} screen */
export async function signOut(screen) {
  const was = session(screen);
  storeSession(screen, null);
  if (was?.user) await fetch('/api/v1/sign-out', { method: 'POST', headers: { Authorization: `Bearer ${was.token}` } }).catch(() => {});
}
