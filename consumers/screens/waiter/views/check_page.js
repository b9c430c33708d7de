/** A guest's order that waits: looked through, changed where needed, approved or refused. */
import { Empty, Icon, Stepper } from '../../shared/parts.js';
import { money } from '../../shared/format.js';
import { Sheet } from '../../shared/sheet.js';
import { t } from '../../shared/texts.js';
import { html, useState } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { ms } from '../model/clock.js';
import * as entries from '../model/entries.js';
import { allergies, ofVisit } from '../model/lines.js';
import { go, hashOf } from '../route.js';
import { Age } from './age.js';
import { words } from './allergen.js';
import { Frame } from './frame.js';
import { LineRow } from './line_row.js';
import { RefusedCards } from './refused_cards.js';

const REASONS = ['closed', 'sold_out', 'ask'];

/** @param {{id: number}} props a table */
export function CheckPage({ id }) {
  const desk = useDesk();
  const floor = useFloor();
  const table = floor.tables[id];
  const [changing, setChanging] = useState(false);
  const [refusing, setRefusing] = useState(false);
  const order = ofVisit(floor.orders, table?.session?.id).find((one) => one.status === 'new');
  const back = { href: hashOf({ view: 'table', table: id }), text: html`${t('waiter.table')} <b class="n">${table?.number ?? ''}</b>` };
  if (!table || !order) return html`<${Frame} title=${t('waiter.need.check')} back=${back} dock="dock"><main class="scroll"><${Empty}>${t('waiter.nothing_to_check')}<//></main><//>`;
  const said = allergies([order]);
  const lines = (order.items ?? []).filter((line) => line.status !== 'voided');
  const leave = () => go({ view: 'table', table: id });
  const approve = async () => {
    await desk.put([entries.approve(order, table.number)], { say: t('waiter.say.approve', { table: table.number }) });
    leave();
  };
  /** @param {string} reason */
  const refuse = async (reason) => {
    setRefusing(false);
    await desk.put([entries.refuse(order, reason, table.number)], { say: t('waiter.say.refuse', { table: table.number, what: reason }) });
    leave();
  };
  /** @param {import('../model/types.js').Line} line @param {number} quantity */
  const change = (line, quantity) => desk.put([quantity === 0 ? entries.voided(order, line, t('waiter.reason.sold_out'), table.number) : entries.quantity(order, line, quantity, table.number)]);
  return html`<${Frame} title=${t('waiter.need.check')} back=${back} dock="dock">
    <div class="head"><h1 class="n"><span class="sr">${t('waiter.table')} </span>${table.number}</h1><p>${t('waiter.need.check')}<small>${t('waiter.from_guest')} · <${Age} from=${ms(order.created_at)} /></small></p><p class="sum n">${money(order.total_amount)}</p></div>
    ${said.length > 0 ? html`<p class="alg"><${Icon} name="warn" /><span>${t('waiter.allergy')}: ${said.map(({ text }) => words(text)).join(', ')}</span></p>` : null}
    <main class="scroll">
      <${RefusedCards} table=${table.number} />
      <ul class="lines">${lines.map((line) => (changing ? html`<li key=${line.id} class="pick"><strong>${line.name}</strong><${Stepper} value=${line.quantity} min=${0} max=${99} onchange=${(/** @type {number} */ n) => change(line, n)} label=${line.name} /></li>` : html`<${LineRow} key=${line.id} row=${{ line, order }} table=${table} />`))}</ul>
      ${order.note ? html`<p class="said-note">${order.note}</p>` : null}
    </main>
    <div class="dock">
      <button class="btn" onclick=${() => setRefusing(true)}>${t('waiter.refuse')}</button>
      <button class="btn" aria-pressed=${changing ? 'true' : 'false'} onclick=${() => setChanging(!changing)}>${t(changing ? 'waiter.changed' : 'waiter.change')}</button>
      <button class="btn do" disabled=${lines.length === 0} onclick=${approve}>${t('waiter.approve')}</button>
    </div>
    ${refusing ? html`<${Sheet} title=${t('waiter.refuse_why')} onclose=${() => setRefusing(false)}><p class="muted">${t('waiter.guest_reads')}</p><div class="menu">${REASONS.map((one) => html`<button key=${one} class="btn" onclick=${() => refuse(t(`waiter.refusal.${one}`))}>${t(`waiter.refusal.${one}`)}</button>`)}</div><//>` : null}
  <//>`;
}
