// What can be taken, the longest waiting first. A row that is gone stays where it is, as high as it was, and says where it went.

import { html, useLayoutEffect, useRef, useState } from '../shared/ui.js';
import { Empty, Tape } from '../shared/parts.js';
import { toast } from '../shared/toast.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { clock, money, time } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { codeOf } from './courier.js';
import { split } from './address.js';
import * as offers from './offers.js';

/** From here on the wait is amber, then red: what cools is worth less. Milliseconds. */
const AMBER_MS = 5 * 60_000;
const RED_MS = 8 * 60_000;

/**
 * @param {{line: import("./courier.js").Courier, round: import("./round.js").Round, now: number, live: boolean, back: (() => void) | null, taken: () => void}} props
 */
export function Offers({ line, round, now, live, back, taken }) {
  const n = offers.open(round.rows).length;
  if (!round.loaded) return html`<div class="grey"></div><div class="grey"></div><p class="sr" role="status">${t('driver.loading')}</p>`;
  return html`
    ${back && html`<p><button class="btn" onClick=${back}>${t('driver.toJob')}</button></p>`}
    <h2>${n === 0 ? t('driver.none') : t('driver.offers', { n })}</h2>
    ${round.rows.length === 0 && html`<${Empty}>${t('driver.empty')}<//>`}
    ${round.rows.map((row) => html`<${Offer} key=${row.offer.id} row=${row} line=${line} now=${now} live=${live} me=${round.me} taken=${taken} />`)}`;
}

/** @param {{row: import("./offers.js").Row, line: import("./courier.js").Courier, now: number, live: boolean, me: number, taken: () => void}} props */
function Offer({ row, line, now, live, me, taken }) {
  const [busy, setBusy] = useState(false);
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  const height = useRef(0);
  const had = useRef(false);
  // Measured while it stands, because afterwards there is nothing to measure.
  useLayoutEffect(() => {
    if (!row.gone && card.current) height.current = card.current.getBoundingClientRect().height;
    if (!row.gone) return;
    card.current?.style.setProperty('--kept', `${height.current || 62}px`);
    if (had.current) card.current?.focus();
  }, [row.gone, busy]);
  const offer = /** @type {any} */ (row.offer);
  const code = codeOf(offer);
  if (row.gone) {
    const text = row.gone === 'taken' ? t('driver.gone.taken', { code, time: time(new Date(row.goneAt).toISOString()) }) : t('driver.gone.off', { code });
    return html`<article class="of gone" ref=${card} tabindex="-1" role="status">${text}</article>`;
  }
  const take = async () => {
    setBusy(true);
    had.current = document.activeElement !== null && card.current?.contains(document.activeElement) === true;
    try {
      await line.take(row.offer.id);
      taken();
    } catch (error) {
      toast({ text: sayRefusal(/** @type {any} */ (error), { code }) });
    } finally {
      setBusy(false);
    }
  };
  const waits = Math.max(0, now - offers.waitsSince(row.offer));
  const state = waits >= RED_MS ? 'late' : waits >= AMBER_MS ? 'warn' : undefined;
  const dishes = (offer.items ?? []).reduce((/** @type {number} */ sum, /** @type {any} */ item) => sum + item.quantity, 0);
  const given = offer.driverId === me;
  const paid = Number(offer.collect ?? 0) > 0 ? t('driver.cash', { amount: money(offer.collect) }) : t('driver.paid');
  const address = split(offer.deliveryAddress);
  return html`<article class=${given ? 'of given' : 'of'} ref=${card} aria-label=${code}>
    <div class="top">
      <b class=${code.length > 3 ? 'n long' : 'n'}>${code}</b>
      <p class="where">${address.head || t('driver.noAddress')}<small>${[offer.restaurantName, t('driver.dishes', { n: dishes }), paid].filter(Boolean).join(' · ')}</small>${given && html`<small><${Tape} state="new">${t('driver.given')}<//></small>`}</p>
      <time class=${state ? `tape ${state}` : 'tape'}>${t('driver.waits', { clock: clock(waits) })}</time>
    </div>
    <button class="btn do" disabled=${busy || !live} onClick=${take}>${live ? t('driver.take', { code }) : t('driver.take.nolink', { code })}</button>
  </article>`;
}
