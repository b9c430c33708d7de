// @ts-check
/** Allergens in words. A house may name others than the fourteen: they are shown as it writes them. */
import { hasText, t } from '../shared/texts.js';

/** @param {string} code */
export const allergen = (code) => (hasText(`allergen.${code}`) ? t(`allergen.${code}`) : code.replaceAll('_', ' '));
