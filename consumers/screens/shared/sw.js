// @ts-check
/**
 * Opens the pages without the server. The server's file always wins, so a page is never older than its server; the kept copy answers when nobody else does.
 * It never touches the API, sockets or anything but GET.
 */
const worker = /** @type {any} */ (self);
const KEPT = 'maitred-pages';
/** So long the server may take before the copy is shown; a LAN answers in milliseconds. */
const PATIENCE_MS = 3000;
/** A server that was too late once is not waited for again so soon: a page asks for its files one after the other. */
const SILENT_MS = 10000;
/** Until when copies are shown at once. */
let silent = 0;
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
  event.waitUntil(Promise.allSettled(urls.map(keep)));
});
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method === 'GET' && ours(new URL(request.url))) event.respondWith(answer(request));
});

/** What a page loaded before this could see it. @param {URL} url */
async function keep(url) {
  const kept = await caches.open(KEPT);
  if (!(await kept.match(nameOf(url.pathname)))) await fetched(new Request(url));
}

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
  let answered = false;
  const asked = fetched(request).then((response) => {
    answered = true;
    silent = 0;
    return response;
  });
  asked.catch(() => {});
  const copy = async () => (await caches.open(KEPT)).match(nameOf(new URL(request.url).pathname));
  const late = new Promise((done) => setTimeout(done, performance.now() < silent ? 0 : PATIENCE_MS)).then(copy);
  try {
    // a server that is going down says 502 to 504: that is no page
    const response = await Promise.race([asked, late.then((kept) => {
      if (kept && !answered) silent = performance.now() + SILENT_MS;
      return kept ?? asked;
    })]);
    return response.status >= 502 ? ((await copy()) ?? response) : response;
  } catch (error) {
    const kept = await copy();
    if (kept) return kept;
    throw error;
  }
}
