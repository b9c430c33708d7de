/** One thing that needs somebody: the number in its colour, what it is, and the next step. */
import { Icon } from '../../shared/parts.js';
import { money } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html, useStore } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { go } from '../route.js';
import * as act from '../taps.js';
import { Age } from './age.js';
import { words } from './allergen.js';

/** @typedef {import('../model/needs.js').Need} Need */

const COLOUR = /** @type {Record<Need['kind'], string>} */ ({ late: 'late', call: 'new', ready: 'ready', bill: 'ink', check: 'new', task: 'new', told: '' });

/** @param {{need: Need, fresh?: boolean, inbox?: boolean}} props */
export function NeedRow({ need, fresh, inbox }) {
  const desk = useDesk();
  const floor = useFloor();
  const { me } = desk.service;
  const taken = need.by != null && need.by !== me.id;
  const who = need.by == null ? '' : need.by === me.id ? t('waiter.you_go') : t('waiter.is_going', { name: floor.names[need.by] ?? t('waiter.somebody') });
  const colour = taken && inbox ? '' : COLOUR[need.kind];
  return html`<div class="call ${colour}${fresh ? ' fresh' : ''}" role="listitem">
    <b class="n${need.number.length > 4 ? ' longer' : need.number.length > 2 ? ' long' : ''}">${need.number ? html`<span class="sr">${t('waiter.table')} </span>${need.number}` : html`<${Icon} name=${need.kind === 'told' ? 'sound' : 'bell'} />`}</b>
    <p>${title(need)}<small>${detail(need)}${who ? html` · <span>${who}</span>` : null}${need.kind === 'late' || Number.isNaN(need.since) ? null : html` · <${Age} from=${need.since} />`}</small>${fresh ? html`<span class="sr">${t('waiter.new')}</span>` : null}</p>
    <${Step} need=${need} inbox=${inbox} taken=${taken} />
  </div>`;
}

/** @param {Need} need */
function title(need) {
  if (need.kind === 'late') return html`${t('waiter.need.late')} <${Age} from=${need.since} />`;
  if (need.kind === 'task' || need.kind === 'told') return need.text;
  return t(`waiter.need.${need.kind}`);
}

/** @param {Need} need */
function detail(need) {
  const n = need.dishes.reduce((all, dish) => all + dish.quantity, 0);
  switch (need.kind) {
    case 'late':
      return t('waiter.still_cooking', { n });
    case 'ready':
      return need.dishes.length ? need.dishes.map((dish) => `${dish.quantity} ${dish.name}`).join(', ') : t('waiter.all_of_it');
    case 'check':
      return need.allergy ? t('waiter.dishes_allergy', { n, allergy: words(need.allergy) }) : t('waiter.dishes', { n });
    case 'bill':
      return need.amount ? money(need.amount) : t('waiter.from_table');
    case 'call':
      return t('waiter.from_table');
    case 'told':
      return t('waiter.to_all');
    default:
      return t('waiter.task');
  }
}

/** The next step. @param {{need: Need, inbox?: boolean, taken: boolean}} props */
function Step({ need, inbox, taken }) {
  const desk = useDesk();
  const floor = useFloor();
  const offline = useStore(desk.offline);
  const mine = need.by === desk.service.me.id;
  /** @param {string} text @param {() => unknown} tap @param {string} [look] @param {boolean} [needsLink] */
  const button = (text, tap, look = 'do', needsLink = false) => {
    const off = needsLink && offline;
    const label = `${text}, ${need.number}`;
    return html`<button class="btn ${look}" disabled=${off} title=${off ? t('waiter.needs_connection') : null} aria-label=${label} onclick=${tap}>${text}</button>`;
  };
  const table = need.table_id;
  const open = () => table != null && go({ view: 'table', table });
  switch (need.kind) {
    case 'late':
      return inbox ? button(t('waiter.seen'), () => act.dismiss(desk, need), '') : button(t('waiter.look'), open, '');
    case 'ready':
      return button(t('waiter.served'), () => act.serveNeed(desk, floor, need));
    case 'check':
      return button(t('waiter.check'), () => table != null && go({ view: 'check', table }));
    case 'bill':
      if (inbox && taken) return button(t('waiter.take_over'), () => act.takeTask(desk, floor, need), 'plain', true);
      if (!need.by) return button(t('waiter.bill'), () => act.goWithBill(desk, floor, need));
      return button(t('waiter.bill'), () => table != null && go({ view: 'bill', table }), mine ? 'do' : '');
    case 'call':
    case 'task':
      if (mine) return button(t('waiter.done'), () => act.endTask(desk, floor, need));
      if (taken) return button(t('waiter.take_over'), () => act.takeTask(desk, floor, need), 'plain', true);
      return button(t('waiter.i_go'), () => act.takeTask(desk, floor, need), 'do', true);
    case 'told':
      return button(t('waiter.seen'), () => act.seen(desk, need), '');
  }
}
