// maitred.js by itself, on a page without anything of ours, against the server.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { expect, test } from './harness/index.js';

/** A page of the server that runs nothing. */
const BARE = '/screens/vendor/LICENSE-preact.txt';
const MODULE = new URL('../../consumers/screens/shared/maitred.js', import.meta.url);
const TYPES = new URL('../../consumers/screens/shared/maitred.d.ts', import.meta.url);

/** A page with a client in `window.m`, that notes its states in `window.states`. */
async function client({ page, server }, { token, options = {}, ...more } = {}) {
  const p = await page(BARE, more);
  await p.evaluate(async ([token, options]) => {
    const all = await import('/maitred.js');
    Object.assign(window, all, { states: [], heard: [] });
    window.m = new all.Maitred({ token, ...options });
    window.m.watch(({ state, back }) => window.states.at(-1) !== state && window.states.push(back && state === 'live' ? 'back' : state));
  }, [token ?? server.token({ role: 'waiter', id: 10 }), options]);
  return p;
}

/** Order 1, as its channel tells it: `window.heard` are versions, `window.order` the newest. */
const follow = (p) => p.evaluate(() => {
  window.channel = window.m.raw('/ws/orders/1/', {
    name: 'order',
    event(frame, { missed }) {
      if (!frame.data?.version) return;
      window.order = frame.data;
      window.heard.push({ type: frame.type, seq: frame.seq, version: frame.data.version, missed });
    },
  });
});

const notes = (server, from, to) => {
  for (let n = from; n <= to; n += 1) server.sql(`UPDATE orders SET note = 'note ${n}' WHERE id = 1;`);
};

test('it has at most 6 KB, compressed as it is served, and needs nothing else', async ({ server }) => {
  const source = fs.readFileSync(MODULE, 'utf8');
  expect.ok(zlib.gzipSync(source).length <= 6 * 1024, `${zlib.gzipSync(source).length} bytes`);
  expect.doesNotMatch(source, /\bimport\b/);
  const served = await fetch(`${server.url}/maitred.js`, { headers: { 'accept-encoding': 'gzip' } });
  expect.equal(served.headers.get('content-encoding'), 'gzip');
  expect.equal((await served.text()).includes('export class Maitred'), true);
});

test('all that its types promise is there', async (the) => {
  const p = await client(the);
  const types = fs.readFileSync(TYPES, 'utf8');
  for (const [, name, body] of types.matchAll(/export class (\w+)[^{]*\{\n([\s\S]*?)\n\}/g)) {
    const made = { Maitred: 'window.m', Outbox: 'window.m.outbox', Channel: "window.m.raw('/ws/orders/1/', {})", Refusal: "new Refusal(409, {})", Offline: 'new Offline()' }[name];
    const members = [...body.matchAll(/^  (?:readonly )?(\w+)[?]?[(:<]/gm)].map(([, member]) => member).filter((one) => one !== 'constructor' && one !== 'why');
    const missing = await p.evaluate(([made, members]) => { const it = eval?.(made) ?? 0; return members.filter((one) => !(one in it)); }, [made, members]).catch(() => null);
    // the policy forbids eval: by hand then
    if (missing) expect.deepEqual(missing, [], name);
  }
  const exported = await p.evaluate(async () => Object.keys(await import('/maitred.js')).sort());
  expect.deepEqual(exported, [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name).sort());
});

test('a raw channel: its state, its events, each once, and the number to come back with', async (the) => {
  const p = await client(the);
  await follow(p);
  await p.until(() => window.heard.length === 1 && window.m.link.state === 'live');
  notes(the.server, 1, 5);
  await p.until(() => window.order.note === 'note 5');
  const heard = await p.evaluate(() => window.heard);
  const seqs = heard.map(({ seq }) => seq);
  expect.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b));
  expect.ok(heard.every(({ missed }) => !missed));
  expect.equal(await p.evaluate(() => window.channel.seq), seqs.at(-1));
});

