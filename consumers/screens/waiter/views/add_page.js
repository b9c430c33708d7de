/** The menu of a table: + adds with the usual choices, a row opens all of them, typing searches. */
import { Empty, Icon, Loading } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html, useLayoutEffect, useRef, useState, useStore } from '../../shared/ui.js';
import { useBasket, useDesk, useFloor } from '../desk.js';
import { add, count, lineOf, newUuid, soldOut } from '../model/basket.js';
import { categoriesOf, found } from '../model/menu.js';
import { go, hashOf } from '../route.js';
import * as act from '../taps.js';
import { BasketList } from './basket_list.js';
import { DishRow } from './dish_row.js';
import { DishSheet } from './dish_sheet.js';
import { Frame } from './frame.js';
import { FreeText } from './free_text.js';
import { RefusedCards } from './refused_cards.js';

const FREE = '\u0000free';

/** @param {{id: number}} props */
export function AddPage({ id }) {
  const desk = useDesk();
  const floor = useFloor();
  const loaded = useStore(desk.service.loaded);
  const table = floor.tables[id];
  const basket = useBasket(table);
  const categories = categoriesOf(floor.menu);
  const [category, setCategory] = useState(/** @type {string|null} */ (null));
  const [search, setSearch] = useState(/** @type {string|null} */ (null));
  const [open, setOpen] = useState(/** @type {{dish: any, line: any, edit: boolean}|null} */ (null));
  const [sending, setSending] = useState(false);
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  useTyping((letter) => setSearch((old) => (old ?? '') + letter), open !== null);
  useLayoutEffect(() => {
    if (search !== null) field.current?.focus();
  }, [search !== null]);
  const shown = category ?? categories[0] ?? null;
  const back = { href: hashOf({ view: 'table', table: id }), text: html`${t('waiter.table')} <b class="n">${table?.number ?? ''}</b>` };
  if (!table) return html`<${Frame} title=${t('waiter.add_dishes')} back=${back} dock="dock"><main class="scroll"><${Loading} shapes=${4} height=${64} /></main><//>`;
  const dishes = search ? found(floor.menu, search) : floor.menu.filter((dish) => (dish.category ?? '') === shown);
  const gone = soldOut(basket, floor.menu);
  const n = count(basket);
  const guests = table.session?.guests_count ?? 1;
  /** @param {boolean} hold */
  const send = async (hold) => {
    if (sending || n === 0) return;
    setSending(true);
    const key = await act.send(desk, floor, table, basket.filter((line) => !gone.includes(line)), hold);
    setSending(false);
    if (key && gone.length === 0) go({ view: 'table', table: id });
  };
  return html`<${Frame} title=${t('waiter.add_dishes')} back=${back} dock="dock">
    <main class="scroll">
      <div class="zones" role="group" aria-label=${t('waiter.category')}>
        <button class="icon" aria-label=${t('waiter.search')} aria-pressed=${search !== null ? 'true' : 'false'} onclick=${() => setSearch(search === null ? '' : null)}><${Icon} name="search" /></button>
        ${categories.map((name) => html`<button key=${name} aria-pressed=${search === null && shown === name ? 'true' : 'false'} onclick=${() => (setSearch(null), setCategory(name))}>${name || t('waiter.course.other')}</button>`)}
        <button aria-pressed=${search === null && shown === FREE ? 'true' : 'false'} onclick=${() => (setSearch(null), setCategory(FREE))}>${t('waiter.free_text')}</button>
      </div>
      ${search !== null ? html`<label class="field"><span class="sr">${t('waiter.search')}</span><input ref=${field} type="search" class="txt" value=${search} placeholder=${t('waiter.search_example')} oninput=${(/** @type {any} */ event) => setSearch(event.target.value)} /></label>` : null}
      <${RefusedCards} table=${table.number} />
      ${shown === FREE && search === null ? html`<${FreeText} onadd=${(/** @type {any} */ line) => desk.changeBasket(table, (old) => add(old, line))} />` : !loaded ? html`<${Loading} shapes=${4} height=${64} />` : dishes.length === 0 ? html`<${Empty}>${search ? t('waiter.nothing_found', { what: search }) : t('waiter.no_dishes')}<//>` : html`<ul class="dishes">${dishes.map((dish) => html`<${DishRow} key=${dish.id} dish=${dish} n=${count(basket.filter((line) => line.menu_item_id === dish.id))} onadd=${() => desk.changeBasket(table, (old) => add(old, lineOf(dish, newUuid())))} onopen=${() => setOpen({ dish, line: lineOf(dish, newUuid()), edit: false })} />`)}</ul>`}
      ${basket.length > 0 ? html`<h2>${t('waiter.not_sent_yet')}</h2><${BasketList} basket=${basket} gone=${gone} onedit=${(/** @type {any} */ line) => setOpen({ dish: floor.menu.find((dish) => dish.id === line.menu_item_id) ?? null, line, edit: true })} />` : null}
      ${gone.length > 0 ? html`<p class="why" role="alert">${t('waiter.sold_out_meanwhile', { what: gone.map((line) => line.name).join(', ') })}</p>` : null}
    </main>
    <div class="dock">
      <button class="btn" disabled=${n === 0 || sending} onclick=${() => send(true)}>${t('waiter.hold')}</button>
      <button class="btn do" disabled=${n === 0 || sending || gone.length === basket.length} onclick=${() => send(false)}>${n === 0 ? t('waiter.nothing_chosen') : t('waiter.send_n', { n: n - count(gone) })}</button>
    </div>
    ${open ? html`<${DishSheet} table=${table} dish=${open.dish} line=${open.line} edit=${open.edit} guests=${guests} onclose=${() => setOpen(null)} />` : null}
  <//>`;
}

/** Letters that nobody else takes are a search. @param {(letter: string) => void} typed @param {boolean} off */
function useTyping(typed, off) {
  useLayoutEffect(() => {
    if (off) return;
    const key = (/** @type {KeyboardEvent} */ event) => {
      const { tagName } = /** @type {HTMLElement} */ (event.target);
      if (event.ctrlKey || event.metaKey || event.altKey || tagName === 'INPUT' || document.querySelector('dialog[open]')) return;
      if (event.key.length !== 1 || event.key === ' ') return;
      event.preventDefault();
      typed(event.key);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  });
}
