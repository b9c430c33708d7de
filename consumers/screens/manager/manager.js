// The manager's desk: the place of its parts is painted first, they come behind it.

import { start } from '../shared/app.js';
import { later } from '../shared/later.js';
import { session } from '../shared/session.js';
import { t } from '../shared/texts.js';
import { html } from '../shared/ui.js';

const App = later(
  () => import('./page.js').then((all) => all.Page),
  () =>
    session('manager')
      ? html`<div class="manager" aria-busy="true"><nav class="nav"><b class="n">${t('manager.title')}</b></nav><header class="top"><p class="muted">${t('connecting')}</p></header><main class="m"><div class="grey"></div><div class="grey"></div><div class="grey"></div></main></div>`
      : null,
);

start({ screen: 'manager', texts: import.meta.url, App: () => html`<${App} />` });
