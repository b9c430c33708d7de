/** How many sit at a table, corrected. */
import { Stepper } from '../../shared/parts.js';
import { Sheet } from '../../shared/sheet.js';
import { t } from '../../shared/texts.js';
import { html, useState } from '../../shared/ui.js';
import { useDesk } from '../desk.js';
import * as entries from '../model/entries.js';
import { GUESTS_MAX } from './seat_page.js';

/** @param {{table: import('../model/types.js').Table, onclose: () => void}} props */
export function GuestsSheet({ table, onclose }) {
  const desk = useDesk();
  const [guests, setGuests] = useState(table.session?.guests_count ?? 1);
  const save = () => {
    if (guests !== table.session?.guests_count) desk.put([entries.setGuests(table, guests)]);
    onclose();
  };
  return html`<${Sheet} title=${t('waiter.how_many')} onclose=${onclose}>
    <${Stepper} value=${guests} min=${1} max=${GUESTS_MAX} onchange=${setGuests} label=${t('waiter.guests_word')} />
    <div class="buttons"><button class="btn do" onclick=${save}>${t('waiter.guests', { n: guests })}</button></div>
  <//>`;
}
