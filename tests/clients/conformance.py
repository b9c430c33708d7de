"""The websockets library against the echo server. usage: conformance.py ws://HOST:PORT"""

import asyncio
import os
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

BASE = sys.argv[1]
TEXT = '{"id":1,"status":"ready","total":"250.00"}' * 2500
MIB = 1 << 20


def offers():
    yield {}
    yield {"compression": None}
    for server, client in [(None, True), (10, None), (9, 9), (15, 10)]:
        offer = ClientPerMessageDeflateFactory(
            server_max_window_bits=server, client_max_window_bits=client
        )
        yield {"compression": None, "extensions": [offer]}


async def echo(options):
    async with connect(BASE + "/conformance/echo", max_size=None, **options) as socket:
        for size in (0, 1, 1023, 1024, 65_536, len(TEXT)):
            await socket.send(TEXT[:size])
            assert await socket.recv() == TEXT[:size], size
            noise = os.urandom(size)
            await socket.send(noise)
            assert await socket.recv() == noise, size
        for size in (1, 1000):
            whole = TEXT[: size * 50]
            await socket.send(whole[at : at + size] for at in range(0, len(whole), size))
            assert await socket.recv() == whole
        large = os.urandom(8 * MIB) + bytes(8 * MIB)
        await socket.send(large)
        assert await socket.recv() == large
        await (await socket.ping())
        await socket.close(4001, "enough")
        assert socket.close_code == 4001, socket.close_code


async def too_large():
    async with connect(BASE + "/conformance/group/python/", compression=None) as socket:
        await socket.send(bytes(65_537))
        try:
            raise AssertionError(await socket.recv())
        except ConnectionClosed as end:
            assert end.rcvd.code == 1009, end


async def main():
    for options in offers():
        await echo(options)
    await too_large()
    print("all is well")


asyncio.run(main())
