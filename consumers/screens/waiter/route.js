/** Where in the screen somebody is: the part of the address after `#`, so that the phone's own "back" works. */
import { useEffect, useState } from '../shared/ui.js';

/** @typedef {{view: 'floor'|'inbox'|'me'} | {view: 'table'|'add'|'bill'|'check', table: number}} Route */

/** @param {string} hash @returns {Route} */
export function parse(hash) {
  const [, head = '', id = '', tail = ''] = /^#?\/?(\w*)\/?(\d*)\/?(\w*)$/.exec(hash) ?? [];
  const table = Number(id);
  if (head === 't' && table) return { view: tail === 'add' || tail === 'bill' || tail === 'check' ? tail : 'table', table };
  return { view: head === 'inbox' || head === 'me' ? head : 'floor' };
}

/** @param {Route} route */
export const hashOf = (route) => ('table' in route ? `#/t/${route.table}${route.view === 'table' ? '' : `/${route.view}`}` : `#/${route.view}`);

/** @param {Route} route */
export function go(route) {
  location.hash = hashOf(route);
}

/** @returns {Route} */
export function useRoute() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => {
      setHash(location.hash);
      scrollTo(0, 0);
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parse(hash);
}
