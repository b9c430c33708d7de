/** Who is it, and then which view: everything behind the sign-in belongs to one waiter. */
import { Boundary } from '../shared/boundary.js';
import { SignIn, session } from '../shared/sign_in.js';
import { html, useEffect, useMemo, useState } from '../shared/ui.js';
import { Desk, DeskProvider } from './desk.js';
import { useRoute } from './route.js';
import { AddPage } from './views/add_page.js';
import { BillPage } from './views/bill_page.js';
import { CheckPage } from './views/check_page.js';
import { FloorPage } from './views/floor_page.js';
import { InboxPage } from './views/inbox_page.js';
import { MePage } from './views/me_page.js';
import { Denied } from './views/denied.js';
import { TablePage } from './views/table_page.js';

const ROLES = ['waiter', 'manager'];

export function App() {
  const [signedIn, setSignedIn] = useState(() => session('waiter'));
  if (!signedIn?.user) return html`<${SignIn} screen="waiter" roles=${ROLES} onsession=${setSignedIn} />`;
  return html`<${SignedIn} key=${signedIn.user.id} session=${signedIn} onsession=${setSignedIn} />`;
}

/** @param {{session: any, onsession: (session: any) => void}} props */
function SignedIn({ session, onsession }) {
  const desk = useMemo(() => new Desk(session), []);
  useEffect(() => () => desk.service.close(), [desk]);
  return html`<${DeskProvider} value=${desk}>
    <${Views} onleave=${() => onsession(null)} />
    <${Denied} onother=${() => onsession(null)} />
  <//>`;
}

/** @param {{onleave: () => void}} props */
function Views({ onleave }) {
  const route = useRoute();
  switch (route.view) {
    case 'table':
      return html`<${Boundary} key="table" name="table"><${TablePage} key=${route.table} id=${route.table} /><//>`;
    case 'add':
      return html`<${Boundary} key="add" name="add"><${AddPage} key=${route.table} id=${route.table} /><//>`;
    case 'bill':
      return html`<${Boundary} key="bill" name="bill"><${BillPage} key=${route.table} id=${route.table} /><//>`;
    case 'check':
      return html`<${Boundary} key="check" name="check"><${CheckPage} key=${route.table} id=${route.table} /><//>`;
    case 'inbox':
      return html`<${Boundary} key="inbox" name="inbox"><${InboxPage} /><//>`;
    case 'me':
      return html`<${Boundary} key="me" name="me"><${MePage} onleave=${onleave} /><//>`;
    default:
      return html`<${Boundary} key="floor" name="floor"><${FloorPage} /><//>`;
  }
}
