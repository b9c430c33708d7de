// "Decide now": one card for each thing that waits for a manager, with what can be done about it.

import { html, useEffect, useRef, useState, useStore, useTick } from '../shared/ui.js';
import { money } from '../shared/format.js';
import { sound } from '../shared/sound.js';
import { t } from '../shared/texts.js';
import { useAct, why } from './acting.js';
import { decisions } from './decide.js';
import { Drivers } from './drivers_sheet.js';
import { Reason } from './reason_sheet.js';

/** Cards that are shown; the others are counted. On a phone they must not hide the orders. */
const SHOWN = matchMedia('(max-width: 760px)').matches ? 3 : 6;
/** What was seen is remembered as long as the page lives; of so many. */
const SEEN_MAX = 500;

/** @param {{house: import('./house.js').House, open: (id: number) => void}} props */
export function Decisions({ house, open }) {
  const known = useStore(house.state);
  const [seen, setSeen] = useState(/** @type {Set<string>} */ (new Set()));
  const [all, setAll] = useState(false);
  useTick(1000);
  const now = house.m.now();
  const { orders, devices, tasks, drivers, settings } = known;
  const waiting = decisions({ orders: orders.values(), devices, tasks, drivers, alertS: settings?.settings?.device_alert_s ?? null, seen, now });
  useCall(
    waiting.map((one) => one.key),
    known.loaded.has('orders'),
  );
  const shown = all ? waiting : waiting.slice(0, SHOWN);
  const dismiss = (/** @type {string} */ key) => setSeen((old) => new Set([...old].slice(-SEEN_MAX).concat(key)));
  return html`<h2 id="decide">${t('manager.decide')}</h2>
    ${
      waiting.length === 0
        ? html`<p class="calm">${t('manager.decide.none')}</p>`
        : html`<ul class="dec" aria-labelledby="decide">${shown.map((one) => html`<${Card} key=${one.key} house=${house} one=${one} now=${now} open=${open} dismiss=${dismiss} />`)}</ul>`
    }
    ${waiting.length > shown.length && html`<p class="actions"><button class="btn small" onClick=${() => setAll(true)}>${t('manager.more', { n: waiting.length - shown.length })}</button></p>`}`;
}

/** One sound for what is new; not for what was there when the page opened. @param {string[]} keys @param {boolean} loaded */
function useCall(keys, loaded) {
  const known = useRef(/** @type {Set<string> | null} */ (null));
  useEffect(() => {
    if (!loaded) return;
    const fresh = known.current !== null && keys.some((key) => !known.current?.has(key));
    known.current = new Set(keys);
    if (fresh) sound('call');
  }, [keys.join(), loaded]);
}

