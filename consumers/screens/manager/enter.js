// Signing in: by name and PIN on a paired device, or with e-mail and password from anywhere. The first manager of a house has no paired device yet.

import { html, useMemo, useState } from '../shared/ui.js';
import { Maitred } from '../shared/maitred.js';
import { recall } from '../shared/device.js';
import { SignIn, storeSession } from '../shared/sign_in.js';
import { sayRefusal } from '../shared/refusal_text.js';
import { t, useLang } from '../shared/texts.js';
import { Field } from './fields.js';

/** As many letters as the server takes. */
const LONGEST = 256;

/** @param {{onsession: (session: import('../shared/session.js').Session) => void}} props */
export function Enter({ onsession }) {
  useLang();
  // A device that nobody paired has no list of names: there the password comes first.
  const [way, setWay] = useState(recall('device') ? 'pin' : 'password');
  if (way === 'password') return html`<${ByPassword} onsession=${onsession} other=${() => setWay('pin')} />`;
  return html`<${SignIn} screen="manager" roles=${['manager']} onsession=${onsession} /><p class="manager-way"><button class="btn plain" onClick=${() => setWay('password')}>${t('manager.in.password')}</button></p>`;
}

/** @param {{onsession: (session: any) => void, other: () => void}} props */
function ByPassword({ onsession, other }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const m = useMemo(() => {
    const asking = new Maitred({ name: 'sign-in' });
    asking.close();
    return asking;
  }, []);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { body } = await m.rest('POST', '/api/v1/sign-in', { email: email.trim(), password });
      const made = { token: body.token, user: body.user, restaurant: body.restaurant, expires_at: body.expires_at };
      storeSession('manager', made);
      onsession(made);
    } catch (refused) {
      setError(refused);
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return html`<main class="manager-in"><h1 class="n">${t('manager.title')}</h1>
    <form class="manager-sheet" onSubmit=${submit}>
      <${Field} label=${t('manager.email')} type="email" value=${email} set=${setEmail} max=${LONGEST} autocomplete="username" required />
      <${Field} label=${t('manager.password')} type="password" value=${password} set=${setPassword} max=${LONGEST} autocomplete="current-password" required />
      ${error && html`<p class="error" role="alert">${sayRefusal(error)}</p>`}
      <div class="acts"><button type="button" class="btn" onClick=${other}>${t('manager.in.pin')}</button><button class="btn do" disabled=${busy || !email.trim() || !password}>${t('manager.in')}</button></div>
    </form>
  </main>`;
}
