// An evening's orders, placed and moved as the house's own people do it, over HTTP.

const HOUSE = 2;

/** An order to be driven. @returns {Promise<{id: number, code: string}>} */
export async function delivery(server, address = 'Soi 11, house 4, Sukhumvit; the bell is broken', more = {}) {
  const { order } = await server.rest('POST', '/api/delivery/orders', { restaurantId: HOUSE, items: [{ menuItemId: 1, quantity: 1 }, { menuItemId: 5, quantity: 2, notes: 'extra crisp' }], deliveryAddress: address, phone: '+66 2 000 0001', ...more }, (server.chris ??= server.token({ role: 'customer', id: 456 })));
  return order;
}

/** An order at a table. */
export function dining(server, table = 5, items = [{ menu_item_id: 1, quantity: 2 }, { menu_item_id: 4, quantity: 1 }], more = {}) {
  return server.rest('POST', '/api/v1/orders', { restaurant_id: HOUSE, table_id: table, items, ...more });
}

const STEPS = ['confirmed', 'preparing', 'ready', 'delivered', 'completed'];

/** Walks an order on, step by step. */
export async function moved(server, id, to) {
  const now = (await server.rest('GET', `/api/v1/orders/${id}`)).status;
  const walk = STEPS.slice(STEPS.indexOf(now) + 1, STEPS.indexOf(to) + 1);
  let last;
  for (const status of walk) last = await server.rest('PATCH', `/api/v1/orders/${id}`, { status });
  return last;
}

/** An order that waits for a driver. */
export async function offered(server, address, more) {
  const order = await delivery(server, address, more);
  await moved(server, order.id, 'ready');
  return order;
}

/** The demo's drivers, as their phones store them. */
export async function drivers(server) {
  const { restaurant, sign_ins: all } = await server.signIns();
  return all.filter(({ screen }) => screen === 'driver').map((one) => ({ ...one, restaurant }));
}

/** Takes the demo's own deliveries off the road, so that a test sees its own. */
export function clear(server) {
  server.sql("UPDATE orders SET status = 'cancelled', cancelled_at = unixepoch() * 1000 WHERE type = 'delivery' AND status NOT IN ('completed', 'cancelled', 'delivered'); UPDATE drivers SET status = 'available';");
}
