// The clients of the Timing API's document, as written, against a demo on the port that it names: the class in node, the React hook and components and the
// React Native hook in Chromium, Python's websockets. Changed are the token and, where the document has a placeholder for it, the host.
// usage: PYTHON=python3 node timing.js path/to/maitred
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const esbuild = require('esbuild');
const { PATIENCE_MS, Program, check, chromium, openPage, report } = require('./program');

const HERE = path.join(__dirname, 'timing');
const TOP = path.join(__dirname, '..', '..');
const MAITRED = path.resolve(process.argv[2]);
const PYTHON = path.resolve(process.env.PYTHON || 'python3');
const PLACE = fs.mkdtempSync(path.join(os.tmpdir(), 'maitred-timing-'));
const DATABASE = path.join(PLACE, 'restaurant.db');
const API = 'http://localhost:8000';
const ENV = { ...process.env, MAITRED_JWT_SECRET: 'only-for-tests-0123456789abcdef0123456789abcdef' };

const read = (name) => fs.readFileSync(path.join(HERE, name), 'utf8');
const count = (text, part) => text.split(part).length - 1;

function shell(sql) {
  const input = `.timeout ${PATIENCE_MS}\n${sql}\n`;
  const { status, stderr } = spawnSync('sqlite3', ['-bail', DATABASE], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
}

async function serve() {
  const args = ['serve', '--demo=small', '--database', DATABASE, '--drain-time', '0s'];
  const server = new Program('maitred', MAITRED, args, { cwd: TOP, env: ENV });
  await server.shows(/^listening on 127\.0\.0\.1:8000 \(timing\)$/m);
  await server.shows(/^listening on \[::1\]:8000 \(timing\)$/m);
  return server;
}

async function ask(method, where, body, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${API}${where}`, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const logIn = async () => (await ask('POST', '/api/auth/login', { email: 'admin@example.com', password: 'admin12345' })).token;
const order = async () => {
  const body = { customer_info: { name: 'Jo', phone: '+66 2 000 0001' }, items: [{ menu_item_id: 1, quantity: 2 }] };
  return (await ask('POST', '/api/orders', body)).data.id;
};
const put = (id, status, token) => ask('PUT', `/api/admin/orders/${id}/status`, { status }, token);

/** The document's class and its test, in node with ws as the browser's WebSocket. It comes back by itself when the server was killed. */
async function nodeClass(restart) {
  const token = await logIn();
  const file = path.join(PLACE, 'class.js');
  fs.writeFileSync(file, `${read('order_client.js')}\n${read('test_connection.js').replace('your-jwt-token', token)}\ntestConnection();\n`);
  const program = new Program('node', process.execPath, ['-r', path.join(__dirname, 'websocket_global.js'), file]);
  try {
    await program.shows('Connected to Timing API');
    const id = await order();
    await program.shows('New order received:');
    await program.shows(`id: ${id},`);
    await put(id, 'preparing', token);
    await program.shows(`Order status updated: ${id} preparing`);
    await program.shows('Connection status: 1');
    await restart();
    await program.shows('Reconnecting... (1/5)');
    await program.shows((output) => count(output, 'Connected to Timing API') === 2);
    await put(id, 'ready', token);
    await program.shows(`Order status updated: ${id} ready`);
    if (/WebSocket error/.test(program.output.split('Reconnecting')[0])) throw new Error(program.output);
  } finally {
    await program.end();
  }
}

/** The document's React code on one page: the badge, the dashboard, the tracking, the native hook; and what is around them in an application. */
function bundle() {
  const components = ['OrderStatusBadge.jsx', 'OrderDashboard.jsx', 'OrderTracking.jsx'].map(read).join('\n');
  const page = `
    import React, { useState, useEffect } from 'react';
    import { createRoot } from 'react-dom/client';
    import { useTimingOrdersNative } from './hooks/useTimingOrdersNative';
    import { getApiConfig } from './api';
    ${components}
    const report = (line) => fetch('/report', { method: 'POST', body: line });
    globalThis.showLocalNotification = (title, text) => report('NATIVE ' + title + ': ' + text);
    window.onerror = (message) => report('ERROR ' + message);
    // A socket that is open has not joined yet; one that has been told something has.
    let greeted = 0;
    const Socket = globalThis.WebSocket;
    globalThis.WebSocket = class extends Socket {
      constructor(...of) {
        super(...of);
        this.addEventListener('message', () => report('GREETED ' + (greeted += 1)), { once: true });
      }
    };
    const Native = ({ token }) => {
      const { orders, connectionStatus } = useTimingOrdersNative(token);
      return <pre>{'native ' + connectionStatus + ' ' + JSON.stringify(orders.map((o) => [o.id, o.status]))}</pre>;
    };
    let pressed = false;
    new MutationObserver(() => {
      const badges = [...document.querySelectorAll('.space-y-4 .rounded-full')].map((badge) => badge.textContent);
      report('BADGES ' + JSON.stringify(badges));
      report('TEXT ' + document.body.innerText.replaceAll('\\n', ' '));
      const button = [...document.querySelectorAll('button')].find((b) => b.textContent === 'Preparing');
      if (button && !pressed) {
        pressed = true;
        button.click();
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    (async () => {
      // Pages of another origin: a browser asks first whether they may.
      const { baseUrl } = getApiConfig();
      const json = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ email: 'admin@example.com', password: 'admin12345' });
      const { token } = await (await fetch(baseUrl + '/api/auth/login', { method: 'POST', headers: json, body })).json();
      const list = await (await fetch(baseUrl + '/api/admin/orders', { headers: { Authorization: 'Bearer ' + token } })).json();
      report('LIST ' + list.total);
      createRoot(document.getElementById('root')).render(<>
        <OrderDashboard token={token} />
        <OrderTracking orderId={123} />
        <Native token={token} />
      </>);
    })().catch((error) => report('ERROR ' + error));
  `;
  const placeholders = {
    name: 'the placeholder of a host',
    setup(build) {
      build.onLoad({ filter: /useTimingOrdersNative\.js$/ }, ({ path: file }) => ({
        contents: fs.readFileSync(file, 'utf8').replace('your-api-url.com', 'localhost:8000'),
      }));
    },
  };
  return esbuild.build({
    stdin: { contents: page, loader: 'jsx', resolveDir: HERE },
    plugins: [placeholders],
    define: { 'process.env.NODE_ENV': '"development"' },
    bundle: true,
    write: false,
    nodePaths: [path.join(__dirname, 'node_modules')],
  });
}

/** An application's own server: the page, and /api passed on, as the document's relative addresses want it. */
function site(script, heard) {
  const server = http.createServer((request, response) => {
    if (request.url.startsWith('/api/')) {
      const { method, headers, url } = request;
      const onward = http.request({ host: 'localhost', port: 8000, method, path: url, headers: { ...headers, host: 'localhost:8000' } }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.writeHead(502).end());
      request.pipe(onward);
    } else if (request.method === 'POST') {
      let body = '';
      request.on('data', (data) => (body += data));
      request.on('end', () => {
        heard(`PAGE ${body}\n`);
        response.end();
      });
    } else if (request.url === '/page.js') {
      response.setHeader('content-type', 'text/javascript; charset=utf-8');
      response.end(script);
    } else {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<!doctype html><div id="root"></div><script src="/page.js"></script>');
    }
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

async function react(restart) {
  const { outputFiles } = await bundle();
  let program;
  const server = await site(outputFiles[0].text, (line) => program.heard(line));
  const profile = fs.mkdtempSync(path.join(PLACE, 'chromium-'));
  program = openPage(`http://127.0.0.1:${server.address().port}/`, profile);
  const badge = (word) => (output) => output.trimEnd().split('\n').findLast((line) => line.startsWith('PAGE BADGES'))?.includes(`["${word}"`);
  // So many have joined.
  const joined = (sockets) => (output) => output.includes(`PAGE GREETED ${sockets}\n`);
  try {
    await program.shows(/PAGE LIST [1-9]/);
    await program.shows(/TEXT .* Connected/);
    await program.shows(/Order #123\s+Customer\s+Chris .*1x Pad Thai/);
    await program.shows(/native connected/);
    await program.shows(joined(2));
    const id = await order();
    await program.shows(new RegExp(`New Order!\\s+Order #${id} from Jo`));
    await program.shows(`NATIVE New Order: Order #${id} received`);
    // The page pressed "Preparing": the answer changes nothing on it, what it hears does.
    await program.shows(badge('Preparing'));
    await program.shows(`native connected [[${id},"preparing"]]`);
    shell(`UPDATE orders SET status='ready' WHERE id=${id};`);
    await program.shows(badge('Ready'));
    await program.shows(`native connected [[${id},"ready"]]`);
    const before = program.output.length;
    await restart();
    // The document's hook comes back without a number: what happened meanwhile it would not hear.
    await program.shows((output) => /TEXT .* Disconnected(.|\n)*TEXT .* Connected/.test(output.slice(before)));
    await program.shows(joined(3)); // the native hook does not come back
    shell(`UPDATE orders SET status='completed' WHERE id=${id};`);
    await program.shows(badge('Completed'));
    if (/PAGE ERROR/.test(program.output)) throw new Error(program.output);
  } finally {
    await program.end();
    server.closeAllConnections();
    server.close();
  }
}

async function python() {
  const token = await logIn();
  const program = new Program('python', PYTHON, ['-u', path.join(HERE, 'dashboard.py'), `ws://localhost:8000/admin?token=${token}`]);
  try {
    await program.shows(/^connection \d+$/m);
    const id = await order();
    await program.shows(new RegExp(`^newOrder ${id}$`, 'm'));
    await program.shows('gone');
    await put(id, 'preparing', token);
    program.say('back');
    await program.shows(new RegExp(`^orderStatusUpdate ${id} preparing$`, 'm'));
    if ((await program.ended) !== 0) throw new Error(`it fails: ${program.output}`);
  } finally {
    await program.end();
  }
}

/** /api-docs draws itself in a browser that reaches nothing but this machine. */
async function docs() {
  const page = `${API}/api-docs`;
  const profile = fs.mkdtempSync(path.join(PLACE, 'chromium-'));
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--virtual-time-budget=20000', '--dump-dom', `--user-data-dir=${profile}`,
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost', page];
  const { stdout } = spawnSync(chromium(), args, { encoding: 'utf8', timeout: PATIENCE_MS, maxBuffer: 64 << 20 });
  for (const part of ['opblock', '/api/admin/orders', '/api/v1/orders', 'swagger-ui']) {
    if (!stdout.includes(part)) throw new Error(`no ${part} on the page: ${stdout.slice(0, 2000)}`);
  }
}

async function main() {
  const results = [];
  let server;
  const restart = async () => {
    await server.end();
    server = await serve();
  };
  results.push(await check('maitred serve --demo listens on port 8000 of 127.0.0.1 and ::1', async () => (server = await serve())));
  if (server) {
    results.push(await check("the document's class and its test in node, also across a kill", () => nodeClass(restart)));
    results.push(await check("the document's React hook and components and its native hook in Chromium, also across a kill", () => react(restart)));
    results.push(await check("Python's websockets, which comes back with the last number", python));
    results.push(await check('/api-docs in Chromium, without anything from elsewhere', docs));
    if (results.includes(false)) console.log(`--- the server said\n${server.output.slice(-3000)}`);
  }
  await report(results, PLACE);
}

main();
