// The clients of the delivery platform's and the workshop's documents, as written, with the stock socket.io-client, on the port that they name.
// usage: node delivery.js path/to/maitred
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { io } = require('socket.io-client');
const { PATIENCE_MS, Program, allShow, check, report } = require('./program');

const HERE = __dirname;
const MAITRED = path.resolve(process.argv[2]);
const PLACE = fs.mkdtempSync(path.join(os.tmpdir(), 'maitred-delivery-'));
const DATABASE = path.join(PLACE, 'restaurant.db');
const ENV = { ...process.env, MAITRED_JWT_SECRET: 'only-for-tests-0123456789abcdef0123456789abcdef' };
const BASE = 'http://localhost:3000';

function token(...args) {
  const made = spawnSync(MAITRED, ['token', ...args], { env: ENV, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  return made.stdout.trim();
}

function shell(sql) {
  const { status, stderr } = spawnSync('sqlite3', ['-bail', DATABASE], { input: `.timeout ${PATIENCE_MS}\n${sql}\n`, encoding: 'utf8' });
  if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
}

async function serve() {
  // The documents' port alone: other listeners are other tests'.
  const routing = fs.readFileSync(path.join(HERE, '..', '..', 'routing.toml'), 'utf8').replace('localhost:9000', '127.0.0.1:0');
  const file = path.join(PLACE, 'routing.toml');
  fs.writeFileSync(file, routing.replaceAll(/localhost:(3001|8000)/g, '127.0.0.1:0'));
  const server = new Program('maitred', MAITRED, ['serve', '--demo=small', '--database', DATABASE, '--routing', file], { env: ENV });
  await server.shows(/^listening on 127\.0\.0\.1:3000 \(delivery\)$/m);
  await server.shows('# the print workshop, as anybody');
  await server.shows(/^ready: delivery +ws:\/\/localhost:3000\/orders \(Socket\.IO\)$/m);
  await server.shows(/^ready: workshop +ws:\/\/localhost:3000 \(Socket\.IO\)$/m);
  return server;
}

const snippet = (name, TOKEN) => new Program(name, process.execPath, [path.join(HERE, name)], { env: { ...ENV, TOKEN } });

/** The three clients of the document at once: order 123 goes from the kitchen to the door. */
async function documented() {
  const restaurant = token('--role', 'manager', '--id', '30', '--restaurant', '2');
  const user = snippet('delivery_user.mjs', token('--role', 'customer', '--id', '456'));
  const cook = snippet('delivery_restaurant.mjs', restaurant);
  try {
    await cook.shows(/Restaurant orders: \[/);
    // The user's client says nothing until it hears something: it may have come after the first change.
    for (let tries = 0; !user.output.includes('Order status updated:'); tries += 1) {
      shell(`UPDATE orders SET note='ring ${tries} times' WHERE id=123;`);
      await user.shows('Order status updated:', 1000).catch((error) => {
        if (tries * 1000 > PATIENCE_MS) throw error;
      });
    }
    shell("UPDATE orders SET status='ready' WHERE id=123;");
    await user.shows("status: 'ready_for_pickup'");
    const driver = snippet('delivery_driver.mjs', token('--role', 'driver', '--id', '901'));
    try {
      await driver.shows(/Available orders: \[/);
      await driver.shows(/Order accepted: \{/);
      await user.shows("status: 'delivered'");
      const order = { restaurantId: 2, items: [{ menuItemId: 1, quantity: 1 }] };
      const answer = await fetch(`${BASE}/api/delivery/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token('--role', 'customer', '--id', '456')}` },
        body: JSON.stringify(order),
      });
      if (answer.status !== 201) throw new Error(`ordering: ${answer.status} ${await answer.text()}`);
      await user.shows('Order created:');
      await cook.shows('New order received:');
      shell("UPDATE orders SET status='ready' WHERE restaurant_id=2 AND status='pending' AND type='delivery';");
      await driver.shows('New order available:');
    } finally {
      await driver.end();
    }
  } finally {
    await user.end();
    await cook.end();
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
    socket.on('connect_error', (error) => reject(error));
  });
}

async function transports() {
  for (const transports of [['polling', 'websocket'], ['websocket'], ['polling']]) {
    const auth = { token: token('--role', 'driver', '--id', '902') };
    const socket = io(`${BASE}/orders`, { auth, transports, forceNew: true });
    const list = heard(socket, (name) => name === 'available-orders');
    socket.emit('get-available-orders', {});
    await list;
    socket.close();
  }
}

async function header() {
  // The document's `headers` is no option of the client; this one is.
  const extraHeaders = { authorization: `Bearer ${token('--role', 'driver', '--id', '902')}` };
  const socket = io(`${BASE}/orders`, { extraHeaders, forceNew: true });
  const list = heard(socket, (name) => name === 'available-orders');
  socket.emit('get-available-orders', {});
  await list;
  socket.close();
}

async function refused() {
  const socket = io(`${BASE}/orders`, { auth: { token: 'forged' }, forceNew: true });
  const gone = new Promise((resolve) => socket.on('disconnect', resolve));
  const [told] = await heard(socket, (name) => name === 'error');
  if (!told[1].message.startsWith('Invalid authentication')) throw new Error(JSON.stringify(told));
  const why = await gone;
  if (why !== 'io server disconnect') throw new Error(why);
}

async function workshop() {
  const socket = io('ws://localhost:3000', { forceNew: true });
  const all = heard(socket, (name) => name === 'orderDeleted');
  socket.emit('joinRoom');
  await heard(socket, (name) => name === 'joinedRoom');
  const authorization = `Bearer ${token('--role', 'manager', '--id', '34', '--restaurant', '5')}`;
  const ask = (method, where, body) =>
    fetch(`${BASE}/orders${where}`, { method, headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const made = await (await ask('POST', '', { customerName: 'Noodle Corner', productName: 'Flyers' })).json();
  await ask('PATCH', `/${made.orderId}`, { status: 'In Printing', message: 'On the press' });
  await ask('DELETE', `/${made.orderId}`, {});
  const names = (await all).map(([name]) => name);
  const wanted = ['joinedRoom', 'orderCreated', `${made.orderId}/update`, 'orderUpdated', 'orderDeleted'];
  if (names.join() !== wanted.join()) throw new Error(names.join());
  socket.close();
}

/** What `serve --demo` prints is ready to paste. */
async function pasted(server) {
  const at = server.output.indexOf('# the delivery platform');
  const lines = server.output.slice(at).split('\n').filter((line) => /^(node|curl) .*3000/.test(line));
  const wanted = ['available-orders', 'restaurant-orders', '"order":', 'joinedRoom', '"In Binding"'];
  await allShow(lines, wanted, HERE);
}

async function main() {
  const results = [];
  let server;
  results.push(await check('maitred serve --demo listens on port 3000', async () => (server = await serve())));
  if (server) {
    results.push(await check("the document's clients: restaurant, driver and user", documented));
    results.push(await check('over polling with an upgrade, WebSocket alone, polling alone', transports));
    results.push(await check('a token in the header', header));
    results.push(await check('a bad token: an error, and then the end', refused));
    results.push(await check('the workshop, without a token', workshop));
    results.push(await check('the lines that it prints are ready to paste', () => pasted(server)));
    if (results.includes(false)) console.log(`--- the server said\n${server.output.slice(-5000)}`);
  }
  await report(results, PLACE);
}

main();
