// A ticket on the wall. It is drawn anew only when it is another one than before; its clock runs by itself.

import { Component, createRef, html } from '../shared/ui.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { time } from '../shared/format.js';
import { run, stop } from './clocks.js';
import { fit } from './fit.js';
import { Foot } from './foot.js';
import { Head } from './head.js';
import { Line } from './line.js';
import { called } from './news.js';

/** @typedef {import('./ticket.js').Ticket} Ticket */
/** @typedef {import('./ticket.js').Line} LineOf */
/** @typedef {import('./hands.js').Hands} Hands */

/** From so many on, ticked lines are folded into one. */
const FOLD = 3;
/**
 * @typedef {object} Props
 * @property {import('./wall.js').Wall} wall
 * @property {string} id
 * @property {number} n the key that selects it
 * @property {import('./grid.js').Cell} cell
 * @property {boolean} opened all of its lines are shown, over its column
 * @property {string} room what its room depends on: it is measured anew when that changes
 * @property {boolean} missed it came while the connection was lost
 * @property {string} lang
 * @property {Hands} hands
 */

/** @typedef {{tight: boolean, unfolded: boolean, ticket: Ticket}} State */

/** @extends {Component<Props, State>} */
export class Card extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    /** @type {State} */
    this.state = { tight: false, unfolded: false, ticket: /** @type {Ticket} */ (props.wall.tickets.get(props.id)) };
    this.host = createRef();
    this.clock = createRef();
    this.list = createRef();
    this.strip = createRef();
    /** When its lines were last seen to have room. */
    this.fitted = { key: '', open: 0 };
  }

  /** @param {Props} next @param {State} state */
  shouldComponentUpdate(next, state) {
    const { props } = this;
    if (state.tight !== this.state.tight || state.unfolded !== this.state.unfolded || state.ticket !== this.state.ticket) return true;
    const { cell } = next;
    const isMoved = cell.col !== props.cell.col || cell.row !== props.cell.row || cell.tall !== props.cell.tall;
    return isMoved || next.n !== props.n || next.opened !== props.opened || next.room !== props.room || next.missed !== props.missed || next.lang !== props.lang;
  }

  /** The ticket as it hangs now; while it leaves, as it hung. @returns {Ticket} */
  #now() {
    const { wall, id } = this.props;
    return wall.tickets.get(id) ?? this.state.ticket;
  }

  componentDidMount() {
    const { wall, id } = this.props;
    wall.cards.set(id, this.draw);
    this.draw();
    this.#run();
    this.#fit();
  }

  draw = () => {
    const ticket = this.#now();
    if (ticket !== this.state.ticket) this.setState({ ticket });
  };

  /** @param {Props} before @param {State} state */
  componentDidUpdate(before, state) {
    const { props } = this;
    const isOther = state.ticket !== this.state.ticket || before.opened !== props.opened || before.room !== props.room || before.cell.tall !== props.cell.tall || before.lang !== props.lang;
    if (state.ticket.since !== this.state.ticket.since) this.#run();
    if (isOther || state !== this.state) this.#fit();
  }

  componentWillUnmount() {
    const { wall, id } = this.props;
    if (wall.cards.get(id) === this.draw) wall.cards.delete(id);
    stop(this.clock.current);
  }

  #run() {
    run(this.clock.current, { since: this.state.ticket.since, host: this.host.current });
    this.props.hands.wind();
  }

  #fit() {
    if (this.props.hands.isList || this.props.opened) {
      this.strip.current.hidden = !this.props.opened;
      for (const line of this.list.current.children) line.hidden = false;
      if (this.props.opened) this.strip.current.textContent = t('kitchen.less');
      return;
    }
    const { ticket } = this.state;
    // looking costs a layout: most tickets are short, and one that had room for its open lines has room when some of them are done
    const key = this.#room(ticket);
    if (this.strip.current.hidden && (this.props.hands.isSure(ticket, this.props.cell.tall) || (this.fitted.key === key && ticket.open + ticket.voids <= this.fitted.open))) return;
    const hidden = fit(this.list.current, this.strip.current, (n) => t('kitchen.more_lines', { n }));
    this.fitted = { key: hidden ? '' : key, open: ticket.open + ticket.voids };
    if (hidden && !this.state.tight && this.#foldable().length) this.setState({ tight: true });
  }

  /** What its room depends on, beside what is done. @param {Ticket} ticket */
  #room({ lines, fresh, recalled, first, allergies, order }) {
    const { room, cell, lang } = this.props;
    return [room, cell.tall, lang, fresh, recalled, first, order.notes, order.waiter_name, ...allergies.map((one) => `${one.text} ${one.seen}`), ...lines.map((one) => `${one.id} ${one.mark} ${one.note}`)].join('\n');
  }

  #foldable() {
    return this.state.ticket.lines.filter((line) => line.state === 'done' && !line.kept);
  }

  /** @param {Props} props @param {State} state */
  render({ id, n, cell, opened, missed, lang, hands }, { tight, unfolded, ticket }) {
    const { phase } = ticket;
    const done = this.#foldable();
    const isFolded = phase === 'cook' && (done.length >= FOLD || (tight && done.length > 0));
    const shown = isFolded && !unfolded ? ticket.lines.filter((line) => !done.includes(line)) : ticket.lines;
    const place = called(ticket, t);
    return html`<article ref=${this.host} class=${`tk ${phase}${ticket.fresh ? ' fresh' : ''}${cell.tall ? ' tall' : ''}${opened ? ' over' : ''}`} style=${{ '--x': cell.col, '--y': cell.row }}
      data-ticket=${id} tabindex="-1" aria-label=${phase === 'ready' ? `${place}, ${t('kitchen.ready')}` : place} onContextMenu=${(/** @type {Event} */ event) => (event.preventDefault(), hands.more(id))}>
      <${Head} ticket=${ticket} clock=${this.clock} missed=${missed} hands=${hands} lang=${lang} />
      <ul ref=${this.list}>
        ${rows(shown, id, hands, lang)}
        ${isFolded ? html`<li class="done fold" key="fold"><button type="button" aria-expanded=${unfolded} onClick=${() => this.setState({ unfolded: !unfolded })}><b class="n"><${Icon} name="check" /></b><span>${t('kitchen.folded', { n: done.length })}</span></button></li>` : null}
      </ul>
      <button type="button" class="rest" ref=${this.strip} hidden onClick=${() => hands.open(opened ? '' : id)}></button>
      <${Foot} ticket=${ticket} n=${n} place=${place} hands=${hands} lang=${lang} />
    </article>`;
  }
}

/** The lines, with a rule before each later batch. @param {LineOf[]} lines @param {string} ticket @param {Hands} hands @param {string} lang */
function rows(lines, ticket, hands, lang) {
  const out = [];
  let batch = 1;
  for (const line of lines) {
    if (line.state !== 'void' && line.batch > batch) {
      batch = line.batch;
      out.push(html`<li class="sep" key=${`batch ${batch}`}>${t('kitchen.added', { at: line.firedAt ? time(line.firedAt) : '' })}</li>`);
    }
    out.push(html`<${Line} key=${line.id} line=${line} ticket=${ticket} hands=${hands} lang=${lang} />`);
  }
  return out;
}
