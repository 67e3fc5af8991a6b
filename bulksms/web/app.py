"""The application: every address of the page, and the guard around all of them."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bulksms.model.accounts import DEFAULT_NAME
from bulksms.model.errors import AccountProblem, BulkSMSError, ConfigError, InputError
from bulksms.spreadsheet.reading import MAX_BYTES
from bulksms.web import (
    account,
    campaigns,
    checking,
    rows,
    steering,
    suppressions,
    trying,
    uploading,
    writing,
)
from bulksms.web.entering import closed, enter
from bulksms.web.guarding import Guard
from bulksms.web.site import Site, posting, site_of

_STATIC = Path(__file__).parent / "static"


def _post(path: str, handle: Callable[[Request, FormData], Response]) -> Route:
    return Route(path, posting(handle), methods=["POST"])


_UPLOADS = (
    Route("/example.csv", uploading.example),
    Route("/new", uploading.new),
    _post("/new", uploading.hand_in),
    Route("/uploads/{id}/columns", uploading.columns),
    _post("/uploads/{id}/columns", uploading.choose_columns),
    _post("/uploads/{id}/sheet", uploading.choose_sheet),
    Route("/uploads/{id}/message", writing.message),
    _post("/uploads/{id}/message", writing.write_message),
    _post("/uploads/{id}/preview", writing.live_preview),
    Route("/uploads/{id}/check", checking.check),
    Route("/uploads/{id}/to-mend.xlsx", checking.problems),
    _post("/uploads/{id}/leave-out", checking.leave_out),
    _post("/uploads/{id}/test", trying.text_own_phone),
    _post("/uploads/{id}/send", checking.send),
    _post("/uploads/{id}/delete", uploading.throw_away),
)
_CAMPAIGNS = (
    Route("/campaigns/{id:int}", campaigns.show),
    Route("/campaigns/{id:int}/live", campaigns.live),
    _post("/campaigns/{id:int}/pause", steering.pause),
    _post("/campaigns/{id:int}/resume", steering.resume),
    _post("/campaigns/{id:int}/retry", steering.retry),
    _post("/campaigns/{id:int}/cancel", steering.cancel),
    _post("/campaigns/{id:int}/reconcile", steering.reconcile),
    _post("/campaigns/{id:int}/receive", steering.receive),
    Route("/campaigns/{id:int}/rows", rows.index),
    Route("/campaigns/{id:int}/report.{ending}", rows.report),
    Route("/campaigns/{id:int}/rows/{row:int}", rows.show),
    _post("/campaigns/{id:int}/rows/{row:int}", rows.settle),
)
_ACCOUNT = (
    Route("/account", account.index),
    _post("/account/token", account.keep),
    _post("/account/forget", account.forget),
    _post("/account/look", account.look_again),
)
_SUPPRESSIONS = (
    Route("/suppressions", suppressions.index),
    _post("/suppressions/add", suppressions.add),
    _post("/suppressions/import", suppressions.import_),
    _post("/suppressions/remove", suppressions.remove),
)


def create_app(site: Site, origins: Collection[str]) -> Starlette:
    """The ASGI application, to be opened under one of `origins` (`http://127.0.0.1:8040`)."""
    guard = Middleware(
        Guard,
        closed=closed,
        sessions=site.sessions,
        origins=frozenset(origins),
        cookie=site.cookie,
        largest=MAX_BYTES,
    )
    app = Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=_STATIC)),
            Route("/open", enter),
            Route("/", campaigns.index),
            *_UPLOADS,
            *_CAMPAIGNS,
            *_SUPPRESSIONS,
            *_ACCOUNT,
        ],
        middleware=[guard],
        exception_handlers={BulkSMSError: _told, HTTPException: _not_there},
    )
    app.state.site = site
    return app


def _told(request: Request, error: Exception) -> Response:
    """An error of ours as its sentence, on a page."""
    assert isinstance(error, BulkSMSError)  # noqa: S101 - what the handler is registered for
    status = HTTPStatus.BAD_REQUEST if isinstance(error, InputError) else HTTPStatus.CONFLICT
    return site_of(request).page(
        request,
        "problem.html",
        status_code=status,
        sentence=error.sentence,
        title="That did not work",
        ways_on=list(_ways_on(request, error)),
    )


def _ways_on(request: Request, error: BulkSMSError) -> Iterator[tuple[str, str]]:
    """Where the problem can be mended, and where the person was: a list in hand is not lost."""
    upload = None
    if request.url.path.startswith("/uploads/"):
        with suppress(InputError):
            upload = site_of(request).uploads.find(request.path_params["id"])
    if isinstance(error, ConfigError | AccountProblem):
        name = upload.choices.account if upload else DEFAULT_NAME
        yield f"/account?{urlencode({'name': name})}", "See the account"
    if upload:
        yield f"/uploads/{upload.id}/check", "Back to the check"


def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what the handler is registered for
    return site_of(request).page(
        request,
        "problem.html",
        status_code=error.status_code,
        sentence="There is no such page, or it does not take what was asked of it.",
        title="Page not found",
        ways_on=(),
    )
