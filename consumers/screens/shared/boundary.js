// @ts-check
/** A part that fails shows its place and reports itself; the rest of the page works on. */
import { t } from './texts.js';
import { Component, html } from './ui.js';

/** Reports that a page makes in a minute, at most: a part that fails with every event must not flood the log. */
const PER_MINUTE = 6;
/** @type {number[]} */
let sent = [];
let screen = 'unknown';
let build = '';

/** Who reports. @param {{screen: string, build?: string}} who */
export function reportsOf(who) {
  screen = who.screen;
  build = who.build ?? build;
}

/** Tells the server's log. Never throws, never waits. @param {unknown} error @param {{place?: string}} [about] */
export function report(error, { place = '' } = {}) {
  const now = performance.now();
  sent = sent.filter((at) => now - at < 60000);
  if (sent.length >= PER_MINUTE) return;
  sent.push(now);
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const body = JSON.stringify({ screen, message: message.slice(0, 500) || 'error', build, stack: (stack ?? '').slice(0, 4000), where: place.slice(0, 100) });
  fetch('/api/v1/reports', { method: 'POST', body, headers: { 'Content-Type': 'application/json' }, keepalive: true }).catch(() => {});
}

/** What no part catches is reported too: handlers, promises, timers. */
export function reportTheRest() {
  addEventListener('error', (event) => report(event.error ?? event.message, { place: 'page' }));
  addEventListener('unhandledrejection', (event) => report(event.reason, { place: 'promise' }));
}

/** @extends {Component<{name: string, children?: any}, {failed: boolean}>} */
export class Boundary extends Component {
  constructor() {
    super();
    this.state = { failed: false };
  }

  /** @param {unknown} error */
  componentDidCatch(error) {
    report(error, { place: this.props.name });
    console.warn(`the part ${this.props.name} failed:`, error);
    this.setState({ failed: true });
  }

  render() {
    if (!this.state.failed) return this.props.children;
    return html`<div class="problem broken" role="alert" data-broken=${this.props.name}><p><b>${t('broken')}</b> ${t('broken.kept')}</p>
      <button type="button" class="btn" onClick=${() => this.setState({ failed: false })}>${t('again')}</button></div>`;
  }
}
