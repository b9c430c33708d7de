// Tells the server what was drawn here: until then the waiter reads "the kitchen has not seen it".

/** Told together, so that a burst is one message, milliseconds. */
const TOGETHER_MS = 250;
/** As many as the server takes at once. */
const ORDERS_MAX = 200;
/** What was told is not told again, as long as the server's answer is on its way. */
const AGAIN_MS = 10_000;

/**
 * @param {import('./wall.js').Wall} wall
 * @param {() => import('../shared/maitred.js').Channel | null} channel
 * @returns {() => void} call it after each drawing
 */
export function seen(wall, channel) {
  /** @type {Map<string, number>} */
  const told = new Map();
  /** @type {any} */
  let timer = 0;
  const tell = () => {
    timer = 0;
    const open = channel();
    if (!open?.open || document.visibilityState === 'hidden' || !isCook(wall)) return;
    const now = performance.now();
    for (const [id, at] of told) if (now - at > AGAIN_MS) told.delete(id);
    /** @type {string[]} */
    const orderIds = [];
    for (const id of wall.unseen) if (!told.has(id) && orderIds.length < ORDERS_MAX) orderIds.push(id);
    if (!orderIds.length) return;
    for (const id of orderIds) told.set(id, now);
    open.emit('orders:seen', { orderIds, station: wall.station }).catch(() => orderIds.forEach((id) => told.delete(id)));
  };
  return () => {
    if (wall.unseen.size) timer ||= setTimeout(tell, TOGETHER_MS);
  };
}

/** Whether somebody cooks here. The pass sees all dishes and makes none: it would hide that the stove's screen is dead. @param {import('./wall.js').Wall} wall */
function isCook(wall) {
  return !wall.sees || wall.stations.every((one) => one.is_expo);
}
