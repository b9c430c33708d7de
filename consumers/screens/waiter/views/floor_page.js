/** The floor: what needs somebody, then the tables. */
import { Empty, Loading } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html, useState, useStore } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { SHOWN_MAX, isMine } from '../model/needs.js';
import { byNumber, tileOf, zonesOf } from '../model/tiles.js';
import { useNeeds, useNews } from '../needing.js';
import { Frame } from './frame.js';
import { NeedRow } from './need_row.js';
import { RefusedCards } from './refused_cards.js';
import { Tabs } from './tabs.js';
import { TableTile } from './table_tile.js';

export function FloorPage() {
  const desk = useDesk();
  const floor = useFloor();
  const loaded = useStore(desk.service.loaded);
  const sections = useStore(desk.sections);
  const { all, mine } = useNeeds();
  const isNew = useNews(mine, loaded);
  const [zone, setZone] = useState(sections.length > 0 ? 'mine' : 'all');
  const tables = byNumber(Object.values(floor.tables).filter((table) => table.is_active || table.session));
  const picked = tables.filter((table) => zone === 'all' || (zone === 'mine' ? isMine(table, desk.service.me.id, sections) : table.zone === zone));
  // What somebody else has already stands last: it needs nobody any more.
  const order = [...mine.filter((need) => need.by == null || need.by === desk.service.me.id), ...mine.filter((need) => need.by != null && need.by !== desk.service.me.id)];
  const open = mine.filter((need) => need.by == null).length;
  return html`<${Frame} title=${t('waiter.tables')}>
    <main class="scroll floor">
      <section class="needs" aria-label=${t('waiter.needs_you')}>
        <h2>${t('waiter.needs_you')}</h2>
        <${RefusedCards} />
        ${!loaded ? html`<${Loading} shapes=${3} height=${68} />` : order.length === 0 ? html`<${Empty}>${t(tables.some((table) => table.session) ? 'waiter.nothing_needs_you' : 'waiter.all_free')}<//>` : null}
        <div role="list">${order.slice(0, SHOWN_MAX).map((need) => html`<${NeedRow} key=${need.key} need=${need} fresh=${isNew(need)} />`)}</div>
        ${order.length > SHOWN_MAX ? html`<a class="btn plain more-needs" href="#/inbox">${t('waiter.more', { n: order.length - SHOWN_MAX })}</a>` : null}
      </section>
      <section class="room" aria-label=${t('waiter.tables')}>
        <div class="zones" role="group" aria-label=${t('waiter.zone')}>
          ${[['mine', t('waiter.mine')], ['all', t('waiter.all')], ...zonesOf(tables).map((name) => [name, name])].map(([key, name]) => html`<button key=${key} aria-pressed=${zone === key ? 'true' : 'false'} onclick=${() => setZone(key)}>${name}</button>`)}
        </div>
        ${!loaded ? html`<${Loading} shapes=${3} height=${98} />` : picked.length === 0 ? html`<${Empty}>${t('waiter.no_tables_here')}<//>` : null}
        <div class="tiles">${picked.map((table) => html`<${TableTile} key=${table.id} tile=${tileOf(floor, table, all)} />`)}</div>
      </section>
    </main>
    <${Tabs} at="floor" waiting=${open} />
  <//>`;
}
