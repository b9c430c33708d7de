/** A built server of its own: free ports, a database in a temporary directory, a demo restaurant. It can be killed, and started again on the same ports and rows. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE_MS, Program } from './program.js';
import { Proxy } from './proxy.js';

const TOP = fileURLToPath(new URL('../../../', import.meta.url));
const ENV = { ...process.env, MAITRED_JWT_SECRET: 'only-for-tests-0123456789abcdef0123456789abcdef' };

export class Server {
  /** @param {string} binary @param {{args?: string[], demo?: boolean}} [options] */
  static async start(binary, { args = [], demo = true } = {}) {
    const server = new Server();
    Object.assign(server, { binary: path.resolve(binary), args: [...(demo ? ['--demo=small'] : []), ...args], proxies: [] });
    server.place = fs.mkdtempSync(path.join(os.tmpdir(), 'maitred-screens-'));
    server.database = path.join(server.place, 'restaurant.db');
    server.routing = path.join(server.place, 'routing.toml');
    fs.writeFileSync(server.routing, fs.readFileSync(path.join(TOP, 'routing.toml'), 'utf8').replaceAll(/localhost:(9000|3000|3001|8000)/g, '127.0.0.1:0'));
    await server.start();
    return server;
  }

  async start() {
    const args = ['serve', '--database', this.database, '--routing', this.routing, ...this.args];
    this.program = new Program('maitred', this.binary, args, { env: ENV, cwd: TOP });
    const [, port] = await this.program.shows(/^listening on 127\.0\.0\.1:(\d+) \(dining\)$/m);
    if (!this.port) {
      this.port = Number(port);
      this.url = `http://127.0.0.1:${port}`;
      // from now on the same port: pages come back to where they were
      const routing = fs.readFileSync(this.routing, 'utf8');
      fs.writeFileSync(this.routing, routing.replace('bind = "127.0.0.1:0"', `bind = "127.0.0.1:${port}"`));
    }
    // it says `ready:` when all is said, and a demo's rows are there
    await this.program.shows(this.args.includes('--demo=small') ? /^ready: timing /m : /^listening on 127\.0\.0\.1:\d+ \(timing\)$/m);
    const { status } = await this.ask('GET', '/readyz');
    if (status !== 200) throw new Error(`not ready: ${status} ${this.program.output.slice(-3000)}`);
  }

  /** As a power cut. */
  kill9() {
    return this.program.end('SIGKILL');
  }

  stop() {
    return this.program.end('SIGTERM');
  }

  /** The end of it: the program, its proxies, its files. */
  async close() {
    for (const one of this.proxies) one.close();
    await this.program.end('SIGKILL');
    fs.rmSync(this.place, { recursive: true, force: true });
  }

  /** A way to it that can be cut. */
  async proxy() {
    const proxy = await Proxy.start(this.port);
    this.proxies.push(proxy);
    return proxy;
  }

  /** @param {{role: string, id: string|number, restaurant?: string|number, more?: string[]}} who */
  token({ role, id, restaurant = 2, more = [] }) {
    const made = spawnSync(this.binary, ['token', '--role', role, '--id', String(id), '--restaurant', String(restaurant), ...more], { env: ENV, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    return made.stdout.trim();
  }

  manager() {
    return (this.managers ??= this.token({ role: 'manager', id: 30 }));
  }

  /**
   * A request over a connection of its own: one that is kept open may have been ended by the server while this process did something else.
   * @returns {Promise<{status: number, body: any, headers: import('node:http').IncomingHttpHeaders}>}
   */
  ask(method, where, body, token, headers = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((done, fail) => {
      const asked = http.request(this.url + where, { method, agent: false, headers: { ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...(token && { authorization: `Bearer ${token}` }), ...headers } }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', fail);
        answer.on('end', () => {
          const told = Buffer.concat(parts).toString();
          done({ status: answer.statusCode, headers: answer.headers, body: told && /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(told) : told });
        });
      });
      asked.on('error', fail);
      asked.end(text);
    });
  }

  /** A request; the body of its answer, and an error for what is no success. */
  async rest(method, where, body, token = this.manager(), headers = {}) {
    const { status, body: told } = await this.ask(method, where, body, token, headers);
    if (status < 200 || status > 299) throw Object.assign(new Error(`${method} ${where}: ${status} ${JSON.stringify(told)}`), { status, body: told });
    return told;
  }

  /** What another program does, or sees, in the database: rows as objects. */
  sql(text) {
    const made = spawnSync('sqlite3', ['-bail', '-json', this.database], { input: `.timeout ${PATIENCE_MS}\n${text}\n`, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`sqlite3: ${made.stderr}`);
    return made.stdout.trim() ? JSON.parse(made.stdout.trim().split(/\n(?=\[)/).at(-1)) : [];
  }

  /** The demo's ready sign-ins. */
  async signIns() {
    return (this.ins ??= await this.rest('GET', '/api/demo/sign-ins', undefined, null));
  }

  /** What a screen stores of one: as home's buttons do. @param {string} screen @param {string} [name] */
  async session(screen, name) {
    const { restaurant, sign_ins: all } = await this.signIns();
    const one = all.find((each) => each.screen === screen && (!name || each.name === name));
    if (!one) throw new Error(`no sign-in for ${screen} ${name ?? ''}`);
    return { ...one, restaurant };
  }
}