/** @param {{house: import('./house.js').House, one: import('./decide.js').Decision, now: number, open: (id: number) => void, dismiss: (key: string) => void}} props */
function Card({ house, one, now, open, dismiss }) {
  const [sheet, setSheet] = useState(/** @type {'drivers' | 'refuse' | null} */ (null));
  const { act, busy, error, live } = useAct(house);
  const { title, small } = saying(one, now);
  const off = busy || !live;
  const give = (/** @type {any} */ driver) =>
    act({
      method: 'PATCH',
      path: `/api/delivery/orders/${one.order?.id}`,
      body: { driverId: driver?.id ?? null },
      touches: ['orders', 'house', 'tasks'],
      said: driver ? t('manager.given', { code: one.code, name: driver.name }) : t('manager.givenBack', { code: one.code }),
    });
  const status = (/** @type {string} */ to, /** @type {string | undefined} */ reason) =>
    act({ method: 'PATCH', path: `/api/v1/orders/${one.order?.id}`, body: { status: to, reason }, touches: ['orders'], said: t(to === 'confirmed' ? 'manager.approved' : 'manager.refused', { code: one.code }) });
  const finish = () => act({ method: 'PATCH', path: `/api/v1/tasks/${one.task.id}`, body: { status: 'done' }, touches: ['tasks'] });
  const done = async (/** @type {Promise<any>} */ doing) => {
    if (await doing) setSheet(null);
  };
  /** @type {Record<string, () => any>} */
  const buttons = {
    driver: () =>
      html`${
        one.driver
          ? html`<button class="btn do" disabled=${off} onClick=${() => give(one.driver)}>${t('manager.giveTo', { name: one.driver.name })}</button><button class="btn" disabled=${off} onClick=${() => setSheet('drivers')}>${t('manager.other')}</button>`
          : html`<button class="btn do" disabled=${off} onClick=${() => setSheet('drivers')}>${t('manager.chooseDriver')}</button><button class="btn" onClick=${() => one.order && open(one.order.id)}>${t('manager.look')}</button>`
      }`,
    failed: () =>
      html`<button class="btn do" disabled=${off} onClick=${() => setSheet('drivers')}>${t('manager.otherDriver')}</button><button class="btn" onClick=${() => one.order && open(one.order.id)}>${t('manager.look')}</button>`,
    approve: () =>
      html`<button class="btn do" disabled=${off} onClick=${() => status('confirmed', undefined)}>${t('manager.approve')}</button><button class="btn" disabled=${off} onClick=${() => setSheet('refuse')}>${t('manager.refuse')}</button>`,
    unattended: () =>
      html`<button class="btn do" disabled=${off} onClick=${() => act({ method: 'PATCH', path: `/api/v1/tasks/${one.task.id}`, body: { status: 'acknowledged' }, touches: ['tasks'] })}>${t('manager.iGo')}</button><button class="btn" disabled=${off} onClick=${finish}>${t('manager.done')}</button>`,
    task: () => html`<button class="btn do" disabled=${off} onClick=${finish}>${t('manager.done')}</button>`,
    silent: () => html`<button class="btn do" onClick=${() => dismiss(one.key)}>${t('manager.seen')}</button><a class="btn" href="#screens">${t('manager.look')}</a>`,
  };
  return html`<li class=${one.state}>
    <p>${title}${small && html`<small>${small}</small>`}</p>
    ${error && html`<p class="error" role="alert">${why(error, { code: one.code })}</p>`}
    <div class="btns">${buttons[one.kind]()}</div>
    ${sheet === 'drivers' && html`<${Drivers} house=${house} code=${one.code} now=${one.order?.driver_id ?? null} give=${(/** @type {any} */ driver) => done(give(driver))} close=${() => setSheet(null)} />`}
    ${sheet === 'refuse' && html`<${Reason} title=${t('manager.refuse.title', { code: one.code })} reasons=${['closed', 'soldOut', 'twice', 'wrongTable']} confirm=${t('manager.refuse')} busy=${busy} error=${error} give=${(/** @type {string} */ reason) => done(status('cancelled', reason))} close=${() => setSheet(null)} />`}
  </li>`;
}

/** @param {import('./decide.js').Decision} one @param {number} now */
function saying(one, now) {
  const n = Math.max(0, Math.floor((now - one.since) / 60_000));
  const { order, task, device } = one;
  const amount = order ? money(order.total_amount) : '';
  switch (one.kind) {
    case 'driver':
      return {
        title: t('manager.say.driver', { code: one.code, n }),
        small: [order?.address ?? order?.customer_name, Number(order?.collect ?? 0) > 0 ? t('manager.say.cash', { amount: money(order?.collect) }) : t('manager.say.paid', { amount })].filter(Boolean).join(', '),
      };
    case 'failed':
      return { title: t('manager.say.failed', { code: one.code }), small: [order?.fail_reason, t('manager.say.ago', { n })].filter(Boolean).join(', ') };
    case 'approve':
      return { title: t('manager.say.approve', { code: one.code }), small: t('manager.say.approve.small', { n: order?.items_count ?? 0, amount }) };
    case 'unattended':
      return { title: t(`manager.say.${task.kind}`, { table: one.code ?? '', n }), small: t('manager.say.nobody') };
    case 'task':
      return { title: task.title, small: t('manager.say.ago', { n }) };
    case 'silent':
      return { title: t('manager.say.silent', { name: device.name, n }), small: device.outbox > 0 ? t('manager.say.outbox', { n: device.outbox }) : (device.user?.name ?? device.station?.name ?? '') };
  }
}
