"""One line to the vendor for many accounts: aiohttp's connections, thousands at a time.

httpx's own pool slows down with every request in flight, and making its requests and answers takes
as long as all the rest of an exchange. What broke is judged by aiohttp's own error, and told as
httpx would tell it. No cookie of one account ever travels with another's request.
"""

from base64 import b64encode
from functools import lru_cache
from typing import Any

import aiohttp
import httpx
from aiohttp.connector import Connection

from bulksms.clock import elapsed
from bulksms.easify.exchange import Patience, Reply, Request, bounded

BEFORE_ANYTHING_IS_WRITTEN: dict[type[Exception], type[httpx.TransportError]] = {
    aiohttp.ConnectionTimeoutError: httpx.ConnectTimeout,
    aiohttp.ClientConnectorError: httpx.ConnectError,  # the name, the socket, the handshake
    aiohttp.ClientHttpProxyError: httpx.ProxyError,  # it was only asked for a tunnel
}
"""aiohttp raises these only while it connects; all else may have come after the first byte."""


IDLE_SECONDS = 4
"""An idle connection is dropped before any usual server drops it (Apache: 5 s, the shortest):
writing into one that is just being closed would leave a message in doubt."""


_CONNECTIONS_TRIED = 3


class WakefulConnector(aiohttp.TCPConnector):
    """Hands out no connection that another request's second answer has come to meanwhile.

    It would be taken for the answer to the next. Nor any to a request whose machine slept, nor one
    on which the other side speaks first.
    """

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own signature
    ) -> Connection:
        """As aiohttp's, which is asked once a request.

        Raises:
            aiohttp.ConnectionTimeoutError: also when it slept.
        """
        began = elapsed()
        for _ in range(_CONNECTIONS_TRIED):
            connection = await super().connect(req, traces, timeout)
            asleep = elapsed() - began > (timeout.connect or 0) + 2 * (timeout.sock_connect or 0)
            if not asleep and _is_fit(connection):
                return connection
            connection.close()
            if asleep:
                break
        raise aiohttp.ConnectionTimeoutError


def _is_fit(connection: Connection) -> bool:
    return connection.protocol is not None and not connection.protocol.should_close


_THE_VENDORS = frozenset({400, 401, 402, 403, 422, 429})
"""The refusals that the vendor's pages name; a gateway's own is another (408, 413, 5xx)."""


class WaryResponse(aiohttp.ClientResponse):
    """After what may be a gateway's own answer its connection is used no more.

    The vendor's may follow.
    """

    async def start(self, connection: Connection) -> "WaryResponse":
        """As aiohttp's, which reads the head of the answer here."""
        protocol = connection.protocol
        await super().start(connection)
        is_the_vendors = httpx.codes.is_success(self.status) or self.status in _THE_VENDORS
        if is_the_vendors or protocol is None:
            return self
        is_given_back = connection.protocol is None  # the whole answer was there at once
        (protocol.close if is_given_back else protocol.force_close)()
        return self


class SharedLine:
    """A line that any number of clients may share; made and ended within one event loop.

    How many connections there are is limited by nobody but the accounts' own slots.
    aiohttp reads nothing of the environment: it would do so before every request, in a thread,
    and a password of a ~/.netrc would keep each request with a token from leaving.
    """

    def __init__(self, proxy: httpx.Proxy | None) -> None:
        """One that goes over `proxy`, which speaks plain HTTP.

        Raises:
            OSError: the environment's certificates cannot be read.
        """
        self._proxy = None if proxy is None else str(proxy.url)
        self._to_proxy = None if proxy is None else _login(proxy)
        self._session = aiohttp.ClientSession(
            connector=WakefulConnector(
                limit=0, keepalive_timeout=IDLE_SECONDS, ssl=httpx.create_ssl_context()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=WaryResponse,
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
                proxy=self._proxy,
                proxy_headers=self._to_proxy,
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


def _login(proxy: httpx.Proxy) -> dict[str, str]:
    """What a proxy is told of whoever asks it for a tunnel (RFC 9110, 11.7.2)."""
    if proxy.raw_auth is None:
        return {}
    return {"Proxy-Authorization": f"Basic {b64encode(b':'.join(proxy.raw_auth)).decode()}"}


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
