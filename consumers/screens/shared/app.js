// @ts-check
/** Starts a screen: texts, theme, service worker, reports, and a page that is never blank. */
import { Boundary, report, reportTheRest, reportsOf } from './boundary.js';
import { build, watchBuild } from './build.js';
import { unlock } from './sound.js';
import { loadTexts, t } from './texts.js';
import { startTheme } from './theme.js';
import { Toasts } from './toast.js';
import { html, render } from './ui.js';
import { wake } from './wake.js';

export { connect } from './connect.js';

/**
 * @param {{screen: string, App: () => any, texts?: string, theme?: import('./theme.js').Theme, wall?: boolean}} what
 *   `texts`: `import.meta.url` of the module beside which `en.js`, `de.js`, `th.js` lie. `wall`: the display stays on.
 */
export async function start({ screen, App, texts, theme = null, wall = false }) {
  const place = /** @type {HTMLElement} */ (document.getElementById('app'));
  try {
    reportsOf({ screen });
    reportTheRest();
    startTheme(theme);
    if (wall) wake(true);
    for (const what of ['pointerdown', 'keydown']) addEventListener(what, () => unlock(), { capture: true, passive: true });
    await loadTexts(texts);
    render(html`<${Boundary} name=${screen}><${App} /></${Boundary}><${Toasts} />`, place);
    watchBuild();
    keepPage();
    reportsOf({ screen, build: build() });
  } catch (error) {
    report(error, { place: 'start' });
    place.textContent = t('broken') === 'broken' ? 'This page could not start. Load it again.' : t('broken');
    throw error;
  }
}

/** The service worker keeps this page for when the server is away. Without one (plain HTTP from another machine), the page works as long as it stays open. */
async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register('/sw.js');
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ keep: [location.pathname] });
    // what is loaded without the worker: before it was there, and while it takes over
    new PerformanceObserver((list) => {
      const past = /** @type {PerformanceResourceTiming[]} */ (list.getEntries()).filter(({ name, workerStart }) => workerStart === 0 && new URL(name).pathname.startsWith('/screens/'));
      if (past.length) active?.postMessage({ keep: past.map(({ name }) => name) });
    }).observe({ type: 'resource', buffered: true });
  } catch {
    // storage is switched off: the page works as long as it stays open
  }
}
