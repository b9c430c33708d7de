// The head of a ticket: number and clock, whose it is, what must be confirmed first. A tick of a line changes none of it.

import { Component, html } from '../shared/ui.js';
import { time } from '../shared/format.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { Mark } from './line.js';

/** @typedef {import('./ticket.js').Ticket} Ticket */
/** @typedef {{ticket: Ticket, clock: any, missed: boolean, hands: import('./hands.js').Hands, lang: string}} Props */

/** A press this long opens what else can be done, milliseconds. */
const LONG_MS = 550;

/** @extends {Component<Props>} */
export class Head extends Component {
  /** @type {any} */
  timer = 0;

  /** @param {Props} next */
  shouldComponentUpdate(next) {
    const { ticket, missed, lang } = this.props;
    return next.missed !== missed || next.lang !== lang || !alike(ticket, next.ticket);
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
  }

  /** @param {PointerEvent} event */
  press = (event) => {
    if (event.button === 0) this.timer = setTimeout(() => this.props.hands.more(this.props.ticket.id), LONG_MS);
  };

  release = () => clearTimeout(this.timer);

  start = () => this.props.hands.start(this.props.ticket.id);

  /** @param {Props} props */
  render({ ticket, clock, missed, hands }) {
    const { id, code, phase } = ticket;
    return html`<header onPointerDown=${this.press} onPointerUp=${this.release} onPointerLeave=${this.release} onPointerCancel=${this.release} onClick=${this.start}>
        <h2 class=${`n${code.length > 2 ? ' x' : ''}${code.length > 4 ? ' xx' : ''}`}>${code}</h2>
        <time class="n" ref=${clock}></time>
      </header>
      <p class="who">${who(ticket)}<span class="tapes">
        ${ticket.first ? html`<span class="tape ink">${t('kitchen.first')}</span>` : null}
        ${ticket.recalled ? html`<span class="tape line"><${Icon} name="undo" /> ${t('kitchen.recalled')}</span>` : null}
        ${phase === 'ready' ? html`<span class="tape ready"><${Icon} name="check" /> ${t('kitchen.ready')}</span>` : null}
        ${phase === 'cancelled' ? html`<span class="tape line">${t('kitchen.off')}</span>` : null}
        ${ticket.fresh ? html`<span class="tape new">${missed ? t('kitchen.missed') : t('kitchen.new')}</span>` : null}
      </span></p>
      ${ticket.order.notes ? html`<p class="note"><q>${ticket.order.notes}</q></p>` : null}
      ${phase === 'ready' ? null : ticket.allergies.map((one) => html`<${Allergy} allergy=${one} onconfirm=${() => hands.confirm(id, one)} />`)}`;
  }
}

/** @type {(keyof Ticket)[]} */
const OWN = ['id', 'code', 'phase', 'fresh', 'recalled', 'first', 'type'];
/** @type {(keyof import('./book.js').Order)[]} */
const ORDERS = ['notes', 'guests_count', 'waiter_name', 'customer_name', 'source', 'eta_at'];

/** Whether two heads say the same. @param {Ticket} a @param {Ticket} b */
function alike(a, b) {
  if (OWN.some((name) => a[name] !== b[name]) || ORDERS.some((name) => a.order[name] !== b.order[name]) || a.allergies.length !== b.allergies.length) return false;
  return a.allergies.every((one, n) => {
    const { text, seat, seen, mark, lines } = b.allergies[n];
    return one.text === text && one.seat === seat && one.seen === seen && one.mark === mark && one.lines.join() === lines.join();
  });
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
