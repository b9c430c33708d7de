/** The bill of a visit: the server's, read again when something about the visit changed; while it cannot be asked, what this phone knows. */
import { useEffect, useOutbox, useRef, useState, useStore } from '../shared/ui.js';
import { useDesk, useFloor } from './desk.js';
import { ofVisit } from './model/lines.js';
import { localBill } from './model/splits.js';

/** @typedef {import('./model/splits.js').Bill} Bill */

/**
 * @param {number|undefined} visit @param {number} of so many equal shares
 * @returns {{bill: Bill|null, busy: boolean}} `busy`: a payment is on its way, or the bill after it
 */
export function useBill(visit, of) {
  const desk = useDesk();
  const floor = useFloor();
  const { m, told } = desk.service;
  const offline = useStore(desk.offline);
  const [read, setRead] = useState(/** @type {{visit: number, of: number, paid: number, bill: Bill}|null} */ (null));
  const running = useRef(0);
  const on = useOutbox(m).filter((/** @type {any} */ entry) => entry.about?.visit === visit && entry.label?.say.startsWith('pay.') && (entry.state === 'waiting' || entry.state === 'sending')).length;
  const paid = useRef({ on: 0, done: 0 });
  if (on < paid.current.on) paid.current.done += paid.current.on - on;
  paid.current.on = on;
  // What the server told, not what is hoped for: another word, another bill.
  const stamp = ofVisit(told.orders, visit).map((order) => `${order.id}.${order.version}.${order.balance}.${(order.items ?? []).map((line) => line.version).join('.')}`).join(' ');
  const { done } = paid.current;
  useEffect(() => {
    if (visit == null || visit < 0 || offline) return;
    const run = ++running.current;
    m.rest('GET', `/api/v1/sessions/${visit}/bill${of > 1 ? `?of=${of}` : ''}`)
      .then(({ body }) => run === running.current && setRead({ visit, of, paid: done, bill: body }))
      // Not reached: it is read when the connection is back.
      .catch(() => {});
  }, [visit, of, stamp, offline, done]);
  if (visit == null) return { bill: null, busy: false };
  if (offline) return { bill: localBill(visit, ofVisit(floor.orders, visit)), busy: false };
  // Before the server was asked nobody is told that nothing is owed.
  if (read?.visit !== visit) return { bill: null, busy: true };
  return { bill: read.bill, busy: on > 0 || read.paid !== done || read.of !== of };
}
