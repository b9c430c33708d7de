// @ts-check
/** The client of a screen: with the outbox of whoever is signed in, a device that reports itself, and a reload that waits for what is not sent. */
import { build, holdReload } from './build.js';
import { renewDevice } from './device_token.js';
import { Maitred } from './maitred.js';
import { recall } from './device.js';

/** A paired device tells the manager's list this often that it is there. */
const REPORT_MS = 30000;

/**
 * @param {string} screen @param {import('./session.js').Session|null} session
 * @param {{renew?: () => Promise<string|null>}} [options] walls renew by themselves, with their pairing
 * @returns {Maitred} `close()` it when somebody else signs in
 */
export function connect(screen, session, { renew } = {}) {
  const who = session?.user?.id ?? 'device';
  const m = new Maitred({ token: session?.token ?? null, name: `${screen}-${who}`, renew: renew ?? (session?.device ? renewDevice : undefined) });
  const free = holdReload(() => m.outbox.count > 0);
  const report = () => {
    const device = recall('device');
    if (device?.token) fetch('/api/v1/devices/me', { method: 'POST', headers: { Authorization: `Bearer ${session?.device ? m.token : session?.token ?? device.token}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ build: build(), outbox: m.outbox.count }) }).catch(() => {});
  };
  const timer = setInterval(report, REPORT_MS);
  report();
  const close = m.close.bind(m);
  m.close = () => {
    clearInterval(timer);
    free();
    close();
  };
  return m;
}
