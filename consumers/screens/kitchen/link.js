// From the server to the wall.

import { CHANNEL } from './actions.js';

/** @typedef {import('../shared/maitred.js').Maitred} Maitred */
/** @typedef {import('../shared/maitred.js').Channel} Channel */

/**
 * Stands at the wall's station, and hears what happens there.
 * @param {Maitred} m
 * @param {import('./wall.js').Wall} wall
 * @param {{restaurant: number | string, menu: import('./menu.js').Menu, loaded: () => void}} options
 * @returns {Channel}
 */
export function connect(m, wall, { restaurant, menu, loaded }) {
  /** Whether what comes now was missed. */
  let isBack = false;
  return m.socketIo('/kitchen/socket.io/', {
    name: CHANNEL,
    // one drawing for all that happens within a tenth of a second
    auth: { batch: true },
    async load(channel, why) {
      isBack = why === 'reset';
      const joined = await channel.emit('join:station', { restaurantId: restaurant, station: wall.station });
      wall.placed(joined.stations);
      // the state itself comes as an event, in its place between the others
      await channel.emit('orders:sync', { restaurantId: restaurant });
      menu.load(m);
      channel.emit('orders:recent', { minutes: 240 }).then((recent) => wall.recent(recent.orders), () => {});
    },
    event(name, data, { seq, missed }) {
      if (name === 'orders:sync:complete') {
        loaded();
        return wall.load(data.orders, data.as_of, { missed: isBack });
      }
      const all = name === 'orders:batch_update' ? data : [{ event: name, data }];
      for (const one of all) if (one.event === 'menu:updated') menu.heard(one.data.item);
      if (!wall.hear(name, data, { seq, missed })) sync();
      return undefined;
    },
  });

  /** Something hangs that nobody described: asked for once, however many there are. */
  function sync() {
    if (asking) return;
    asking = true;
    const channel = [...m.channels].find((one) => one.on.name === CHANNEL);
    channel?.emit('orders:sync', { restaurantId: restaurant }).catch(() => {}).finally(() => (asking = false));
  }
}

let asking = false;
