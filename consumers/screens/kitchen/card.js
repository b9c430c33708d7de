// A ticket on the wall. It is drawn anew only when it is another one than before; its clock runs by itself.

import { Component, createRef, html } from '../shared/ui.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { time } from '../shared/format.js';
import { run, stop } from './clocks.js';
import { fit } from './fit.js';
import { Line, Mark } from './line.js';
import { called } from './news.js';

/** @typedef {import('./ticket.js').Ticket} Ticket */
/** @typedef {import('./ticket.js').Line} LineOf */
/** @typedef {import('./hands.js').Hands} Hands */

/** From so many on, ticked lines are folded into one. */
const FOLD = 3;
/** A press this long opens what else can be done, milliseconds. */
const LONG_MS = 550;

/**
 * @typedef {object} Props
 * @property {Ticket} ticket
 * @property {number} n the key that selects it
 * @property {import('./grid.js').Cell} cell
 * @property {boolean} opened all of its lines are shown, over its column
 * @property {string} room what its room depends on: it is measured anew when that changes
 * @property {boolean} missed it came while the connection was lost
 * @property {string} lang
 * @property {Hands} hands
 */

/** @extends {Component<Props, {tight: boolean, unfolded: boolean}>} */
export class Card extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    this.state = { tight: false, unfolded: false };
    this.host = createRef();
    this.clock = createRef();
    this.list = createRef();
    this.strip = createRef();
    /** @type {any} */
    this.press = 0;
  }

  /** @param {Props} next @param {{tight: boolean, unfolded: boolean}} state */
  shouldComponentUpdate(next, state) {
    const { props } = this;
    if (state.tight !== this.state.tight || state.unfolded !== this.state.unfolded) return true;
    const { cell } = next;
    const isMoved = cell.col !== props.cell.col || cell.row !== props.cell.row || cell.tall !== props.cell.tall;
    return isMoved || next.ticket !== props.ticket || next.n !== props.n || next.opened !== props.opened || next.room !== props.room || next.missed !== props.missed || next.lang !== props.lang;
  }

  componentDidMount() {
    this.#run();
    this.#fit();
  }

  /** @param {Props} before @param {{tight: boolean, unfolded: boolean}} state */
  componentDidUpdate(before, state) {
    const { props } = this;
    if (before.ticket.since !== props.ticket.since) this.#run();
    const isOther = before.ticket !== props.ticket || before.opened !== props.opened || before.room !== props.room || before.cell.tall !== props.cell.tall || before.lang !== props.lang;
    if (isOther || state !== this.state) this.#fit();
  }

  componentWillUnmount() {
    stop(this.clock.current);
    clearTimeout(this.press);
  }

  #run() {
    run(this.clock.current, { since: this.props.ticket.since, host: this.host.current });
    this.props.hands.wind();
  }

  #fit() {
    if (this.props.hands.isList || this.props.opened) {
      this.strip.current.hidden = !this.props.opened;
      for (const line of this.list.current.children) line.hidden = false;
      if (this.props.opened) this.strip.current.textContent = t('kitchen.less');
      return;
    }
    const hidden = fit(this.list.current, this.strip.current, (n) => t('kitchen.more_lines', { n }));
    if (hidden && !this.state.tight && this.#foldable().length) this.setState({ tight: true });
  }

  #foldable() {
    return this.props.ticket.lines.filter((line) => line.state === 'done' && !line.kept);
  }

  /** @param {Props} props @param {{tight: boolean, unfolded: boolean}} state */
  render({ ticket, n, cell, opened, missed, hands }, { tight, unfolded }) {
    const { id, code, phase } = ticket;
    const done = this.#foldable();
    const isFolded = phase === 'cook' && (done.length >= FOLD || (tight && done.length > 0));
    const shown = isFolded && !unfolded ? ticket.lines.filter((line) => !done.includes(line)) : ticket.lines;
    const place = called(ticket, t);
    const press = (/** @type {PointerEvent} */ event) => {
      if (event.button === 0) this.press = setTimeout(() => hands.more(id), LONG_MS);
    };
    const release = () => clearTimeout(this.press);
    return html`<article ref=${this.host} class=${`tk ${phase}${ticket.fresh ? ' fresh' : ''}${cell.tall ? ' tall' : ''}${opened ? ' over' : ''}`} style=${{ '--x': cell.col, '--y': cell.row }}
      data-ticket=${id} tabindex="-1" aria-label=${phase === 'ready' ? `${place}, ${t('kitchen.ready')}` : place} onContextMenu=${(/** @type {Event} */ event) => (event.preventDefault(), hands.more(id))}>
      <header onPointerDown=${press} onPointerUp=${release} onPointerLeave=${release} onPointerCancel=${release} onClick=${() => hands.start(id)}>
        <h2 class=${`n${code.length > 2 ? ' x' : ''}${code.length > 4 ? ' xx' : ''}`}>${code}</h2>
        <time class="n" ref=${this.clock}></time>
      </header>
      <p class="who">${who(ticket)}<span class="tapes">
        ${ticket.first ? html`<span class="tape ink">${t('kitchen.first')}</span>` : null}
        ${ticket.recalled ? html`<span class="tape line"><${Icon} name="undo" /> ${t('kitchen.recalled')}</span>` : null}
        ${phase === 'ready' ? html`<span class="tape ready"><${Icon} name="check" /> ${t('kitchen.ready')}</span>` : null}
        ${phase === 'cancelled' ? html`<span class="tape line">${t('kitchen.off')}</span>` : null}
        ${ticket.fresh ? html`<span class="tape new">${missed ? t('kitchen.missed') : t('kitchen.new')}</span>` : null}
      </span></p>
      ${ticket.order.notes ? html`<p class="note"><q>${ticket.order.notes}</q></p>` : null}
      ${phase === 'ready' ? null : ticket.allergies.map((one) => html`<${Allergy} allergy=${one} onconfirm=${() => hands.confirm(id, one)} />`)}
      <ul ref=${this.list}>
        ${rows(shown, ticket, (line) => hands.tap(id, line))}
        ${isFolded ? html`<li class="done fold" key="fold"><button type="button" aria-expanded=${unfolded} onClick=${() => this.setState({ unfolded: !unfolded })}><b class="n"><${Icon} name="check" /></b><span>${t('kitchen.folded', { n: done.length })}</span></button></li>` : null}
      </ul>
      <button type="button" class="rest" ref=${this.strip} hidden onClick=${() => hands.open(opened ? '' : id)}></button>
      <footer>${this.foot(ticket, n, place)}<button type="button" class="also" aria-label=${t('kitchen.more', { place })} onClick=${() => hands.more(id)}><${Icon} name="more" /></button></footer>
    </article>`;
  }

  /** @param {Ticket} ticket @param {number} n @param {string} place */
  foot(ticket, n, place) {
    const { hands } = this.props;
    const { id, phase, blocked } = ticket;
    const press = (/** @type {string} */ text, /** @type {string} */ more, /** @type {() => void} */ does, looks = '') =>
      html`<button type="button" class=${`bump ${looks}`} aria-disabled=${looks ? 'true' : undefined} onClick=${does}>${n <= 9 ? html`<kbd aria-hidden="true">${n}</kbd>` : null}<span>${text}<span class="sr">${more}</span></span></button>`;
    if (ticket.undo) return press(t('kitchen.undo'), `, ${place}`, () => hands.undo(id));
    if (phase === 'cancelled') return press(t('kitchen.clear'), ` ${t('kitchen.clear_what', { place })}`, () => hands.done(id));
    if (blocked) return press(t(`kitchen.${blocked}_first`), `, ${place}`, () => hands.done(id), `is-${blocked}`);
    if (phase === 'ready') return press(t('kitchen.hand'), `, ${place}`, () => hands.done(id));
    const dishes = t('kitchen.dishes', { n: ticket.lines.filter((line) => line.state === 'open').reduce((sum, line) => sum + line.quantity, 0) });
    return press(t('kitchen.done'), `, ${place}, ${dishes}`, () => hands.done(id));
  }
}

