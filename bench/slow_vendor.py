"""A vendor that takes its time: answers within 0-300 ms, and remembers when it was asked by whom.

Made for speed, in a process of its own: it lets everybody in, and knows no rate.
"""

import asyncio
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop
from aiohttp import web

SLOWEST_SECONDS = 0.3


@contextmanager
def serving(slowest: float = SLOWEST_SECONDS) -> Iterator[str]:
    """The address of one, for `EASIFY_BASE_URL`."""
    command = [sys.executable, "-m", "bench.slow_vendor", str(slowest)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe, as it was asked for
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class Vendor:
    """Each send as `[sender, arrived, answered]`, in seconds of the machine's clock."""

    def __init__(self, slowest: float) -> None:
        self._slowest = slowest
        self._seen: list[tuple[str, float, float]] = []
        self._dice = random.Random(7)  # noqa: S311 - nothing secret, only the same every time

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """A send, what has been seen, or how any message stands."""
        if request.method == "POST":
            return await self._accept(await request.json())
        if request.path == "/seen":
            return web.json_response(self._seen)
        return web.json_response({"status": True, "data": {"status": "SUCCESS"}})

    async def _accept(self, fields: dict[str, str]) -> web.Response:
        arrived = time.time()
        await asyncio.sleep(self._dice.uniform(0, self._slowest))
        number = len(self._seen)
        self._seen.append((fields["from_number"], arrived, time.time()))
        return web.json_response({"status": True, "data": {"sms_id": f"{number}"}})


async def main(slowest: float) -> None:
    """Serve on a free port of loopback until terminated."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/api/v2", flush=True)
    # No routes, no log, the lighter loop: what it dawdles would be called the sender's lateness.
    server = web.Server(Vendor(slowest).answer, access_log=None)
    await (await asyncio.get_running_loop().create_server(server, sock=listening)).serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(float(sys.argv[1])))
