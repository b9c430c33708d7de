/** The views beside the floor. */
export { AddPage } from './views/add_page.js';
export { BillPage } from './views/bill_page.js';
export { CheckPage } from './views/check_page.js';
export { Denied } from './views/denied.js';
export { InboxPage } from './views/inbox_page.js';
export { MePage } from './views/me_page.js';
export { TablePage } from './views/table_page.js';
