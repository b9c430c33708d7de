/** Amounts: integers in the currency's smallest unit inside, decimal text at the edge, never floating point. */

/** Digits after the point of an amount as the server writes it: they are its currency's.
 * @param {string} amount */
export function digitsOf(amount) {
  const point = amount.indexOf('.');
  return point < 0 ? 0 : amount.length - point - 1;
}

/**
 * @param {string} amount as the server writes it, or as somebody types it ("12", "12.5", "12,50")
 * @param {number} [digits] the currency's; without it, those that `amount` has
 * @returns {number} in the smallest unit; NaN where it is no amount in this currency
 */
export function toMinor(amount, digits = digitsOf(amount)) {
  const found = /^(-?)(\d{1,12})(?:[.,](\d*))?$/.exec(amount.trim());
  if (!found) return NaN;
  const [, sign, whole = '', part = ''] = found;
  if (part.length > digits && /[^0]/.test(part.slice(digits))) return NaN;
  const minor = Number(whole) * 10 ** digits + Number(part.slice(0, digits).padEnd(digits, '0') || 0);
  return sign ? -minor : minor;
}

/** @param {number} minor @param {number} digits @returns {string} as the server writes it */
export function toText(minor, digits) {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** @param {string[]} amounts of one currency @returns {string} */
export function sum(amounts) {
  const digits = Math.max(0, ...amounts.map(digitsOf));
  return toText(amounts.reduce((all, one) => all + toMinor(one, digits), 0), digits);
}
