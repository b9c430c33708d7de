// @ts-check
/** What lies over the last rows while the server is away, and when it is back. It moves nothing and covers no control. */
import { sayRefusal } from './refusal_text.js';
import { sound } from './sound.js';
import { t, useLang } from './texts.js';
import { html, useEffect, useLink, useOutbox, useRef } from './ui.js';

/** Lost: the sound comes again this often. */
const AGAIN_MS = 60000;

/**
 * @param {{m: import('./maitred.js').Maitred, lost?: any, back?: (link: import('./maitred.js').Link) => any, denied?: any, silent?: boolean, place?: string}} props
 *   `lost`: a sentence after "No connection.", with what still works. `back`: after "Connected again.". `place`: a class instead of the place above the dock.
 */
export function Banner({ m, lost, back, denied, silent = false, place = '' }) {
  useLang();
  const link = useLink(m);
  const { state } = link;
  const was = useRef(state);
  useEffect(() => {
    if (silent) return;
    if (state === 'lost') {
      sound('lost');
      const timer = setInterval(() => sound('lost'), AGAIN_MS);
      was.current = state;
      return () => clearInterval(timer);
    }
    if (was.current === 'lost' && state === 'live') sound('back');
    was.current = state;
  }, [state, silent]);
  if (state === 'lost') return html`<div class=${`banner on ${place}`} role="alert"><span><b>${t('lost')}</b> ${lost}</span></div>`;
  if (state === 'denied' && denied) return html`<div class=${`banner on ${place}`} role="alert"><span>${denied}</span></div>`;
  if (state === 'live' && link.back) return html`<div class=${`banner on good ${place}`} role="status"><span><b>${t('back_again')}</b> ${back?.(link)}</span></div>`;
  return null;
}

/**
 * What the server refused of what waited: why, and what to do about it.
 * @param {{m: import('./maitred.js').Maitred, say?: (entry: import('./maitred.js').Entry) => any, why?: (entry: import('./maitred.js').Entry) => any}} props
 */
export function Refusals({ m, say = (entry) => entry.label?.text ?? entry.path ?? entry.action, why = ({ refusal }) => sayRefusal(refusal) }) {
  useLang();
  const refused = useOutbox(m).filter(({ state }) => state === 'refused');
  return html`${refused.map((one) => html`<div class="card refusal" role="alert" key=${one.key}>
    <p><b>${t('not_sent', { what: say(one) })}</b> ${why(one)}</p>
    <p class="acts"><button type="button" class="btn" onClick=${() => m.outbox.drop(one.key)}>${t('drop')}</button>
    <button type="button" class="btn do" onClick=${() => m.outbox.again(one.key)}>${t('send_again')}</button></p></div>`)}`;
}
