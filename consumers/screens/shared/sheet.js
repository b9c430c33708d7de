// @ts-check
/** A sheet comes from below on phones and from the right on desks; a dialog stands in the middle. The focus stays inside, Escape closes, and the focus returns to where it was. */
import { Icon } from './icon.js';
import { t } from './texts.js';
import { html, useEffect, useId, useRef } from './ui.js';

/** @typedef {{title: any, text?: any, onclose: () => void, children?: any, class?: string, bare?: boolean}} Props `bare`: no button to close it (Escape still does) */

/** @param {Props} props */
export const Sheet = (props) => html`<${Modal} ...${props} kind="sheet" />`;
/** @param {Props} props */
export const Dialog = (props) => html`<${Modal} ...${props} kind="dialog" />`;

/** @param {Props & {kind: 'sheet'|'dialog'}} props */
function Modal({ title, text, onclose, children, kind, class: more = '', bare = false }) {
  const id = useId();
  const self = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const close = useRef(onclose);
  close.current = onclose;
  useEffect(() => {
    const box = self.current;
    const before = /** @type {HTMLElement|null} */ (document.activeElement);
    // a modal <dialog> keeps the focus inside and the rest of the page out of reach
    if (box && !box.open) box.showModal();
    return () => {
      box?.close();
      // where it stood may have gone meanwhile
      if (before?.isConnected) before.focus();
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    close.current();
  };
  // a press that began inside and slips out of it is not a wish to close
  const press = (/** @type {PointerEvent} */ event) => event.target === self.current && close.current();
  return html`<dialog class=${`modal ${kind} ${more}`} ref=${self} aria-labelledby=${id} aria-modal="true" onCancel=${cancel} onPointerDown=${press}>
    <div class="in"><header><h2 id=${id} tabindex="-1">${title}</h2>${!bare && html`<button type="button" class="icon" aria-label=${t('close')} onClick=${onclose}><${Icon} name="close" /></button>`}</header>
    ${text && html`<p class="muted">${text}</p>`}${children}</div>
  </dialog>`;
}
