/** What an acknowledgement says about the floor. It is the truth at its number, so it is put beside what the streams tell. */
import * as floors from './floor.js';

/** @typedef {import('./types.js').Floor} Floor */

/**
 * @param {Floor} floor @param {{path: string}} entry @param {any} answer the body
 * @returns {{floor: Floor, covered: boolean}} `covered`: the answer shows all that the entry's patch shows, which is not needed any more
 */
export function absorb(floor, entry, answer) {
  if (!answer || typeof answer !== 'object') return { floor, covered: false };
  if ('is_occupied' in answer) return { floor: floors.putTable(floor, answer), covered: true };
  if ('menu_item__name' in answer) {
    const order = Number(/\/orders\/(\d+)\//.exec(entry.path)?.[1]);
    return { floor: floors.putLine(floor, order, answer), covered: true };
  }
  if (Array.isArray(answer.items) && 'items_count' in answer && 'public_id' in answer) return { floor: floors.putOrder(floor, answer), covered: true };
  if ('task_id' in answer && 'title' in answer && 'assignee_id' in answer) return { floor: floors.putTask(floor, answer), covered: true };
  // Two tables change when guests move, and a taken notice has no name in it: the streams tell those.
  return { floor, covered: false };
}
