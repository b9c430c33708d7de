// The foot of a ticket: its key and what comes next.

import { Component, html } from '../shared/ui.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';

/** @typedef {import('./ticket.js').Ticket} Ticket */
/** @typedef {{ticket: Ticket, n: number, place: string, hands: import('./hands.js').Hands, lang: string}} Props */

/** @extends {Component<Props>} */
export class Foot extends Component {
  /** @param {Props} next */
  shouldComponentUpdate(next) {
    const { ticket: a, n, place, lang } = this.props;
    const { ticket: b } = next;
    return next.n !== n || next.place !== place || next.lang !== lang || a.phase !== b.phase || a.blocked !== b.blocked || Boolean(a.undo) !== Boolean(b.undo) || dishes(a) !== dishes(b);
  }

  press = () => {
    const { ticket, hands } = this.props;
    if (ticket.undo) hands.undo(ticket.id);
    else hands.done(ticket.id);
  };

  more = () => this.props.hands.more(this.props.ticket.id);

  /** @param {Props} props */
  render({ ticket, n, place }) {
    const { text, said, looks } = next(ticket, place);
    return html`<footer><button type="button" class=${`bump ${looks}`} aria-disabled=${looks ? 'true' : undefined} onClick=${this.press}><kbd aria-hidden="true" class=${n > 9 ? 'none' : ''}>${n}</kbd><span>${text}<span class="sr">${said}</span></span></button><button
      type="button" class="also" aria-label=${t('kitchen.more', { place })} onClick=${this.more}><${Icon} name="more" /></button></footer>`;
  }
}

/** All dishes of the ticket, ticked or not: a tick does not change what Done is about. @param {Ticket} ticket */
const dishes = (ticket) => ticket.lines.reduce((sum, line) => sum + (line.state === 'void' ? 0 : line.quantity), 0);

/** The next step, for the eye and for the ear. @param {Ticket} ticket @param {string} place @returns {{text: string, said: string, looks: string}} */
function next(ticket, place) {
  const { phase, blocked, undo } = ticket;
  if (undo) return { text: t('kitchen.undo'), said: `, ${place}`, looks: '' };
  if (phase === 'cancelled') return { text: t('kitchen.clear'), said: ` ${t('kitchen.clear_what', { place })}`, looks: '' };
  if (blocked) return { text: t(`kitchen.${blocked}_first`), said: `, ${place}`, looks: `is-${blocked}` };
  if (phase === 'ready') return { text: t('kitchen.hand'), said: `, ${place}`, looks: '' };
  return { text: t('kitchen.done'), said: `, ${place}, ${t('kitchen.dishes', { n: dishes(ticket) })}`, looks: '' };
}
