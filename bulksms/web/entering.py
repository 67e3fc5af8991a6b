"""Coming in: the link that opens a session, and the page for whoever has none."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from bulksms.web.pages import render_page
from bulksms.web.site import SEE_OTHER, site_of


def enter(request: Request) -> Response:
    """Open a session for the link's key; one that is open already goes on."""
    site = site_of(request)
    if request.scope["session"]:
        return RedirectResponse("/", SEE_OTHER)
    session = site.sessions.open(request.query_params.get("key", ""))
    if session is None:
        site.sessions.replace_a_used_key()
        return _closed(used=True)
    answer = RedirectResponse("/", SEE_OTHER)
    answer.set_cookie(
        site.cookie, session, httponly=True, samesite="strict", secure=site.secure, path="/"
    )
    return answer


async def closed(scope: Scope, receive: Receive, send: Send) -> None:
    """What everybody without a session gets, whatever they asked for."""
    await _closed(used=False)(scope, receive, send)


def _closed(*, used: bool) -> Response:
    return render_page("closed.html", {"used": used}, HTTPStatus.FORBIDDEN)
