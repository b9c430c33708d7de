/** Everything behind the sign-in, which belongs to one waiter. */
import { Boundary } from '../shared/boundary.js';
import { Loading } from '../shared/parts.js';
import { html, useEffect, useLink, useMemo, useStore } from '../shared/ui.js';
import { Desk, DeskProvider, useDesk } from './desk.js';
import { lazy } from './lazy.js';
import { useRoute } from './route.js';
import { FloorPage } from './views/floor_page.js';

/** One request chain for all of them: once the floor is drawn, every view is here, also if the network goes. */
const pages = () => import('./pages.js');
const meanwhile = () => html`<main class="scroll"><${Loading} shapes=${4} height=${64} /></main>`;
/** @param {string} name */
const page = (name) => lazy(() => pages().then((all) => /** @type {any} */ (all)[name]), meanwhile);
const PAGES = { table: page('TablePage'), add: page('AddPage'), bill: page('BillPage'), check: page('CheckPage'), inbox: page('InboxPage'), me: page('MePage') };
const Denied = lazy(() => pages().then((all) => all.Denied), () => null);

/** @param {{session: any, onsession: (session: any) => void}} props */
export function SignedIn({ session, onsession }) {
  const desk = useMemo(() => new Desk(session), []);
  useEffect(() => () => desk.service.close(), [desk]);
  const leave = () => onsession(null);
  return html`<${DeskProvider} value=${desk}><${Views} onleave=${leave} /><${Door} onleave=${leave} /><//>`;
}

/** @param {{onleave: () => void}} props */
function Views({ onleave }) {
  const desk = useDesk();
  const route = useRoute();
  const loaded = useStore(desk.service.loaded);
  useEffect(() => {
    // What cannot be loaded now is asked for again by whoever opens it.
    if (loaded) pages().catch(() => {});
  }, [loaded]);
  if (route.view === 'floor') return html`<${Boundary} key="floor" name="floor"><${FloorPage} /><//>`;
  const id = 'table' in route ? route.table : undefined;
  return html`<${Boundary} key=${route.view} name=${route.view}><${PAGES[route.view]} key=${id} id=${id} onleave=${onleave} /><//>`;
}

/** What comes over the screen when the server lets nobody in any more. @param {{onleave: () => void}} props */
function Door({ onleave }) {
  const { state } = useLink(useDesk().service.m);
  return state === 'denied' ? html`<${Denied} onother=${onleave} />` : null;
}
