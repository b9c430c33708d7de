// @ts-check
/** Sounds made by WebAudio, without files. Browsers keep them silent until somebody touches the page: `unlock()` in a handler of a tap or a key. */
import { recall, remember } from './device.js';
import { store, useStore } from './ui.js';

/** @typedef {'new'|'add'|'void'|'ready'|'call'|'callTwice'|'lost'|'back'} Sound */

/** Hz, seconds from the start, seconds long. @type {Record<Sound, {wave: OscillatorType, notes: [number, number, number][]}>} */
const SCORES = {
  new: { wave: 'triangle', notes: [[783.99, 0, 0.18], [1046.5, 0.18, 0.18]] },
  add: { wave: 'triangle', notes: [[880, 0, 0.14], [880, 0.2, 0.14]] },
  void: { wave: 'triangle', notes: [[659.25, 0, 0.2], [440, 0.2, 0.26]] },
  ready: { wave: 'sine', notes: [[1200, 0, 0.6]] },
  call: { wave: 'sine', notes: [[1200, 0, 0.5], [1200, 0.35, 0.6]] },
  callTwice: { wave: 'sine', notes: [[1200, 0, 0.4], [1200, 0.35, 0.6]] },
  lost: { wave: 'square', notes: [[196, 0, 0.18], [196, 0.28, 0.18], [196, 0.56, 0.18]] },
  back: { wave: 'triangle', notes: [[587.33, 0, 0.12], [880, 0.12, 0.2]] },
};

/** @type {AudioContext|null} */
let context = null;
const unlocked = store(false);
const muted = store(recall('muted') === true);
const volume = store(/** @type {number} */ (recall('volume') ?? 0.7));

/** Lets sounds be heard from now on. Harmless to call again. */
export async function unlock() {
  try {
    context ??= new AudioContext();
    if (context.state !== 'running') await context.resume();
    unlocked.set(context.state === 'running');
  } catch {
    unlocked.set(false);
  }
}

/** Plays it, unless muted. Counted in the page, so that a test can hear it. @param {Sound} name */
export function sound(name) {
  const { dataset } = document.documentElement;
  dataset.sounds = `${dataset.sounds ?? ''} ${name}`.split(' ').slice(-20).join(' ').trim();
  if (muted.get() || !context || context.state !== 'running') return;
  const { wave, notes } = SCORES[name];
  for (const [hertz, from, long] of notes) {
    const start = context.currentTime + from;
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.type = wave;
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(Math.max(0.0002, volume.get() * (wave === 'square' ? 0.25 : 0.6)), start + 0.012);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + long);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + long + 0.02);
  }
}

/** @param {boolean} off */
export function setMuted(off) {
  remember('muted', off);
  muted.set(off);
}

/** @param {number} level 0 to 1 */
export function setVolume(level) {
  remember('volume', level);
  volume.set(level);
}

export const useMuted = () => useStore(muted);
export const useVolume = () => useStore(volume);
/** Whether sounds can be heard. */
export const useUnlocked = () => useStore(unlocked);
