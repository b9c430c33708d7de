// The whole screen: the switch, and below it either the job or what can be taken.

import { html, useEffect, useRef, useState, useLink, useOutbox, useStore, useTick } from '../shared/ui.js';
import { Heartbeat, OutboxTape } from '../shared/bar.js';
import { Banner, Refusals } from '../shared/banner.js';
import { Icon } from '../shared/parts.js';
import { sound, setMuted, unlock, useMuted } from '../shared/sound.js';
import { wake } from '../shared/wake.js';
import { t } from '../shared/texts.js';
import { Switch } from './switch.js';
import { Offers } from './offer_list.js';
import { Dock, Jobs } from './jobs.js';
import { Lost } from './lost.js';
import { Delivered } from './delivered.js';
import { ahead, isOpen } from './job.js';
import * as offers from './offers.js';
import * as ringing from './ringing.js';
import { say } from './saying.js';

/** @param {{line: import("./courier.js").Courier, name: string, leave: () => void}} props */
export function Drive({ line, name, leave }) {
  const round = useStore(line.state);
  const link = useLink(line.m);
  const waiting = useOutbox(line.m);
  const [wantsOffers, setWantsOffers] = useState(false);
  const [chosen, choose] = useState(/** @type {number | null} */ (null));
  const muted = useMuted();
  useTick(1000);
  const now = line.m.now();
  const jobs = mine(round.orders, waiting);
  const open = jobs.filter(isOpen);
  const live = link.state === 'live' || link.state === 'old';
  const job = open.find((one) => one.id === chosen) ?? open[0];
  const view = open.length > 0 && !wantsOffers ? 'job' : round.status === 'offline' ? 'off' : 'offers';
  const ring = useRinging({ available: round.status === 'available', onJob: open.length > 0, live, offers: offers.open(round.rows) });

  useEffect(() => {
    wake(open.length > 0);
    return () => wake(false);
  }, [open.length > 0]);
  useEffect(() => line.sweep(), [Math.floor(now / 1000)]);
  useEffect(() => {
    if (open.length === 0) setWantsOffers(false);
  }, [open.length]);

  const lost = view === 'job' ? t('driver.lost.job') : t('driver.lost.offers');
  return html`<div class="driver" data-view=${view} onPointerDown=${unlock}>
    <header class="bar">
      <${Switch} status=${round.status} onJob=${open.length > 0} live=${live} set=${line.setAvailable} />
      <span class="signs">
        <${OutboxTape} m=${line.m} say=${say} />
        ${ring.loud && !muted ? html`<button class="icon" onClick=${ring.quiet} aria-label=${t('driver.quiet')}><${Icon} name="bell" /></button>` : html`<${Mute} muted=${muted} />`}
        <${Heartbeat} m=${line.m} />
      </span>
    </header>
    <main class=${link.state === 'lost' ? 'scroll covered' : 'scroll'}>
      <${Refusals} m=${line.m} say=${say} />
      <${Lost} lost=${round.lost} read=${line.read} />
      ${view === 'job' && html`<${Jobs} jobs=${open} job=${job} choose=${choose} offers=${offers.open(round.rows).length} toOffers=${() => setWantsOffers(true)} />`}
      ${view === 'offers' && html`<${Offers} line=${line} round=${round} now=${now} live=${live} back=${open.length > 0 ? () => setWantsOffers(false) : null} taken=${() => setWantsOffers(false)} />`}
      ${view === 'off' && html`<${Off} waiting=${offers.open(round.rows).length} name=${name} leave=${leave} />`}
      ${view !== 'job' && html`<${Delivered} line=${line} orders=${jobs} now=${now} />`}
    </main>
    ${view === 'job' && html`<${Dock} key=${job.id} job=${job} line=${line} />`}
    <${Banner} m=${line.m} lost=${lost} back=${() => t('driver.back', { n: offers.open(round.rows).length })} />
  </div>`;
}

/** Orders as they are once the outbox is empty. @param {import("./round.js").Order[]} orders @param {any[]} entries */
function mine(orders, entries) {
  const steps = entries.filter((entry) => entry.state !== 'refused' && entry.patch).map((entry) => entry.patch);
  return orders
    .filter((order) => !steps.some((step) => step.order === order.id && step.status === 'dropped'))
    .map(
      (order) =>
        /** @type {import("./round.js").Order} */ (
          ahead(
            order,
            steps.filter((step) => step.order === order.id),
          )
        ),
    );
}

/** @param {import("./ringing.js").Situation} situation */
function useRinging(situation) {
  const memory = useRef(ringing.silent());
  const ids = situation.offers.map((offer) => offer.id).join();
  const [, again] = useState(0);
  useEffect(() => {
    const ring = () => {
      const turn = ringing.turn(situation, memory.current, performance.now() + 1);
      memory.current = turn.memory;
      if (turn.ring) sound('new');
    };
    ring();
    const timer = setInterval(ring, 1000);
    return () => clearInterval(timer);
  }, [ids, situation.available, situation.onJob, situation.live]);
  const quiet = () => {
    memory.current = ringing.touched(situation, memory.current);
    again((n) => n + 1);
  };
  return { loud: ringing.loud(situation, memory.current).length > 0, quiet };
}

/** @param {{muted: boolean}} props */
function Mute({ muted }) {
  const label = muted ? t('driver.unmute') : t('driver.mute');
  return html`<button class="icon" aria-label=${label} aria-pressed=${String(muted)} onClick=${() => setMuted(!muted)}><${Icon} name=${muted ? 'mute' : 'sound'} /></button>`;
}

/** @param {{waiting: number, name: string, leave: () => void}} props */
function Off({ waiting, name, leave }) {
  return html`<div class="dead">
    <h1>${t('driver.off.title')}</h1>
    <p>${waiting > 0 ? t('driver.off.waiting', { n: waiting }) : t('driver.off.none')}</p>
    <p class="leave"><button class="btn plain" onClick=${leave}>${t('driver.leave', { name })}</button></p>
  </div>`;
}
