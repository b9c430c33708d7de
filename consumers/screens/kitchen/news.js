// What a change means to somebody who does not look: a sound, and a sentence that a screen reader says once.

/** @typedef {import('./ticket.js').Ticket} Ticket */
/** @typedef {{kind: 'new' | 'add' | 'void' | 'off' | 'moved' | 'ready', ticket: Ticket, from?: string}} News `from`: the number it had before */

/**
 * @param {Ticket | undefined} before as it hung; undefined: it did not
 * @param {Ticket | undefined} after
 * @returns {News | null} the most urgent one
 */
export function news(before, after) {
  if (!after) return null;
  if (after.phase === 'cancelled') return before && before.phase !== 'cancelled' ? { kind: 'off', ticket: after } : null;
  const was = new Map((before?.lines ?? []).map((line) => [line.id, line.state]));
  if (before && after.lines.some((line) => line.state === 'void' && was.get(line.id) !== 'void')) return { kind: 'void', ticket: after };
  if (!before) return after.phase === 'ready' ? { kind: 'ready', ticket: after } : { kind: after.done > 0 ? 'add' : 'new', ticket: after };
  if (after.lines.some((line) => line.state === 'open' && !was.has(line.id))) return { kind: 'add', ticket: after };
  if (before.code !== after.code) return { kind: 'moved', ticket: after, from: before.code };
  if (after.phase === 'ready' && before.phase === 'cook' && !after.undo) return { kind: 'ready', ticket: after };
  return null;
}

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Say */

/**
 * "New: table 6, 4 dishes, allergy peanuts".
 * @param {News[]} all of one moment
 * @param {Say} say
 * @returns {string}
 */
export function sentence(all, say) {
  if (all.length > 3) return say('kitchen.news_many', { n: all.length });
  return all.map((one) => alone(one, say)).join('. ');
}

/** @param {News} news @param {Say} say */
function alone({ kind, ticket, from }, say) {
  const place = called(ticket, say);
  if (kind === 'moved') return say('kitchen.news_moved', { from: from ?? '', place });
  if (kind === 'off') return say('kitchen.news_off', { place });
  if (kind === 'ready') return say('kitchen.news_ready', { place });
  if (kind === 'void') return say('kitchen.news_void', { place, what: ticket.lines.filter((line) => line.state === 'void').map((line) => line.name).join(', ') });
  const n = ticket.lines.filter((line) => line.state === 'open').reduce((sum, line) => sum + line.quantity, 0);
  const parts = [say(kind === 'new' ? 'kitchen.news_new' : 'kitchen.news_add', { place }), say('kitchen.dishes', { n })];
  for (const one of ticket.allergies) if (!one.seen) parts.push(say('kitchen.news_allergy', { what: one.text }));
  return parts.join(', ');
}

/** "table 6", or "P41". @param {Ticket} ticket @param {Say} say */
export function called(ticket, say) {
  return ticket.order.type === 'dine_in' && ticket.order.table_number ? say('kitchen.table', { n: ticket.code }) : ticket.code;
}

/** The most urgent first. */
const SOUNDS = /** @type {const} */ (['off', 'void', 'new', 'add', 'ready']);

/** The one sound of a moment. @param {News[]} all @returns {'void' | 'new' | 'add' | 'ready' | ''} */
export function sound(all) {
  const kind = SOUNDS.find((one) => all.some((news) => news.kind === one));
  return kind === 'off' ? 'void' : kind ?? '';
}
