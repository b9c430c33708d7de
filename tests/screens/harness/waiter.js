/** A dining room for the tests of the waiter's phone: tables that are free, guests at them, orders, and phones that are signed in. */

const PATIENCE_MS = 60_000;

/** Minor units of an amount of two digits. @param {string} text */
export const minor = (text) => Math.round(Number(text) * 100);

/** Somebody's phone, at a view, with the floor read. @param {(where: string, options: object) => Promise<any>} page @param {string} as @param {string} hash */
export async function phone(page, as, hash, options = {}) {
  const p = await page(`/waiter${hash}`, { size: [390, 844], as, ...options });
  await p.link('live');
  await p.until(() => document.querySelector('.tile, .head, .dishes, .bill, .inbox, .me') !== null);
  return p;
}

/** Until nothing moves on the floor: a tap before is refused. */
export const steady = (p) => p.until(() => document.querySelector('.tile') !== null && document.querySelector('[data-moving]') === null);

/** Until it is so, as the database or a page says. A loaded machine may take its time. @param {() => boolean | Promise<boolean>} fits */
export async function until(fits) {
  const from = performance.now();
  while (!(await fits())) {
    if (performance.now() - from > PATIENCE_MS) throw new Error(`never: ${fits}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export class Floor {
  /** @param {any} server */
  constructor(server) {
    this.server = server;
  }

  /** @returns {Promise<any>} a table where nobody sits */
  async free() {
    const { items } = await this.server.rest('GET', '/api/v1/tables?restaurant_id=2&limit=200');
    let table = items.find((one) => one.is_active && !one.session);
    if (!table) {
      const number = `X${items.length}`;
      this.server.sql(`INSERT INTO tables(restaurant_id, zone_id, number, capacity) VALUES (2, 1, '${number}', 4)`);
      table = (await this.server.rest('GET', '/api/v1/tables?restaurant_id=2&limit=200')).items.find((one) => one.number === number);
    }
    return table;
  }

  /** @param {any} table @param {object[]} items */
  order(table, items) {
    return this.server.rest('POST', '/api/v1/orders', { restaurant_id: 2, table_id: table.id, items }, (this.waiter ??= this.server.token({ role: 'waiter', id: 10 })));
  }
}

/** Guests of Mia at a free table. @returns {Promise<{table: any, visit: number}>} */
export async function guestsAt(server, guests) {
  const table = await new Floor(server).free();
  const taken = await server.rest('POST', `/api/v1/tables/${table.id}/occupy`, { guests_count: guests }, server.token({ role: 'waiter', id: 10 }));
  return { table: taken, visit: taken.session.id };
}

/** The lines of a visit, as the database has them. */
export const lines = (server, visit) => server.sql(`SELECT i.* FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.session_id = ${visit} ORDER BY i.id`);
