// @ts-check
/**
 * Opens the pages without the server. The server's file always wins, so a page is never older than its server; the kept copy answers when nobody else does.
 * It never touches the API, sockets or anything but GET.
 */
const worker = /** @type {any} */ (self);
const KEPT = 'maitred-pages';
/** So long the server may take before the copy is shown; a LAN answers in milliseconds. */
const PATIENCE_MS = 3000;
const PAGES = /^\/(?:|waiter|kitchen|board|driver|manager|t\/[^/]+)\/?$/;

/** @param {URL} url */
const ours = (url) => url.origin === location.origin && (PAGES.test(url.pathname) || (url.pathname.startsWith('/screens/') && url.pathname !== '/screens/build.json'));
/** All guests' pages are one file. @param {string} path */
const nameOf = (path) => (path.startsWith('/t/') ? '/t/-' : path.replace(/(.)\/$/, '$1'));

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (/** @type {any} */ event) => {
  const all = Array.isArray(event.data?.keep) ? event.data.keep.slice(0, 200) : [];
  const urls = all.map((/** @type {string} */ one) => new URL(one, location.origin)).filter(ours);
  event.waitUntil(Promise.allSettled(urls.map((/** @type {URL} */ url) => fetched(new Request(url)))));
});
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method === 'GET' && ours(new URL(request.url))) event.respondWith(answer(request));
});

/** @param {Request} request */
async function fetched(request) {
  const response = await fetch(request);
  if (response.ok && response.type === 'basic') {
    const kept = await caches.open(KEPT);
    await kept.put(nameOf(new URL(request.url).pathname), response.clone()).catch(() => {});
  }
  return response;
}

/** @param {Request} request */
async function answer(request) {
  const asked = fetched(request);
  asked.catch(() => {});
  const copy = async () => (await caches.open(KEPT)).match(nameOf(new URL(request.url).pathname));
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS)).then(copy);
  try {
    // a server that is going down says 502 to 504: that is no page
    const response = await Promise.race([asked, late.then((kept) => kept ?? asked)]);
    return response.status >= 502 ? ((await copy()) ?? response) : response;
  } catch (error) {
    const kept = await copy();
    if (kept) return kept;
    throw error;
  }
}
