// A list that does not move under a finger: while somebody points at it, what is new is appended and what went stays.

/**
 * @param {number[]} shown  ids as they stand @param {number[]} wanted  as they would be @param {boolean} held  whether somebody points at the list @param {(id: number) => boolean} exists
 * @returns {number[]}
 */
export function steady(shown, wanted, held, exists) {
  if (!held) return wanted;
  const there = new Set(shown);
  const stays = shown.filter(exists);
  return [...stays, ...wanted.filter((id) => !there.has(id))];
}
