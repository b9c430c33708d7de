/** The bill of a visit: the server's, read again when something about the visit changed; while it cannot be asked, what this phone knows. */
import { useEffect, useMemo, useRef, useState, useStore } from '../shared/ui.js';
import { useDesk, useFloor } from './desk.js';
import { ofVisit } from './model/lines.js';
import { localBill } from './model/splits.js';

/** @typedef {import('./model/splits.js').Bill} Bill */

/**
 * @param {number|undefined} visit @param {number} of so many equal shares
 * @returns {{bill: Bill|null, reading: boolean}}
 */
export function useBill(visit, of) {
  const desk = useDesk();
  const floor = useFloor();
  const offline = useStore(desk.offline);
  const [read, setRead] = useState(/** @type {{key: string, bill: Bill}|null} */ (null));
  const running = useRef(0);
  const orders = useMemo(() => ofVisit(floor.orders, visit), [floor.orders, visit]);
  // What the visit owes, and every line of it, in one word: another word, another bill.
  const stamp = useMemo(() => orders.map((order) => `${order.id}.${order.version}.${order.balance}.${(order.items ?? []).map((line) => line.version).join('.')}`).join(' '), [orders]);
  const key = `${visit} ${of}`;
  useEffect(() => {
    if (visit == null || visit < 0 || offline) return;
    const run = ++running.current;
    desk.service.m.rest('GET', `/api/v1/sessions/${visit}/bill${of > 1 ? `?of=${of}` : ''}`)
      .then(({ body }) => run === running.current && setRead({ key, bill: body }))
      // Not reached: the local one stands until the connection is back.
      .catch(() => {});
  }, [visit, of, stamp, offline]);
  if (visit == null) return { bill: null, reading: false };
  const fresh = read && read.key.startsWith(`${visit} `) ? read.bill : null;
  if (fresh && !offline) return { bill: fresh, reading: read?.key !== key };
  return { bill: localBill(visit, orders), reading: !offline };
}
