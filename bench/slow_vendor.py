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

    async def send(self, request: web.Request) -> web.Response:
        """Accept it, after a while."""
        arrived = time.time()
        fields = await request.json()
        await asyncio.sleep(self._dice.uniform(0, self._slowest))
        number = len(self._seen)
        self._seen.append((fields["from_number"], arrived, time.time()))
        return web.json_response({"status": True, "data": {"sms_id": f"{number}"}})

    async def status(self, _request: web.Request) -> web.Response:
        """What it says of any message."""
        return web.json_response({"status": True, "data": {"status": "SUCCESS"}})

    async def seen(self, _request: web.Request) -> web.Response:
        """All that came."""
        return web.json_response(self._seen)


def main() -> None:
    """Serve on a free port of loopback until terminated."""
    vendor, app = Vendor(float(sys.argv[1])), web.Application()
    app.router.add_post("/api/v2/sms/send", vendor.send)
    app.router.add_get("/seen", vendor.seen)
    app.router.add_get("/api/v2/{rest:.*}", vendor.status)
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/api/v2", flush=True)
    web.run_app(app, sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
