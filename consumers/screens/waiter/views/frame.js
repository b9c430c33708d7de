/** What every view has: the bar with the heartbeat and the outbox, the banner over the last rows. */
import { Banner } from '../../shared/banner.js';
import { Bar } from '../../shared/bar.js';
import { Icon } from '../../shared/parts.js';
import { t } from '../../shared/texts.js';
import { html, useEffect, useOutbox } from '../../shared/ui.js';
import { labelText, useDesk } from '../desk.js';

/**
 * @param {{title: string, back?: {href: string, text: any}, dock?: 'tabs'|'dock', busy?: boolean, children: any}} props
 * `dock`: what stands at the foot, above which the banner lies
 */
export function Frame({ title, back, dock = 'tabs', children }) {
  const { m } = useDesk().service;
  useOutbox(m);
  const unsent = m.outbox.entries.filter((entry) => entry.label?.say === 'send' && entry.state !== 'acked' && entry.state !== 'refused').length;
  useEffect(() => {
    document.title = `${title} · maitred`;
    document.documentElement.style.setProperty('--dock', dock === 'tabs' ? '69px' : '85px');
  }, [title, dock]);
  const head = back ? html`<a class="btn plain back" href=${back.href}><${Icon} name="back" />${back.text}</a>` : title;
  return html`<${Bar} title=${head} m=${m} say=${(/** @type {any} */ entry) => labelText(entry.label)} />
    ${children}
    <${Banner} m=${m} lost=${html`${t('waiter.lost')} ${unsent > 0 ? html`<b>${t('waiter.lost_orders', { n: unsent })}</b>` : null}`} back=${() => t('waiter.back_again')} />`;
}