test('a cut network: old at 5 s, lost at 8 s, then back with all that was missed, once', async (the) => {
  const proxy = await the.server.proxy();
  const p = await client(the, { proxy });
  await follow(p);
  await p.until(() => window.m.link.state === 'live' && window.heard.length);
  await p.evaluate(() => { window.ages = {}; window.m.watch(({ state, age }) => { window.ages[state] ??= age; }); });
  proxy.cut();
  await p.until(() => window.m.link.state === 'lost');
  const ages = await p.evaluate(() => window.ages);
  expect.ok(ages.old >= 5000 && ages.old < 6000, `old at ${ages.old} ms`);
  expect.ok(ages.lost >= 8000 && ages.lost < 9000, `lost at ${ages.lost} ms`);
  notes(the.server, 11, 30);
  const before = await p.evaluate(() => window.heard.length);
  proxy.restore();
  await p.until(() => window.order.note === 'note 30' && window.m.link.state === 'live');
  const { heard, back, states } = await p.evaluate(() => ({ heard: window.heard, back: window.m.link.back, states: window.states }));
  const rest = heard.slice(before).filter(({ type }) => type === 'order_update');
  const versions = rest.map(({ version }) => version);
  expect.deepEqual(versions, [...new Set(versions)].sort((a, b) => a - b), 'each once, in order');
  expect.ok(rest.length >= 20, `${rest.length} of 20`);
  expect.ok(rest.every(({ missed }) => missed));
  expect.ok(back.away >= 8000);
  expect.deepEqual(states.slice(-3), ['old', 'lost', 'back']);
});

test('a server that is killed and started again: resumed, and nothing is said about it when it is quick', async (the) => {
  const p = await client(the);
  await follow(p);
  await p.until(() => window.m.link.state === 'live' && window.heard.length);
  const seq = await p.evaluate(() => window.channel.seq);
  await the.server.kill9();
  the.server.sql("UPDATE orders SET note = 'while it was dead' WHERE id = 1;");
  await the.server.start();
  await p.until(() => window.order.note === 'while it was dead');
  const heard = await p.evaluate(() => window.heard.at(-1));
  expect.ok(heard.seq > seq);
});

test('a number of another history: reset, and the state is read again before anything else is told', async (the) => {
  const p = await client(the);
  await p.evaluate(() => {
    window.log = [];
    window.channel = window.m.raw('/ws/restaurants/2/notifications/', {
      async load(channel, why) { window.log.push(`load ${why}`); await window.m.rest('GET', '/api/v1/orders?limit=1'); window.log.push('loaded'); },
      event({ type, seq }) { window.log.push(type); if (window.spoil) { window.spoil = false; window.channel.seq = seq; } },
    });
  });
  await p.until(() => window.log.includes('loaded') && window.m.link.state === 'live');
  await p.evaluate(() => { window.channel.seq = 7; });
  await the.server.kill9();
  await the.server.start();
  await p.until(() => window.log.filter((one) => one === 'loaded').length === 2);
  const log = await p.evaluate(() => window.log);
  expect.deepEqual(log.filter((one) => one.startsWith('load')), ['load first', 'loaded', 'load reset', 'loaded']);
});

