// @ts-check
/** Where an order stands: four steps that really happened, never a guessed time. */
import { t } from '../shared/texts.js';
import { html } from '../shared/ui.js';

const NAMES = ['received', 'cooking', 'ready', 'served'];
/** @type {Record<string, number>} */
const STEP = { new: 0, pending: 1, confirmed: 1, preparing: 2, ready: 3, out_for_delivery: 4, delivered: 4, completed: 4 };

/** 0: somebody looks at it first; 1 to 4: the steps; -1: it was not taken. @param {{status: string, items?: {status: string}[]}} order */
export function stepOf({ status, items = [] }) {
  if (status === 'cancelled') return -1;
  const step = STEP[status] ?? 1;
  // the kitchen may have begun with a line before the order says so
  return step === 1 && items.some((one) => /preparing|ready|served/.test(one.status)) ? 2 : step;
}

/** @param {{step: number}} props */
export const Steps = ({ step }) => html`<ol class="steps" aria-label=${t('guest.step', { n: step, name: t(`guest.step.${NAMES[step - 1]}`) })}>
  ${NAMES.map((name, n) => html`<li key=${name} class=${n + 1 > step ? '' : n + 1 < step ? 'on' : step === 4 ? 'good' : 'now'}>${t(`guest.step.${name}`)}</li>`)}</ol>`;
