// The driver's line to the server: listens, asks, and keeps the round. What may wait goes into the outbox; what only the fastest gets does not.

import { connect } from '../shared/connect.js';
import { Refusal } from '../shared/maitred.js';
import { store } from '../shared/ui.js';
import * as offers from './offers.js';
import * as round from './round.js';
import { kept, keep } from './pocket.js';

/** @typedef {ReturnType<typeof courier>} Courier */

/** @param {import("../shared/session.js").Session} session */
export function courier(session) {
  const me = session.user?.id ?? 0;
  const m = connect('driver', session);
  const state = store(kept(me) ?? round.begin(me));
  const change = (/** @type {(round: round.Round) => round.Round} */ how) => {
    state.set(how);
    keep(state.get());
  };
  const channel = m.socketIo('/driver/socket.io/', {
    name: 'orders',
    namespace: '/orders',
    async load() {
      const [own, availability] = await Promise.all([m.rest('GET', '/api/delivery/orders?limit=50'), m.rest('GET', '/api/delivery/availability')]);
      change((now) => round.heard(round.loaded(now, own.body.orders, m.now()), 'availability', availability.body, m.now()));
      channel.tell('get-available-orders', {});
    },
    event(/** @type {string} */ name, /** @type {any} */ data) {
      change((now) => round.heard(now, name, data, m.now()));
    },
  });
  /** The document's refusals are `{message, code}`. @param {string} name @param {object} data */
  const ask = async (name, data) => {
    const answer = await channel.emit(name, data);
    if (answer?.code && answer.ok !== true) throw new Refusal(0, { error: answer.message, ...answer });
    return answer ?? {};
  };
  return {
    me,
    m,
    state,
    /** Whether offers come. @param {boolean} available */
    async setAvailable(available) {
      const answer = await ask('set-availability', { available });
      change((now) => round.heard(now, 'availability', { status: answer.status, available }, m.now()));
    },
    /** The fastest gets it. @param {number} orderId */
    async take(orderId) {
      try {
        await ask('accept-order', { orderId });
      } catch (error) {
        const code = /** @type {{code?: string}} */ (error).code;
        if (code === 'ORDER_TAKEN' || code === 'ORDER_NOT_AVAILABLE') {
          change((now) => ({ ...now, rows: offers.gone(now.rows, orderId, code === 'ORDER_TAKEN' ? 'taken' : 'off', m.now()) }));
        }
        throw error;
      }
    },
    /**
     * A step of a job: sent at once where there is a line, else as soon as there is one.
     * @param {round.Order} order @param {Record<string, unknown>} body @param {Record<string, unknown>} label @param {number} [after] milliseconds before it may be sent
     */
    async step(order, body, label, after) {
      const at = new Date(m.now()).toISOString();
      const patch = { order: order.id, status: body.undo ? 'undo' : (body.status ?? 'dropped'), at };
      return m.outbox.put({ method: 'PATCH', path: `/api/delivery/orders/${order.id}`, body, label: { code: codeOf(order), at, ...label }, patch, on: 'orders', after });
    },
    /** @param {number} id */
    read(id) {
      change((now) => round.read(now, id));
    },
    sweep() {
      const rows = offers.swept(state.get().rows, m.now());
      if (rows !== state.get().rows) change((now) => ({ ...now, rows }));
    },
    close() {
      m.close();
    },
  };
}

/** What people call an order. @param {{code?: string | null, publicId?: string, id: number}} order */
export function codeOf(order) {
  return order.code ?? order.publicId ?? String(order.id);
}
