/** Takes a line off: with a reason, and from the moment the kitchen has begun with a manager's PIN, who types it on this phone. */
import { PinPad } from '../../shared/pad.js';
import { money } from '../../shared/format.js';
import { Sheet } from '../../shared/sheet.js';
import { t } from '../../shared/texts.js';
import { html, useState, useStore } from '../../shared/ui.js';
import { useDesk } from '../desk.js';
import * as entries from '../model/entries.js';
import { lineMinor } from '../model/shares.js';
import { digitsOf, toText } from '../model/amounts.js';

/** @typedef {import('../model/types.js').Line} Line */
/** @typedef {import('../model/types.js').Order} Order */

const REASONS = ['wrong_dish', 'guest_left', 'quality'];

/** @param {{table: import('../model/types.js').Table, order: Order, line: Line, onclose: () => void}} props */
export function VoidForm({ table, order, line, onclose }) {
  const desk = useDesk();
  const { me } = desk.service;
  const offline = useStore(desk.offline);
  const { managers } = useStore(desk.service.house);
  const [reason, setReason] = useState(() => t(`waiter.reason.${REASONS[0]}`));
  const [other, setOther] = useState(false);
  const [manager, setManager] = useState(/** @type {number|null} */ (null));
  const begun = (line.status === 'preparing' || line.status === 'ready') && me.role === 'waiter';
  const digits = digitsOf(line.price);
  const cost = money(toText(lineMinor(line, digits), digits));
  const who = manager ?? managers[0]?.id ?? null;
  const away = async () => {
    await desk.put([entries.voided(order, line, reason, table.number)], { say: t('waiter.say.void', { table: table.number, what: `${line.quantity} ${line.name}` }) });
    onclose();
  };
  /** A PIN is typed, asked about and forgotten: it is never stored. @param {string} pin */
  const allow = async (pin) => {
    await desk.service.ask('DELETE', `/api/v1/orders/${order.id}/items/${line.id}`, { reason, approval: { user_id: who, pin } });
    desk.say(t('waiter.say.void', { table: table.number, what: `${line.quantity} ${line.name}` }));
    onclose();
  };
  return html`<${Sheet} title=${t(begun ? 'waiter.void_begun' : 'waiter.void_why')} onclose=${onclose}>
    <p class="muted">${line.quantity} ${line.name}, ${cost}</p>
    <div class="opts reasons" role="group" aria-label=${t('waiter.reason')}>
      ${REASONS.map((one) => t(`waiter.reason.${one}`)).map((text) => html`<button class="chip" aria-pressed=${!other && reason === text ? 'true' : 'false'} onclick=${() => (setOther(false), setReason(text))}>${text}</button>`)}
      <button class="chip" aria-pressed=${other ? 'true' : 'false'} onclick=${() => (setOther(true), setReason(''))}>${t('waiter.reason.other')}</button>
    </div>
    ${other ? html`<label class="field"><span>${t('waiter.reason')}</span><input class="txt" maxlength="200" value=${reason} oninput=${(/** @type {any} */ event) => setReason(event.target.value)} /></label>` : null}
    ${!begun ? html`<div class="buttons"><button class="btn" onclick=${onclose}>${t('waiter.keep_it')}</button><button class="btn do" disabled=${!reason.trim()} onclick=${away}>${t('waiter.void_it')}</button></div>` : offline ? html`<p class="why">${t('waiter.void_needs_connection')}</p><div class="buttons"><button class="btn" onclick=${onclose}>${t('waiter.keep_it')}</button></div>` : html`
      ${managers.length > 1 ? html`<div class="opts" role="group" aria-label=${t('waiter.which_manager')}>${managers.map((one) => html`<button class="chip" key=${one.id} aria-pressed=${who === one.id ? 'true' : 'false'} onclick=${() => setManager(one.id)}>${one.name}</button>`)}</div>` : null}
      ${who == null || !reason.trim() ? html`<p class="why">${who == null ? t('waiter.no_manager') : t('waiter.say_why_first')}</p>` : html`<${PinPad} title=${t('waiter.pin_of', { name: managers.find((one) => one.id === who)?.name ?? '' })} onpin=${allow} />`}`}
  <//>`;
}
