"""One POST to Easify's sms/send, and an `Outcome` whatever happens to it.

Nothing here tries twice: the vendor knows no idempotency key, so a second POST is a second text.
A retry is the store's decision, taken on an outcome that proves the first did not count.
"""

import asyncio
import ipaddress
import re
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from bulksms import __version__
from bulksms.easify.answers import read_answer
from bulksms.easify.failures import judge
from bulksms.model.errors import ConfigError
from bulksms.model.outcomes import Outcome, Rejected, Unknown
from bulksms.model.phone import dialling_parts
from bulksms.model.records import ClaimedMessage
from bulksms.model.settings import DEFAULT_BASE_URL, DEFAULT_TIMEOUT
from bulksms.model.states import Reason

CONNECT_TIMEOUT = timedelta(seconds=10)
POOL_TIMEOUT = timedelta(seconds=5)
LONGEST_ANSWER = 1024 * 1024
"""Bytes. The vendor's answers have a few hundred."""

# More than can be in flight at 15 a minute and an answer within 55 s.
# An idle connection is dropped before any usual server drops it (Apache: 5 s, the shortest):
# writing into a connection that is just being closed would leave a message in doubt.
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=20, keepalive_expiry=4)


class EasifyClient:
    """The account's line to the vendor: an async context manager that keeps connections open.

    Args:
        token: the API token; it travels in the Authorization header and appears nowhere else.
        base_url: the API's address without `/sms/send`. Plain http only to this very computer.
        timeout: how long to wait for the vendor's answer. The whole exchange, with the waits for
            a connection before it, is cut off at most 25 s later.
        transport: replaces the network, in tests. Proxies and certificates otherwise come from the
            environment (`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`), as in any httpx client.

    Raises:
        ConfigError: the token or the address cannot be right.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str = DEFAULT_BASE_URL,
        timeout: timedelta = DEFAULT_TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._token = _checked_token(token)
        self._url = _checked_address(base_url)
        self._deadline = _deadline(timeout)
        self._http = _http_client(self._token, self._url, _timeouts(timeout), transport)

    def __repr__(self) -> str:
        return f"EasifyClient({str(self._url)!r})"

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, traceback)

    async def send(self, message: ClaimedMessage) -> Outcome:
        """Post `message` once. Never raises for anything the wire does.

        A cancellation passes through: only the caller knows whether to call that `interrupted`.
        """
        try:
            request = await self._request(message)
        except OSError as error:
            why = error.strerror or type(error).__name__
            return _unsendable(f"The attachment {message.media} cannot be read: {why}.")
        except ValueError:
            return _unsendable("The number, text or attachment cannot be put into a request.")
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._exchange(request)
        except Exception as error:  # noqa: BLE001 - whatever broke, the message may have left
            return judge(error)

    async def _request(self, message: ClaimedMessage) -> httpx.Request:
        fields = _fields(message)
        if message.media is None:
            return self._http.build_request("POST", self._url, json=fields)
        if message.media.lower().startswith(("http://", "https://")):
            fields["media"] = message.media
            return self._http.build_request("POST", self._url, json=fields)
        path = Path(message.media)
        media = (path.name, await asyncio.to_thread(path.read_bytes))
        return self._http.build_request("POST", self._url, data=fields, files={"media": media})

    async def _exchange(self, request: httpx.Request) -> Outcome:
        response = await self._http.send(request, stream=True)
        try:
            body = await _body(response)
        finally:
            await response.aclose()
        if body is None:
            text = "Easify's answer was too long to be read."
            return Unknown(Reason.BAD_RESPONSE, text, response.status_code)
        return read_answer(response.status_code, response.headers, body, secret=self._token)


def _fields(message: ClaimedMessage) -> dict[str, str | int]:
    """The fields as the vendor documents them; what is not asked for is left out."""
    country_code, to_number = dialling_parts(message.to_number)
    fields: dict[str, str | int | None] = {
        "from_number": _sender_digits(message.sender),
        "to_number": to_number,
        "country_code": country_code,
        "message": message.body,
        "lead_id": message.lead_id,
        "force_send": 1 if message.force_send else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _sender_digits(sender: str) -> str:
    """National digits, as the vendor's JSON sample has them.

    What is no number of the vendor's countries goes as its digits: to call a sender invalid is
    the vendor's word, and it pauses the campaign instead of failing row after row.
    """
    try:
        return dialling_parts(sender)[1]
    except ValueError:
        return re.sub(r"[^0-9]", "", sender)


def _unsendable(text: str) -> Rejected:
    """Nothing was written, and nothing ever will be: the row itself cannot become a request."""
    return Rejected(Reason.NOT_SENT, text)


async def _body(response: httpx.Response) -> bytes | None:
    """The whole body; None if it is longer than any honest answer."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LONGEST_ANSWER:
            return None
    return bytes(body)


def _checked_token(token: str) -> str:
    if not token:
        raise ConfigError("The API token is empty: set EASIFY_API_TOKEN.")
    if not re.fullmatch(r"[!-~]+", token):
        raise ConfigError(
            "The API token holds a blank, a line break or a letter that no token has: "
            "copy it again into EASIFY_API_TOKEN (in Easify: Settings > API Settings)."
        )
    return token


def _checked_address(base_url: str) -> httpx.URL:
    """The address of sms/send. The value is not repeated: it could be the token, misplaced."""
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
    if url.scheme == "http" and not _is_this_computer(url.host):
        raise ConfigError(
            "EASIFY_BASE_URL must begin with https://: over http, anybody on the way "
            "could read the API token."
        )
    return url


_EXAMPLE = f"it looks like {DEFAULT_BASE_URL}."


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _timeouts(answer: timedelta) -> httpx.Timeout:
    return httpx.Timeout(
        connect=min(CONNECT_TIMEOUT, answer).total_seconds(),
        write=answer.total_seconds(),
        read=answer.total_seconds(),
        pool=min(POOL_TIMEOUT, answer).total_seconds(),
    )


def _deadline(answer: timedelta) -> timedelta:
    """For the whole exchange: httpx times each read alone, so a drip of bytes could hold it on.

    The waits before anything is written fit in (connecting counts twice: TCP, then TLS),
    so that each of them ends as what it is, provably not sent.
    """
    return min(POOL_TIMEOUT, answer) + 2 * min(CONNECT_TIMEOUT, answer) + answer


def _http_client(
    token: str,
    url: httpx.URL,
    timeouts: httpx.Timeout,
    transport: httpx.AsyncBaseTransport | None,
) -> httpx.AsyncClient:
    """The httpx client; its own transport (`retries=0`) never tries again, not even to connect."""
    to_this_computer = f"all://{url.netloc.decode('ascii')}"
    try:
        return httpx.AsyncClient(
            headers={
                "Authorization": f"Bearer {token}",
                # Without it the vendor answers a refusal with a redirect instead of JSON.
                "Accept": "application/json",
                # The answers are tiny, and a compressed one could unpack to any size.
                "Accept-Encoding": "identity",
                "User-Agent": f"bulksms/{__version__}",
            },
            timeout=timeouts,
            limits=_LIMITS,
            follow_redirects=False,
            transport=transport,
            # A proxy must not see a token that was only cleared to travel within this computer.
            mounts={to_this_computer: None} if _is_this_computer(url.host) else None,
        )
    except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
        raise ConfigError(
            "The environment's network settings cannot be used "
            f"({type(error).__name__}): look at HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE."
        ) from None
