/** What the server refused: what it was, why, and each way on. Nothing that somebody tapped is dropped silently. */
import { money } from '../../shared/format.js';
import { sayRefusal } from '../../shared/refusal_text.js';
import { t } from '../../shared/texts.js';
import { html, useOutbox, useState } from '../../shared/ui.js';
import { labelText, useDesk, useFloor } from '../desk.js';
import { waysOn } from '../model/refused.js';
import { lazy } from '../lazy.js';
import { go } from '../route.js';

const VoidForm = lazy(() => import('./void_form.js').then((all) => all.VoidForm), () => null);

/** @param {{table?: string}} props only those of one table */
export function RefusedCards({ table }) {
  const desk = useDesk();
  const entries = useOutbox(desk.service.m).filter((entry) => entry.state === 'refused' && (table === undefined || entry.label?.table === table));
  return entries.map((entry) => html`<${Card} key=${entry.key} entry=${entry} />`);
}

/** With what it is about, where that helps more than the code's own sentence. @param {any} entry @param {import('../model/types.js').Floor} floor */
function why({ refusal, label }, floor) {
  const details = { ...refusal.body, ...refusal.body?.details };
  if (refusal.code === 'UNPAID_ORDERS' && details.total_unpaid) return t('waiter.unpaid', { amount: money(details.total_unpaid), table: label?.table });
  const gone = [details.menu_item_id, ...(details.items ?? []).map((/** @type {any} */ one) => one.menu_item_id)];
  const names = floor.menu.filter((dish) => gone.includes(dish.id)).map((dish) => dish.name);
  if ((refusal.code === 'SOLD_OUT' || refusal.code === 'ITEM_UNAVAILABLE') && names.length > 0) return t('waiter.sold_out_rest', { what: names.join(', ') });
  return sayRefusal(refusal, { amount: label?.amount, table: label?.table });
}

/** @param {{entry: any}} props */
function Card({ entry }) {
  const desk = useDesk();
  const floor = useFloor();
  const { outbox } = desk.service.m;
  const [asking, setAsking] = useState(false);
  const drop = () => outbox.drop(entry.key);
  const ways = waysOn(entry);
  /** @param {import('../model/refused.js').Way} way */
  const follow = async (way) => {
    if (way.do === 'manager') return setAsking(true);
    if (way.do === 'bill') go({ view: 'bill', table: way.table });
    drop();
    if (way.do === 'again') await desk.put([way.entry]);
  };
  const order = floor.orders[entry.about?.order];
  const line = order?.items?.find((one) => one.id === entry.about?.line);
  const of = order && floor.tables[order.table_id ?? -1];
  return html`<div class="call late card" role="alert">
    <b class="n"><span class="sr">${t('waiter.table')} </span>${entry.label?.table ?? ''}</b>
    <p>${t('waiter.not_done', { what: labelText(entry.label) })}<small>${why(entry, floor)}</small></p>
    <div class="ways">${ways.map((way) => html`<button key=${way.say} class="btn do" onclick=${() => follow(way)}>${t(`waiter.way.${way.say}`, { amount: way.amount ? money(way.amount) : '' })}</button>`)}<button class="btn" onclick=${drop}>${t('waiter.way.leave')}</button></div>
    ${asking && order && line && of ? html`<${VoidForm} table=${of} order=${order} line=${line} onclose=${() => (setAsking(false), drop())} />` : null}
  </div>`;
}
