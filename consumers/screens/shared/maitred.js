// Types, documentation and reasons: maitred.d.ts

const PING = 2000, OLD = 5000, LOST = 8000, TICK = 500, ANSWER = 8000, BACK = 6000;
const BACKOFF = [500, 1000, 2000, 4000, 5000];
const HELD = 5000, ENTRIES = 200;

const ticks = () => performance.now();
const backoff = (tries) => BACKOFF[Math.min(tries, 4)] * (0.75 + Math.random() / 2);
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, '0')).join('');
const raise = (error) => queueMicrotask(() => { throw error; });

export class Refusal extends Error {
  constructor(status, body) {
    const inner = body?.error?.message ? body.error : body;
    super(inner?.message ?? inner?.error ?? String(status));
    this.status = status;
    this.code = String(inner?.code ?? status);
    this.body = body;
  }
  get passes() {
    return this.status >= 500 || /^(401|429)$/.test(this.status) || /^(BUSY|UNAVAILABLE|RATE_LIMIT)/.test(this.code);
  }
}

export class Offline extends Error {
  code = 'OFFLINE';
}

class Watched {
  #watchers = new Set();

  watch(fn) {
    this.#watchers.add(fn);
    return () => this.#watchers.delete(fn);
  }

  news(what) {
    for (const fn of this.#watchers) fn(what);
  }
}

export function newer(rows, row, id = row.id) {
  if (row.version <= rows.get(id)?.version) return false;
  rows.set(id, row);
  return true;
}

export class Channel {
  open = false;
  seq = null;
  heard = ticks();
  #asked = new Map();
  #held = null;
  #socket;
  #timer;
  #pid;
  #tries = 0;
  #run = 0;
  #next = 0;
  #pinged = 0;
  #caught = false;
  #known = false;
  #renewed = false;
  #ended = false;

  constructor(client, path, on, io) {
    Object.assign(this, { client, path, on, io });
    this.#connect();
  }

  #connect() {
    const run = ++this.#run, { client, io } = this, { token } = client;
    const url = new URL(this.path, client.origin.replace(/^http/, 'ws'));
    if (io) url.search = 'EIO=4&transport=websocket';
    else if (this.seq !== null) url.searchParams.set('since', this.seq);
    clearTimeout(this.#timer);
    this.#socket?.close();
    const socket = this.#socket = new client.WebSocket(url, !io && token ? ['bearer', token] : []);
    this.#caught = this.open = false;
    this.#held = this.on.load && this.seq === null ? [] : null;
    socket.onopen = () => run === this.#run && !io && this.#opened();
    socket.onmessage = ({ data }) => run === this.#run && (this.#hears(), io ? this.#packet(data) : this.#frame(JSON.parse(data)));
    socket.onclose = ({ code }) => run === this.#run && this.#closed(code);
    this.#timer = setTimeout(() => this.#closed(), ANSWER);
  }

  #opened() {
    clearTimeout(this.#timer);
    this.open = true;
    this.ping();
  }

