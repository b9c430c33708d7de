// The client of the kitchen's document, as written, with the stock socket.io-client, on the port that it names.
// usage: node kitchen.js path/to/maitred
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { io } = require('socket.io-client');
const { PATIENCE_MS, Program, allShow, check, report } = require('./program');

const HERE = __dirname;
const MAITRED = path.resolve(process.argv[2]);
const PLACE = fs.mkdtempSync(path.join(os.tmpdir(), 'maitred-kitchen-'));
const DATABASE = path.join(PLACE, 'restaurant.db');
const ENV = { ...process.env, MAITRED_JWT_SECRET: 'only-for-tests-0123456789abcdef0123456789abcdef' };
const BASE = 'http://localhost:3001';
const RESTAURANT = '11111111-1111-1111-1111-111111111111';

function token(role, id) {
  const made = spawnSync(MAITRED, ['token', '--role', role, '--id', id, '--restaurant', '2'], { env: ENV, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  return made.stdout.trim();
}

function shell(sql) {
  const { status, stderr } = spawnSync('sqlite3', ['-bail', DATABASE], { input: `.timeout ${PATIENCE_MS}\n${sql}\n`, encoding: 'utf8' });
  if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
}

async function ask(method, where, role, id, body) {
  const answer = await fetch(`${BASE}/api/v1${where}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token(role, id)}` },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!told.success) throw new Error(`${method} ${where}: ${JSON.stringify(told)}`);
  return told.data;
}

async function serve() {
  // The document's port alone: other listeners are other tests'.
  const routing = fs.readFileSync(path.join(HERE, '..', '..', 'routing.toml'), 'utf8');
  const file = path.join(PLACE, 'routing.toml');
  fs.writeFileSync(file, routing.replaceAll(/localhost:(9000|3000|8000)/g, '127.0.0.1:0'));
  const server = new Program('maitred', MAITRED, ['serve', '--demo=small', '--database', DATABASE, '--routing', file], { env: ENV });
  await server.shows(/^listening on 127\.0\.0\.1:3001 \(kitchen\)$/m);
  await server.shows("# the kitchen's screens");
  return server;
}

const snippet = (name) => new Program(name, process.execPath, [path.join(HERE, name)], { env: { ...ENV, TOKEN: token('kitchen', '20') } });

/** Every handler of the document's client runs, for what it says itself and for what others do. */
async function documented() {
  const screen = snippet('kitchen_screen.mjs');
  try {
    await screen.shows('Connection: connected');
    await screen.shows('Synced: order-1 order-2 order-4 order-123');
    await screen.shows(/^Order \S+ status: preparing$/m);
    await screen.shows('Completed: 5 1');
    await screen.shows('By localStorage: true');
    await screen.shows('Compressed: true');
    await screen.shows('Connected again');
    const order = await ask('POST', '/orders', 'waiter', '10', { table_number: '7', items: [{ menu_item_id: 1 }] });
    await screen.shows('New order:');
    await screen.shows('added true');
    await ask('PATCH', `/orders/${order.id}`, 'waiter', '10', { notes: 'no onion' });
    await screen.shows('updated notes');
    shell("UPDATE orders SET status='ready' WHERE public_id='" + order.order_number + "';");
    await screen.shows('Table 7 is ready');
    await ask('POST', '/kitchen/alerts', 'waiter', '10', { type: 'urgent', message: 'Out of rice', severity: 5 });
    await screen.shows('Kitchen alert: Out of rice');
    await ask('DELETE', `/orders/${order.id}`, 'manager', '30', { reason: 'a test' });
    await screen.shows(`Order deleted: ${order.id}`);
    await screen.shows('removed true');
    if (/error/i.test(screen.output)) throw new Error(screen.output);
  } finally {
    await screen.end();
  }
}

async function documentedTest() {
  const program = snippet('kitchen_test.mjs');
  try {
    await program.shows('joined');
    await ask('POST', '/orders', 'waiter', '10', { items: [{ menu_item_id: 2 }] });
    await program.shows('passed: should receive order updates');
  } finally {
    await program.end();
  }
}

/** What a client is told, until `wanted` holds for it. */
function heard(socket, wanted) {
  return new Promise((resolve, reject) => {
    const all = [];
    setTimeout(() => reject(new Error(`never heard: ${wanted}\n${JSON.stringify(all)}`)), PATIENCE_MS).unref();
    socket.onAny((name, ...data) => {
      all.push([name, ...data]);
      if (wanted(name, ...data)) resolve(all);
    });
    socket.on('connect_error', reject);
  });
}

async function refused() {
  for (const auth of [undefined, { token: 'your-jwt-token' }]) {
    const socket = io(BASE, { auth, forceNew: true });
    const error = await new Promise((resolve) => socket.on('connect_error', resolve));
    if (error.message !== 'Authentication error' || error.data.code !== 'AUTH_FAILED') {
      throw new Error(`${error.message} ${JSON.stringify(error.data)}`);
    }
    socket.close();
  }
}

async function batches() {
  const socket = io(BASE, { auth: { token: token('kitchen', '20'), batch: true }, forceNew: true });
  const two = heard(socket, (name, told) => name === 'orders:batch_update' && told.length === 2);
  await socket.timeout(PATIENCE_MS).emitWithAck('join:restaurant', RESTAURANT);
  shell("UPDATE orders SET note='together' WHERE id IN (2, 4);");
  const all = await two;
  const names = new Set(all.map(([name]) => name));
  names.delete('connection:status');
  if ([...names].join() !== 'orders:batch_update') throw new Error([...names].join());
  socket.close();
}

/** The document's `reconnect` handler is never called: that event is the Manager's since version 3. Rooms come back all the same. */
async function lost() {
  const socket = io(BASE, { auth: { token: token('kitchen', '20') }, transports: ['websocket'], forceNew: true });
  let reconnects = 0;
  socket.on('reconnect', () => { reconnects += 1; });
  await socket.timeout(PATIENCE_MS).emitWithAck('join:restaurant', RESTAURANT);
  const missed = heard(socket, (name, told) => name === 'order:updated' && told.order.notes === 'missed');
  const again = new Promise((resolve) => socket.once('disconnect', () => socket.once('connect', resolve)));
  socket.io.engine.close();
  shell("UPDATE orders SET note='missed' WHERE id=4;");
  await again;
  if (!socket.recovered) throw new Error('not recovered');
  const all = await missed;
  const count = all.filter(([name, told]) => name === 'order:updated' && told.order.notes === 'missed').length;
  if (count !== 1 || reconnects !== 0) throw new Error(`${count} ${reconnects}`);
  socket.close();
}

async function transports() {
  for (const transports of [['polling', 'websocket'], ['websocket'], ['polling']]) {
    const socket = io(BASE, { auth: { token: token('kitchen', '20') }, transports, forceNew: true });
    const sync = heard(socket, (name) => name === 'orders:sync:complete');
    socket.emit('orders:sync', { restaurantId: RESTAURANT });
    await sync;
    socket.close();
  }
}

/** What `serve --demo` prints is ready to paste. */
async function pasted(server) {
  const at = server.output.indexOf("# the kitchen's screens");
  const lines = server.output.slice(at).split('\n').filter((line) => /^(node|curl) .*3001/.test(line));
  const wanted = ['orders:sync:complete', '"success":true'];
  await allShow(lines, wanted, HERE);
}

async function main() {
  const results = [];
  let server;
  results.push(await check('maitred serve --demo listens on port 3001', async () => (server = await serve())));
  if (server) {
    results.push(await check("the document's client", documented));
    results.push(await check("the document's test", documentedTest));
    results.push(await check('without a token, and with a bad one: connect_error', refused));
    results.push(await check('batches and nothing else', batches));
    results.push(await check('a lost connection: rooms and what was missed', lost));
    results.push(await check('over polling with an upgrade, WebSocket alone, polling alone', transports));
    results.push(await check('the lines that it prints are ready to paste', () => pasted(server)));
    if (results.includes(false)) console.log(`--- the server said\n${server.output.slice(-5000)}`);
  }
  await report(results, PLACE);
}

main();
