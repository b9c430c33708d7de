// @ts-check
/** Calling a waiter and asking for the bill, with the answer by name. */
import { sayRefusal } from '../shared/refusal_text.js';
import { Icon } from '../shared/parts.js';
import { t } from '../shared/texts.js';
import { toast } from '../shared/toast.js';
import { html, useState } from '../shared/ui.js';

/** @typedef {import('./visit.js').Ask} Ask */

/** What was answered: its room is kept, so nothing moves when it comes. @param {{requests: Ask[]}} props */
export function Said({ requests }) {
  const last = [...requests].sort((a, b) => Number(a.status === 'acknowledged') - Number(b.status === 'acknowledged') || a.id - b.id).at(-1);
  if (!last) return null;
  const text = last.status === 'acknowledged' && last.assignee ? t(`guest.${last.kind}.coming`, { name: last.assignee.name }) : t(`guest.${last.kind}.sent`);
  return html`<p class="said"><${Icon} name=${last.status === 'acknowledged' ? 'check' : 'bell'} />${text}</p>`;
}

/** @param {{visit: import('./visit.js').GuestVisit, kind: Ask['kind'], requests: Ask[]}} props */
export function AskButton({ visit, kind, requests }) {
  const [busy, set] = useState(false);
  const asked = requests.some((one) => one.kind === kind);
  const press = async () => {
    set(true);
    await (asked ? visit.unask(kind) : visit.ask(kind)).catch((error) => toast({ text: sayRefusal(error) }));
    set(false);
  };
  return html`<button type="button" class="btn" disabled=${busy} onClick=${press}>${kind === 'call_waiter' && html`<${Icon} name="bell" />`}${t(`guest.${kind}.${asked ? 'cancel' : 'ask'}`)}</button>`;
}
