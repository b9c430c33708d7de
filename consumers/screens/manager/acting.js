// Doing something on the manager's screen: once per press, only with a line, and what went wrong is said where the press was.

import { useRef, useState, useLink } from '../shared/ui.js';
import { newKey } from '../shared/maitred.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { toast } from '../shared/toast.js';

/** @typedef {import('./reading.js').Part} Part */
/** @typedef {{method: string, path: string, body?: unknown, touches: Part[], said?: string}} Deed */

/**
 * @param {import('./house.js').House} house
 * @returns {{act: (deed: Deed) => Promise<any>, busy: boolean, error: any, live: boolean, forget: () => void}} `act` gives the answer, or null where it was refused
 */
export function useAct(house) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const key = useRef(/** @type {{of: string, key: string} | null} */ (null));
  const live = useLive(house.m);
  const act = async (/** @type {Deed} */ { method, path, body, touches, said }) => {
    // Two presses of the same thing are one; after an answer that never came the same key asks for it again.
    const of = JSON.stringify([method, path, body]);
    if (key.current?.of !== of) key.current = { of, key: newKey() };
    setBusy(true);
    setError(null);
    try {
      const answer = await house.act(method, path, body, touches, { key: key.current.key });
      key.current = null;
      if (said) toast({ text: said });
      return answer ?? {};
    } catch (refused) {
      const code = /** @type {any} */ (refused).code;
      if (code !== 'OFFLINE') key.current = null;
      setError(refused);
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { act, busy, error, live, forget: () => setError(null) };
}

/** Whether what is shown is true now, and something may be changed. @param {import('../shared/maitred.js').Maitred} m */
export function useLive(m) {
  const { state } = useLink(m);
  return state === 'live' || state === 'old';
}

/** What was refused, in a sentence. @param {any} error @param {Record<string, any>} [values] */
export function why(error, values) {
  return error ? sayRefusal(error, values) : null;
}
