import { DESK, PHONE, SMALL } from './views.js';

export default [
  { name: 'home', path: '/', sizes: [DESK, PHONE, SMALL], prepare: ({ p }) => p.says('Baan Mia'), fixed: true, hide: ['.mast .beat'] },
];
