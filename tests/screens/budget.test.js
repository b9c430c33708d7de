// What a first visit transfers, compressed, until the page is painted first, and its fonts.
import { expect, test } from './harness/index.js';

const LIMIT = 100 * 1024;
const FONTS = 33 * 1024;
const SCREENS = [['/', null], ['/waiter', 'Mia'], ['/kitchen', 'Kitchen'], ['/board', true], ['/driver', true], ['/manager', true], ['guest', null]];

for (const [where, as] of SCREENS) {
  test(`${where === 'guest' ? '/t/<token>' : where}: at most 100 KB, and nothing from anybody else`, async ({ server, page }) => {
    const path = where === 'guest' ? (await server.signIns()).sign_ins.find(({ screen }) => screen === 'guest').url : where;
    const session = as === true ? await server.session(where.slice(1)) : as;
    const bytes = new Map();
    const p = await page('/screens/vendor/LICENSE-preact.txt', { store: session && where !== '/' ? { [`session.${where.slice(1)}`]: typeof session === 'string' ? await server.session(where.slice(1), session) : session } : {} });
    const wire = await p.context().newCDPSession(p);
    await wire.send('Network.enable');
    await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
    const urls = new Map();
    wire.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
    wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(urls.get(requestId), encodedDataLength));
    await p.goto(server.url + path);
    await p.until(() => performance.getEntriesByName('first-contentful-paint').length && document.querySelector('#app')?.children.length);
    // what was there when the page was painted first: what comes later, on demand, keeps nobody waiting
    const painted = await p.evaluate(() => {
      const [{ startTime }] = performance.getEntriesByName('first-contentful-paint');
      return performance.getEntriesByType('resource').filter(({ responseEnd }) => responseEnd <= startTime).map(({ name }) => name);
    });
    // Thai letters come when there are some
    const fontFiles = [...bytes.keys()].filter((url) => /archivo.*\.woff2$/.test(url ?? ''));
    const wanted = new Set([...painted, ...fontFiles, server.url + path]);
    const all = [...bytes].filter(([url]) => wanted.has(url) && !/\/api\//.test(url));
    const sum = all.reduce((total, [, size]) => total + size, 0);
    const fonts = all.filter(([url]) => /archivo.*\.woff2$/.test(url)).reduce((total, [, size]) => total + size, 0);
    console.log(`       ${path.slice(0, 12)}: ${(sum / 1024).toFixed(1)} KB in ${all.length} files, fonts ${(fonts / 1024).toFixed(1)} KB`);
    expect.ok(sum > 20_000 && sum <= LIMIT, `${sum} bytes: ${all.map(([url, size]) => `${new URL(url).pathname} ${size}`).join(', ')}`);
    expect.ok(fonts <= FONTS, `fonts: ${fonts} bytes`);
    expect.deepEqual([...urls.values()].filter((url) => !url.startsWith(server.url) && !/^(data|blob):/.test(url)), []);
    p.problems.length = 0;
  });
}
