/** What can be done with one line beside serving it. */
import { Sheet } from '../../shared/sheet.js';
import { t } from '../../shared/texts.js';
import { html, useState } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { NOTE_MAX, add, lineOf, newUuid } from '../model/basket.js';
import * as entries from '../model/entries.js';
import * as act from '../taps.js';
import { VoidForm } from './void_form.js';

/** @param {{table: import('../model/types.js').Table, order: number, line: number, onclose: () => void}} props */
export function LineSheet({ table, order: orderId, line: lineId, onclose }) {
  const desk = useDesk();
  const floor = useFloor();
  const [view, setView] = useState('menu');
  const order = floor.orders[orderId];
  const line = order?.items?.find((one) => one.id === lineId);
  if (!order || !line) return null;
  const title = `${line.quantity} ${line.name}`;
  const row = { order, line };
  /** @param {() => unknown} tap */
  const then = (tap) => () => {
    tap();
    onclose();
  };
  if (view === 'void') return html`<${VoidForm} table=${table} order=${order} line=${line} onclose=${onclose} />`;
  if (view === 'note') return html`<${NoteForm} table=${table} order=${order} line=${line} onclose=${onclose} />`;
  const early = line.status === 'held' || line.status === 'queued';
  const dish = floor.menu.find((one) => one.id === line.menu_item_id);
  const again = () => dish && desk.changeBasket(table, (basket) => add(basket, lineOf(dish, newUuid(), { seat: line.seat, course: line.course, modifiers: dish.choices.flatMap((group) => group.modifiers).filter((choice) => line.modifiers.some((one) => one.name === choice.name)) })));
  return html`<${Sheet} title=${title} onclose=${onclose}>
    <div class="menu">
      ${line.status === 'ready' ? html`<button class="btn do" onclick=${then(() => act.serve(desk, [row], table.number))}>${t('waiter.served')}</button>` : null}
      ${line.status === 'held' ? html`<button class="btn do" onclick=${then(() => act.fire(desk, table, [row], line.name))}>${t('waiter.fire', { what: line.name })}</button>` : null}
      ${dish?.is_available ? html`<button class="btn" onclick=${then(again)}>${t('waiter.once_more')}</button>` : null}
      ${early ? html`<button class="btn" onclick=${() => setView('note')}>${t('waiter.note')}</button>` : null}
      ${order.status === 'delivered' && line.status === 'served' ? html`<button class="btn" onclick=${then(() => desk.put([entries.back(order, table.number)], { say: t('waiter.say.back', { table: table.number }) }))}>${t('waiter.back_to_pass')}</button>` : null}
      ${line.status !== 'served' && line.status !== 'voided' ? html`<button class="btn danger" onclick=${() => setView('void')}>${t('waiter.void_it')}</button>` : null}
      ${line.status === 'voided' ? html`<p class="muted">${line.void_reason ? t('waiter.void_because', { reason: line.void_reason }) : t('waiter.void')}</p>` : null}
    </div>
  <//>`;
}

/** @param {{table: import('../model/types.js').Table, order: import('../model/types.js').Order, line: import('../model/types.js').Line, onclose: () => void}} props */
function NoteForm({ table, order, line, onclose }) {
  const desk = useDesk();
  const [note, setNote] = useState(line.note ?? '');
  /** @param {Event} event */
  const save = (event) => {
    event.preventDefault();
    desk.put([entries.note(order, line, note.trim(), table.number)], { say: t('waiter.say.note', { table: table.number, what: line.name }) });
    onclose();
  };
  return html`<${Sheet} title=${`${line.quantity} ${line.name}`} onclose=${onclose}>
    <form onsubmit=${save}>
      <label class="field"><span>${t('waiter.note_to_cook')}</span><input class="txt" maxlength=${NOTE_MAX} value=${note} placeholder=${t('waiter.note_example')} oninput=${(/** @type {any} */ event) => setNote(event.target.value)} /></label>
      <div class="buttons"><button class="btn do">${t('waiter.note_save')}</button></div>
    </form>
  <//>`;
}
