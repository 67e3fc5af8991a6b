"""What the token, the address and the environment make of a connection, or why they cannot.

The token must travel to the vendor only: never in the clear, never through a stranger's proxy.
"""

import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from bulksms import __version__
from bulksms.clock import elapsed
from bulksms.easify.exchange import Patience, Reply, Request, bounded
from bulksms.model.errors import ConfigError
from bulksms.model.settings import DEFAULT_BASE_URL

LAST_PORT = 65_535
CONNECT_TIMEOUT = timedelta(seconds=10)
POOL_TIMEOUT = timedelta(seconds=5)

# More than can be in flight at 15 a minute and an answer within 55 s.
# None is used twice: what a gateway that has given up still passes on would be the next request's
# answer, and one that is just being closed would leave a message in doubt.
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=0)


def checked_address(base_url: str) -> httpx.URL:
    """The address of sms/send.

    Raises:
        ConfigError: it can be none. The value is not repeated: it could be the token, misplaced.
    """
    try:
        parts = urlsplit(base_url)
        # httpx lets pass what would only fail at each send: brackets, ports, empty labels.
        _ = parts.port, (parts.hostname or "").encode("idna")
        url = httpx.URL(base_url.rstrip("/") + "/sms/send")
    except (ValueError, httpx.InvalidURL):
        raise ConfigError(f"EASIFY_BASE_URL is no web address; {_EXAMPLE}") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"EASIFY_BASE_URL must begin with https:// and a host; {_EXAMPLE}")
    if url.userinfo or url.query or url.fragment:
        raise ConfigError(f"EASIFY_BASE_URL must hold no user, '?' or '#'; {_EXAMPLE}")
    if url.scheme == "http" and not is_this_computer(url.host):
        raise ConfigError(
            "EASIFY_BASE_URL must begin with https://: over http, anybody on the way "
            "could read the API token."
        )
    return url


def deadline(answer: timedelta) -> timedelta:
    """For the whole exchange: httpx times each read alone, so a drip of bytes could hold it on.

    The waits before anything is written fit in, so that each of them ends as what it is,
    provably not sent.
    """
    return timedelta(seconds=patience(answer).before_writing) + answer


def heading(token: str) -> dict[str, str]:
    """What every request says of itself."""
    return {
        "Authorization": f"Bearer {token}",
        # Without it the vendor answers a refusal with a redirect instead of JSON.
        "Accept": "application/json",
        # The answers are tiny, and a compressed one could unpack to any size.
        "Accept-Encoding": "identity",
        "User-Agent": f"bulksms/{__version__}",
    }


def patience(answer: timedelta) -> Patience:
    """How long each part of an exchange may take, if the answer may take so long."""
    return Patience(
        connect=min(CONNECT_TIMEOUT, answer).total_seconds(),
        read=answer.total_seconds(),
        write=answer.total_seconds(),
        pool=min(POOL_TIMEOUT, answer).total_seconds(),
    )


BEFORE_THE_FIRST_BYTE = "http11.send_request_headers.started"
"""What httpcore traces between the connection and the request (its docs: Extensions, `trace`)."""


class HttpxLine:
    """A line over one of httpx's transports."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def exchange(self, request: Request, patience: Patience) -> Reply:
        """One exchange. Raises what the transport does."""
        began = elapsed()

        async def look_at_the_clock(event: str, _: Mapping[str, Any]) -> None:
            if event == BEFORE_THE_FIRST_BYTE and elapsed() - began > patience.before_writing:
                raise httpx.ConnectTimeout("this computer slept while it connected")

        response = await self._transport.handle_async_request(
            httpx.Request(
                request.method,
                request.url,
                headers=request.headers,
                content=request.body,
                extensions={"timeout": patience._asdict(), "trace": look_at_the_clock},
            )
        )
        try:
            body = await bounded(response.aiter_bytes())
        finally:
            await response.aclose()
        return Reply(response.status_code, response.headers, body)

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._transport.aclose()


def own_line(url: httpx.URL) -> HttpxLine:
    """One account's. Its connections never try again, not even to connect (httpx's `retries=0`).

    Raises:
        ConfigError: the proxy or certificate settings of the environment cannot be used.
    """
    with heeding_the_environment():
        # http stays on this computer. To read whom the world trusts would be a tenth of a start,
        # and this context trusts nobody.
        verify = True if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        transport = httpx.AsyncHTTPTransport(
            verify=verify, limits=_LIMITS, proxy=environment_proxy(url)
        )
    return HttpxLine(transport)


def environment_proxy(url: httpx.URL) -> httpx.Proxy | None:
    """The proxy on the way to the vendor, as the environment names it now (as urllib reads it).

    None for what stays on this computer: a proxy must not see a token that was only cleared to
    travel within it. A ~/.netrc is not looked at: it may hold another password for everything.

    Raises:
        ValueError: it cannot be a proxy's address; each message sent there would be in doubt.
    """
    if is_this_computer(url.host) or proxy_bypass(url.netloc.decode("ascii")):
        return None
    named = getproxies()
    address = named.get(url.scheme) or named.get("all")
    if not address or "*" in (each.strip() for each in named.get("no", "").split(",")):
        return None
    proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
    if not proxy.url.host or (proxy.url.port or 0) > LAST_PORT:
        raise ValueError("no host, or no port of TCP's")
    return proxy


@contextmanager
def heeding_the_environment() -> Iterator[None]:
    """Where its proxies and certificates are looked up, and may be no such thing.

    Raises:
        ConfigError: instead of what says so. A value is not repeated: it may hold a password.
    """
    try:
        yield
    except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
        raise ConfigError(
            "The environment's network settings cannot be used "
            f"({type(error).__name__}): look at HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE.",
            next_command="pip install 'httpx[socks]'" if isinstance(error, ImportError) else None,
        ) from None


_EXAMPLE = f"it looks like {DEFAULT_BASE_URL}."


def is_this_computer(host: str) -> bool:
    """Whether nothing that is written to it leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
