#!/usr/bin/env bash
# With connection state recovery the JavaScript server adds an event's offset as the last argument, and the JavaScript client takes the last argument of whatever
# it hears for the offset, if it is a text. A volatile event has no offset, so where its own last argument is a text, the client comes back with that, and the
# server, which knows no such offset, does not recover it: what it missed is lost. One would expect the offset to be told apart from what the application
# says, or volatile events to leave it alone.
#
# Here: an event without an offset never ends with a text; where its arguments do, `null` follows.
set -euo pipefail
server=4.8.3
client=4.8.4

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund "socket.io@$server" "socket.io-client@$client"
echo "node $(node --version), socket.io $server, socket.io-client $client"
cat >finding.js <<'END'
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

const http = createServer();
const server = new Server(http, { connectionStateRecovery: {} });
await new Promise((done) => http.listen(0, '127.0.0.1', done));
const once = (emitter, name) => new Promise((done) => emitter.once(name, done));

/** Whether a client is recovered after a lost connection, when the last that it heard was a volatile event with this argument. */
async function recovered(argument) {
  const url = `http://127.0.0.1:${http.address().port}`;
  const client = io(url, { transports: ['websocket'], forceNew: true, reconnectionDelay: 50 });
  await once(client, 'connect');
  let heard = once(client, 'durable');
  server.emit('durable', 1);
  await heard;
  heard = once(client, 'volatile');
  server.volatile.emit('volatile', argument);
  await heard;
  const gone = once(client, 'disconnect');
  const back = once(client, 'connect');
  client.io.engine.close(); // the transport only, as when a network is gone
  await gone;
  server.emit('durable', 2);
  await back;
  console.log(`a volatile event with ${JSON.stringify(argument)}: recovered is ${client.recovered}`);
  client.close();
  return client.recovered;
}

const found = [await recovered(7), await recovered({ text: 'soon' }), await recovered('soon')];
server.close();
if (found.join() !== 'true,true,false') {
  console.error('CHANGED: a text is no offset any more, or other values are');
  process.exit(1);
}
END
node finding.js
