// What happened to an order, as sentences: the newest first, as the server tells it.

/** @typedef {{id: string, at: string, actor: string | null, actor_name: string | null, device: string | null, what: string, before: any, after: any, reason: string | null}} Happening */
/** @typedef {(key: string, values?: Record<string, string | number | null | undefined>) => string} Say */

/** Statuses have names of their own; what is not among these is shown as the server writes it. */
const STATUSES = new Set(['new', 'pending', 'confirmed', 'preparing', 'ready', 'out_for_delivery', 'delivered', 'completed', 'cancelled', 'held', 'queued', 'served', 'voided']);
/** Happenings with a sentence of their own. */
const KNOWN = new Set([
  'placed',
  'status',
  'table',
  'waiter',
  'driver',
  'note',
  'allergy_note',
  'eta',
  'priority',
  'total',
  'line_added',
  'line_status',
  'line_changed',
  'line_voided',
  'payment',
  'refund',
  'override',
  'void',
  'delete',
  'force_release',
  'merge',
  'move',
  'undo_delivered',
  'picked_up',
  'failed',
  'seen',
  'allergy_confirmed',
  'void_confirmed',
  'called',
]);

/** @param {any} value @param {Say} t @returns {string} */
export function word(value, t) {
  if (value === null || value === undefined || value === '') return t('manager.past.nothing');
  if (typeof value === 'string' && STATUSES.has(value)) return t(`manager.status.${value}`);
  if (typeof value === 'object') return lineWord(value, t);
  return String(value);
}

/** @param {any} line @param {Say} t */
function lineWord(line, t) {
  if (typeof line.name === 'string') return line.quantity ? `${line.quantity} ${line.name}` : line.name;
  if (line.amount !== undefined) return String(line.amount);
  const parts = Object.values(line).filter((value) => typeof value !== 'object' && value !== null);
  return parts.length > 0 ? parts.join(' ') : t('manager.past.nothing');
}

/** What happened. @param {Happening} one @param {Say} t @returns {string} */
export function sentence(one, t) {
  const key = KNOWN.has(one.what) ? one.what : 'other';
  const status = one.after && typeof one.after === 'object' ? one.after.status : one.after;
  const values = { what: one.what.replace(/_/g, ' '), before: word(one.before, t), after: word(one.after, t), status: word(status, t), line: word(one.after ?? one.before, t) };
  const text = t(`manager.past.${key}`, values);
  return one.reason ? t('manager.past.because', { text, reason: one.reason }) : text;
}

/** Who did it, and on what. @param {Happening} one @param {Say} t @returns {string} */
export function by(one, t) {
  const who = one.actor_name ?? (one.actor === null ? t('manager.past.outside') : one.actor);
  return [who, one.device].filter(Boolean).join(', ');
}