  async #closed(code) {
    const run = ++this.#run, lived = this.#caught;
    this.open = false;
    this.#socket.close();
    clearTimeout(this.#timer);
    for (const one of this.#asked.values()) one.fail(new Offline());
    if (this.#ended) return;
    if (code === 4401 || code === 4408) {
      const token = !this.#renewed && await this.client.renewed();
      if (run !== this.#run) return;
      this.#renewed = true;
      if (!token) return this.#deny('token', code);
    } else if (code === 4403 || code === 4404) return this.#deny(code === 4403 ? 'forbidden' : 'gone', code);
    const soon = lived && { 4010: 50, 1001: 50, 1012: 1000 }[code];
    this.#timer = setTimeout(() => this.#connect(), code === 4429 ? 3000 + backoff(0) : soon ? Math.random() * soon : backoff(this.#tries++));
    this.client.changed();
  }

  #deny(why, code) {
    Object.assign(this, { why, code });
    this.client.changed();
  }

  authenticate() {
    const { token } = this.client;
    this.#renewed = false;
    if (this.#ended) return;
    if (!this.open || !token) return this.why = undefined, this.#connect();
    this.#ask('authenticate', { token }).then((answer) => {
      if (answer?.error) throw new Refusal(401, answer);
    }).catch((error) => error instanceof Refusal && (this.#closed(), this.#deny('token', 4401)));
  }

  tick(hurry) {
    if (this.why || this.#ended) return;
    if (!this.open) hurry && this.#connect();
    else if (ticks() - this.heard > LOST) this.#closed();
    else if (hurry || ticks() - this.#pinged >= PING) this.ping();
  }

  async ping() {
    const asked = this.#pinged = ticks(), run = this.#run;
    try {
      const { serverTime, as_of } = await this.#ask('ping');
      if (serverTime) this.client.learn(serverTime, ticks() - asked);
      this.client.outbox.passed(this.on.name, as_of);
    } catch {
      return;
    }
    if (run !== this.#run || this.#caught) return;
    // from here on every event is heard
    if (this.#held) await this.reload(this.#known ? 'reset' : 'first');
    if (run !== this.#run) return;
    this.#tries = 0;
    this.#renewed = false;
    this.#caught = this.#known = true;
    this.client.changed();
    this.client.outbox.kick();
  }

  async reload(why = 'reset') {
    const run = this.#run;
    this.#held ??= [];
    try {
      await this.on.load?.(this, why);
    } catch (error) {
      if (run !== this.#run) return;
      if (/^40[134]$/.test(error.status)) return this.#closed(4000 + error.status % 1000);
      if (!error.code) raise(error);
      return this.#anew();
    }
    if (run !== this.#run) return;
    // two of these may overlap
    const held = this.#held ?? [];
    this.#held = null;
    for (const one of held) this.#tell(one);
  }

  #anew() {
    this.seq = this.#pid = null;
    this.#closed();
  }

  #tell(event) {
    if (this.#held) return this.#held.push(event) > HELD && this.#anew();
    const { seq } = event.at(-1);
    try {
      this.on.event?.(...event);
    } catch (error) {
      raise(error);
    }
    if (!seq) return;
    this.seq = seq;
    this.client.outbox.passed(this.on.name, seq);
  }

  #about(more) {
    return { missed: this.#known && !this.#caught, ...more };
  }

  #hears() {
    this.heard = ticks();
    if (this.client.link.state !== 'live') this.client.changed();
  }

  #reset() {
    if (!this.on.load) return;
    if (this.#caught) this.reload();
    else this.#held ??= [];
  }

  #frame(frame) {
    const { type, data, error, seq, reset, id = data?.id } = frame;
    const asked = this.#asked.get({ pong: 'ping', authenticated: 'authenticate' }[type] ?? id ?? (error && 'authenticate'));
    if (error) (asked?.fail ?? this.on.refused)?.(new Refusal(0, frame));
    else if (/^(pong|ack|authenticated)$/.test(type)) asked?.done(data);
    else if (type === 'auth:expiring') this.client.renewed();
    else if (type !== 'resumed') {
      if (reset && this.#known) this.#reset();
      this.#tell([frame, this.#about({ seq })]);
    }
  }

  get #namespace() {
    const { namespace = '/' } = this.on;
    return namespace === '/' ? '' : namespace + ',';
  }

  // Engine.IO 4
  #packet(text) {
    const socket = this.#socket, { token } = this.client, pid = this.#pid;
    if (text[0] === '2') socket.send('3');
    if (text[0] === '0') socket.send('40' + this.#namespace + JSON.stringify({ ...this.on.auth, token, ...(pid && { pid, offset: this.seq === null ? undefined : `${this.seq}` }) }));
    const [, kind, , id, json] = /^4(\d)(\/[^,]*,)?(\d*)(.*)$/s.exec(text) ?? [];
    const data = json && JSON.parse(json);
    if (kind === '0') {
      if (!pid || data.pid !== pid) this.seq = null, this.#held = this.on.load ? [] : null;
      else this.#held = null;
      this.#pid = data.pid;
      this.#opened();
    } else if (kind === '2') {
      const [name, first, ...rest] = data;
      const seq = /^\d{1,16}$/.test(rest.at(-1)) ? Number(rest.pop()) : undefined;
      if (name === 'auth:expiring') this.client.renewed();
      else if (name === 'resync') first.reset && this.#reset();
      else this.#tell([name, first, this.#about({ seq, rest })]);
    } else if (kind === '3') this.#asked.get(id)?.done(data[0]);
    else if (kind === '4' || kind === '1') {
      const error = new Refusal(0, { ...data?.data, message: data?.message });
      this.on.refused?.(error);
      this.#closed(/FORBIDDEN|PERMISSION|RESTAURANT/.test(error.code) ? 4403 : kind === '1' || /AUTH|DEVICE|TOKEN|EXPIRED/.test(error.code) ? 4401 : 1011);
    }
  }

  #ask(name, argument, key) {
    return new Promise((done, fail) => {
      if (!this.open || this.#socket.readyState !== 1) return fail(new Offline());
      const id = this.io ? `${++this.#next}` : key ?? name;
      const ends = (then) => (what) => (clearTimeout(timer), this.#asked.delete(id), then(what));
      const one = { done: ends(done), fail: ends(fail) };
      const timer = setTimeout(() => one.fail(new Offline()), ANSWER);
      this.#asked.set(id, one);
      this.#socket.send(this.io ? '42' + this.#namespace + id + JSON.stringify([name, argument]) : JSON.stringify({ ...argument, action: name, id: key }));
    });
  }

  send(action, members, { key = newKey() } = {}) {
    return this.#ask(action, members, key);
  }

  async emit(name, argument) {
    const answer = await this.#ask(name, argument);
    if (answer?.success === false || (answer?.error && answer.code)) throw new Refusal(answer.statusCode ?? 0, answer);
    return answer;
  }

  tell(name, argument) {
    this.emit(name, argument).catch((error) => error instanceof Refusal && this.on.refused?.(error));
  }

  close() {
    this.#ended = true;
    this.#closed();
    this.client.channels.delete(this);
  }
}

export class Outbox extends Watched {
  entries = [];
  kept = true;
  #settling = new Map();
  #timer;
  #busy = false;
  #tries = 0;

  constructor(client, storage) {
    super();
    Object.assign(this, { client, storage });
    this.ready = this.#stored(storage.all()).then((all = []) => {
      const left = all.sort((a, b) => a.made_at - b.made_at).map((one) => ({ ...one, due: 0, state: one.refusal ? 'refused' : 'waiting' }));
      this.entries = [...left, ...this.entries];
      this.news();
    });
    this.kick();
  }

  #stored(done) {
    return done.catch(() => (this.kept = false, this.news()));
  }

  #find(key) {
    return this.entries.find((one) => one.key === key);
  }

  get count() {
    return this.entries.filter((one) => one.state !== 'acked').length;
  }

  async put({ after = 0, key = newKey(), ...wish }) {
    const twin = this.#find(key);
    if (twin) return twin;
    if (this.count >= ENTRIES) throw new Refusal(0, { code: 'OUTBOX_FULL', error: 'the outbox is full' });
    // not before it is stored
    const entry = { ...wish, key, made_at: this.client.now(), due: Infinity, state: 'waiting' };
    this.entries.push(entry);
    this.news();
    await this.ready;
    await this.#stored(this.storage.put({ ...entry }));
    if (entry.due) entry.due = after && ticks() + after;
    this.kick();
    return entry;
  }

  settled(key) {
    return new Promise((done, fail) => {
      const see = ({ answer, refusal }) => answer ? done(answer) : fail(new Refusal(refusal?.status ?? 0, refusal?.body ?? { code: 'CANCELLED' }));
      const entry = this.#find(key) ?? {};
      if (entry.state === 'waiting' || entry.state === 'sending') this.#settling.set(key, [...this.#settling.get(key) ?? [], see]);
      else see(entry);
    });
  }

  flush(key) {
    for (const one of this.entries) if (!key || one.key === key) one.due = 0;
    this.kick();
  }

  drop(key) {
    const entry = this.#find(key);
    if (!/waiting|refused/.test(entry?.state)) return false;
    this.#remove(entry);
    this.#settle(entry);
    return true;
  }

  async again(key) {
    const { key: _, refusal, state, ...wish } = this.#find(key) ?? {};
    if (state === 'refused' && this.drop(key)) return this.put(wish);
  }

  passed(name, seq) {
    for (const one of this.entries) if (one.state === 'acked' && one.on === name && one.answer.asOf <= seq) this.#remove(one);
  }

  async kick() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    await this.ready;
    let delay = 0, entry;
    while (!delay && (entry = this.entries.find((one) => one.state === 'waiting' && one.due <= ticks()))) {
      try {
        entry.state = 'sending';
        this.news();
        const { asOf } = entry.answer = await this.client.deliver(entry);
        this.#tries = 0;
        entry.state = 'acked';
        this.#stored(this.storage.delete(entry.key));
        const stream = asOf && this.client.channel(entry.on);
        if (!stream || stream.seq >= asOf) this.#remove(entry);
        else stream.ping();
        this.#settle(entry);
      } catch (error) {
        if (error.passes ?? error instanceof Offline) {
          entry.state = 'waiting';
          delay = backoff(this.#tries++);
        } else {
          const { code = 'ERROR', status = 0, message, body } = error;
          Object.assign(entry, { state: 'refused', refusal: { code, status, message, body } });
          this.#stored(this.storage.put({ ...entry }));
          this.#settle(entry);
        }
      }
      this.news();
    }
    this.#busy = false;
    const due = Math.min(...this.entries.filter((one) => one.state === 'waiting').map((one) => Math.max(one.due - ticks(), delay)));
    if (due < Infinity) this.#timer = setTimeout(() => this.kick(), due);
  }

  #settle(entry) {
    for (const see of this.#settling.get(entry.key) ?? []) see(entry);
    this.#settling.delete(entry.key);
  }

  #remove(entry) {
    this.entries = this.entries.filter((one) => one !== entry);
    this.#stored(this.storage.delete(entry.key));
    this.news();
  }
}

function database(name) {
  const opened = new Promise((done, fail) => {
    setTimeout(fail, 2000);
    const asked = indexedDB.open('maitred-' + name);
    asked.onupgradeneeded = () => asked.result.createObjectStore('outbox', { keyPath: 'key' });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = fail;
  });
  const act = async (what, value) => {
    const turn = (await opened).transaction('outbox', what === 'getAll' ? 'readonly' : 'readwrite', { durability: 'strict' });
    const asked = turn.objectStore('outbox')[what](value);
    return new Promise((done, fail) => {
      turn.oncomplete = () => done(asked.result);
      turn.onabort = fail;
    });
  };
  return { all: () => act('getAll'), put: (entry) => act('put', entry), delete: (key) => act('delete', key) };
}

export class Maitred extends Watched {
  channels = new Set();
  link = { state: 'connecting', age: 0 };
  #renewing;
  #skew = Date.now() - ticks();
  #error = Infinity;
  #lost = 0;
  #ticked = ticks();

  constructor({ origin = location.origin, token = null, name = 'outbox', renew, storage = database(name), WebSocket = globalThis.WebSocket } = {}) {
    super();
    Object.assign(this, { origin, token, renew, WebSocket });
    this.outbox = new Outbox(this, storage);
    this.timer = setInterval(() => this.#tick(), TICK);
    const woke = () => globalThis.document?.visibilityState !== 'hidden' && this.#tick(true);
    this.ends = new AbortController();
    for (const what of ['visibilitychange', 'online', 'pageshow']) globalThis.addEventListener?.(what, woke, { signal: this.ends.signal, capture: true });
  }

  now() {
    return ticks() + this.#skew;
  }

  learn(server, took) {
    const skew = server + took / 2 - ticks();
    if (took > this.#error && Math.abs(skew - this.#skew) <= took / 2) return;
    this.#skew = skew;
    this.#error = took;
  }

  channel(name) {
    return name && [...this.channels].find((one) => one.on.name === name);
  }

  #tick(hurry) {
    const now = ticks();
    // the page slept
    if (now - this.#ticked > 4 * TICK) {
      hurry = true;
      for (const one of this.channels) one.heard = Math.max(one.heard, now - OLD);
    }
    this.#ticked = now;
    for (const one of this.channels) one.tick(hurry);
    if (hurry) this.outbox.kick();
    this.changed();
  }

  changed() {
    const all = [...this.channels], now = ticks(), old = this.link, denied = all.find((one) => one.why);
    const age = now - Math.min(now, ...all.map((one) => one.heard)), up = all.length && all.every((one) => one.open);
    let state = age >= LOST ? 'lost' : age >= OLD ? 'old' : up || old.state === 'live' ? 'live' : 'connecting';
    if (old.state === 'lost' && !(up && state === 'live')) state = 'lost';
    if (denied) state = 'denied';
    let back = now - old.back?.at < BACK ? old.back : undefined;
    if (state === 'lost') this.#lost ||= now - age;
    else if (state === 'live' && this.#lost) {
      back = { at: now, away: now - this.#lost };
      this.#lost = 0;
    }
    const link = this.link = { state, age, back, why: denied?.why, code: denied?.code };
    const same = state === old.state && link.why === old.why && back === old.back;
    if (!same || (state !== 'live' && Math.trunc(age / 1000) !== Math.trunc(old.age / 1000))) this.news(link);
  }

  raw(path, on) {
    return this.#add(new Channel(this, path, on, false));
  }

  socketIo(path, on) {
    return this.#add(new Channel(this, path, on, true));
  }

  #add(channel) {
    this.channels.add(channel);
    this.changed();
    return channel;
  }

  authenticate(token) {
    this.token = token;
    for (const one of this.channels) one.authenticate();
    this.outbox.kick();
  }

  renewed() {
    return this.#renewing ??= (async () => {
      const token = await this.renew?.().catch(() => null);
      this.#renewing = null;
      if (token) this.authenticate(token);
      return token;
    })();
  }

  async rest(method, path, body, { key, headers, once } = {}) {
    const { token } = this, sends = body !== undefined;
    let answer, data;
    try {
      answer = await fetch(this.origin + path, {
        method,
        body: sends ? JSON.stringify(body) : null,
        headers: { ...(token && { Authorization: 'Bearer ' + token }), ...(sends && { 'Content-Type': 'application/json' }), ...(key && { 'Idempotency-Key': key }), ...headers },
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER),
      });
      data = await answer.text();
    } catch {
      throw new Offline();
    }
    const { status, ok, headers: heads } = answer;
    if (/json/.test(heads.get('Content-Type')) && data) data = JSON.parse(data);
    if (ok) return { status, body: data, asOf: Number(heads.get('As-Of')) || null, headers: heads };
    const refusal = new Refusal(status, data);
    if (status === 401 && token && !once && !/WRONG_PIN|CREDENTIALS/.test(refusal.code) && await this.renewed()) return this.rest(method, path, body, { key, headers, once: true });
    throw refusal;
  }

  async deliver({ via, action, method = 'POST', path, body, key }) {
    if (!via) return this.rest(method, path, body, { key });
    const channel = this.channel(via);
    if (!channel?.open) throw new Offline();
    const answer = await (channel.io ? channel.emit(action, body) : channel.send(action, body, { key }));
    return { status: 200, body: answer, asOf: answer?.as_of ?? null };
  }

  close() {
    clearInterval(this.timer);
    this.ends.abort();
    for (const one of this.channels) one.close();
  }
}
