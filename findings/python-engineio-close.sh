#!/usr/bin/env bash
# A server that wants a polling client to go may answer its poll with Engine.IO's packet CLOSE, or answer nothing and hang up. To the JavaScript client both are
# a transport that was closed: it comes back. The Python client takes the packet for the server's wish that it stays away ("server disconnect") and never
# comes back, although it reconnects by default, and does so when it is just hung up on. One would expect the polite end to be the safe one, above all because
# only Socket.IO's DISCONNECT of a namespace means "stay away".
#
# Here: a server that stops, or a client that was too slow, must be come back from: the poll that waits is not answered with CLOSE.
set -euo pipefail
python_client=5.18.1
python_engine=4.15.1
javascript_client=4.8.4

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "python-socketio[client]==$python_client" "python-engineio==$python_engine"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund "socket.io-client@$javascript_client"
echo "python-socketio $python_client, python-engineio $python_engine, socket.io-client $javascript_client"

cat >client.py <<'END'
import sys

import socketio

client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.2)
client.connect(sys.argv[1], transports=["polling"], wait=False)
client.wait()
END
cat >client.js <<'END'
require('socket.io-client').io(process.argv[2], { transports: ['polling'], reconnectionDelay: 100, reconnectionDelayMax: 200 });
END
cat >finding.py <<'END'
"""A server that lets a client in and ends its next poll in one way or the other; who asks for a second session has come back."""
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OPEN = {"sid": "1", "upgrades": [], "pingInterval": 60000, "pingTimeout": 60000, "maxPayload": 1000000}


def comes_back(command, polite):
    sessions, ended, back = 0, threading.Event(), threading.Event()
    polls, joined = iter(range(1000)), threading.Event()

    class Server(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def say(self, text):
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            joined.set()
            self.say("ok")

        def do_GET(self):
            nonlocal sessions
            if "sid" not in parse_qs(urlsplit(self.path).query):
                sessions += 1
                if sessions == 2:
                    back.set()
                self.say("0" + json.dumps(OPEN))
            elif next(polls) == 0:
                joined.wait(60)
                self.say('40{"sid":"2"}')
            elif polite:
                ended.set()
                self.say("1")
            else:
                ended.set()
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that is killed resets its connections
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = subprocess.Popen([*command, f"http://127.0.0.1:{server.server_port}"], stderr=subprocess.DEVNULL)
    assert ended.wait(60), "nobody polls"
    # a client that gives up ends by itself, because nothing is left that it waits for
    for _ in range(600):
        if back.wait(0.1) or client.poll() is not None:
            break
    else:
        sys.exit("CHANGED: it neither comes back nor gives up")
    found = back.is_set()
    client.kill()
    client.wait()
    server.shutdown()
    return found


found = []
for name, command in [("Python", [sys.executable, "client.py"]), ("JavaScript", ["node", "client.js"])]:
    for polite in [True, False]:
        found.append(comes_back(command, polite))
        print(f"{name}, {'answered with CLOSE' if polite else 'hung up on'}: {'comes back' if found[-1] else 'is gone for good'}")
if found != [False, True, True, True]:
    sys.exit("CHANGED: who comes back, and from what")
END
venv/bin/python finding.py
