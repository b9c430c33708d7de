// A dish as its form has it, and as the server takes it. Text stays text: a price is never a fraction of two.

/**
 * @typedef {{id?: number, name: string, price: string, kind: string}} ModifierForm
 * @typedef {{id?: number, name: string, min: string, max: string, modifiers: ModifierForm[]}} GroupForm
 * @typedef {{name: string, description: string, price: string, category_id: string, station_id: string, allergens: string, minutes: string, choices: GroupForm[]}} DishForm
 */

/** @param {any} dish @param {number} [category] of a new one @returns {DishForm} */
export function fromDish(dish, category) {
  return {
    name: dish.name ?? '',
    description: dish.description ?? '',
    price: dish.price ?? '',
    category_id: String((dish.id === undefined ? category : dish.category_id) ?? ''),
    station_id: String(dish.station_id ?? ''),
    allergens: (dish.allergens ?? []).join(', '),
    minutes: dish.prep_s ? String(Math.round(dish.prep_s / 60)) : '',
    choices: (dish.choices ?? []).map((/** @type {any} */ group) => ({
      id: group.id,
      name: group.name,
      min: String(group.min),
      max: String(group.max),
      modifiers: group.modifiers.map((/** @type {any} */ one) => ({ id: one.id, name: one.name, price: one.price, kind: one.kind ?? 'choice' })),
    })),
  };
}

/** An amount as the server takes it, or null: a comma is a point where people write it so. @param {string} text @param {number} exp @returns {string | null} */
export function priceOf(text, exp) {
  const plain = text.trim().replace(',', '.');
  const fits = /^\d{1,12}(?:\.(\d+))?$/.exec(plain);
  return fits && (fits[1]?.length ?? 0) <= exp ? plain : null;
}

/** @param {DishForm} form @param {number} exp @returns {Record<string, any>} */
export function toBody(form, exp) {
  const minutes = Number(form.minutes);
  return {
    name: form.name.trim(),
    description: form.description.trim(),
    price: priceOf(form.price, exp),
    category_id: form.category_id ? Number(form.category_id) : null,
    station_id: form.station_id ? Number(form.station_id) : null,
    allergens: form.allergens
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
    prep_s: form.minutes.trim() && Number.isFinite(minutes) ? Math.round(minutes * 60) : null,
    choices: form.choices
      .filter((group) => group.name.trim())
      .map((group) => ({
        ...(group.id === undefined ? {} : { id: group.id }),
        name: group.name.trim(),
        min: Number(group.min) || 0,
        max: Math.max(1, Number(group.max) || 1),
        modifiers: group.modifiers
          .filter((one) => one.name.trim())
          .map((one) => ({ ...(one.id === undefined ? {} : { id: one.id }), name: one.name.trim(), price: priceOf(one.price || '0', exp) ?? '0', kind: one.kind })),
      })),
  };
}

/** Only what differs: what somebody else changed meanwhile stays theirs. @param {Record<string, any>} before @param {Record<string, any>} after */
export function changed(before, after) {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key])));
}