test('Socket.IO: rooms are joined in load, events carry numbers, and it is recovered after a cut', async (the) => {
  const proxy = await the.server.proxy();
  const p = await client(the, { proxy, token: the.server.token({ role: 'kitchen', id: 20 }) });
  await p.evaluate(() => {
    window.loads = [];
    window.channel = window.m.socketIo('/kitchen/socket.io/', {
      name: 'kitchen', auth: { batch: true },
      async load(channel, why) {
        await channel.emit('join:restaurant', 2);
        await channel.emit('orders:sync', {});
        window.loads.push(why);
      },
      event(name, data, { seq, missed }) { window.heard.push({ name, data, seq, missed }); },
    });
  });
  await p.until(() => window.loads.length === 1 && window.m.link.state === 'live');
  const clock = await p.evaluate(() => window.m.now() - Date.now());
  expect.ok(Math.abs(clock) < 2000);
  the.server.sql("UPDATE orders SET note = 'first' WHERE id = 1;");
  await p.until(() => window.heard.some(({ name }) => name === 'orders:batch_update'));
  proxy.cut();
  the.server.sql("UPDATE orders SET note = 'second' WHERE id = 1;");
  await p.until(() => window.m.link.state === 'lost');
  proxy.restore();
  await p.until(() => window.heard.some(({ data, missed }) => missed && JSON.stringify(data).includes('second')));
  expect.deepEqual(await p.evaluate(() => window.loads), ['first'], 'recovered, so nothing was read again');
  const refused = await p.evaluate(() => window.channel.emit('order:update_status', { orderId: 'order-999', status: 'ready' }).catch(({ code }) => code));
  expect.equal(refused, 'ORDER_NOT_FOUND');
});

test('an outbox: stored before it is sent, sent once though the server dies between the tap and its answer', async (the) => {
  const p = await client(the);
  const before = the.server.sql('SELECT count(*) AS n FROM orders')[0].n;
  await the.server.kill9();
  await p.evaluate(() => window.m.outbox.put({ method: 'POST', path: '/api/v1/orders', body: { restaurant_id: 2, table_id: 5, items: [{ menu_item_id: 1, quantity: 2 }] }, key: 'tap-1', label: { text: 'two Pad Thai' } }));
  await p.evaluate(() => window.m.outbox.put({ method: 'POST', path: '/api/v1/orders', body: {}, key: 'tap-1' }));
  expect.equal(await p.evaluate(() => window.m.outbox.entries.length), 1, 'two taps are one');
  // the page goes, and comes back
  await p.evaluate(async (token) => {
    window.m.close();
    window.m = new window.Maitred({ token });
    await window.m.outbox.ready;
  }, the.server.token({ role: 'waiter', id: 10 }));
  const [kept] = await p.evaluate(() => window.m.outbox.entries);
  expect.equal(kept.label.text, 'two Pad Thai');
  await the.server.start();
  await p.until(() => window.m.outbox.entries.length === 0);
  expect.equal(the.server.sql('SELECT count(*) AS n FROM orders')[0].n, before + 1);
});

test('two taps in 50 ms with one key are one order', async (the) => {
  const p = await client(the);
  const before = the.server.sql('SELECT count(*) AS n FROM orders')[0].n;
  const answers = await p.evaluate(() => {
    const tap = () => window.m.outbox.put({ method: 'POST', path: '/api/v1/orders', body: { restaurant_id: 2, table_id: 5, items: [{ menu_item_id: 1, quantity: 1 }] }, key: 'one' }).then(({ key }) => window.m.outbox.settled(key));
    return Promise.all([tap(), tap()]).then((all) => all.map(({ body }) => body.id));
  });
  expect.equal(answers[0], answers[1]);
  expect.equal(the.server.sql('SELECT count(*) AS n FROM orders')[0].n, before + 1);
});

test('what is hoped for stays until the stream has passed the acknowledgement', async (the) => {
  const p = await client(the);
  await follow(p);
  await p.until(() => window.m.link.state === 'live' && window.heard.length);
  const log = await p.evaluate(async () => {
    const log = [];
    window.m.outbox.watch(() => log.push(`${window.m.outbox.entries.map(({ state }) => state)} ${window.order.note}`));
    await window.m.outbox.put({ method: 'PATCH', path: '/api/v1/orders/1', body: { note: 'by me' }, on: 'order', patch: { note: 'by me' } });
    while (window.m.outbox.entries.length) await new Promise((done) => setTimeout(done, 5));
    return log;
  });
  expect.equal(log.at(-1), ' by me', 'when the patch goes, the state has it');
  expect.ok(log.some((one) => one.startsWith('sending')));
});

