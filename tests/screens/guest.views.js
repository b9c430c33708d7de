import { PHONE, SMALL } from './views.js';

const path = async (server) => (await server.signIns()).sign_ins.find(({ screen }) => screen === 'guest').url;
const menu = async ({ p }) => p.until(() => document.querySelectorAll('article.d').length > 3);
const sizes = [PHONE, SMALL];

export default [
  { name: 'guest-menu', path, sizes, prepare: menu },
  { name: 'guest-avoids', path, sizes, prepare: async ({ p }) => { await menu({ p }); await p.locator('.avoid label').first().click(); await p.locator('article.d .tape.alg').first().waitFor(); } },
  { name: 'guest-dish', path, sizes, prepare: async ({ p }) => { await menu({ p }); await p.getByRole('button', { name: 'Add Pad Thai' }).click(); await p.locator('dialog[open]').waitFor(); } },
  {
    name: 'guest-basket', path, sizes,
    prepare: async ({ p }) => {
      await menu({ p });
      await p.locator('.avoid label').first().click();
      await p.getByRole('button', { name: 'Add Pad Thai' }).click();
      await p.locator('dialog[open] label').first().click();
      await p.locator('dialog[open] .do').click();
      await p.locator('.dock a.do').click();
      await p.locator('main.basket .line').first().waitFor();
    },
  },
  { name: 'guest-status', path: async (server) => `${await path(server)}#status`, sizes, prepare: async ({ p }) => p.locator('main.status .order').first().waitFor() },
  { name: 'guest-invalid', path: '/t/0123456789abcdef', sizes, prepare: async ({ p }) => p.locator('[data-place=invalid]').waitFor(), fixed: true },
  { name: 'guest-offline', path, sizes: [PHONE], offline: true, prepare: async ({ p, proxy }) => { await menu({ p }); proxy.cut(); await p.locator('.banner.on').waitFor(); } },
];
