// How far a job is: at the restaurant, on the way, handed over. The big button is always the next step, and there is only one.

/**
 * An order that this driver has.
 * @typedef {{id: number, canonical_status: string, picked_up_at?: string | null, pickedUpAt?: string | null, version?: number, failed_reason?: string | null, [key: string]: unknown}} Job
 */

/** @typedef {"restaurant" | "road" | "handed"} Stage */
/** What is sent: the words of `update-order-status`. @typedef {"picked_up" | "delivered"} Next */

/** @type {Stage[]} */
export const STAGES = ['restaurant', 'road', 'handed'];

/** Statuses in which a job is a driver's. */
const MINE = new Set(['out_for_delivery']);

/** When it left the restaurant, if it did. @param {Job} job @returns {string | null} */
export function pickedUpAt(job) {
  return job.pickedUpAt ?? job.picked_up_at ?? null;
}

/** Whether the driver still has something to do about it. @param {Job} job @returns {boolean} */
export function isOpen(job) {
  return MINE.has(job.canonical_status);
}

/** @param {Job} job @returns {Stage} */
export function stage(job) {
  if (!isOpen(job)) return 'handed';
  return pickedUpAt(job) ? 'road' : 'restaurant';
}

/** The next step, or null where there is none. @param {Job} job @returns {Next | null} */
export function next(job) {
  const at = stage(job);
  if (at === 'restaurant') return 'picked_up';
  return at === 'road' ? 'delivered' : null;
}

/** Whether it can be handed back to all drivers: before it left the restaurant. @param {Job} job @returns {boolean} */
export function canHandBack(job) {
  return stage(job) === 'restaurant';
}

/**
 * The job as it is once what waits in the outbox is done: what the driver did counts on this screen at once.
 * @param {Job} job @param {{status: string, at: string}[]} waiting  oldest first @returns {Job}
 */
export function ahead(job, waiting) {
  return waiting.reduce((seen, step) => {
    if (step.status === 'picked_up') return { ...seen, picked_up_at: step.at, pickedUpAt: step.at };
    if (step.status === 'delivered') return { ...seen, canonical_status: 'delivered', deliveredAt: step.at };
    if (step.status === 'undo') return { ...seen, canonical_status: 'out_for_delivery', deliveredAt: null };
    return seen;
  }, job);
}