/** The lines, with a rule before each later batch. @param {LineOf[]} lines @param {Ticket} ticket @param {(line: LineOf) => void} ontap */
function rows(lines, ticket, ontap) {
  const out = [];
  let batch = 1;
  for (const line of lines) {
    if (line.state !== 'void' && line.batch > batch) {
      batch = line.batch;
      out.push(html`<li class="sep" key=${`batch ${batch}`}>${t('kitchen.added', { at: line.firedAt ? time(line.firedAt) : '' })}</li>`);
    }
    out.push(html`<${Line} key=${line.id} line=${line} ontap=${ontap} />`);
  }
  return out;
}

/** Whose it is: guests and waiter, or how it leaves. @param {Ticket} ticket */
function who({ type, order }) {
  const sign = { pickup: 'bag', delivery: 'bike', counter: 'person' }[type];
  const parts = [];
  if (type === 'dine_in') {
    if (order.guests_count) parts.push(t('kitchen.guests', { n: order.guests_count }));
    parts.push(order.source === 'qr' ? 'QR' : order.waiter_name ?? '');
  } else {
    parts.push(t(`kitchen.type_${type}`), order.customer_name ?? '');
    if (order.eta_at) parts.push(time(order.eta_at));
  }
  return html`${sign ? html`<${Icon} name=${sign} />` : null}<span>${parts.filter(Boolean).join(' · ') || '\u00a0'}</span>`;
}

/** @param {{allergy: import('./ticket.js').Allergy, onconfirm: () => void}} props */
function Allergy({ allergy, onconfirm }) {
  const { text, seat, seen, mark } = allergy;
  const what = html`<b>${t('kitchen.allergy')}</b> ${text}${seat ? html`, ${t('kitchen.seat', { n: seat })}` : null}`;
  if (seen) return html`<p class="alg seen"><${Icon} name="warn" /><span>${what}</span><i>${mark ? html`<${Mark} mark=${mark} />` : t('kitchen.seen')}</i></p>`;
  return html`<button type="button" class="alg" onClick=${onconfirm}><${Icon} name="warn" /><span><span class="sr">${t('kitchen.confirm')} </span>${what}</span><i aria-hidden="true">${mark ? html`<${Mark} mark=${mark} />` : t('kitchen.seen_ask')}</i></button>`;
}
