"""One line to the vendor for many accounts: aiohttp's connections behind httpx's interface.

httpx's own pool slows down with every request in flight; this one serves thousands of accounts.
But httpx-aiohttp calls whatever breaks in the middle of an exchange a `ConnectTimeout`, which
proves to us that nothing was written, and would make a second text of it. So what broke is judged
anew, by aiohttp's own error. No cookie of one account ever travels with another's request.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bulksms.easify.connecting import IDLE_SECONDS, checked_address, is_this_computer

BEFORE_ANYTHING_IS_WRITTEN: dict[type[Exception], type[httpx.TransportError]] = {
    aiohttp.ConnectionTimeoutError: httpx.ConnectTimeout,
    aiohttp.ClientConnectorError: httpx.ConnectError,  # the name, the socket, the handshake
}
"""aiohttp raises these only while it connects; all else may have come after the first byte."""


class Line(AiohttpTransport):
    """A transport that any number of clients may share; made and ended within one event loop.

    A client that is closed leaves it open. `limits` is by nobody but the accounts' own slots.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._through_a_proxy = not is_this_computer(checked_address(base_url).host)

    def get_client(self) -> aiohttp.ClientSession:
        """The session, made at the first request."""
        if isinstance(self.client, aiohttp.ClientSession):
            return self.client
        connector = aiohttp.TCPConnector(
            limit=0, keepalive_timeout=IDLE_SECONDS, ssl=self.ssl_context
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=self._through_a_proxy,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; nothing is tried twice, since aiohttp repeats no POST.

        Raises:
            httpx.TransportError: what broke, told as httpx's own transport tells it.
        """
        with judged_by_what_broke():
            response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - as it is made there
        response.stream = _Answer(response.stream)
        return response

    async def aclose(self) -> None:
        """Nothing: others are on the line. `end` ends it."""

    async def end(self) -> None:
        """Let go of every connection."""
        await super().aclose()


class _Answer(httpx.AsyncByteStream):
    """An answer's body, whose end may fail to come."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with judged_by_what_broke(answering=True):
            async for piece in self._body:
                yield piece

    async def aclose(self) -> None:
        await self._body.aclose()


@contextmanager
def judged_by_what_broke(*, answering: bool = False) -> Iterator[None]:
    """Any failure as what it proves: doubt, unless nothing can have been written yet."""
    try:
        yield
    except httpx.UnsupportedProtocol:
        raise
    except httpx.TransportError as error:
        cause = error.__cause__
        kinds = () if answering else BEFORE_ANYTHING_IS_WRITTEN.items()
        found = (kind for broke, kind in kinds if isinstance(cause, broke))
        doubt = httpx.ReadTimeout if isinstance(cause, TimeoutError) else httpx.ReadError
        raise next(found, doubt)("the exchange broke") from cause
