// What was changed about a dish, as the cook must see it: left out, added, or chosen.

/** @typedef {{name: string, quantity?: number, price?: number, kind?: 'removal' | 'addition' | 'choice'}} Modifier as the server says it */
/** @typedef {{kind: 'no' | 'add' | 'is', text: string}} Change */

/** "no egg", "without egg", "ohne Ei", "kein Ei", "ไม่ใส่ไข่": what follows is left out. Thai writes no space. */
const REMOVAL = /^(?:(?:no|without|ohne|keine?n?)\s+|ไม่ใส่\s*|ไม่เอา\s*)(?=\S)/iu;
/** "extra cheese", "add prawns", "+ prawns", "mit Ei", "เพิ่มกุ้ง". */
const ADDITION = /^(?:(?:extra|add|plus|mit|with)\s+|\+\s*|เพิ่ม\s*)(?=\S)/iu;

/**
 * The menu says what a modifier is. What was typed without saying is read: "no" removes; what costs something, or says so, is added; the rest is a choice.
 * The word that the sign already says is taken off: "no egg" is shown as NO egg.
 * @param {Modifier} modifier
 * @returns {Change}
 */
export function change({ name, quantity = 1, price = 0, kind }) {
  const text = name.trim();
  const times = quantity > 1 ? `${quantity} ` : '';
  if (kind === 'removal' || (!kind && REMOVAL.test(text))) return { kind: 'no', text: text.replace(REMOVAL, '') };
  if (kind === 'addition' || (!kind && (ADDITION.test(text) || price > 0))) return { kind: 'add', text: times + text.replace(ADDITION, '') };
  return { kind: 'is', text: times + text };
}
