// @ts-check
/** The PIN pad: by touch and by keyboard. What was typed is never shown, and gone after each attempt. */
import { clock } from './format.js';
import { Icon } from './icon.js';
import { sayRefusal } from './refusal_text.js';
import { t } from './texts.js';
import { html, useLayoutEffect, useRef, useState, useTick } from './ui.js';

/** PINs have four to six digits. Four are sent at once where the place says that all have four. */
const LEAST = 4, MOST = 6;

/**
 * @param {{title?: any, name?: string, disabled?: boolean, onpin: (pin: string) => Promise<unknown>, oncancel?: () => void, now?: () => number}} props
 *   `onpin` throws a Refusal: WRONG_PIN, LOCKED (with `retry_after_ms`), …; `name`: whose PIN it is.
 */
export function PinPad({ title, name = '', disabled = false, onpin, oncancel, now = () => performance.now() }) {
  const [pin, show] = useState('');
  // digits may come faster than they are drawn
  const typed = useRef('');
  const setPin = (/** @type {string} */ all) => {
    typed.current = all;
    show(all);
  };
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const [until, setUntil] = useState(0);
  useTick(1000);
  const self = useRef(/** @type {HTMLElement|null} */ (null));
  const left = until - now();
  const locked = left > 0;
  const off = disabled || busy || locked;

  /** @param {string} all */
  const send = async (all) => {
    if (off || all.length < LEAST) return;
    setBusy(true);
    setWrong('');
    try {
      await onpin(all);
    } catch (error) {
      const { code, body } = /** @type {any} */ (error);
      if (code === 'LOCKED' && body?.retry_after_ms) setUntil(now() + body.retry_after_ms);
      else setWrong(sayRefusal(/** @type {any} */ (error), { name }));
    }
    setPin('');
    setBusy(false);
  };
  /** @param {string} digit */
  const type = (digit) => {
    if (off) return;
    setWrong('');
    const all = (typed.current + digit).slice(0, MOST);
    setPin(all);
    if (all.length === MOST) send(all);
  };
  const erase = () => setPin(typed.current.slice(0, -1));
  const act = useRef({ type, erase, send });
  act.current = { type, erase, send };
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const key = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /** @type {any} */ (event.target).tagName === 'INPUT') return;
      // a sheet over this pad has the keys
      const modal = document.querySelector('dialog[open]:last-of-type');
      if (modal && !modal.contains(self.current)) return;
      const { type, erase, send } = act.current;
      const pin = typed.current;
      if (/^\d$/.test(event.key)) type(event.key);
      else if (event.key === 'Backspace') erase();
      // a name that was chosen keeps the focus: with a whole PIN, Enter is about the PIN
      else if (event.key === 'Enter' && (/** @type {any} */ (event.target).tagName !== 'BUTTON' || (pin.length >= LEAST && !self.current?.contains(/** @type {Node} */ (event.target))))) send(pin);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);

  const say = locked ? t('pin.locked', { time: clock(left + 999) }) : wrong || (busy ? t('pin.checking') : '');
  const dots = Array.from({ length: Math.max(LEAST, pin.length) }, (_, n) => html`<i key=${n} class=${n < pin.length ? 'on' : ''}></i>`);
  return html`<div class="pin" ref=${self} role="group" aria-label=${title ?? t('pin')}>
    ${title && html`<h2>${title}</h2>`}
    <p class="dots" role="img" aria-label=${t('pin.digits', { n: pin.length, of: Math.max(LEAST, pin.length) })}>${dots}</p>
    <p class="wrong" role="alert">${say}</p>
    <div class="pad">
      ${['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => html`<button type="button" key=${digit} class="n" disabled=${off} onClick=${() => type(digit)}>${digit}</button>`)}
      ${oncancel ? html`<button type="button" class="word" onClick=${oncancel}>${t('cancel')}</button>` : html`<button type="button" class="erase" aria-label=${t('pin.erase')} disabled=${off || !pin} onClick=${erase}><${Icon} name="erase" /></button>`}
      <button type="button" class="n" disabled=${off} onClick=${() => type('0')}>0</button>
      <button type="button" class="word do" disabled=${off || pin.length < LEAST} onClick=${() => send(typed.current)}>${t('pin.enter')}</button>
    </div>
    ${oncancel && html`<button type="button" class="btn plain" disabled=${off || !pin} onClick=${erase}><${Icon} name="erase" />${t('pin.erase')}</button>`}
  </div>`;
}
