// The fields of the manager's sheets. Each has its name above it, and what is wrong with it below.

import { html, useId } from '../shared/ui.js';

/** @param {{label: string, value: string, set: (value: string) => void, type?: string, error?: string | null, max?: number, required?: boolean, mode?: string, hint?: string, pattern?: string, autocomplete?: string}} props */
export function Field({ label, value, set, type = 'text', error, max, required, mode, hint, pattern, autocomplete = 'off' }) {
  const id = useId();
  const about = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return html`<label class="field"><span>${label}</span>
    <input type=${type} value=${value} maxlength=${max} required=${required} inputmode=${mode} pattern=${pattern} autocomplete=${autocomplete} aria-invalid=${error ? 'true' : undefined} aria-describedby=${about} onInput=${(/** @type {any} */ event) => set(event.currentTarget.value)} />
    ${error ? html`<span id=${about} class="error">${error}</span>` : hint && html`<span id=${about}>${hint}</span>`}
  </label>`;
}

/** @param {{label: string, value: string, set: (value: string) => void, options: [string, string][]}} props */
export function Choice({ label, value, set, options }) {
  return html`<label class="field"><span>${label}</span>
    <select value=${value} onChange=${(/** @type {any} */ event) => set(event.currentTarget.value)}>${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}</select>
  </label>`;
}

/** @param {{label: string, on: boolean, set: (on: boolean) => void}} props */
export function Check({ label, on, set }) {
  return html`<label class="check"><input type="checkbox" checked=${on} onChange=${(/** @type {any} */ event) => set(event.currentTarget.checked)} />${label}</label>`;
}

/** @param {{label: string, value: string, set: (value: string) => void, max: number}} props */
export function Text({ label, value, set, max }) {
  return html`<label class="field"><span>${label}</span><textarea maxlength=${max} value=${value} onInput=${(/** @type {any} */ event) => set(event.currentTarget.value)}></textarea></label>`;
}
