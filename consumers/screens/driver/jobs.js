// The job: where to, whom to call, what to collect, and one big next step.

import { html, useState } from '../shared/ui.js';
import { Icon } from '../shared/parts.js';
import { toast } from '../shared/toast.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { money, time } from '../shared/format.js';
import { t } from '../shared/texts.js';
import { codeOf } from './courier.js';
import { call, map, split } from './address.js';
import { STAGES, next, stage } from './job.js';
import { Problem } from './problem.js';

/** A slip can be taken back before anybody hears of it, in milliseconds. */
const UNDO_MS = 5000;

/** @param {{jobs: any[], job: any, choose: (id: number) => void, offers: number, toOffers: () => void}} props */
export function Jobs({ jobs, job, choose, offers, toOffers }) {
  return html`
    ${jobs.length > 1 && html`<div class="jobs" role="group" aria-label=${t('driver.jobs')}>${jobs.map((one) => html`<button key=${one.id} class="btn n" aria-pressed=${String(one.id === job.id)} onClick=${() => choose(one.id)}>${codeOf(one)}</button>`)}</div>`}
    <${Job} key=${job.id} job=${job} />
    ${offers > 0 && html`<p class="more"><button class="btn" onClick=${toOffers}>${t('driver.more', { n: offers })}</button></p>`}`;
}

/** @param {{job: any}} props */
function Job({ job }) {
  const code = codeOf(job);
  const cash = toCollect(job);
  return html`<article class="job" aria-label=${code}>
    <div class="no"><h1 class=${code.length > 4 ? 'n long' : 'n'}>${code}</h1><span class="muted">${job.driverAcceptedAt ? t('driver.takenAt', { time: time(job.driverAcceptedAt) }) : job.restaurantName}</span></div>
    <${Address} job=${job} />
    <${Way} job=${job} />
    <${Reach} job=${job} />
    ${job.failReason && html`<p class="note"><span class="tape warn">${t('driver.failed', { reason: job.failReason })}</span></p>`}
    ${cash ? html`<p class="cash"><span>${t('driver.collect')}</span><b class="n">${money(cash)}</b></p>` : html`<p class="paid">${t('driver.nothingToCollect')}</p>`}
    <ul class="lines">${job.items.map((/** @type {any} */ item) => html`<li key=${item.id}><b class="n">${item.quantity}</b><span>${item.name}${item.notes && html`<small>${item.notes}</small>`}</span></li>`)}</ul>
  </article>`;
}

/** What is to be had at the door, or null. @param {any} job @returns {string | null} */
function toCollect(job) {
  return Number(job.collect ?? 0) > 0 ? job.collect : null;
}

/** @param {{job: any}} props */
function Address({ job }) {
  const { head, rest } = split(job.deliveryAddress);
  const more = [rest, job.notes].filter(Boolean).join(' · ');
  return html`<address>${head || t('driver.noAddress')}${more && html`<small>${more}</small>`}</address>`;
}

/** @param {{job: any}} props */
function Way({ job }) {
  const at = STAGES.indexOf(stage(job));
  return html`<ol class="way" aria-label=${t('driver.step', { n: at + 1, of: STAGES.length })}>${STAGES.map((one, index) => html`<li key=${one} class=${[index <= at && 'on', index === at && 'now'].filter(Boolean).join(' ')} aria-current=${index === at ? 'step' : undefined}>${t(`driver.stage.${one}`)}</li>`)}</ol>`;
}

/** @param {{job: any}} props */
function Reach({ job }) {
  const where = map(job.deliveryAddress);
  const number = call(job.customerPhone);
  if (!where && !number) return null;
  return html`<div class="two">
    ${where && html`<a class="btn" href=${where}><${Icon} name="place" />${t('driver.map')}</a>`}
    ${number && html`<a class="btn" href=${number}><${Icon} name="phone" />${t('driver.call', { name: job.customerName ?? '' })}</a>`}
  </div>`;
}

/** The next step, and what can go wrong instead. @param {{job: any, line: import("./courier.js").Courier}} props */
export function Dock({ job, line }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(false);
  const step = next(job);
  if (!step) return null;
  const code = codeOf(job);
  const cash = toCollect(job);
  const label = step === 'picked_up' ? t('driver.pickedUp') : cash ? t('driver.deliveredCash', { amount: money(cash) }) : t('driver.delivered');
  const go = async () => {
    setBusy(true);
    try {
      if (step === 'picked_up') await line.step(job, { status: 'picked_up' }, { text: 'driver.say.pickedUp' });
      else {
        const body = cash ? { status: 'delivered', collected: cash } : { status: 'delivered' };
        const entry = await line.step(job, body, { text: 'driver.say.delivered' }, UNDO_MS);
        toast({
          text: cash ? t('driver.toast.cash', { code, amount: money(cash) }) : t('driver.toast.delivered', { code }),
          ms: UNDO_MS,
          undo: () => line.m.outbox.drop(entry.key),
          commit: () => line.m.outbox.flush(entry.key),
        });
      }
    } catch (error) {
      toast({ text: sayRefusal(/** @type {any} */ (error)) });
    } finally {
      setBusy(false);
    }
  };
  return html`<footer class="dock"><button class="btn" onClick=${() => setTrouble(true)}>${t('driver.problem')}</button><button class="btn do" disabled=${busy} onClick=${go}>${label}</button></footer>
    ${trouble && html`<${Problem} job=${job} line=${line} close=${() => setTrouble(false)} />`}`;
}
