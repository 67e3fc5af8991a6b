"""What it proves when an exchange breaks and no answer is had.

The question is always the same: can a single byte of the request have reached the vendor?
Only where it provably cannot, the message may be posted again (`NotSent`); the rest is `Unknown`.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace

import httpx

from bulksms.model.outcomes import NotSent, Outcome, Unknown
from bulksms.model.states import Reason

_UNREACHED = NotSent("Easify could not be reached")
_SLOW = Unknown(Reason.TIMEOUT, "Easify did not answer in time.")
_LOST = Unknown(
    Reason.CONNECTION_LOST, "The connection was lost before Easify's answer was complete."
)
_GARBLED = Unknown(Reason.BAD_RESPONSE, "Easify's answer could not be read.")

TRANSPORT_ERRORS: Mapping[type[httpx.RequestError], NotSent | Unknown] = {
    # No connection, so nothing was written on it. TLS failures are ConnectErrors too,
    # and the request is written only after the handshake.
    httpx.ConnectError: _UNREACHED,
    httpx.ConnectTimeout: NotSent("Easify could not be reached in time."),
    # All connections were taken: the request waited for one in vain.
    httpx.PoolTimeout: NotSent("No connection to Easify became free in time."),
    # Refused on sight of the URL.
    httpx.UnsupportedProtocol: _UNREACHED,
    # httpcore raises it only while asking a proxy for a tunnel (CONNECT, SOCKS): the request
    # goes through the tunnel later. A proxy without a tunnel answers like a server instead.
    httpx.ProxyError: NotSent("The proxy refused the connection to Easify."),
    # From here on something may have been written. A write that failed proves nothing either:
    # the vendor may hold all of it, and only the acknowledgement was lost.
    httpx.WriteTimeout: _SLOW,
    httpx.ReadTimeout: _SLOW,
    httpx.WriteError: _LOST,
    httpx.ReadError: _LOST,
    httpx.CloseError: _LOST,
    # The answer breaks HTTP, or ends before it is whole; or a kept connection was dropped by the
    # vendor at the very moment of our writing.
    httpx.RemoteProtocolError: _LOST,
    # Our request breaks HTTP. Bad headers are noticed before the writing, but a wrong length
    # only in the middle of it, and the two look the same.
    httpx.LocalProtocolError: _LOST,
    # An answer arrived, and cannot be understood.
    httpx.DecodingError: _GARBLED,
    httpx.TooManyRedirects: _GARBLED,
    # The families of the above: raised by no transport we know.
    httpx.TimeoutException: _SLOW,
    httpx.NetworkError: _LOST,
    httpx.ProtocolError: _LOST,
}
"""May this POST be repeated? One row for each way httpx can fail; a test demands every row."""

CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "name lookup failed"),
    (ssl.SSLCertVerificationError, "its certificate could not be verified"),
    (ssl.SSLError, "no secure (TLS) connection could be made"),
    (ConnectionRefusedError, "connection refused"),
)
"""Why a connection was not made, in a person's words; the first that fits."""


def judge(error: Exception) -> Outcome:
    """What a broken exchange teaches us. No error's own message is kept: it may hold the token."""
    if isinstance(error, httpx.RequestError):
        outcome = TRANSPORT_ERRORS.get(type(error), _LOST)
        return replace(outcome, text=_why(error)) if outcome is _UNREACHED else outcome
    if isinstance(error, TimeoutError):
        return _SLOW
    name = type(error).__name__
    return Unknown(Reason.CONNECTION_LOST, f"The exchange with Easify broke unexpectedly ({name}).")


def _why(error: Exception) -> str:
    chain = list(_chain(error))
    causes = (words for kind, words in CAUSES for link in chain if isinstance(link, kind))
    return f"{_UNREACHED.text}: {next(causes, 'no connection could be made')}."


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and whatever led to it, the outermost first.

    httpcore cuts `__cause__` by re-raising `from None`, but `__context__` survives;
    a host with several addresses fails with a group of errors.
    """
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _chain(member)
    origin = error.__cause__ or error.__context__
    if origin is not None:
        yield from _chain(origin)