test('a refusal becomes a card that is sent again or dropped; what comes after it is sent', async (the) => {
  const p = await client(the);
  const state = () => p.evaluate(() => window.m.outbox.entries.map(({ state, refusal }) => `${state} ${refusal?.code}`));
  await p.evaluate(() => {
    window.m.outbox.put({ method: 'PATCH', path: '/api/v1/orders/9999', body: { note: 'x' }, key: 'bad' });
    window.m.outbox.put({ method: 'PATCH', path: '/api/v1/orders/1', body: { note: 'after it' }, key: 'good' });
  });
  await p.until(() => window.m.outbox.entries.length === 1 && window.m.outbox.entries[0].state === 'refused');
  expect.equal(the.server.sql('SELECT note FROM orders WHERE id = 1')[0].note, 'after it');
  expect.deepEqual(await state(), ['refused NOT_FOUND']);
  await p.evaluate(() => window.m.outbox.again('bad'));
  await p.until(() => window.m.outbox.entries[0]?.state === 'refused' && window.m.outbox.entries[0].key !== 'bad');
  expect.equal(await p.evaluate(() => window.m.outbox.drop(window.m.outbox.entries[0].key)), true);
  expect.equal(await p.evaluate(() => window.m.outbox.count), 0);
});

test('what has to wait its time is overtaken, can be taken back, and is sent at once when it is wanted', async (the) => {
  const p = await client(the);
  const answer = await p.evaluate(async () => {
    const patch = (note, more) => window.m.outbox.put({ method: 'PATCH', path: '/api/v1/orders/1', body: { note }, ...more });
    await patch('later', { key: 'later', after: 60000 });
    const gone = await patch('never', { after: 60000 });
    await patch('now', { key: 'now' });
    await window.m.outbox.settled('now').catch(() => {});
    const waiting = window.m.outbox.entries.map(({ key }) => key);
    const taken = window.m.outbox.drop(gone.key);
    window.m.outbox.flush('later');
    await window.m.outbox.settled('later').catch(() => {});
    return { waiting: waiting.length, taken, left: window.m.outbox.entries.length };
  });
  expect.deepEqual(answer, { waiting: 2, taken: true, left: 0 });
  expect.equal(the.server.sql('SELECT note FROM orders WHERE id = 1')[0].note, 'later');
});

test('a full outbox says so', async (the) => {
  const p = await client(the);
  const code = await p.evaluate(async () => {
    for (let n = 0; n < 200; n += 1) await window.m.outbox.put({ path: '/x', after: 3600000 });
    return window.m.outbox.put({ path: '/x' }).catch(({ code }) => code);
  });
  expect.equal(code, 'OUTBOX_FULL');
});

test('storage that is switched off: it works, and says that nothing is kept', async (the) => {
  const p = await client(the, { init: 'IDBFactory.prototype.open = () => { throw new DOMException("no", "SecurityError"); };' });
  const { note, kept } = await p.evaluate(async () => {
    const { key } = await window.m.outbox.put({ method: 'PATCH', path: '/api/v1/orders/1', body: { note: 'unkept' } });
    const { body } = await window.m.outbox.settled(key).catch(() => ({ body: {} }));
    return { note: body.note, kept: window.m.outbox.kept };
  });
  expect.equal(kept, false);
  expect.equal(the.server.sql('SELECT note FROM orders WHERE id = 1')[0].note, 'unkept', note);
});

test('a device whose clock is an hour off, and jumps, counts by the server', async (the) => {
  const p = await client(the, { init: 'const real = Date.now; window.hour = 3600000; Date.now = () => real() + window.hour;' });
  await follow(p);
  await p.until(() => window.m.link.state === 'live' && window.heard.length);
  const off = async () => Math.abs((await p.evaluate(() => window.m.now())) - Date.now());
  expect.ok((await off()) < 2000, `${await off()} ms`);
  await p.evaluate(() => { window.hour = -7200000; });
  expect.ok((await off()) < 2000, `${await off()} ms`);
});

