// What the tests of the kitchen do again and again: an empty stove, orders of a waiter, and what the database says should hang.

/** Of the demo's house. */
export const DISHES = { padThai: 1, tea: 2, mango: 3, curry: 4, rolls: 5, soup: 6, beer: 7 };

/** Everything that the demo has cooking is eaten. @param {import('./harness/server.js').Server} server */
export function empty(server) {
  server.sql("UPDATE orders SET status = 'completed' WHERE restaurant_id = 2 AND status NOT IN ('completed', 'cancelled'); UPDATE menu_items SET is_available = 1");
}

/** @param {import('./harness/server.js').Server} server */
export const waiter = (server) => (server.mia ??= server.token({ role: 'waiter', id: 10 }));
/** @param {import('./harness/server.js').Server} server */
export const cook = (server) => (server.ploy ??= server.token({ role: 'kitchen', id: 20 }));

/**
 * An order of a waiter: `[dish, quantity, more]` each.
 * @param {import('./harness/server.js').Server} server
 * @param {[number, number?, object?][]} lines
 * @param {object} [more] `table_id`; otherwise it is to be picked up
 */
export function order(server, lines, more = {}) {
  const items = lines.map(([menu_item_id, quantity = 1, rest = {}]) => ({ menu_item_id, quantity, ...rest }));
  const type = 'table_id' in more ? {} : { type: 'pickup' };
  return server.rest('POST', '/api/v1/orders', { restaurant_id: 2, ...type, items, ...more }, waiter(server));
}

/** The wall of a station. @param {(where: string, options?: object) => Promise<any>} page @param {object} [options] */
export async function wall(page, { station = 'kitchen', ...options } = {}) {
  const p = await page(`/kitchen?station=${station}`, { as: 'Kitchen', size: [1920, 1080], theme: 'dark', ...options });
  await p.waitForSelector('.wall');
  await p.until(() => document.querySelector('[data-link="live"]') && !document.querySelector('.tk.shape'), undefined, 'a live wall');
  await p.evaluate(() => document.fonts.ready);
  return p;
}

/** The ticket that the number stands on. @param {any} p @param {string} code */
export const ticket = (p, code) => p.locator(`[data-ticket]:has(h2:text-is("${code}"))`);

/** What hangs, as lines of text: tickets with their lines, then the rail. @param {any} p */
export const hung = (p) =>
  p.evaluate(() => {
    const tickets = [...document.querySelectorAll('[data-ticket]')].map((one) => {
      const lines = [...one.querySelectorAll('li[data-line]')].map((line) => `${line.className} ${line.querySelector('strong').textContent}`);
      return `${one.querySelector('h2').textContent}: ${lines.sort().join(', ')}`;
    });
    return { tickets: tickets.sort(), rail: [...document.querySelectorAll('.rail li b')].map((one) => one.textContent).sort(), newer: Number(document.querySelector('.rail .end b')?.textContent ?? 0) };
  });

/** What should hang at a station by the database, as `hung` says it, tickets and rail together. @param {import('./harness/server.js').Server} server @param {string} [station] */
export function should(server, station = 'kitchen') {
  const rows = server.sql(`
    SELECT o.id, o.status, CASE WHEN o.type = 'dine_in' THEN t.number ELSE c.code END AS number, i.name, i.status AS line, i.void_acked_at AS acked, i.fired_at AS fired
    FROM orders o JOIN order_items i ON i.order_id = o.id JOIN stations s ON s.id = i.station_id AND s.code = '${station}'
    LEFT JOIN tables t ON t.id = o.table_id LEFT JOIN order_codes c ON c.id = o.id
    WHERE o.restaurant_id = 2 AND o.status IN ('pending', 'confirmed', 'preparing', 'ready') ORDER BY o.id`);
  const orders = new Map();
  for (const row of rows) {
    const state = { queued: 'open', preparing: 'open', ready: 'done', served: 'done', voided: row.acked || !row.fired ? '' : 'void' }[row.line];
    if (!orders.has(row.id)) orders.set(row.id, { number: row.number, lines: [] });
    if (state) orders.get(row.id).lines.push(`${state} ${row.name}`);
  }
  return [...orders.values()].filter((one) => one.lines.some((line) => !line.startsWith('done'))).map((one) => `${one.number}: ${one.lines.sort().join(', ')}`).sort();
}

/** Until the wall shows what the database says: all its tickets, those of the rail by their number. @param {any} p @param {import('./harness/server.js').Server} server */
export async function equal(p, server, station = 'kitchen') {
  const from = Date.now();
  for (;;) {
    const wanted = should(server, station);
    const { tickets, rail, newer } = await hung(p);
    const railed = wanted.filter((one) => !tickets.includes(one)).map((one) => one.split(':')[0]);
    const isSame = tickets.every((one) => wanted.includes(one)) && rail.every((one) => railed.includes(one)) && tickets.length + rail.length + newer === wanted.length;
    if (isSame) return Date.now() - from;
    if (Date.now() - from > 20_000) throw new Error(`the wall is not the database:\n${JSON.stringify({ tickets, rail, newer }, null, 1)}\n${JSON.stringify(wanted, null, 1)}`);
    await p.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

/** Keeps what a page's sockets say and hear: for `init`. */
export const FRAMES = `(() => {
  window.sent = [];
  window.heard = [];
  const Plain = WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...all) {
      super(...all);
      this.addEventListener('message', ({ data }) => window.heard.push(String(data)));
    }
    send(data) {
      window.sent.push(String(data));
      super.send(data);
    }
  };
})()`;
/** What the page said in which the word occurs. @param {any} p @param {string} word @returns {Promise<string[]>} */
export const sent = (p, word) => p.evaluate((text) => window.sent.filter((one) => one.includes(text)), word);
/** @param {any} p @param {string} word @returns {Promise<string[]>} */
export const heard = (p, word) => p.evaluate((text) => window.heard.filter((one) => one.includes(text)), word);

/** Until the database says so. @param {import('./harness/server.js').Server} server @param {() => unknown} fn @param {number} [patience] milliseconds */
export async function settled(server, fn, patience = 30_000) {
  const from = Date.now();
  while (!fn()) {
    if (Date.now() - from > patience) throw new Error(`never: ${fn}`);
    await new Promise((done) => setImmediate(done));
  }
}
