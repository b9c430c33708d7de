/** The waiter's screen: `/waiter`. */
import { start } from '../shared/app.js';
import { App } from './app.js';

start({ screen: 'waiter', texts: import.meta.url, App });
