// @ts-check
/** The pairing of this device with a restaurant. The secret is the pairing for good; tokens are made with it, whenever one is missing or has ended. */
import { recall, remember } from './device.js';
import { Offline, Refusal } from './maitred.js';

/** @typedef {import('./session.js').Session} Session */

/** @param {string} path @param {any} body @returns {Promise<{status: number, body: any}>} */
async function post(path, body) {
  let answer, data;
  try {
    answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(8000) });
    data = await answer.json();
  } catch {
    throw new Offline('no answer');
  }
  if (!answer.ok) throw new Refusal(answer.status, data);
  return { status: answer.status, body: data };
}

/** Begins a pairing: a code to show. @param {{kind: string, build: string}} what @returns {Promise<{code: string, secret: string, expires_at: string}>} */
export async function beginPairing(what) {
  return (await post('/api/v1/devices/pair', { build: what.build })).body;
}

/** Whether a manager has taken the code: the session of this device then, or null. @param {string} secret @returns {Promise<Session|null>} */
export async function paired(secret) {
  const { status, body } = await post('/api/v1/devices/token', { secret });
  if (status !== 200) return null;
  remember('device', { secret, token: body.token, expires_at: body.expires_at, device: body.device, restaurant: body.restaurant });
  return { token: body.token, device: body.device, restaurant: body.restaurant, station: body.device?.station?.code ?? null, expires_at: body.expires_at };
}

/** A fresh token of this device; null when it is not paired any more. Throws when nobody answers. @returns {Promise<string|null>} */
export async function renewDevice() {
  const secret = recall('device')?.secret;
  if (!secret) return null;
  try {
    return (await paired(secret))?.token ?? null;
  } catch (error) {
    if (!(error instanceof Refusal) || (error.status !== 401 && error.status !== 410)) throw error;
    remember('device', null);
    return null;
  }
}

/** This device's token, or null. */
export const deviceToken = () => /** @type {string|null} */ (recall('device')?.token ?? null);
