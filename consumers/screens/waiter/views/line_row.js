/** One line: how many, what, and its one state. At the pass its next step stands beside it. */
import { Icon } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { useDesk } from '../desk.js';
import { isRemoval, since, stateOf } from '../model/lines.js';
import * as act from '../taps.js';
import { Age } from './age.js';
import { words } from './allergen.js';

/** @typedef {import('../model/types.js').Line} Line */

/** @param {{row: {line: Line, order: import('../model/types.js').Order}, table: import('../model/types.js').Table, onmore?: () => void}} props */
export function LineRow({ row, table, onmore }) {
  const desk = useDesk();
  const { line, order } = row;
  const state = stateOf(line, order);
  const gone = state === 'void' || state === 'void-unseen';
  const from = since(line, order);
  return html`<li class=${gone ? 'gone' : ''}>
    <b class="n">${line.quantity}</b>
    <div><strong>${line.name}</strong><${Details} line=${line} state=${state} />${state === 'pass' ? html`<span class="tape ready">${t('waiter.state.pass')} <${Age} from=${from} /></span>` : null}</div>
    ${state === 'pass' ? html`<button class="btn do" aria-label=${t('waiter.serve_line', { what: line.name })} onclick=${() => act.serve(desk, [row], table.number)}>${t('waiter.served')}</button>` : html`<${State} state=${state} from=${from} />`}
    ${onmore && !line.waiting ? html`<button class="more" aria-label=${t('waiter.more_for', { what: line.name })} onclick=${onmore}><${Icon} name="more" /></button>` : html`<span></span>`}
  </li>`;
}

const TAPE = /** @type {Record<string, string>} */ ({ waiting: 'warn', 'void-unseen': 'warn', unseen: 'warn', held: 'line', check: 'new', queued: '', cooking: '' });

/** @param {{state: import('../model/lines.js').State, from: number}} props */
function State({ state, from }) {
  if (state === 'served' || state === 'void') return html`<span class="state">${t(`waiter.state.${state}`)}</span>`;
  return html`<span class="tape ${TAPE[state]}">${t(`waiter.state.${state}`)}${state === 'cooking' ? html` <${Age} from=${from} />` : null}</span>`;
}

/** What is different about it, and what the kitchen does not know. @param {{line: Line, state: import('../model/lines.js').State}} props */
function Details({ line, state }) {
  /** @type {any[]} */
  const parts = line.modifiers.map(({ name, quantity }) => (isRemoval(name) ? html`<b>${name.replace(/^\S+/, (word) => word.toUpperCase())}</b>` : `${quantity > 1 ? `${quantity} × ` : ''}${name}`));
  if (state === 'void' && line.void_reason) parts.unshift(line.void_reason);
  if (state === 'void-unseen') parts.unshift(line.void_reason ? t('waiter.void_because', { reason: line.void_reason }) : t('waiter.void'));
  if (line.allergy && !state.startsWith('void')) parts.push(html`<b class="alg-t">${t('waiter.allergy')}: ${words(line.allergy)}</b>`);
  if (line.note) parts.push(line.note);
  if (line.seat != null) parts.push(t('waiter.seat_n', { n: line.seat }));
  if (state === 'void-unseen' || state === 'unseen') parts.push(t('waiter.kitchen_unseen'));
  if (state === 'waiting') parts.push(t('waiter.not_in_kitchen'));
  if (parts.length === 0) return null;
  return html`<small>${parts.map((part, i) => html`${i > 0 ? ' · ' : ''}${part}`)}</small>`;
}
