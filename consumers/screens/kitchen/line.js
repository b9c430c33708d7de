// A line of a ticket: the whole row is the button. A tick changes a class and a word: nothing is taken out or put in.

import { Component, html } from '../shared/ui.js';
import { t } from '../shared/texts.js';

/** @typedef {import('./ticket.js').Line} LineOf */
/** @typedef {{line: LineOf, ticket: string, hands: import('./hands.js').Hands, lang: string}} Props */

/** @extends {Component<Props>} */
export class Line extends Component {
  /** @param {Props} next */
  shouldComponentUpdate(next) {
    return next.line !== this.props.line || next.lang !== this.props.lang;
  }

  tap = () => this.props.hands.tap(this.props.ticket, this.props.line);

  /** @param {Props} props */
  render({ line }) {
    const { id, state, quantity, name, changes, note, station, mark, why } = line;
    const said = state === 'done' ? `, ${t('kitchen.line_done')}` : state === 'void' ? `, ${t('kitchen.line_void')}${why ? `, ${why}` : ''}` : '';
    return html`<li class=${state} data-line=${id}>
      <button type="button" onClick=${this.tap}>
        <b class="n"><span>${quantity}</span></b>
        <span>
          <strong lang="">${name}</strong>${quantity > 1 ? html`<span class="times" aria-hidden="true"> ${quantity}</span>` : null}
          ${state === 'void' ? html`<span class="off" aria-hidden="true">${t('kitchen.void')}${why ? `: ${why}` : ''}</span>` : null}
          ${station || mark ? html`<span class="tapes"><${Pause} />${station ? html`<span class="tape line">${station}</span>` : null}${mark ? html`<${Mark} mark=${mark} />` : null}</span>` : null}
          ${changes.length || note ? html`<small>${changes.map(({ kind, text }) => html`<em class=${kind}><${Pause} />${kind === 'no' ? html`<i>${t('kitchen.no_sign')} </i>` : null}${text}</em>`)}${note ? html`<q><${Pause} />${note}</q>` : null}</small>` : null}
          <span class="sr">${said}</span>
        </span>
      </button>
    </li>`;
  }
}

/** A pause for the ear, between two things that stand apart for the eye. */
const Pause = () => html`<span class="sr">, </span>`;

/** What happens to what was tapped. @param {{mark: 'waits' | 'refused' | ''}} props */
export function Mark({ mark }) {
  if (mark === 'waits') return html`<span class="tape line waits"><span aria-hidden="true">⧗</span><span class="sr">${t('kitchen.line_waits')}</span></span>`;
  return mark ? html`<span class="tape late">${t('kitchen.refused')}</span>` : null;
}
