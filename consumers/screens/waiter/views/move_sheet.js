/** Guests change tables, two tables become one, or somebody else serves. */
import { Sheet } from '../../shared/sheet.js';
import { t } from '../../shared/texts.js';
import { html, useState, useStore } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import * as entries from '../model/entries.js';
import { byNumber, tileOf } from '../model/tiles.js';
import * as act from '../taps.js';
import { TableTile } from './table_tile.js';

/** @param {{table: import('../model/types.js').Table, onclose: () => void}} props */
export function MoveSheet({ table, onclose }) {
  const desk = useDesk();
  const floor = useFloor();
  const offline = useStore(desk.offline);
  const { waiters } = useStore(desk.service.house);
  const [onto, setOnto] = useState(/** @type {import('../model/types.js').Table|null} */ (null));
  const others = byNumber(Object.values(floor.tables)).filter((one) => one.id !== table.id && one.is_active);
  /** @param {import('../model/types.js').Table} to @param {boolean} merge */
  const move = (to, merge) => {
    onclose();
    act.move(desk, table, to, merge);
  };
  if (offline) return html`<${Sheet} title=${t('waiter.move_table', { table: table.number })} onclose=${onclose}><p class="why">${t('waiter.needs_connection')}</p><//>`;
  if (onto) {
    return html`<${Sheet} title=${t('waiter.merge_ask', { table: table.number, what: onto.number })} onclose=${onclose}>
      <p class="muted">${t('waiter.merge_means')}</p>
      <div class="buttons"><button class="btn" onclick=${() => setOnto(null)}>${t('waiter.keep_apart')}</button><button class="btn do" onclick=${() => move(onto, true)}>${t('waiter.merge')}</button></div>
    <//>`;
  }
  return html`<${Sheet} title=${t('waiter.move_table', { table: table.number })} onclose=${onclose}>
    <p class="muted">${t('waiter.move_means')}</p>
    <div class="tiles">${others.map((one) => html`<${TableTile} key=${one.id} tile=${tileOf(floor, one, [])} note=${one.session ? t('waiter.merge') : t('waiter.tile.free')} onpick=${() => (one.session ? setOnto(one) : move(one, false))} />`)}</div>
    ${waiters.length > 1 ? html`<h2>${t('waiter.hand_over')}</h2><div class="opts">${waiters.filter((one) => one.id !== table.session?.waiter_id).map((one) => html`<button key=${one.id} class="btn" onclick=${() => (desk.put([entries.handOver(table, one.id, one.name)], { say: t('waiter.say.hand', { table: table.number, what: one.name }) }), onclose())}>${one.name}</button>`)}</div>` : null}
  <//>`;
}
