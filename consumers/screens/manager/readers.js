// How each list is read: from which paths, and how many pages of it.

import { Refusal } from '../shared/maitred.js';
import { bounded, delivery, dining } from './rows.js';

/** @typedef {import("./house.js").Known} Known */
/** @typedef {import("../shared/maitred.js").Maitred} Maitred */

/** Rows on a page: as many as the server gives. */
const PAGE = 200;
/** Pages of one list. More than a thousand open orders are a fault, and the oldest of them are not what a manager looks for. */
const PAGES_MAX = 5;
const OPEN = 'new,pending,confirmed,preparing,ready,out_for_delivery,delivered';

/** @param {Maitred} m @param {string} path @param {number} [pages] @returns {Promise<any[]>} */
async function list(m, path, pages = PAGES_MAX) {
  /** @type {any[]} */
  const rows = [];
  let before = null;
  for (let page = 0; page < pages; page += 1) {
    const mark = path.includes('?') ? '&' : '?';
    const { body } = await m.rest('GET', `${path}${mark}limit=${PAGE}${before === null ? '' : `&before=${before}`}`);
    rows.push(...body.items);
    before = body.next;
    if (before === null || before === undefined) break;
  }
  return rows;
}

/** Reads a part. @param {Maitred} m @param {number} restaurant @param {import("./reading.js").Part} part @param {() => Known} known what is known when the answer is here: meanwhile a single order may have been read anew @returns {Promise<Partial<Known>>} */
export async function part(m, restaurant, part, known) {
  const of = `restaurant_id=${restaurant}`;
  switch (part) {
    case 'orders':
      return { orders: await orders(m, of, known) };
    case 'tables': {
      const [tables, zones, sessions] = await Promise.all([list(m, `/api/v1/tables?${of}`), list(m, `/api/v1/zones?${of}`), list(m, `/api/v1/sessions?${of}`, 1)]);
      return { tables, zones, sessions };
    }
    case 'sessions':
      return { sessions: await list(m, `/api/v1/sessions?${of}`, 1) };
    case 'menu': {
      const [menu, categories] = await Promise.all([list(m, `/api/v1/menu?${of}`), list(m, `/api/v1/menu/categories?${of}`)]);
      return { menu, categories };
    }
    case 'staff':
      return { staff: await list(m, `/api/v1/staff?${of}`) };
    case 'devices':
      return { devices: await list(m, `/api/v1/devices?${of}`) };
    case 'tasks':
      return { tasks: await list(m, `/api/v1/tasks?live=true&${of}`, 1) };
    case 'figures':
      return { figures: (await m.rest('GET', `/api/v1/restaurants/${restaurant}/today`)).body };
    case 'house': {
      const [settings, stations, drivers] = await Promise.all([m.rest('GET', `/api/v1/restaurants/${restaurant}`), list(m, `/api/v1/stations?${of}`), driversOf(m, restaurant)]);
      return { settings: settings.body, stations, drivers };
    }
    case 'lines':
      return {};
  }
}

/** Open orders, whatever their age, and the newest of the others. @param {Maitred} m @param {string} of @param {() => Known} known */
async function orders(m, of, known) {
  const [open, newest, driven] = await Promise.all([list(m, `/api/v1/orders?status=${OPEN}&${of}`), list(m, `/api/v1/orders?${of}`, 1), platform(m, of)]);
  /** @type {Map<number, import("./rows.js").Order>} */
  const rows = new Map();
  const before = known().orders;
  for (const row of [...newest, ...open]) rows.set(row.id, dining(rows.get(row.id) ?? before.get(row.id), row));
  for (const row of driven) {
    const order = rows.get(row.id);
    if (order) rows.set(row.id, delivery(order, row));
  }
  return bounded(rows);
}

/** What the delivery platform says of the newest orders; a house without it has none. @param {Maitred} m @param {string} of @returns {Promise<any[]>} */
async function platform(m, of) {
  try {
    return (await m.rest('GET', `/api/delivery/orders?limit=${PAGE}&${of}`)).body.orders;
  } catch (error) {
    if (error instanceof Refusal && error.status !== 401) return [];
    throw error;
  }
}

/** One order with its lines; null if there is none any more. @param {Maitred} m @param {number} id @param {() => import("./rows.js").Order | undefined} known */
export async function order(m, id, known) {
  try {
    const { body } = await m.rest('GET', `/api/v1/orders/${id}`);
    const row = dining(known(), body);
    if (row.type === 'dine_in') return row;
    return delivery(row, (await m.rest('GET', `/api/delivery/orders/${id}`)).body.order);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

/** Who can drive; where the platform keeps no list, the drivers among the staff. @param {Maitred} m @param {number} restaurant @returns {Promise<any[]>} */
async function driversOf(m, restaurant) {
  try {
    return (await m.rest('GET', `/api/delivery/drivers?restaurant_id=${restaurant}`)).body.drivers;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status === 401) throw error;
    const staff = await list(m, `/api/v1/staff?restaurant_id=${restaurant}`);
    return staff.filter((one) => one.role === 'driver' && one.is_active).map((one) => ({ id: one.id, name: one.name, status: 'available' }));
  }
}
