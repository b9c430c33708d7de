/** Equal shares: the server says what each is, so that several phones take the same ones. */
import { money } from '../../shared/format.js';
import { Stepper, Tape } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { SHARES_MAX, equalText } from '../model/shares.js';

/** @param {{bill: import('../model/splits.js').Bill, of: number, onof: (of: number) => void, off: boolean, ontake: (part: any, shown: string) => void}} props */
export function SharesPart({ bill, of, onof, off, ontake }) {
  const shares = bill.shares?.length === of ? bill.shares : equalText(bill.balance, of).map((amount, i) => ({ n: i + 1, amount, paid: false }));
  const first = shares.find((share) => !share.paid)?.n;
  // Without the server a share is an amount: which of them others took is not known here.
  const part = (/** @type {{n: number, amount: string}} */ share) => (bill.local ? { amount: share.amount } : { share: { n: share.n, of } });
  return html`<div class="shares">
    <h2>${t('waiter.n_shares', { n: of })}<${Stepper} value=${of} min=${2} max=${SHARES_MAX} onchange=${onof} label=${t('waiter.split.shares')} /></h2>
    <ul class="lines sums">${shares.map((share) => html`<li key=${share.n} class="share"><b class="n">${share.n}</b><strong data-share=${share.n}>${money(share.amount)}</strong>
      ${share.paid ? html`<${Tape} state="ready">${t('waiter.paid')}<//>` : html`<button class="btn ${share.n === first ? 'do' : ''}" disabled=${off} onclick=${() => ontake(part(share), share.amount)}>${t('waiter.take', { amount: money(share.amount) })}</button>`}</li>`)}</ul>
  </div>`;
}
