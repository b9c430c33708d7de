// @ts-check
/** The sheet of QR codes, as it is printed. */
import { Problem } from '../shared/parts.js';
import { Dialog } from '../shared/sheet.js';
import { t } from '../shared/texts.js';
import { html, useEffect, useState } from '../shared/ui.js';

/** @param {{token: string, restaurant: number}} props */
export function Codes({ token, restaurant }) {
  const [open, set] = useState(false);
  return html`<button type="button" class="btn" aria-haspopup="dialog" onClick=${() => set(true)}>${t('home.codes')}</button>
    ${open && html`<${Dialog} title=${t('home.codes')} onclose=${() => set(false)}><${Page} token=${token} restaurant=${restaurant} /></${Dialog}>`}`;
}

/** @param {{token: string, restaurant: number}} props */
function Page({ token, restaurant }) {
  const [url, set] = useState('');
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let made = '';
    const read = async () => {
      const answer = await fetch(`/api/v1/restaurants/${restaurant}/qr.svg`, { headers: { Authorization: `Bearer ${token}` } });
      if (!answer.ok) throw new Error(String(answer.status));
      made = URL.createObjectURL(await answer.blob());
      set(made);
    };
    read().catch(() => setFailed(true));
    return () => URL.revokeObjectURL(made);
  }, []);
  if (failed) return html`<${Problem} what=${t('home.codes.failed')} todo=${t('home.codes.todo')} />`;
  return html`<img class="sheet-of-codes" src=${url || undefined} alt=${t('home.codes.alt')} />${url && html`<p class="acts"><a class="btn" href=${url} download="qr.svg">${t('home.codes.save')}</a></p>`}`;
}
