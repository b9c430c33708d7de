/** The sign-in ended while somebody works: the PIN comes over the screen, and nothing is lost. */
import { sayRefusal } from '../../shared/refusal_text.js';
import { Dialog } from '../../shared/sheet.js';
import { PinAgain } from '../../shared/sign_in.js';
import { t } from '../../shared/texts.js';
import { html, useLink } from '../../shared/ui.js';
import { useDesk } from '../desk.js';

/** @param {{onother: () => void}} props somebody else wants to sign in */
export function Denied({ onother }) {
  const { m } = useDesk().service;
  const link = useLink(m);
  if (link.state !== 'denied') return null;
  if (link.why === 'token') {
    return html`<${PinAgain} screen="waiter" onsession=${(/** @type {import('../../shared/session.js').Session} */ session) => m.authenticate(session.token)} onother=${onother} />`;
  }
  return html`<${Dialog} title=${sayRefusal({ code: 'FORBIDDEN' })} onclose=${onother} bare><div class="buttons"><button class="btn do" onclick=${onother}>${t('waiter.somebody_else')}</button></div><//>`;
}
