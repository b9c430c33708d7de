// @ts-check
/** Signing in: staff by name and PIN, walls by a code that a manager types. */
import { build } from './build.js';
import { recall } from './device.js';
import { beginPairing, deviceToken, paired, renewDevice } from './device_token.js';
import { Maitred, Offline, Refusal } from './maitred.js';
import { PinPad } from './pad.js';
import { Loading, Problem } from './parts.js';
import { sayRefusal } from './refusal_text.js';
import { Sheet } from './sheet.js';
import { session, storeSession } from './session.js';
import { t, useLang } from './texts.js';
import { html, useEffect, useRef, useState } from './ui.js';

export { session, signOut, storeSession } from './session.js';
export { renewDevice } from './device_token.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {{id: number, name: string, role: string, has_pin: boolean}} Name */

/** A manager takes a code within ten minutes; so often it is asked whether that happened. */
const POLL_MS = 2000;

/** A client without channels, for requests before somebody is signed in. @param {string|null} token */
function asking(token) {
  const m = new Maitred({ token, name: 'sign-in' });
  m.close();
  return m;
}

/** @param {string[]} roles @returns {Promise<Name[]>} */
async function names(roles) {
  const ask = (/** @type {string|null} */ token) => asking(token).rest('GET', '/api/v1/staff/names');
  const { body } = await ask(deviceToken()).catch(async (error) => {
    // the device's token may have ended; its pairing has not
    if (error instanceof Refusal && error.status === 401 && recall('device')) return ask(await renewDevice());
    throw error;
  });
  return body.items.filter((/** @type {Name} */ one) => roles.includes(one.role));
}

/** @param {string} screen @param {{user_id: number, pin: string}} who @returns {Promise<Session>} */
async function signIn(screen, who) {
  const { body } = await asking(deviceToken()).rest('POST', '/api/v1/sign-in', who);
  const made = { token: body.token, user: body.user, restaurant: body.restaurant, expires_at: body.expires_at };
  storeSession(screen, made);
  return made;
}

/**
 * Who are you, and the PIN. A device that belongs to nobody shows a pairing code first.
 * @param {{screen: string, roles: string[], title?: any, onsession: (session: Session) => void}} props
 */
export function SignIn({ screen, roles, title, onsession }) {
  useLang();
  const [all, setAll] = useState(/** @type {Name[]|null} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [who, setWho] = useState(/** @type {Name|null} */ (null));
  const read = () => {
    setProblem(null);
    names(roles).then(setAll, setProblem);
  };
  useEffect(read, []);
  if (problem instanceof Refusal && problem.status === 401) return html`<${Pairing} screen=${screen} kind="handheld" onpaired=${read} />`;
  return html`<main class="signin"><h1>${title ?? recall('device')?.restaurant?.name ?? t('sign_in')}</h1>
    ${problem ? html`<${Problem} what=${problem instanceof Offline ? t('lost') : sayRefusal(problem)} todo=${t('sign_in.todo')} again=${read} />` : !all ? html`<${Loading} shapes=${4} again=${read} />` : html`
      <h2>${t('who')}</h2>
      <div class="who" role="radiogroup" aria-label=${t('who')}>${all.map((one) => html`<button type="button" key=${one.id} role="radio" aria-checked=${who?.id === one.id} class=${`btn ${who?.id === one.id ? 'do' : ''}`} onClick=${() => setWho(one)}>${one.name}</button>`)}</div>
      ${!all.length && html`<p class="muted">${t('who.nobody')}</p>`}
      <${PinPad} key=${who?.id ?? 0} name=${who?.name ?? ''} disabled=${!who} onpin=${async (/** @type {string} */ pin) => onsession(await signIn(screen, { user_id: /** @type {Name} */ (who).id, pin }))} />`}
  </main>`;
}

/**
 * The PIN once more, over the screen, when the token ended: nothing is lost.
 * @param {{screen: string, onsession: (session: Session) => void, onother: () => void}} props `onother`: somebody else wants to sign in
 */
export function PinAgain({ screen, onsession, onother }) {
  useLang();
  const user = session(screen)?.user;
  return html`<${Sheet} title=${t('pin.again', { name: user?.name })} text=${t('pin.again.kept')} bare onclose=${() => {}}>
    <${PinPad} name=${user?.name} onpin=${async (/** @type {string} */ pin) => onsession(await signIn(screen, { user_id: user?.id ?? 0, pin }))} />
    <button type="button" class="btn plain" onClick=${onother}>${t('pin.other', { name: user?.name })}</button></${Sheet}>`;
}

/**
 * The code of a screen that is not paired. A new one is shown when it ends.
 * @param {{screen: string, kind: 'kitchen'|'board'|'handheld'|'other', unpaired?: boolean, onsession?: (session: Session) => void, onpaired?: () => void}} props
 */
export function Pairing({ screen, kind, unpaired = false, onsession, onpaired }) {
  useLang();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const timer = useRef(/** @type {any} */ (0));
  const gone = useRef(false);

  const begin = async () => {
    try {
      const { code, secret } = await beginPairing({ kind, build: build() });
      if (gone.current) return;
      setProblem(null);
      setCode(code);
      timer.current = setTimeout(() => poll(secret), POLL_MS);
    } catch (error) {
      setProblem(error);
      if (!gone.current) timer.current = setTimeout(begin, 5000);
    }
  };
  /** @param {string} secret */
  const poll = async (secret) => {
    try {
      const made = await paired(secret);
      if (gone.current) return;
      setProblem(null);
      if (!made) return void (timer.current = setTimeout(() => poll(secret), POLL_MS));
      if (onsession) storeSession(screen, made);
      onsession?.(made);
      onpaired?.();
    } catch (error) {
      if (gone.current) return;
      // without a server the code stays good; an ended one is replaced
      if (error instanceof Refusal && error.status < 500 && error.status !== 429) return begin();
      setProblem(error);
      timer.current = setTimeout(() => poll(secret), POLL_MS);
    }
  };
  useEffect(() => {
    gone.current = false;
    begin();
    return () => {
      gone.current = true;
      clearTimeout(timer.current);
    };
  }, []);

  const shown = code.length === 6 ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
  return html`<main class="pairing" data-pairing=${code}><h1>${unpaired ? t('pairing.unpaired') : t('pairing')}</h1>
    <p class="codes n" aria-label=${t('pairing.code', { code: [...code].join(' ') })}>${shown || '··· ···'}</p>
    <p class="muted">${t('pairing.how')}</p>
    ${problem && html`<p class="wrong" role="status">${problem instanceof Offline ? t('lost') : sayRefusal(problem)}</p>`}</main>`;
}
