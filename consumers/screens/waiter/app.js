/** Who is it: a PIN pad, or everything behind it. Both are loaded after the first paint. */
import { Loading } from '../shared/parts.js';
import { session } from '../shared/session.js';
import { t } from '../shared/texts.js';
import { html, useState } from '../shared/ui.js';
import { lazy } from './lazy.js';

const ROLES = ['waiter', 'manager'];

const meanwhile = () => html`<header class="bar"><h1>${t('waiter.tables')}</h1></header><main class="scroll"><${Loading} shapes=${5} height=${68} /></main>`;
const SignIn = lazy(() => import('../shared/sign_in.js').then((all) => all.SignIn), meanwhile);
const SignedIn = lazy(() => import('./signed_in.js').then((all) => all.SignedIn), meanwhile);

export function App() {
  const [signedIn, setSignedIn] = useState(() => session('waiter'));
  if (!signedIn?.user) return html`<${SignIn} screen="waiter" roles=${ROLES} onsession=${setSignedIn} />`;
  return html`<${SignedIn} key=${signedIn.user.id} session=${signedIn} onsession=${setSignedIn} />`;
}
