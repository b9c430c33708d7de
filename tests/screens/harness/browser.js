/** Pages in Debian's Chromium, as phones, tablets and walls. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { audit } from './audit.js';

const WAIT_MS = 30_000;
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

let browser;

/** One browser for all; each page has a profile of its own. */
async function open() {
  return (browser ??= await chromium.launch({ executablePath: PLACES.find((one) => fs.existsSync(one)), args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb', '--font-render-hinting=none'] }));
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** What the browser says about a network that was cut on purpose, and about answers that are refusals on purpose. */
const EXPECTED = /Failed to load resource|WebSocket connection to .* failed|ERR_|net::/;

/**
 * A page of the server.
 * @param {import('./server.js').Server} server @param {string} where '/kitchen'
 * @param {{size?: [number, number], theme?: 'light'|'dark', lang?: string, reducedMotion?: boolean, as?: string|object|null, worker?: boolean, touch?: boolean, proxy?: {url: string}, store?: Record<string, any>, init?: string, bare?: boolean, forced?: boolean, clock?: boolean}} [options]
 *   `as`: the name of one of the demo's sign-ins ("Mia"), or a session to store; `worker`: with the service worker; `init`: a script before the page's own; `clock`: a clock that the test can move; `bare`: no Content-Security-Policy, for styles that hold a picture still
 */
export async function page(server, where, options = {}) {
  const { size = [390, 844], theme, lang = 'en', reducedMotion = false, as, worker = false, touch = false, proxy, store = {}, init, bare = false, forced = false, clock = false } = options;
  const context = await (await open()).newContext({
    viewport: { width: size[0], height: size[1] },
    locale: { en: 'en-GB', de: 'de-DE', th: 'th-TH' }[lang] ?? lang,
    timezoneId: 'Asia/Bangkok',
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    forcedColors: forced ? 'active' : 'none',
    colorScheme: theme ?? 'light',
    serviceWorkers: worker ? 'allow' : 'block',
    hasTouch: touch,
    bypassCSP: bare,
  });
  const screen = /^\/(\w*)/.exec(where)[1] || 'home';
  const kept = { ...(theme && { theme }), ...store };
  if (as) kept[`session.${screen === 't' ? 'guest' : screen}`] = typeof as === 'string' ? await server.session(screen, as) : as;
  await context.addInitScript((all) => {
    for (const [name, value] of Object.entries(all)) if (localStorage.getItem(`maitred.${name}`) === null) localStorage.setItem(`maitred.${name}`, JSON.stringify(value));
  }, kept);
  if (init) await context.addInitScript(init);
  await context.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) window.shifts.push({ value: one.value, of: one.sources.map(({ node }) => node?.className || node?.parentElement?.className || node?.nodeName).join(', ') });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const p = await context.newPage();
  if (clock) await p.clock.install();
  p.setDefaultTimeout(WAIT_MS);
  p.problems = [];
  p.on('pageerror', (error) => p.problems.push(`error: ${error.stack ?? error}`));
  p.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) p.problems.push(`console: ${message.text()}`);
  });
  Object.assign(p, {
    /** Until the page says so: a function that runs there. */
    until: async (fn, argument, what = String(fn)) => {
      for (const from = Date.now(); ; await new Promise((done) => setTimeout(done, 25))) {
        // a page that is just being loaded has nothing yet
        const found = await p.evaluate(fn, argument).catch((error) => {
          if (!/context was destroyed|navigation|Cannot find context/i.test(error.message)) throw error;
        });
        if (found) return;
        if (Date.now() - from < WAIT_MS) continue;
        const text = await p.evaluate(() => document.body.innerText.slice(0, 1500)).catch(() => '');
        throw new Error(`never: ${what}\non the page:\n${text}`);
      }
    },
    /** Until the text is on the page. */
    says: (text) => p.until((wanted) => document.body.innerText.includes(wanted), text, `"${text}" on the page`),
    link: (state) => p.until((wanted) => document.querySelector('[data-link]')?.dataset.link === wanted, state, `link ${state}`),
    /** Layout shifts since this was asked the last time: 0 and no sources if nothing moved. */
    shift: async () => {
      await p.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const all = await p.evaluate(() => window.shifts.splice(0));
      return { value: all.reduce((sum, one) => sum + one.value, 0), all };
    },
    audit: (options) => p.evaluate(audit, options ?? {}),
    /** What axe finds that is serious or worse, as lines. */
    axe: async (options = {}) => {
      await p.evaluate(AXE);
      const { violations } = await p.evaluate((given) => window.axe.run(document, { resultTypes: ['violations'], ...given }), options);
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')}`);
    },
    done: () => context.close(),
  });
  p.place = (proxy?.url ?? server.url) + where;
  await p.goto(p.place);
  return p;
}
