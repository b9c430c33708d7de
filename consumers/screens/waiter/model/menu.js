/** Finding dishes. */

/** @typedef {import('./types.js').Dish} Dish */

/** @param {Dish[]} menu @returns {string[]} in the menu's order */
export const categoriesOf = (menu) => [...new Set(menu.map((dish) => dish.category ?? ''))];

/** Without accents and case: "creme" finds "Crème". @param {string} text */
const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

/** Every word must begin a word of the dish, or stand anywhere in a name that has no spaces (Thai). @param {Dish[]} menu @param {string} search */
export function found(menu, search) {
  const words = plain(search).split(/\s+/).filter((word) => word);
  const fits = (/** @type {Dish} */ dish) => {
    const text = plain(`${dish.name} ${dish.description}`);
    const starts = ` ${text}`;
    return words.every((word) => starts.includes(` ${word}`) || (/[\u0e00-\u0e7f]/.test(word) && text.includes(word)));
  };
  return menu.filter(fits);
}

/** What people are most often allergic to, beside what the dish contains. */
const COMMON = ['peanuts', 'crustaceans', 'gluten', 'milk'];

/** @param {Dish|null} dish @param {string[]} said at this table already @returns {string[]} to choose from, at most eight */
export const allergensFor = (dish, said) => [...new Set([...said, ...(dish?.allergens ?? []), ...COMMON])].slice(0, 8);
