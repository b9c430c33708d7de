// Whether a screen is there: connected, silent and for how long, or paired and never seen.

import { clock } from '../shared/format.js';

/** Seconds after which a screen that is not connected counts as silent: one report was missed. */
const MISSED_S = 45;

/**
 * @param {any} device @param {number} now @param {(key: string, values?: any) => string} t
 * @returns {{kind: 'there' | 'lost' | 'never', text: string}}
 */
export function state(device, now, t) {
  const last = device.last_seen_at ? Date.parse(device.last_seen_at) : NaN;
  if (!Number.isFinite(last)) return { kind: 'never', text: t('manager.device.never') };
  const s = Math.max(0, Math.floor((now - last) / 1000));
  const there = device.online || s < MISSED_S;
  if (device.outbox > 0) return { kind: there ? 'there' : 'lost', text: t('manager.device.outbox', { n: device.outbox }) };
  if (there) return { kind: 'there', text: device.online && s >= MISSED_S ? t('manager.device.online') : t('manager.device.ago', { n: s }) };
  return { kind: 'lost', text: t('manager.device.silent', { clock: clock(s * 1000) }) };
}
