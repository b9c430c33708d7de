// What was changed about a dish, as the cook must see it: left out, added, or chosen.

/** @typedef {{name: string, quantity?: number, price?: number}} Modifier as the server says it */
/** @typedef {{kind: 'no' | 'add' | 'is', text: string}} Change */

/** "no egg", "without egg", "ohne Ei", "kein Ei", "ไม่ใส่ไข่": what follows is left out. Thai writes no space. */
const REMOVAL = /^(?:(?:no|without|ohne|keine?n?)\s+|ไม่ใส่\s*|ไม่เอา\s*)(?=\S)/iu;
/** "extra cheese", "add prawns", "+ prawns", "mit Ei", "เพิ่มกุ้ง". */
const ADDITION = /^(?:(?:extra|add|plus|mit|with)\s+|\+\s*|เพิ่ม\s*)(?=\S)/iu;

/**
 * What costs nothing and says "no" is a removal; what costs something is an addition; the rest is a choice.
 * @param {Modifier} modifier
 * @returns {Change}
 */
export function change(modifier) {
  const name = modifier.name.trim();
  const times = (modifier.quantity ?? 1) > 1 ? `${modifier.quantity} ` : '';
  if (REMOVAL.test(name)) return { kind: 'no', text: name.replace(REMOVAL, '') };
  if (ADDITION.test(name)) return { kind: 'add', text: times + name.replace(ADDITION, '') };
  if ((modifier.price ?? 0) > 0) return { kind: 'add', text: times + name };
  return { kind: 'is', text: times + name };
}
