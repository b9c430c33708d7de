/** What needs this waiter now, and the sound when something new does. */
import { useEffect, useMemo, useRef, useStore } from '../shared/ui.js';
import { sound } from '../shared/sound.js';
import { useDesk, useFloor, useNow } from './desk.js';
import { RED_MS, isMine, mineOf, needs } from './model/needs.js';

/** @typedef {import('./model/needs.js').Need} Need */

/** "Seen" about something late counts so long; then it is said again. */
const DISMISSED_MS = 300_000;
/** What is new has a ring so long. */
export const FRESH_MS = 4500;

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

/**
 * Rings for what was not there before, once per kind, and says when each was first seen. What is there at the start is not new.
 * @param {Need[]} mine @param {boolean} loaded
 * @returns {(need: Need) => boolean} whether it has just come
 */
export function useNews(mine, loaded) {
  /** @type {{current: Map<string, number>|null}} */
  const known = useRef(null);
  useEffect(() => {
    if (!loaded) return;
    const before = known.current;
    const now = performance.now();
    known.current = new Map(mine.map((need) => [need.key, before?.get(need.key) ?? (before ? now : -Infinity)]));
    if (!before) return;
    const kinds = new Set(mine.filter((need) => !before.has(need.key) && need.by == null).map((need) => need.kind));
    for (const kind of kinds) sound(SOUNDS[kind]);
  }, [mine, loaded]);
  return (need) => performance.now() - (known.current?.get(need.key) ?? (known.current ? performance.now() : -Infinity)) < FRESH_MS;
}
