"""A dashboard in a few lines: hears, goes away, and comes back with the last number it heard."""

import json
import sys

from websockets.sync.client import connect

url = sys.argv[1]
with connect(url) as socket:
    first = json.loads(socket.recv())
    print(first["type"], first["total"])
    told = json.loads(socket.recv())
    print(told["type"], told["order"]["id"])
print("gone")
sys.stdin.readline()
with connect(f"{url}&since={told['seq']}") as socket:
    assert json.loads(socket.recv()) == {"type": "connection"}
    missed = json.loads(socket.recv())
    print(missed["type"], missed["order"]["id"], missed["status"])
