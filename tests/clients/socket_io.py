"""python-socketio in a room of the example of rooms: says what it hears. usage: socket_io.py http://HOST:PORT TRANSPORT ROOM"""

import sys

import socketio

url, transport, room = sys.argv[1:]
client = socketio.Client(reconnection_delay=0.05, reconnection_delay_max=0.1)


def say(line):
    # each handler has a thread of its own: in one write
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@client.event
def connect():
    say("connect")


@client.event
def disconnect(reason):
    say(f"disconnect {reason}")


@client.on("note")
def note(data):  # no place for an offset
    say(f"note {data['text']}")


client.connect(url, transports=[transport], auth={"rooms": [room]})
client.wait()
