/** What needs this waiter now, and the sound when something new does, whatever view is open. */
import { sound } from '../shared/sound.js';
import { t } from '../shared/texts.js';
import { html, useEffect, useMemo, useRef, useState, useStore } from '../shared/ui.js';
import { useDesk, useFloor, useNow } from './desk.js';
import { RED_MS, isMine, mineOf, needs } from './model/needs.js';

/** @typedef {import('./model/needs.js').Need} Need */

/** "Seen" about something late counts so long; then it is said again. */
const DISMISSED_MS = 300_000;
/** What is new is called new so long. */
const FRESH_MS = 60_000;

/** @returns {{all: Need[], mine: Need[], now: number}} worst first */
export function useNeeds() {
  const desk = useDesk();
  const floor = useFloor();
  const now = useNow();
  const sections = useStore(desk.sections);
  const dismissed = useStore(desk.dismissed);
  const { redMs } = useStore(desk.service.house);
  const second = Math.floor(now / 1000);
  return useMemo(() => {
    const all = needs(floor, second * 1000, redMs ?? RED_MS).filter((need) => !(now - (dismissed[need.key] ?? 0) < DISMISSED_MS));
    const mine = mineOf(all, (table) => isMine(floor.tables[table], desk.service.me.id, sections));
    return { all, mine, now };
  }, [floor, second, sections, dismissed, redMs]);
}

const SOUNDS = /** @type {Record<Need['kind'], import('../shared/sound.js').Sound>} */ ({ ready: 'ready', call: 'callTwice', bill: 'call', check: 'new', told: 'new', task: 'new', late: 'void' });

/** Rings once per kind for what was not there before, and says it once to screen readers. What is there at the start is not new. */
export function Ringer() {
  const desk = useDesk();
  const { mine } = useNeeds();
  const loaded = useStore(desk.service.complete);
  const [said, setSaid] = useState('');
  /** @type {{current: Set<string>|null}} */
  const known = useRef(null);
  useEffect(() => {
    if (!loaded) return;
    const before = known.current;
    known.current = new Set(mine.map((need) => need.key));
    if (!before) return;
    const came = mine.filter((need) => !before.has(need.key) && need.by == null);
    if (came.length === 0) return;
    const now = performance.now();
    desk.fresh.set((old) => ({ ...Object.fromEntries(Object.entries(old).filter(([, at]) => now - at < FRESH_MS)), ...Object.fromEntries(came.map((need) => [need.key, now])) }));
    for (const kind of new Set(came.map((need) => need.kind))) sound(SOUNDS[kind]);
    setSaid(came.map((need) => `${t('waiter.new')}: ${need.number ? `${t('waiter.table_n', { table: need.number })}, ` : ''}${need.text || t(`waiter.need.${need.kind}`)}`).join('. '));
  }, [mine, loaded]);
  return html`<p class="sr" role="status">${said}</p>`;
}

/** @returns {(need: Need) => boolean} whether it has just come */
export function useFresh() {
  const fresh = useStore(useDesk().fresh);
  return (need) => performance.now() - (fresh[need.key] ?? -Infinity) < FRESH_MS;
}
