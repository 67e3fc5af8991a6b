"""One line to the vendor for many accounts: aiohttp's connections behind httpx's interface.

httpx's own pool slows down with every request in flight; this one serves thousands of accounts.
What broke an exchange is judged by aiohttp's own error, and told as httpx would tell it.
No cookie of one account ever travels with another's request.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import lru_cache

import aiohttp
import httpx

from bulksms.easify.connecting import IDLE_SECONDS, checked_address, is_this_computer

BEFORE_ANYTHING_IS_WRITTEN: dict[type[Exception], type[httpx.TransportError]] = {
    aiohttp.ConnectionTimeoutError: httpx.ConnectTimeout,
    aiohttp.ClientConnectorError: httpx.ConnectError,  # the name, the socket, the handshake
}
"""aiohttp raises these only while it connects; all else may have come after the first byte."""
_LATIN = "latin-1"
"""How a header's bytes are text (RFC 9110, 5.5); none of ours or theirs is more than ASCII."""


class Line(httpx.AsyncBaseTransport):
    """A transport that any number of clients may share; made and ended within one event loop.

    How many connections there are is limited by nobody but the accounts' own slots.
    """

    def __init__(self, base_url: str) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, keepalive_timeout=IDLE_SECONDS, ssl=httpx.create_ssl_context()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=not is_this_computer(checked_address(base_url).host),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; nothing is tried twice, since aiohttp repeats no POST.

        Raises:
            httpx.TransportError: what broke, told as httpx's own transport tells it.
        """
        patience = request.extensions["timeout"]
        body = await request.aread()
        with told_by_what_broke():
            answer = await self._session.request(
                request.method,
                str(request.url),
                headers=[(str(n, _LATIN), str(v, _LATIN)) for n, v in request.headers.raw],
                data=body or None,
                allow_redirects=False,
                timeout=_timeout(patience["pool"], patience["connect"], patience["read"]),
            )
        response = httpx.Response(
            answer.status, headers=answer.raw_headers, stream=_Body(answer), request=request
        )
        response.headers.encoding = _LATIN  # else each look at one tries them all anew
        return response

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._session.close()


@lru_cache
def _timeout(pool: float, connect: float, read: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(connect=pool, sock_connect=connect, sock_read=read)


class _Body(httpx.AsyncByteStream):
    """An answer's body, whose end may fail to come."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with told_by_what_broke(answering=True):
            async for piece in self._answer.content.iter_any():
                yield piece

    async def aclose(self) -> None:
        self._answer.release()
        await self._answer.wait_for_close()


@contextmanager
def told_by_what_broke(*, answering: bool = False) -> Iterator[None]:
    """Any failure as what it proves: doubt, unless nothing can have been written yet."""
    try:
        yield
    except aiohttp.ClientError as error:
        kinds = () if answering else BEFORE_ANYTHING_IS_WRITTEN.items()
        found = (kind for broke, kind in kinds if isinstance(error, broke))
        doubt = httpx.ReadTimeout if isinstance(error, TimeoutError) else httpx.ReadError
        raise next(found, doubt)("the exchange broke") from error
