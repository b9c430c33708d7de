// @ts-check
/** What a refusal means to people: what happened, what was kept, what to do. Codes stay behind "Details". */
import { money } from './format.js';
import { hasText, t } from './texts.js';

/** Which text says a code that has none of its own. @type {Record<string, string>} */
const SAME = {
  AUTH_FAILED: 'UNAUTHENTICATED',
  TOKEN_EXPIRED: 'UNAUTHENTICATED',
  PERMISSION_DENIED: 'FORBIDDEN',
  INVALID_RESTAURANT: 'FORBIDDEN',
  NOT_A_MANAGER: 'NOT_A_MANAGER',
  RATE_LIMIT: 'RATE_LIMITED',
  ORDER_NOT_FOUND: 'NOT_FOUND',
  TABLE_NOT_FOUND: 'NOT_FOUND',
  SESSION_CLOSED: 'SESSION_CLOSED',
  UNAVAILABLE: 'SERVER',
  BUSY: 'SERVER',
  INTERNAL: 'SERVER',
};
/** @type {Record<number, string>} */
const BY_STATUS = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 410: 'SESSION_CLOSED', 429: 'RATE_LIMITED' };

/**
 * @param {{code?: string, status?: number, message?: string, body?: any}|null|undefined} refusal an Error of maitred.js, or what an outbox entry keeps of it
 * @param {Record<string, any>} [values] more for the text: `name`, `what`
 * @returns {string} a sentence; for a code that nobody thought of, the server's own words
 */
export function sayRefusal(refusal, values = {}) {
  const { code = '', status = 0, message = '', body } = refusal ?? {};
  const details = { ...body, ...body?.details, ...body?.error?.details, ...values };
  for (const name of ['amount', 'balance', 'left', 'total']) if (/^-?[\d.]+$/.test(String(details[name] ?? ''))) details[name] = money(details[name]);
  if (details.attempts_left !== undefined) details.n = details.attempts_left;
  const wait = details.retry_after_ms ?? (details.retry_after_s ?? 0) * 1000;
  details.seconds = Math.max(1, Math.ceil((wait || 3000) / 1000));
  const known = [code, SAME[code], BY_STATUS[status], status >= 500 ? 'SERVER' : ''].find((one) => one && hasText(`refused.${one}`));
  return known ? t(`refused.${known}`, { name: '', ...details }) : message || t('refused.SERVER');
}
