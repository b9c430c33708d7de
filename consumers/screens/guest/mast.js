// @ts-check
/** The head of the guest's page: the house in its colour, and the table's number. */
import { t } from '../shared/texts.js';
import { html } from '../shared/ui.js';

/** @param {{title: any, text?: any, table: {number: string}|null, small?: boolean}} props */
export const Mast = ({ title, text, table, small = false }) => html`<header class="mast"><div><h1 tabindex="-1" class=${`n ${small ? 'small' : ''}`}>${title}</h1>${text && html`<p>${text}</p>`}</div>
  ${table && html`<p class=${`no n ${table.number.length > 2 ? 'long' : ''}`}><small>${t('guest.table_word')}</small>${table.number}</p>`}</header>`;
