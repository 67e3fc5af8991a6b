"""The sandbox as an httpx transport: no socket, and time only as the event loop has it.

What a real connection does, this does too: the read timeout of the request is kept,
a lost connection is a `ReadError`, and the sandbox goes on with a request whose client is gone.
"""

import asyncio

import httpx
from starlette.types import ASGIApp

from bulksms.sandbox.app import Dropped, Latency, Trip, create_app
from bulksms.sandbox.vendor import Vendor
from tests.virtual_time import clock


def transport_to(vendor: Vendor, *, latency: Latency = lambda _: Trip()) -> "SandboxTransport":
    """A transport to that vendor, in the time of the running event loop."""
    return SandboxTransport(create_app(vendor, clock=clock(), latency=latency))


class SandboxTransport(httpx.AsyncBaseTransport):
    """Give it to `httpx.AsyncClient(transport=...)`.

    Attributes:
        reachable: while False, every connection is refused and nothing arrives.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.reachable = True
        self._inner = httpx.ASGITransport(app)
        self._served: set[asyncio.Task[httpx.Response]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The sandbox's answer.

        Raises:
            httpx.ConnectError: not `reachable`.
            httpx.ReadTimeout: no answer within the request's own read timeout.
            httpx.ReadError: the sandbox dropped the connection.
        """
        if not self.reachable:
            raise httpx.ConnectError("The sandbox is not reachable.", request=request)
        await request.aread()
        served = asyncio.create_task(self._inner.handle_async_request(request))
        self._served.add(served)
        served.add_done_callback(self._forget)
        timeouts = request.extensions.get("timeout", {})
        await asyncio.wait({served}, timeout=timeouts.get("read"))
        if not served.done():
            raise httpx.ReadTimeout("The sandbox did not answer in time.", request=request)
        try:
            return served.result()
        except Dropped as lost:
            raise httpx.ReadError("The sandbox dropped the connection.", request=request) from lost

    def _forget(self, served: asyncio.Task[httpx.Response]) -> None:
        """Also look at the failure, which nobody else does once the client is gone."""
        self._served.discard(served)
        if not served.cancelled():
            served.exception()
