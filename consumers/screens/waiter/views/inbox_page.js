/** The inbox: what is open, for all of the floor, and what somebody has. */
import { Empty, Icon, Loading } from '../../shared/parts.js';
import { money, time } from '../../shared/format.js';
import { t } from '../../shared/texts.js';
import { html, useStore } from '../../shared/ui.js';
import { useDesk, useFloor } from '../desk.js';
import { ms } from '../model/clock.js';
import { useNeeds, useNews } from '../needing.js';
import { Frame } from './frame.js';
import { NeedRow } from './need_row.js';
import { RefusedCards } from './refused_cards.js';
import { Swipe } from './swipe.js';
import { Tabs } from './tabs.js';

/** Payments are told for so long, and so many of them. */
const TOLD_MS = 1_800_000;
const TOLD_MAX = 5;

export function InboxPage() {
  const desk = useDesk();
  const floor = useFloor();
  const loaded = useStore(desk.service.loaded);
  const { me } = desk.service;
  const { all, mine, now } = useNeeds();
  const isNew = useNews(mine, loaded);
  const open = mine.filter((need) => need.by == null || need.by === me.id);
  const taken = all.filter((need) => need.by != null && need.by !== me.id);
  // Anybody may go anywhere: whose table it is only says who is rung.
  const others = all.filter((need) => need.by == null && !mine.includes(need));
  const paid = Object.values(floor.notices)
    .filter((notice) => notice.type === 'payment_notification' && now - ms(notice.created_at) < TOLD_MS)
    .sort((a, b) => ms(b.created_at) - ms(a.created_at))
    .slice(0, TOLD_MAX);
  const untaken = mine.filter((need) => need.by == null).length;
  return html`<${Frame} title=${t('waiter.inbox')}>
    <main class="scroll inbox">
      <h2>${t('waiter.open_now')}</h2>
      <${RefusedCards} />
      ${!loaded ? html`<${Loading} shapes=${3} height=${68} />` : open.length === 0 ? html`<${Empty}>${t('waiter.nothing_waits')}<//>` : null}
      <div role="list">${open.map((need) => html`<${Swipe} key=${need.key}><${NeedRow} need=${need} fresh=${isNew(need)} inbox /><//>`)}</div>
      ${others.length > 0 ? html`<h2>${t('waiter.other_tables')}</h2><div role="list">${others.map((need) => html`<${NeedRow} key=${need.key} need=${need} inbox />`)}</div>` : null}
      ${taken.length + paid.length > 0 ? html`<h2>${t('waiter.somebody_has_it')}</h2>` : null}
      <div role="list">
        ${taken.map((need) => html`<${NeedRow} key=${need.key} need=${need} inbox />`)}
        ${paid.map((notice) => html`<div class="call" role="listitem" key=${notice.notification_id}><b class="n">${notice.table_number ? html`<span class="sr">${t('waiter.table')} </span>${notice.table_number}` : html`<${Icon} name="cash" />`}</b><p>${t('waiter.paid_amount', { amount: notice.amount ? money(notice.amount) : '' })}<small>${notice.created_at ? time(notice.created_at) : ''}</small></p></div>`)}
      </div>
    </main>
    <${Tabs} at="inbox" waiting=${untaken} />
  <//>`;
}
