/** Choosing within a group of a dish: at most `max`, and where that is one, another takes its place. */

/** @typedef {import('./types.js').Choice} Choice */

/**
 * @param {import('./types.js').Choices} group @param {Choice[]} chosen of all groups @param {Choice} choice that was tapped
 * @returns {Choice[]}
 */
export function choose(group, chosen, choice) {
  const own = chosen.filter((one) => group.modifiers.some((of) => of.id === one.id));
  const others = chosen.filter((one) => !own.includes(one));
  const on = own.some((one) => one.id === choice.id);
  if (on) return group.min > 0 && own.length <= group.min ? chosen : [...others, ...own.filter((one) => one.id !== choice.id)];
  const kept = own.length >= group.max ? own.slice(own.length - group.max + 1) : own;
  return [...others, ...kept, choice];
}
