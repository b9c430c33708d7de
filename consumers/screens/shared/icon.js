// @ts-check
/** Line icons, 24 by 24. They never stand alone: a word or a label is beside them. */
import { html } from './ui.js';

const PATHS = {
  bell: 'M4 17h16M5 17a7 7 0 0 1 14 0M12 10V7M10 7h4M4 20h16',
  check: 'm4 13 5 5L20 6',
  back: 'm15 5-7 7 7 7',
  next: 'm9 5 7 7-7 7',
  close: 'M5 5l14 14M19 5 5 19',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  more: 'M12 5v.01M12 12v.01M12 19v.01',
  note: 'M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zM9 8h6M9 12h6',
  warn: 'M12 3 2 20h20zM12 10v4M12 17v.01',
  offline: 'M3 3l18 18M5 12a10 10 0 0 1 4-2.6M12 9a10 10 0 0 1 7 3M8 15.500a6 6 0 0 1 8 0M12 19v.01',
  sound: 'M4 10v4h4l6 5V5l-6 5zM18 9a4 4 0 0 1 0 6',
  mute: 'M4 10v4h4l6 5V5l-6 5zM18 10l4 4M22 10l-4 4',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500 19 19M5 19l1.500-1.500M17.500 6.500 19 5',
  moon: 'M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z',
  out: 'M14 4h5v16h-5M4 12h10M10 8l4 4-4 4',
  menu: 'M4 6h16M4 12h16M4 18h16',
  sort: 'M4 6h10M4 12h16M4 18h7',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21a8 8 0 0 1 16 0',
  people: 'M9 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M2 21a7 7 0 0 1 14 0M16 4a4 4 0 0 1 0 8M18 15a7 7 0 0 1 4 6',
  bag: 'M5 8h14l-1 13H6zM9 8V6a3 3 0 0 1 6 0v2',
  bike: 'M6 18a2.500 2.500 0 1 0 0 .01M18 18a2.500 2.500 0 1 0 0 .01M8.500 18h7M6 15.500l2-6h5l2.500 5.500M14 6h3l2 9.500',
  cash: 'M3 6h18v12H3zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M6 9v.01M18 15v.01',
  card: 'M3 6h18v12H3zM3 10h18M7 15h4',
  bill: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h3',
  print: 'M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z',
  fire: 'M12 21a6 6 0 0 1-6-6c0-4 4-5 4-10 4 2 8 6 8 10a6 6 0 0 1-6 6z',
  undo: 'M9 6 4 11l5 5M4 11h10a6 6 0 0 1 0 12',
  erase: 'M9 6h11v12H9l-6-6zM12 10l4 4M16 10l-4 4',
  grid: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  phone: 'M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2z',
  place: 'M12 21s7-6.200 7-11a7 7 0 0 0-14 0c0 4.800 7 11 7 11zM12 8v4M10 10h4',
  screen: 'M3 5h18v11H3zM8 21h8M12 16v5',
  house: 'M3 11l9-7 9 7M5 10v10h14V10M10 20v-6h4v6',
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {{name: IconName, class?: string}} props */
export const Icon = ({ name, class: more = '' }) => html`<svg class=${`i ${more}`} viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
