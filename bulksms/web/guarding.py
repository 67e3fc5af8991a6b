"""What every request must pass before any page sees it, and what every answer carries.

A page on a loopback address is still reachable by every web site that the person visits:
by a name that was rebound to 127.0.0.1 (so the Host is checked), and by forms that other sites
post (so the Origin is checked, the cookie is SameSite=Strict, and each form has a token).
"""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulksms.web.sessions import Sessions

SMALL_FORM = 256 * 1024
"""Bytes that a form without a file may have."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it a browser would name no origin when it posts our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer. No page is kept anywhere: it may show phone numbers."""

_OPEN_TO_ALL = ("/open", "/static/")
_READS = frozenset({"GET", "HEAD"})


class TooLarge(Exception):
    """More bytes came than may come."""


@dataclass(frozen=True, slots=True)
class Guard:
    """ASGI middleware around the whole application.

    Attributes:
        origins: the addresses under which the pages may be opened, `http://127.0.0.1:8040`.
        closed: answers whoever has no session, except where nothing is shown.
        cookie: the session cookie's name; ports share cookies, so it names the port.
        largest: bytes that a request with a file may have.
    """

    app: ASGIApp
    closed: ASGIApp
    sessions: Sessions
    origins: Collection[str]
    cookie: str
    largest: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        session = cookie_parser(headers.get("cookie", "")).get(self.cookie, "")
        scope["session"] = session if self.sessions.holds(session) else ""
        limit = self.largest if scope["session"] and _has_file(headers) else SMALL_FORM
        guarded = _with_headers(send)
        try:
            answer = self._refusal(scope, headers, limit) or self.app
            await answer(scope, _limited(receive, limit), guarded)
        except TooLarge:
            await _TOO_LARGE(scope, receive, guarded)

    def _refusal(self, scope: Scope, headers: Headers, limit: int) -> ASGIApp | None:
        origin = f"{scope['scheme']}://{headers.get('host', '')}"
        if origin not in self.origins:
            return PlainTextResponse("This page is not known under that name.", 421)
        if scope["method"] not in _READS and headers.get("origin") != origin:
            return PlainTextResponse("Another site may not post here.", 403)
        if _announced(headers) > limit:
            return _TOO_LARGE
        if not scope["session"] and not scope["path"].startswith(_OPEN_TO_ALL):
            return self.closed
        return None


_TOO_LARGE = PlainTextResponse("That is more than this page takes.", 413)


def _has_file(headers: Headers) -> bool:
    return headers.get("content-type", "").startswith("multipart/form-data")


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _limited(receive: Receive, limit: int) -> Receive:
    """The same body, cut short by an error once it is longer than it may be."""
    left = limit

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
        await send(message)

    return sending
