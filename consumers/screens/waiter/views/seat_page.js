/** A free table: how many guests, and they sit. */
import { Empty, Stepper } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html, useEffect, useState } from '../../shared/ui.js';
import { useDesk } from '../desk.js';
import { hashOf } from '../route.js';
import * as act from '../taps.js';
import { Frame } from './frame.js';
import { RefusedCards } from './refused_cards.js';

/** The server's bound. */
export const GUESTS_MAX = 500;

/** @param {{table: import('../model/types.js').Table}} props */
export function SeatPage({ table }) {
  const desk = useDesk();
  const [guests, setGuests] = useState(Math.min(2, table.capacity));
  const seat = () => act.seat(desk, table, guests);
  useEffect(() => {
    const key = (/** @type {KeyboardEvent} */ event) => {
      if (event.target !== document.body) return;
      if (/^[1-9]$/.test(event.key)) setGuests(Number(event.key));
      else if (event.key === 'Enter') seat();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  });
  return html`<${Frame} title=${t('waiter.table_n', { table: table.number })} back=${{ href: hashOf({ view: 'floor' }), text: t('waiter.tables') }} dock="dock">
    <div class="head">
      <h1 class="n${table.number.length > 2 ? ' long' : ''}"><span class="sr">${t('waiter.table')} </span>${table.number}</h1>
      <p>${t('waiter.tile.free')}<small>${t('waiter.seats', { n: table.capacity })}${table.zone ? ` · ${table.zone}` : ''}</small></p>
    </div>
    <main class="scroll">
      <${RefusedCards} table=${table.number} />
      ${table.is_active ? html`<h2>${t('waiter.how_many')}</h2><${Stepper} value=${guests} min=${1} max=${GUESTS_MAX} onchange=${setGuests} label=${t('waiter.guests_word')} />` : html`<${Empty}>${t('waiter.tile.off')}<//>`}
    </main>
    <div class="dock"><button class="btn do" disabled=${!table.is_active} onclick=${seat}>${t('waiter.seat_guests', { n: guests })}</button></div>
  <//>`;
}
