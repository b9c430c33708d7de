// The stock Socket.IO client against the example of rooms: each transport, and what it finds when it comes back.
// Beside it older versions, and python-socketio.
// usage: PYTHON=python3 node socket_io.js path/to/rooms
'use strict';

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { io } = require('socket.io-client');
const { PATIENCE_MS, Program, check, report } = require('./program');

const ROOMS = path.resolve(process.argv[2]);
const PYTHON = path.resolve(process.env.PYTHON || 'python3');
const PLACE = fs.mkdtempSync(path.join(os.tmpdir(), 'maitred-rooms-'));
const DATABASE = path.join(PLACE, 'rooms.db');
let port;
let server;

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function serve() {
  server = new Program('rooms', ROOMS, [DATABASE, `127.0.0.1:${port}`], { cwd: PLACE });
  await server.shows(/^listening on /m);
}

/** `kill -9`: nothing is flushed, nobody is told. */
const kill = () => server.end();

/** What comes of an event, or a failure in time. */
function once(emitter, name) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${name}`)), PATIENCE_MS);
    emitter.once(name, (...all) => {
      clearTimeout(late);
      resolve(all);
    });
  });
}

function open(options, namespace = '/') {
  const url = `http://127.0.0.1:${port}${namespace}`;
  return io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options });
}

const ask = (socket, ...all) => socket.timeout(PATIENCE_MS).emitWithAck(...all);

/** Everything that a client does, over these transports. */
async function everything(transports, last) {
  const socket = open({ transports, auth: { rooms: ['hall'] } });
  try {
    await once(socket, 'connect');
    assert.strictEqual(socket.recovered, false);
    const { engine } = socket.io;
    const upgraded = engine.transport.name === last || once(engine, 'upgrade');
    // several in each direction while the transport changes
    const heard = [];
    socket.on('chatter', (one) => heard.push(one));
    for (let n = 0; n < 50; n++) socket.emit('chatter', n);
    assert.strictEqual(await ask(socket, 'chatter', 'a', { b: null }), 2);
    assert.deepStrictEqual(heard, [...Array(50).keys(), 'a', { b: null }]);
    await upgraded;
    assert.strictEqual(engine.transport.name, last);

    const bar = transports.join();
    assert.strictEqual(await ask(socket, 'join', bar), 0);
    const note = once(socket, 'note');
    await ask(socket, 'say', { room: bar, text: 'hello' });
    const [{ text }, offset] = await note;
    assert.strictEqual(text, 'hello');
    assert.match(offset, /^\d+$/);

    const photo = once(socket, 'photo');
    socket.emit('photo', Buffer.from([0, 255, 1]));
    assert(Buffer.from((await photo)[0]).equals(Buffer.from([0, 255, 1])));
    const large = once(socket, 'photo');
    socket.emit('photo', Buffer.alloc(100_000, 7));
    assert.strictEqual((await large)[0].length, 100_000);

    socket.once('question', (what, answer) => answer(`${what} yes`));
    assert.strictEqual(await ask(socket, 'askMe', 'well?'), 'well? yes');

    const mistake = once(socket, 'error');
    socket.emit('join', '!secret');
    assert.strictEqual((await mistake)[0].code, 'PRIVATE');
    assert.strictEqual((await ask(socket, 'join', '!secret')).code, 'PRIVATE');

    const other = io(`http://127.0.0.1:${port}/reading`, { transports, auth: { room: bar } });
    assert.deepStrictEqual((await once(other, 'notes'))[0].includes('hello'), true);
    other.disconnect();

    const bye = once(socket, 'disconnect');
    socket.emit('bye');
    assert.strictEqual((await bye)[0], 'io server disconnect');
  } finally {
    socket.disconnect();
  }
}

async function refusals() {
  const refused = async (namespace, options) => {
    const socket = open(options, namespace);
    const [error] = await once(socket, 'connect_error');
    socket.disconnect();
    return error;
  };
  assert.strictEqual((await refused('/staff', {})).data.code, 'TOKEN_MISSING');
  assert.strictEqual((await refused('/nowhere', {})).message, 'Invalid namespace');
  const error = await refused('/', { auth: { rooms: ['#x'] } });
  assert.strictEqual(error.message, '#x is private');
}

/** The server is killed; what happened meanwhile is told once, and rooms come back. */
async function killed(transports, sees) {
  const socket = open({ transports });
  try {
    await once(socket, 'connect');
    await ask(socket, 'join', 'attic');
    const writer = open({});
    if (sees) {
      const note = once(socket, 'note');
      await ask(writer, 'say', { room: 'attic', text: 'seen' });
      await note;
      // neither is an offset
      await ask(socket, 'chatter', '12', 'text');
      socket.once('question', (what, answer) => answer('34'));
      await ask(socket, 'askMe', '56');
    }
    writer.disconnect();
    const gone = once(socket, 'disconnect');
    await kill();
    await gone;
    const texts = [];
    socket.on('note', ({ text }) => texts.push(text));
    const back = once(socket, 'connect');
    spawnShell(`INSERT INTO note(room, text) VALUES('attic', 'missed'), ('elsewhere', 'not mine')`);
    await serve();
    await back;
    assert.strictEqual(socket.recovered, true, 'recovered');
    assert.deepStrictEqual(await ask(socket, 'rooms'), ['attic']);
    await ask(socket, 'say', { room: 'attic', text: 'after' });
    while (!texts.includes('after')) await once(socket, 'note');
    assert.deepStrictEqual(texts, ['missed', 'after']);
  } finally {
    socket.disconnect();
  }
}

