// Other people's WebSocket implementations against the echo server: compression in every shape they offer, fragments, large messages, groups, and the close.
// usage: PYTHON=python3 node conformance.js path/to/echo_server
'use strict';

const assert = require('node:assert');
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const WebSocket = require('ws');
const { PATIENCE_MS, Program, check, openPage, report } = require('./program');

const ECHO_SERVER = path.resolve(process.argv[2]);
const PYTHON = path.resolve(process.env.PYTHON || 'python3');
const MIB = 1 << 20;
let base;

/** A client whose messages can be waited for one by one. */
class Client {
  constructor(route, options) {
    this.socket = new WebSocket(base + route, { maxPayload: 64 * MIB, ...options });
    this.messages = [];
    this.waiting = [];
    this.socket.on('message', (data, isBinary) => {
      this.messages.push({ data, isBinary });
      this.waiting.shift()?.();
    });
    this.closed = new Promise((done) => this.socket.on('close', (code) => done({ code })));
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', () => resolve(this));
      this.socket.on('error', reject);
    });
  }

  async next() {
    const patience = setTimeout(() => this.socket.emit('error', new Error('nothing comes')), PATIENCE_MS);
    while (this.messages.length === 0) await new Promise((resolve) => this.waiting.push(resolve));
    clearTimeout(patience);
    return this.messages.shift();
  }

  /** Sends a message, hears the same, and says how many bytes came for it. */
  async echoes(payload) {
    const before = this.socket._socket.bytesRead;
    this.socket.send(payload);
    const { data, isBinary } = await this.next();
    assert.strictEqual(isBinary, typeof payload !== 'string');
    assert(data.equals(Buffer.from(payload)), `${payload.length} bytes come back as ${data.length} others`);
    return this.socket._socket.bytesRead - before;
  }

  async close() {
    this.socket.close(4001, 'enough');
    assert.strictEqual((await this.closed).code, 4001);
  }
}

const open = (route, options) => new Client(route, options).opened;

const TEXT = '{"id":1,"status":"ready","total":"250.00"}'.repeat(2500);

/** What ws offers, what must be agreed on, and whether what comes is compressed. */
async function wsOffers() {
  for (const [perMessageDeflate, agreed, compressed] of [
    [true, /^permessage-deflate; server_no_context_takeover; client_no_context_takeover$/, true],
    [{ threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true }, /^permessage-deflate/, true],
    [{ threshold: 0, clientMaxWindowBits: 10 }, /^permessage-deflate/, true],
    [{ threshold: 0, clientMaxWindowBits: true }, /^permessage-deflate/, true],
    [{ threshold: 0, serverMaxWindowBits: 15 }, /; server_max_window_bits=15$/, true],
    // A demand for less memory than everybody's frame needs: granted, and answered with plain frames.
    [{ threshold: 0, serverMaxWindowBits: 10 }, /; server_max_window_bits=10$/, false],
    [{ threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 9 }, /; server_max_window_bits=9$/, false],
    [false, undefined, false],
  ]) {
    const said = JSON.stringify(perMessageDeflate);
    let answer;
    const client = new Client('/conformance/echo', { perMessageDeflate });
    client.socket.on('upgrade', (response) => (answer = response.headers['sec-websocket-extensions']));
    await client.opened;
    if (agreed) assert.match(answer, agreed, said);
    else assert.strictEqual(answer, undefined, said);
    for (const payload of [TEXT, Buffer.from(TEXT), '', 'é'.repeat(600), randomBytes(100_000)]) {
      const came = await client.echoes(payload);
      if (payload.length === TEXT.length) assert.strictEqual(came < TEXT.length / 10, compressed, `${said}: ${came} bytes`);
    }
    await client.close();
  }
}