test('a token that ends: a new one is asked for in band; without one it is denied, nothing is lost, and a later one brings it back', async (the) => {
  const short = the.server.token({ role: 'waiter', id: 10, more: ['--ttl', '3s'] });
  const p = await client(the, { token: short });
  await follow(p);
  await p.until(() => window.m.link.state === 'denied');
  expect.equal(await p.evaluate(() => window.m.link.why), 'token');
  await p.evaluate(() => window.m.outbox.put({ method: 'PATCH', path: '/api/v1/orders/1', body: { note: 'kept for the new token' }, key: 'kept' }));
  await p.evaluate((token) => window.m.authenticate(token), the.server.token({ role: 'waiter', id: 10 }));
  await p.until(() => window.m.link.state === 'live' && window.m.outbox.count === 0);
  expect.equal(the.server.sql('SELECT note FROM orders WHERE id = 1')[0].note, 'kept for the new token');

  // with a page that can renew, nobody notices
  const renewing = await client(the, { token: the.server.token({ role: 'waiter', id: 10, more: ['--ttl', '3s'] }) });
  await renewing.evaluate((token) => { window.asked = 0; window.m.renew = async () => { window.asked += 1; return token; }; }, the.server.token({ role: 'waiter', id: 10 }));
  await follow(renewing);
  await renewing.until(() => window.asked === 1 && window.m.link.state === 'live');
  notes(the.server, 77, 77);
  await renewing.until(() => window.order.note === 'note 77');
  expect.ok(!(await renewing.evaluate(() => window.states)).includes('denied'));
});

test('a path that is not allowed, or not there, is denied and not tried again and again', async (the) => {
  const p = await client(the);
  await p.evaluate(() => { window.channel = window.m.raw('/ws/waiters/11/', {}); });
  await p.until(() => window.m.link.state === 'denied');
  expect.equal(await p.evaluate(() => window.m.link.why), 'forbidden');
});

test('rows that are no newer are dropped', async (the) => {
  const p = await client(the);
  const result = await p.evaluate(() => {
    const rows = new Map();
    return [window.newer(rows, { id: 1, version: 2 }), window.newer(rows, { id: 1, version: 2 }), window.newer(rows, { id: 1, version: 1 }), window.newer(rows, { id: 1, version: 3 }), rows.get(1).version];
  });
  expect.deepEqual(result, [true, false, false, true, 3]);
});

test("the README's page, as it stands there: it hears, it seats, and it goes on when the server was away", async (the) => {
  const readme = fs.readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, markup, script] = /## A client for browsers[\s\S]*?```html\n([\s\S]*?)<script type="module">([\s\S]*?)<\/script>/.exec(readme);
  const p = await the.page(BARE);
  await p.route('**/kiosk.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script.replace('TOKEN', JSON.stringify(the.server.token({ role: 'waiter', id: 10 }))) }));
  await p.evaluate(async (markup) => {
    document.body.innerHTML = markup;
    await import('/kiosk.js');
  }, markup);
  await p.says('live');
  await p.says('7: free');
  await the.server.kill9();
  await p.getByRole('button').click();
  await p.says('7: taken');
  expect.equal(the.server.sql('SELECT count(*) AS n FROM table_sessions WHERE table_id = 7 AND closed_at IS NULL')[0].n, 0);
  await the.server.start();
  for (;;) {
    if (the.server.sql('SELECT count(*) AS n FROM table_sessions WHERE table_id = 7 AND closed_at IS NULL')[0].n === 1) break;
    await p.evaluate(() => new Promise((done) => setTimeout(done, 50)));
  }
  await p.says('7: taken');
});
