/** A table on the floor. */
import { t } from '../../shared/texts.js';
import { html } from '../../shared/ui.js';
import { hashOf } from '../route.js';
import { Age, Stay } from './age.js';

/** @typedef {import('../model/tiles.js').Tile} Tile */

const TAPE = /** @type {Record<string, string>} */ ({ late: 'late', call: 'new', ready: 'ready', bill: 'ink', check: 'new' });

/** @param {{tile: Tile, onpick?: () => void, note?: string}} props with `onpick` it is a button that chooses the table */
export function TableTile({ tile, onpick, note }) {
  const { table, want, word, since } = tile;
  const free = word === 'free' || word === 'off';
  const foot = note
    ? html`<span>${note}</span>`
    : want
      ? html`<span class="tape ${TAPE[want.kind]}">${t(`waiter.tile.${want.kind}`)} ${want.kind === 'check' ? null : html`<${Age} from=${want.since} />`}</span>`
      : free
        ? html`<span>${t(`waiter.tile.${word}`)}</span>`
        : html`<span><${Stay} from=${since} /><br />${t(`waiter.tile.${word}`)}</span>`;
  const inside = html`<b class="n${table.number.length > 3 ? ' long' : ''}"><span class="sr">${t('waiter.table')} </span>${table.number}</b><i><span class="sr">${t('waiter.guests_word')} </span>${table.session?.guests_count ?? table.capacity}</i>${foot}`;
  const look = `tile${free ? ' free' : ''}`;
  return onpick ? html`<button class=${look} onclick=${onpick}>${inside}</button>` : html`<a class=${look} href=${hashOf({ view: 'table', table: table.id })}>${inside}</a>`;
}
