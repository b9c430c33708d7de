/** How long something lasts already. It is no live region: a clock that speaks each second is noise. */
import { html } from '../../shared/ui.js';
import { useNow } from '../desk.js';
import { age, stay } from '../model/clock.js';

/** @param {{from: number}} props milliseconds, the server's; NaN: nothing is shown */
export function Age({ from }) {
  const now = useNow();
  return Number.isNaN(from) ? null : html`<span class="age">${age(now - from)}</span>`;
}

/** @param {{from: number}} props */
export function Stay({ from }) {
  const now = useNow();
  return Number.isNaN(from) ? null : html`<span class="age">${stay(now - from)}</span>`;
}
