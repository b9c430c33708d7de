/** Allergens in the reader's language. What a guest wrote in words of their own stays as it is. */
import { hasText, t } from '../../shared/texts.js';

/** @param {string} code */
export const allergen = (code) => (hasText(`waiter.allergen.${code}`) ? t(`waiter.allergen.${code}`) : code);

/** Several, as an order has them. @param {string} text */
export const words = (text) => text.split(/,\s*/).map(allergen).join(', ');
