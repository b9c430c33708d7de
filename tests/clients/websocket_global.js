// Gives node what a browser has.
globalThis.WebSocket = require('ws');
