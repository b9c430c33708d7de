/** One table: who sits there, what they ordered, and the next steps. A free one asks how many guests. */
import { Empty, Icon, Loading } from '../../shared/parts.js';
import { money, time } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html, useRef, useState, useStore } from '../../shared/ui.js';
import { sum } from '../model/amounts.js';
import { allergies, byCourse, ofVisit } from '../model/lines.js';
import { useBasket, useDesk, useFloor } from '../desk.js';
import { hashOf } from '../route.js';
import { words } from './allergen.js';
import { CourseBlock } from './course_block.js';
import { Frame } from './frame.js';
import { GuestsSheet } from './guests_sheet.js';
import { LineSheet } from './line_sheet.js';
import { MoveSheet } from './move_sheet.js';
import { RefusedCards } from './refused_cards.js';
import { SeatPage } from './seat_page.js';

/** A tap on what stood elsewhere, or was something else, so many milliseconds ago was not meant for it. */
const STEADY_MS = 400;

/** Refuses a tap that was meant for what stood here before. @param {unknown} what @returns {(event: Event) => void} */
function useSteady(what) {
  const last = useRef({ what, at: -Infinity });
  if (last.current.what !== what) last.current = { what, at: performance.now() };
  return (event) => {
    if (performance.now() - last.current.at < STEADY_MS) event.preventDefault();
  };
}

/** @param {{id: number}} props */
export function TablePage({ id }) {
  const desk = useDesk();
  const floor = useFloor();
  const loaded = useStore(desk.service.loaded);
  const table = floor.tables[id];
  const basket = useBasket(table);
  /** @type {[any, (open: any) => void]} */
  const [open, setOpen] = useState(null);
  const steady = useSteady(table?.session?.id ?? null);
  const back = { href: hashOf({ view: 'floor' }), text: t('waiter.tables') };
  if (!table) return html`<${Frame} title=${t('waiter.table')} back=${back} dock="dock"><main class="scroll">${loaded ? html`<${Empty}>${t('waiter.no_such_table')}<//>` : html`<${Loading} shapes=${4} height=${56} />`}</main><//>`;
  if (!table.session) return html`<${SeatPage} table=${table} />`;
  const visit = table.session;
  const orders = ofVisit(floor.orders, visit.id);
  const shown = orders.filter((order) => order.status !== 'cancelled');
  const courses = byCourse(shown, floor.menu);
  const owed = shown.length > 0 ? sum(shown.map((order) => order.balance)) : null;
  const said = allergies(shown);
  const check = orders.find((order) => order.status === 'new');
  const waiter = visit.waiter_id == null ? '' : ` · ${floor.names[visit.waiter_id] ?? ''}`;
  const close = () => setOpen(null);
  return html`<${Frame} title=${t('waiter.table_n', { table: table.number })} back=${back} dock="dock">
    <div class="head">
      <h1 class="n${table.number.length > 2 ? ' long' : ''}"><span class="sr">${t('waiter.table')} </span>${table.number}</h1>
      <button class="guests" onclick=${() => setOpen({ guests: true })}>${t('waiter.guests', { n: visit.guests_count })}<small>${visit.started_at ? t('waiter.since', { at: time(visit.started_at) }) : ''}${waiter}</small><span class="sr">. ${t('waiter.change')}</span></button>
      ${owed ? html`<p class="sum n"><small>${t('waiter.to_pay')}</small>${money(owed)}</p>` : null}
    </div>
    ${said.length > 0 ? html`<p class="alg"><${Icon} name="warn" /><span>${t('waiter.allergy')}${said.map(({ seat, text }, i) => `${i > 0 ? '; ' : seat == null ? ': ' : ', '}${seat == null ? '' : `${t('waiter.seat_n', { n: seat })}: `}${words(text)}`).join('')}</span></p>` : null}
    <main class="scroll">
      <${RefusedCards} table=${table.number} />
      ${check ? html`<a class="btn do wide" href=${hashOf({ view: 'check', table: id })}>${t('waiter.need.check')}: ${t('waiter.check')}</a>` : null}
      ${courses.length === 0 ? html`<${Empty}>${t('waiter.nothing_ordered')}<//>` : null}
      ${courses.map((course) => html`<${CourseBlock} key=${course.key} course=${course} table=${table} onmore=${(/** @type {any} */ row) => setOpen({ row })} />`)}
    </main>
    <div class="dock">
      <button class="btn" onclick=${() => setOpen({ move: true })}>${t('waiter.move')}</button>
      <a class="btn" href=${hashOf({ view: 'bill', table: id })}>${t('waiter.bill')}</a>
      <a class="btn do" href=${hashOf({ view: 'add', table: id })} onclick=${steady}>${basket.length > 0 ? t('waiter.add_unsent', { n: basket.reduce((all, line) => all + line.quantity, 0) }) : t('waiter.add_dishes')}</a>
    </div>
    ${open?.move ? html`<${MoveSheet} table=${table} onclose=${close} />` : null}
    ${open?.guests ? html`<${GuestsSheet} table=${table} onclose=${close} />` : null}
    ${open?.row ? html`<${LineSheet} table=${table} order=${open.row.order.id} line=${open.row.line.id} onclose=${close} />` : null}
  <//>`;
}
