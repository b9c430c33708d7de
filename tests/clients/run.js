// The documents' clients, as written, against the first command of the README on the port that the documents name.
// usage: PYTHON=python3 node run.js path/to/maitred
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { PATIENCE_MS, Program, check, openPage, report } = require('./program');

const HERE = __dirname;
const TOP = path.join(HERE, '..', '..');
const MAITRED = path.resolve(process.argv[2]);
const PYTHON = path.resolve(process.env.PYTHON || 'python3');
const PLACE = fs.mkdtempSync(path.join(os.tmpdir(), 'maitred-clients-'));
const DATABASE = path.join(PLACE, 'restaurant.db');

function shell(sql) {
  const input = `.timeout ${PATIENCE_MS}\n${sql}\n`;
  const { status, stdout, stderr } = spawnSync('sqlite3', ['-bail', DATABASE], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
  return stdout;
}

/** What makes every handler of the document's class run: order 1 becomes ready, table 5 gets another guest. */
function somethingHappens() {
  shell("UPDATE orders SET status='confirmed' WHERE id=1;");
  shell("UPDATE orders SET status='ready' WHERE id=1;");
  shell("UPDATE table_sessions SET guests_count=guests_count%9+1 WHERE id=1;");
}

const count = (text, part) => text.split(part).length - 1;

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function serve() {
  const args = ['serve', '--demo=small', '--database', DATABASE];
  if (!(await isFree(9000))) throw new Error('port 9000, which the documents name, is taken by another program');
  const server = new Program('maitred', MAITRED, args, { cwd: TOP });
  await server.shows(/^listening on 127\.0\.0\.1:9000 \(dining\)$/m);
  await server.shows(/^listening on \[::1\]:9000 \(dining\)$/m);
  // One for each of the five systems, when all is said.
  for (const system of ['dining room', 'delivery', 'workshop', 'kitchen', 'timing']) await server.shows(new RegExp(`^ready: ${system} +ws://localhost:`, 'm'));
  return server;
}

function frames(output) {
  return output.split('\n').flatMap((line) => {
    const at = line.indexOf('{"');
    try {
      return at < 0 ? [] : [JSON.parse(line.slice(at))];
    } catch {
      return [];
    }
  });
}

async function wscat(url) {
  const tool = path.join(HERE, 'node_modules', '.bin', 'wscat');
  const program = new Program('wscat', tool, ['--no-color', '-c', url]);
  try {
    await program.shows((output) => count(output, '"order_status"') === 1);
    program.say('{"action":"get_status"}');
    await program.shows((output) => count(output, '"order_status"') === 2);
    const [first, answer] = frames(program.output);
    if (first.data.id !== 1 || !Number.isInteger(first.seq)) throw new Error(`first frame: ${program.output}`);
    if (answer.data.id !== 1 || 'seq' in answer) throw new Error(`answer: ${program.output}`);
  } finally {
    await program.end();
  }
}

async function python() {
  const program = new Program('python', PYTHON, ['-u', path.join(HERE, 'test_websocket.py')]);
  try {
    const output = await program.shows(/^Response: .*\n/m);
    const [state, answer] = frames(output);
    if (!/^Received: /.test(output) || state.type !== 'order_status') throw new Error(`the first frame is no state: ${output}`);
    if (state.data.total_amount !== '250.00' || answer.type !== 'order_status') throw new Error(output);
    if ((await program.ended) !== 0) throw new Error(`it fails: ${program.output}`);
  } finally {
    await program.end();
  }
}

const HANDLERS = ['Order updated:', 'Table updated:', 'Waiter notification:', 'Restaurant broadcast:'];

/** Waits for the two first frames, lets something happen, and waits until every handler ran for it. */
async function everyHandlerRuns(program) {
  await program.shows((output) => HANDLERS.slice(0, 2).every((h) => output.includes(h)));
  // The two channels without a first frame are open when something that happens is heard; before that it may be too early for them.
  for (let tries = 0; ; tries += 1) {
    somethingHappens();
    try {
      await program.shows((output) => HANDLERS.every((h) => output.includes(h)), 3000);
      break;
    } catch (error) {
      if (tries * 3000 > PATIENCE_MS) throw error;
    }
  }
  await program.shows((output) => count(output, 'Order updated:') >= 3 && count(output, 'Table updated:') >= 2);
  if (/error/i.test(program.output)) throw new Error(program.output);
}

async function nodeClass() {
  const args = ['-r', path.join(HERE, 'websocket_global.js'), path.join(HERE, 'restaurant_qr_client.js')];
  const program = new Program('node', process.execPath, args);
  try {
    await everyHandlerRuns(program);
  } finally {
    await program.end();
  }
}

/** An engine's ping is answered, and the extension it offers is taken or left, not broken. */
async function nodePing() {
  const WebSocket = require('ws');
  const socket = new WebSocket('ws://localhost:9000/ws/orders/1/');
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('no pong')), PATIENCE_MS).unref();
    socket.on('error', reject);
    socket.on('open', () => socket.ping('are you there?'));
    socket.on('pong', (data) => (String(data) === 'are you there?' ? resolve() : reject(new Error(`pong ${data}`))));
  });
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.close(1000);
  const code = await closed;
  if (code !== 1000) throw new Error(`closed with ${code}`);
}

