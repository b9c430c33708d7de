// @ts-check
/** The basket, before it becomes an order. */
import { money } from '../shared/format.js';
import { Offline } from '../shared/maitred.js';
import { Empty, Icon, Problem, Stepper } from '../shared/parts.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { t } from '../shared/texts.js';
import { toast } from '../shared/toast.js';
import { html, useRef, useState, useStore } from '../shared/ui.js';
import { canBe, chosen, dishOf, totalText, wish } from './basket.js';
import { Mast } from './mast.js';
import { allergen } from './words.js';

/** @param {import('./menu_view.js').Props} props */
export function BasketView({ visit, basket, state, offline, orders: open }) {
  const current = useStore(basket.state);
  const { picks, avoid, note, key } = current;
  const menu = state.menu ?? [];
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const sending = useRef(false);
  const exponent = state.restaurant?.currency_exp ?? 2;
  const avoided = avoid.map(allergen).join(', ');
  const gone = picks.filter((one) => !canBe(one, menu));
  const able = picks.length > gone.length && open;
  const order = async () => {
    // two taps are one order, before the button knows it
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await visit.order(wish(current, menu, avoided), key);
      basket.ordered();
      location.hash = '#status';
    } catch (error) {
      setProblem(error);
      // what the server refused is answered the same under this key; what nobody answered is safe to repeat under it
      if (!(error instanceof Offline)) basket.change({});
    }
    sending.current = false;
    setBusy(false);
  };
  /** @param {number} at @param {number} quantity */
  const change = (at, quantity) => {
    const before = picks;
    basket.quantity(at, quantity);
    if (!quantity) toast({ text: t('guest.taken_out', { name: dishOf(before[at], menu)?.name }), undo: () => basket.restore(before) });
  };
  return html`<main class="basket"><${Mast} small title=${t('guest.basket')} table=${state.table} /><div class="pane">
    ${!picks.length && html`<${Empty} icon="bag">${t('guest.basket.empty')}</${Empty}>`}
    ${picks.map((one, n) => { const dish = dishOf(one, menu); const out = !canBe(one, menu); return html`<div class=${`line ${out ? 'out' : ''}`} key=${`${one.dish} ${one.modifiers}`}><div><strong>${dish?.name ?? t('guest.gone')}</strong><small>${out ? t('guest.sold_out') : chosen(one, dish).map(({ name }) => name).join(' · ')}</small></div>
      <${Stepper} value=${one.quantity} label=${t('guest.how_many', { name: dish?.name })} onchange=${(/** @type {number} */ q) => change(n, q)} /></div>`; })}
    ${picks.length > 0 && html`<p class="sum t"><span>${t('guest.total')}</span><span class="n">${money(totalText(picks, menu, exponent))}</span></p>`}
    <p class="sr" role="status">${gone.length ? t('guest.n.gone', { n: gone.length, names: gone.map((one) => dishOf(one, menu)?.name ?? '').join(', ') }) : ''}</p>
    ${avoid.length > 0 && html`<p class="warning"><${Icon} name="warn" />${t('guest.avoided', { what: avoided })}</p>`}
    ${picks.length > 0 && html`<label class="label" for="note">${t('guest.note')}</label><input id="note" class="txt" placeholder=${t('guest.note.example')} maxlength="80" value=${note} onInput=${(/** @type {any} */ event) => basket.change({ note: event.target.value })} />
      <p class="muted hint">${t('guest.first')}</p>`}
    ${problem && html`<${Problem} what=${problem instanceof Offline ? t('guest.no_answer') : sayRefusal(problem)} kept=${t('guest.basket.kept')} code=${problem instanceof Offline ? undefined : problem.code} />`}</div>
    <div class="dock">${offline ? html`<button type="button" class="btn do" disabled>${t('guest.offline.button')}</button>` : html`<button type="button" class="btn do" disabled=${busy || !able} onClick=${order}><span>${open ? t('guest.order', { table: state.table?.number }) : t('refused.QR_BLOCKED')}</span><span>${able ? money(totalText(picks, menu, exponent)) : ''}</span></button>`}
      <a class="btn plain" href="#">${t('guest.back_to_menu')}</a></div></main>`;
}
