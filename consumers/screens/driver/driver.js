// The driver's phone: the place of its parts is painted first, they come behind it.

import { start } from '../shared/app.js';
import { later } from '../shared/later.js';
import { session } from '../shared/session.js';
import { t } from '../shared/texts.js';
import { html } from '../shared/ui.js';

const App = later(
  () => import('./page.js').then((all) => all.Page),
  () =>
    html`<div class="driver" aria-busy="true">
      <header class="bar"><span class="switch">${t('driver.switch.unknown')}</span></header>
      <main class="scroll">${session('driver') && html`<div class="grey"></div><div class="grey"></div>`}</main>
    </div>`,
);

start({ screen: 'driver', texts: import.meta.url, App: () => html`<${App} />` });
