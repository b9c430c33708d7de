// Pictures of views, held still, and how far they may be from those that are kept.
import fs from 'node:fs';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { openView } from './views.js';

const KEPT = new URL('kept/', import.meta.url);
/** Another version of Chromium draws the edges of letters a little differently. Part of all pixels. */
const TOLERANCE = 0.01;

/** What runs on by itself, in every view. */
const RUNNING = ['time', '.clock', '.beat'];

/** @param {import('./views.js').View} view @param {any} the @param {{size: [number, number], theme: 'light'|'dark'}} options */
export async function pictured(view, the, { size, theme }) {
  const p = await openView(view, the, { size, theme, reducedMotion: true, bare: true });
  p.tolerant = true;
  await p.evaluate(() => document.fonts.ready);
  // hidden, not covered: what is behind it must not differ either, and its room stays
  const style = view.fixed ? `${[...RUNNING, ...(view.hide ?? [])].join(', ')} { visibility: hidden !important; } * { caret-color: transparent !important; }` : '';
  const picture = await p.screenshot({ style, animations: 'disabled' });
  await p.done();
  return { name: `${view.name}-${size.join('x')}-${theme}.png`, picture };
}

/** @param {string} name @param {Buffer} picture @returns {string} how it differs from the kept one; '' if it does not */
export function compared(name, picture) {
  const file = new URL(name, KEPT);
  if (!fs.existsSync(file)) return `${name} is not kept: run tests/screens/shots with --keep, and look at it`;
  const [one, other] = [PNG.sync.read(picture), PNG.sync.read(fs.readFileSync(file))];
  if (one.width !== other.width || one.height !== other.height) return `${name} has another size`;
  const all = one.width * one.height;
  const differs = pixelmatch(one.data, other.data, undefined, one.width, one.height, { threshold: 0.2 });
  return differs > all * TOLERANCE ? `${name}: ${((differs / all) * 100).toFixed(2)} % of its pixels differ from the picture kept` : '';
}
