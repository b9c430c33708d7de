// /kitchen: grey shapes of the real size are painted first; the wall comes behind them.

import { start } from '../shared/app.js';
import { recall } from '../shared/device.js';
import { t } from '../shared/texts.js';
import { html, useEffect, useState } from '../shared/ui.js';
import { dims } from './dims.js';

/** What was loaded after the page: the service worker may not have seen it. */
async function keep() {
  const files = performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => new URL(name).pathname.startsWith('/screens/'));
  const worker = await navigator.serviceWorker?.ready;
  worker?.active?.postMessage({ keep: files });
}

function App() {
  const [page, setPage] = useState(/** @type {{draw: any} | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    // after the shapes are painted
    requestAnimationFrame(() => import('./page.js').then(({ Page }) => setPage({ draw: Page }), setError).then(() => import('./dialogs.js')).then(keep).catch(() => {}));
  }, []);
  // the boundary around all says that this part failed
  if (error) throw error;
  if (page) return html`<${page.draw} />`;
  const { cols, rows } = dims({ width: innerWidth, height: innerHeight, size: recall('kitchen.size') ?? 'm' });
  const high = Math.max(1, rows);
  return html`<div class="wall" data-list=${rows === 0 || undefined} style=${{ '--cols': cols, '--rows': high }} aria-busy="true"><header class="top"><p class="load">${t('connecting')}</p></header>
    <main>${Array.from({ length: cols * high }, (_, n) => html`<div key=${n} class="tk shape" style=${{ '--x': Math.floor(n / high), '--y': n % high }}></div>`)}</main><aside></aside></div>`;
}

start({ screen: 'kitchen', theme: 'dark', wall: true, texts: import.meta.url, App });