function spawnShell(sql) {
  const { status, stderr } = spawnSync('sqlite3', ['-bail', DATABASE, sql], { encoding: 'utf8' });
  assert.strictEqual(status, 0, stderr);
}

/** It cannot be recovered: the client is told, and `recovered` says so. */
async function forgotten() {
  const socket = open({ transports: ['websocket'] });
  try {
    await once(socket, 'connect');
    await ask(socket, 'join', 'cellar');
    const gone = once(socket, 'disconnect');
    await kill();
    await gone;
    spawnShell('DELETE FROM recovery');
    const resync = once(socket, 'resync');
    await serve();
    assert.strictEqual((await resync)[0].reset, true);
    assert.strictEqual(socket.recovered, false);
  } finally {
    socket.disconnect();
  }
}

/** A large event comes compressed, where the client offers that, as it does in node. */
async function compressed() {
  const socket = open({ transports: ['websocket'], auth: { rooms: ['loft'] } });
  try {
    await once(socket, 'connect');
    const { ws } = socket.io.engine.transport;
    assert.match(ws.extensions, /^permessage-deflate/);
    const note = once(socket, 'note');
    const before = ws._socket.bytesRead;
    const text = 'It is ready. '.repeat(1000);
    socket.emit('say', { room: 'loft', text });
    assert.strictEqual((await note)[0].text, text);
    const read = ws._socket.bytesRead - before;
    assert.ok(read < text.length / 10, `${read} bytes`);
  } finally {
    socket.disconnect();
  }
}

/** python-socketio, by what it shows. */
function python(transport, room) {
  const args = ['-u', path.join(__dirname, 'socket_io.py'), `http://127.0.0.1:${port}`, transport, room];
  const program = new Program(`python-socketio, ${transport}`, PYTHON, args);
  const shown = (line) => program.output.split('\n').filter((l) => l.startsWith(line)).length;
  return {
    connected: (times) => program.shows(() => shown('connect') >= times),
    heard: async (texts) => {
      await program.shows((output) => shown('note') >= texts.length || output.includes('TypeError'));
      // it has a thread for each event, and they may overtake each other
      assert.deepStrictEqual(program.output.match(/(?<=^note ).*$/gm)?.sort(), [...texts].sort(), program.output);
    },
    end: () => program.end(),
  };
}

/** socket.io-client of some version, over one transport. */
function javascript(package_, transport, room) {
  const socket = require(package_).io(`http://127.0.0.1:${port}`, {
    forceNew: true, transports: [transport], auth: { rooms: [room] }, reconnectionDelay: 50, reconnectionDelayMax: 100,
  });
  const texts = [];
  let connected = 0;
  socket.on('connect', () => (connected += 1));
  socket.on('note', ({ text }) => texts.push(text));
  const until = async (what, is) => {
    for (const late = Date.now() + PATIENCE_MS; !is();) {
      assert(Date.now() < late, `${package_}, ${transport}: ${what}, after ${texts}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    connected: (times) => until('no connection', () => connected >= times),
    heard: async (all) => {
      await until('too little', () => texts.length >= all.length);
      assert.deepStrictEqual(texts, all);
    },
    end: async () => socket.disconnect(),
  };
}

/** Handlers that take one argument hear notes, many at once too; and everybody comes back from a server that stops in order. */
async function drained() {
  const clients = [];
  for (const transport of ['polling', 'websocket']) {
    clients.push(python(transport, 'yard'));
    for (const version of ['socket.io-client-3.1', 'socket.io-client-4.0', 'socket.io-client']) {
      clients.push(javascript(version, transport, 'yard'));
    }
  }
  const all = (what) => Promise.all(clients.map(what));
  try {
    await all((client) => client.connected(1));
    // one so large that its answer is compressed
    const texts = Array.from({ length: 40 }, (_, n) => `note ${n}${'!'.repeat(n ? 0 : 2000)}`);
    spawnShell(`INSERT INTO note(room, text) VALUES${texts.map((text) => `('yard', '${text}')`)}`);
    await all((client) => client.heard(texts));
    server.child.kill('SIGTERM');
    await server.ended;
    await serve();
    await all((client) => client.connected(2));
    texts.push('after');
    spawnShell("INSERT INTO note(room, text) VALUES('yard', 'after')");
    await all((client) => client.heard(texts));
  } finally {
    await all((client) => client.end());
  }
}

async function main() {
  port = await freePort();
  const results = [];
  await serve();
  const test = async (name, run) => results.push(await check(name, run));
  await test('socket.io-client over a WebSocket', () => everything(['websocket'], 'websocket'));
  await test('socket.io-client over long polling', () => everything(['polling'], 'polling'));
  await test('socket.io-client from long polling to a WebSocket', () => everything(['polling', 'websocket'], 'websocket'));
  await test('socket.io-client is refused', refusals);
  await test('socket.io-client agrees on compression', compressed);
  await test('kill -9, with an event seen', () => killed(['websocket'], true));
  await test('kill -9, with no event seen', () => killed(['websocket'], false));
  await test('kill -9, over long polling', () => killed(['polling'], true));
  await test('what is not known any more is not recovered', forgotten);
  await test('a drain, and handlers of one argument, of several clients', drained);
  await report(results, PLACE);
}

main();
