// What waits in the outbox, in words.

import { time } from '../shared/format.js';
import { t } from '../shared/texts.js';

/** @param {any} entry @returns {string} */
export function say(entry) {
  const { text, code, at, ...rest } = entry.label ?? {};
  return text ? t(text, { code, time: time(at), ...rest }) : (entry.path ?? '');
}
