// A file that only a manager may fetch: asked for with the token, and saved under its name.

import { Refusal } from '../shared/maitred.js';

/** @param {import('../shared/maitred.js').Maitred} m @param {string} path @param {string} name */
export async function download(m, path, name) {
  const answer = await fetch(new URL(path, m.origin), { headers: { Authorization: `Bearer ${m.token}` } });
  if (!answer.ok) throw new Refusal(answer.status, await answer.json().catch(() => ({})));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  // The browser has taken it once the click is over; a moment more costs nothing.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
