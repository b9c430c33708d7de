/** Where in the screen somebody is, as the part of the address after `#`: the phone's own "back" works, and a view can be loaded again. */

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
