// A line of a ticket: the whole row is the button.

import { html } from '../shared/ui.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { spoken } from './ticket.js';

/** @typedef {import('./ticket.js').Line} LineOf */

/** @param {{line: LineOf, ontap: (line: LineOf) => void}} props */
export function Line({ line, ontap }) {
  const { state, quantity, name, changes, note, station, mark, why } = line;
  const isDone = state === 'done';
  return html`<li class=${state} data-line=${line.id}>
    <button type="button" aria-label=${spoken(line, t)} onClick=${() => ontap(line)}>
      <b class="n">${isDone ? html`<${Icon} name="check" />` : quantity}</b>
      <span>
        <strong lang="">${name}</strong>${isDone && quantity > 1 ? html` <span class="times">${quantity}</span>` : null}
        ${state === 'void' ? html`<span class="off">${t('kitchen.void')}${why ? `: ${why}` : ''}</span>` : null}
        ${station || mark ? html`<span class="tapes">${station ? html`<span class="tape line">${station}</span>` : null}${mark ? html`<${Mark} mark=${mark} />` : null}</span>` : null}
        ${changes.length || note ? html`<small>${changes.map(({ kind, text }) => html`<em class=${kind}>${text}</em>`)}${note ? html`<q>${note}</q>` : null}</small>` : null}
      </span>
    </button>
  </li>`;
}

/** What happens to what was tapped. @param {{mark: 'waits' | 'refused' | ''}} props */
export function Mark({ mark }) {
  if (mark === 'waits') return html`<span class="tape line waits" title=${t('kitchen.waits')}>⧗</span>`;
  return mark ? html`<span class="tape late">${t('kitchen.refused')}</span>` : null;
}
