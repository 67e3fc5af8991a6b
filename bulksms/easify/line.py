"""One line to the vendor for many accounts: aiohttp's connections, thousands at a time.

httpx's own pool slows down with every request in flight, and making its requests and answers takes
as long as all the rest of an exchange. What broke is judged by aiohttp's own error, and told as
httpx would tell it. No cookie of one account ever travels with another's request.
"""

from functools import lru_cache

import aiohttp
import httpx

from bulksms.easify.connecting import IDLE_SECONDS, checked_address, is_this_computer
from bulksms.easify.exchange import Patience, Reply, Request, bounded

BEFORE_ANYTHING_IS_WRITTEN: dict[type[Exception], type[httpx.TransportError]] = {
    aiohttp.ConnectionTimeoutError: httpx.ConnectTimeout,
    aiohttp.ClientConnectorError: httpx.ConnectError,  # the name, the socket, the handshake
}
"""aiohttp raises these only while it connects; all else may have come after the first byte."""


class SharedLine:
    """A line that any number of clients may share; made and ended within one event loop.

    How many connections there are is limited by nobody but the accounts' own slots.
    """

    def __init__(self, base_url: str) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, keepalive_timeout=IDLE_SECONDS, ssl=httpx.create_ssl_context()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=not is_this_computer(checked_address(base_url).host),
        )

    async def exchange(self, request: Request, patience: Patience) -> Reply:
        """One exchange; nothing is tried twice, since aiohttp repeats no POST.

        Raises:
            httpx.TransportError: what broke, told as httpx's own transport tells it.
        """
        try:
            answer = await self._session.request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
                timeout=_timeout(patience),
            )
        except aiohttp.ClientError as error:
            raise what_it_proves(error) from error
        async with answer:
            try:
                body = await bounded(answer.content.iter_any())
            except aiohttp.ClientError as error:
                raise what_it_proves(error, answering=True) from error
        return Reply(answer.status, answer.headers, body)

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._session.close()


@lru_cache
def _timeout(patience: Patience) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        connect=patience.pool, sock_connect=patience.connect, sock_read=patience.read
    )


def what_it_proves(error: aiohttp.ClientError, *, answering: bool = False) -> httpx.TransportError:
    """Any failure as httpx tells it: doubt, unless nothing can have been written yet."""
    kinds = () if answering else BEFORE_ANYTHING_IS_WRITTEN.items()
    found = (kind for broke, kind in kinds if isinstance(error, broke))
    doubt = httpx.ReadTimeout if isinstance(error, TimeoutError) else httpx.ReadError
    return next(found, doubt)("the exchange broke")
