// Printing drawings that only a manager may fetch: asked for with the token, shown in this page, and handed to the browser's printing. Nothing is opened that would need a token in an address.

import { Refusal } from '../shared/maitred.js';

/** A drawing as an address within this page. @param {import('../shared/maitred.js').Maitred} m @param {string} path @returns {Promise<string>} */
export async function drawing(m, path) {
  const answer = await fetch(new URL(path, m.origin), { headers: { Authorization: `Bearer ${m.token}` } });
  if (!answer.ok) throw new Refusal(answer.status, await answer.json().catch(() => ({})));
  return URL.createObjectURL(await answer.blob());
}

/** Fetches drawings, and prints each on a page of its own. @param {import('../shared/maitred.js').Maitred} m @param {string[]} paths */
export async function printSvg(m, paths) {
  const urls = await Promise.all(paths.map((path) => drawing(m, path)));
  await printed(urls);
}

/** Prints pages that were fetched, and lets go of them. @param {string[]} urls */
export async function printed(urls) {
  const sheet = document.createElement('div');
  sheet.className = 'manager-print';
  for (const url of urls) {
    const image = document.createElement('img');
    image.alt = '';
    image.src = url;
    sheet.append(image);
  }
  document.body.append(sheet);
  // A drawing that is not decoded yet would print as an empty page.
  await Promise.all([...sheet.querySelectorAll('img')].map((image) => image.decode().catch(() => {})));
  document.documentElement.dataset.printing = 'sheet';
  const over = () => {
    delete document.documentElement.dataset.printing;
    sheet.remove();
    urls.forEach((url) => URL.revokeObjectURL(url));
  };
  addEventListener('afterprint', over, { once: true });
  print();
}