async function wsFragments() {
  for (const perMessageDeflate of [true, { threshold: 0 }, false]) {
    const client = await open('/conformance/echo', { perMessageDeflate });
    for (const size of [1, 1000, 32_768]) {
      const whole = Buffer.from(TEXT.slice(0, size * 60));
      for (const binary of [false, true]) {
        for (let at = 0; at < whole.length; at += size) {
          client.socket.send(whole.subarray(at, at + size), { binary, fin: at + size >= whole.length, compress: perMessageDeflate !== false });
          if (at === size) client.socket.ping('between');
        }
        const { data, isBinary } = await client.next();
        assert.strictEqual(isBinary, binary);
        assert(data.equals(whole), `in pieces of ${size}`);
      }
    }
    await client.close();
  }
}

async function wsLarge() {
  for (const perMessageDeflate of [true, false]) {
    const client = await open('/conformance/echo', { perMessageDeflate });
    for (const size of [65_535, 65_536, MIB - 10, MIB, 16 * MIB]) {
      await client.echoes('*'.repeat(size));
      await client.echoes(randomBytes(size));
    }
    // One byte more: the close says why.
    client.socket.send(Buffer.alloc(16 * MIB + 1));
    assert.strictEqual((await client.closed).code, 1009);
  }
}

async function wsGroup() {
  const shapes = [true, { threshold: 0 }, { serverMaxWindowBits: 10 }, false];
  const members = await Promise.all([...Array(20).keys()].map((n) => open('/conformance/group/mixed/', { perMessageDeflate: shapes[n % 4] })));
  // A pong comes from a connection that has joined.
  await Promise.all(members.map((member) => new Promise((done) => member.socket.once('pong', done).ping())));
  const rounds = 40;
  for (let round = 0; round < rounds; round += 1) {
    const text = `${round} ${TEXT.slice(0, round * 500)}`;
    const noise = randomBytes(round * 1500);
    const speaker = members[round % members.length];
    speaker.socket.send(text);
    speaker.socket.send(noise);
    for (const member of members) {
      const first = await member.next();
      assert(!first.isBinary && String(first.data) === text, `round ${round}`);
      const second = await member.next();
      assert(second.isBinary && second.data.equals(noise), `round ${round}`);
    }
  }
  await Promise.all(members.map((member) => member.close()));
  for (const member of members) assert.strictEqual(member.messages.length, 0, 'once each');
}

async function python() {
  const program = new Program('python', PYTHON, ['-u', path.join(__dirname, 'conformance.py'), base]);
  try {
    await program.shows(/^all is well$/m);
  } finally {
    await program.end();
  }
}

async function browser(place) {
  let program;
  const server = http.createServer((request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html');
      response.end(fs.readFileSync(path.join(__dirname, 'conformance.html')));
      return;
    }
    let body = '';
    request.on('data', (data) => (body += data));
    request.on('end', () => {
      program.heard(`PAGE ${body}\n`);
      response.end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const page = `http://127.0.0.1:${server.address().port}/?base=${encodeURIComponent(base)}`;
  program = openPage(page, path.join(place, 'chromium'));
  try {
    await program.shows(/^PAGE (all is well|failed)/m);
    if (/^PAGE failed/m.test(program.output)) throw new Error(program.output);
  } finally {
    await program.end();
    server.closeAllConnections();
    server.close();
  }
}

async function main() {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'maitred-conformance-'));
  const server = new Program('echo_server', ECHO_SERVER, ['--bind', '127.0.0.1:0']);
  const [, address] = (await server.shows(/^listening on .*\n/m)).match(/^listening on (.*)$/m);
  base = `ws://${address}`;
  const results = [
    await check('ws: every offer of compression', wsOffers),
    await check('ws: fragments', wsFragments),
    await check('ws: up to 16 MiB, and the close beyond', wsLarge),
    await check('ws: a group of members with and without compression', wsGroup),
    await check('Python websockets', python),
    await check('Chromium', () => browser(place)),
    await check('the server is none the worse', async () => assert(!server.over && !/panicked/.test(server.output), server.output)),
  ];
  await report(results, place);
}

main();
