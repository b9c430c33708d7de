// A list that is not there yet: grey in its place, or why it could not be read.

import { html, useStore } from '../shared/ui.js';
import { Problem } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { why } from './acting.js';

/** @param {{house: import('./house.js').House, part: import('./reading.js').Part}} props */
export function Waiting({ house, part }) {
  const { loaded, failed } = useStore(house.state);
  const error = failed.get(part);
  if (error) return html`<${Problem} what=${t('manager.unread')} todo=${why(error)} code=${error.code} again=${() => house.again([part])} />`;
  return loaded.has(part) ? null : html`<div class="grey"></div><div class="grey"></div>`;
}
