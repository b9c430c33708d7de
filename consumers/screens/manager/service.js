// The evening as it runs: what to decide now, and the last hour of every order.

import { html, useState, useStore } from '../shared/ui.js';
import { Decisions } from './decisions.js';
import { LastHour } from './last_hour.js';
import { OrderSheet } from './order_sheet.js';

/** @param {{house: import('./house.js').House}} props */
export function Service({ house }) {
  const [open, setOpen] = useState(/** @type {number | null} */ (null));
  const there = useStore(house.state, (known) => open !== null && known.orders.has(open));
  return html`<${Decisions} house=${house} open=${setOpen} />
    <${LastHour} house=${house} chosen=${open} open=${setOpen} />
    ${open !== null && there && html`<${OrderSheet} house=${house} id=${open} close=${() => setOpen(null)} />`}`;
}
