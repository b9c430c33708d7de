// Every state of every screen that is looked at: contrast, targets, axe, going offline, pictures. Each screen lists its own in <screen>.views.js.
import fs from 'node:fs';

/**
 * @typedef {object} View
 * @property {string} name "kitchen-rush"
 * @property {string} path or a function of the server that gives one
 * @property {string} [as] one of the demo's sign-ins
 * @property {[number, number][]} sizes CSS px
 * @property {(the: {p: any, server: any, proxy: any}) => Promise<void>} [prepare] brings the page into this state, and waits until it is there
 * @property {boolean} [offline] the view needs a network that can be cut: `proxy` is given
 * @property {boolean} [fixed] the picture is compared with the one kept
 * @property {string[]} [hide] selectors of what differs from run to run: clocks, codes
 */

export const PHONE = [390, 844];
export const SMALL = [320, 640];
export const TABLET = [1024, 768];
export const DESK = [1440, 900];
export const WALL = [1920, 1080];
export const ZOOMED = [960, 540];

/** @returns {Promise<View[]>} */
export async function views() {
  const files = fs.readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.views.js')).sort();
  return (await Promise.all(files.map((name) => import(`./${name}`)))).flatMap(({ default: all }) => all);
}

/** Opens a view. @param {View} view @param {any} the the test's server and page @param {object} options of the page */
export async function openView(view, the, options) {
  const path = typeof view.path === 'function' ? await view.path(the.server) : view.path;
  const proxy = view.offline ? await the.server.proxy() : undefined;
  const p = await the.page(path, { as: view.as, proxy, ...options });
  await p.evaluate(() => document.fonts.ready);
  await view.prepare?.({ p, server: the.server, proxy });
  return p;
}
