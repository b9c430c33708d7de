// A line of a ticket: the whole row is the button.

import { html } from '../shared/ui.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';

/** @typedef {import('./ticket.js').Line} LineOf */

/** @param {{line: LineOf, ontap: (line: LineOf) => void}} props */
export function Line({ line, ontap }) {
  const { state, quantity, name, changes, note, station, mark, why } = line;
  const isDone = state === 'done';
  return html`<li class=${state} data-line=${line.id}>
    <button type="button" onClick=${() => ontap(line)}>
      <b class="n">${isDone ? html`<${Icon} name="check" /><span class="sr">${quantity}</span>` : quantity}</b>
      <span>
        <strong lang="">${name}</strong>${isDone && quantity > 1 ? html` <span class="times" aria-hidden="true">${quantity}</span>` : null}
        ${state === 'void' ? html`<span class="off" aria-hidden="true">${t('kitchen.void')}${why ? `: ${why}` : ''}</span>` : null}
        ${station || mark ? html`<span class="tapes"><${Pause} />${station ? html`<span class="tape line">${station}</span>` : null}${mark ? html`<${Mark} mark=${mark} />` : null}</span>` : null}
        ${changes.length || note ? html`<small>${changes.map(({ kind, text }) => html`<em class=${kind}><${Pause} />${kind === 'no' ? html`<i>${t('kitchen.no_sign')} </i>` : null}${text}</em>`)}${note ? html`<q><${Pause} />${note}</q>` : null}</small>` : null}
        ${isDone || state === 'void' ? html`<span class="sr">, ${isDone ? t('kitchen.line_done') : `${t('kitchen.line_void')}${why ? `, ${why}` : ''}`}</span>` : null}
      </span>
    </button>
  </li>`;
}

/** A pause for the ear, between two things that stand apart for the eye. */
const Pause = () => html`<span class="sr">, </span>`;

/** What happens to what was tapped. @param {{mark: 'waits' | 'refused' | ''}} props */
export function Mark({ mark }) {
  if (mark === 'waits') return html`<span class="tape line waits" ><span aria-hidden="true">⧗</span><span class="sr">${t('kitchen.line_waits')}</span></span>`;
  return mark ? html`<span class="tape late">${t('kitchen.refused')}</span>` : null;
}