/** The class in a real browser. `origin` is 'http' (a page of a loopback server) or 'file' (its origin is null). */
async function browser(origin) {
  let program;
  const server = http.createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (data) => (body += data));
      request.on('end', () => {
        program.heard(`PAGE ${body}\n`);
        response.end();
      });
      return;
    }
    const file = path.join(HERE, path.basename(new URL(request.url, 'http://x').pathname));
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    response.setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(fs.readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const report = `http://127.0.0.1:${server.address().port}`;
  const page = origin === 'http' ? `${report}/page.html` : `file://${path.join(HERE, 'page.html')}`;
  const profile = fs.mkdtempSync(path.join(PLACE, 'chromium-'));
  program = openPage(`${page}?report=${encodeURIComponent(report)}`, profile);
  try {
    await everyHandlerRuns(program);
  } finally {
    await program.end();
    server.closeAllConnections();
    server.close();
  }
}

/** What `serve --demo` prints is ready to paste: its wscat lines work. */
async function pasted(server) {
  await server.shows(/wscat .*\/ws\/changes\//);
  const lines = server.output.match(/wscat (?:-\S+ )*-c \S.*$/gm) || [];
  if (lines.length < 7) throw new Error(`a wscat line for each endpoint: ${server.output}`);
  const bin = path.join(HERE, 'node_modules', '.bin');
  for (const line of lines) {
    const program = new Program(line, 'bash', ['-c', `exec ${line} -w -1 -x '{"action":"ping"}'`], {
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    });
    try {
      await program.shows('"pong"');
    } finally {
      await program.end();
    }
  }
}

async function main() {
  const results = [];
  let server;
  results.push(await check('maitred serve --demo listens on port 9000 of 127.0.0.1 and ::1', async () => (server = await serve())));
  if (server) {
    results.push(await check('the lines that it prints are ready to paste', () => pasted(server)));
    results.push(await check('wscat with the slash', () => wscat('ws://localhost:9000/ws/orders/1/')));
    results.push(await check('wscat without the slash', () => wscat('ws://localhost:9000/ws/orders/1')));
    results.push(await check("the document's Python script", python));
    results.push(await check("the document's JavaScript class in node, with ws", nodeClass));
    results.push(await check('a ping of ws, and its close', nodePing));
    results.push(await check("the document's JavaScript class in Chromium, from http://127.0.0.1", () => browser('http')));
    results.push(await check("the document's JavaScript class in Chromium, from file://", () => browser('file')));
    if (results.includes(false)) console.log(`--- the server said\n${server.output.slice(-5000)}`);
  }
  await report(results, PLACE);
}

main();
