#!/usr/bin/env bash
# A Python Socket.IO server answers a long poll with all that waits for the client. The Python client refuses an answer with more than sixteen packets as a
# whole and ends the connection: seventeen events that are emitted in one go reach it as "transport error", and it hears none of them. One would expect
# the two halves of one project to agree, or the limit to be one of bytes (the handshake's maxPayload).
#
# Here: an answer to a poll carries at most sixteen packets; what waits beyond comes with the next poll.
set -euo pipefail
socketio=5.18.1
engineio=4.15.1

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "python-socketio[client]==$socketio" "python-engineio==$engineio"
cat >"$place/burst.py" <<'END'
import logging
import sys
import threading
from importlib.metadata import version
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import socketio


logging.disable(logging.CRITICAL)  # a session's id is another one each time


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


server = socketio.Server(async_mode="threading")


@server.on("burst")
def burst(sid, count):
    for n in range(count):
        server.emit("tick", n, to=sid)


http = make_server("127.0.0.1", 0, socketio.WSGIApp(server), Threaded, Silent)
threading.Thread(target=http.serve_forever, daemon=True).start()


def hears(count):
    """How many of so many events at once a polling client hears, and why it is disconnected."""
    client = socketio.Client(reconnection=False)
    heard, reasons, over = [], [], threading.Event()

    @client.on("tick")
    def tick(n):
        heard.append(n)
        if len(heard) == count:
            over.set()

    @client.on("disconnect")
    def disconnect(reason):
        reasons.append(reason)
        over.set()

    client.connect(f"http://127.0.0.1:{http.server_port}", transports=["polling"])
    client.emit("burst", count)
    assert over.wait(60), "neither heard nor disconnected"
    result = len(heard), list(reasons)
    print(f"{count} events at once: {result[0]} heard, disconnected: {result[1]}")
    client.disconnect()
    return result


print(f"python-socketio {version('python-socketio')}, python-engineio {version('python-engineio')}, both as server and as client")
if hears(16) != (16, []) or hears(17) != (0, ["transport error"]):
    sys.exit("CHANGED: seventeen packets are read, or sixteen are not")
END
"$place/venv/bin/python" "$place/burst.py"
