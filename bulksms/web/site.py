"""What all pages share: the database, the sessions, the templates; and how a form is taken.

A page only reads. Whatever changes something is a `posting`, which checks the form's token
before it does anything, and ends in a redirect, so that reload and back repeat nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bulksms.model.accounts import DEFAULT_NAME, AskedRate
from bulksms.model.errors import InputError
from bulksms.model.records import Campaign
from bulksms.store import Store
from bulksms.web.drafting import Drafts
from bulksms.web.figures import Figures
from bulksms.web.pages import render_page
from bulksms.web.sessions import Sessions
from bulksms.web.uploads import Uploads
from bulksms.web.vendor import Vendor
from bulksms.web.working import Worker

FORM_TOKEN = "form_token"  # noqa: S105 - the field's name
SEE_OTHER = 303


@dataclass
class Site:
    """One program, its database, and whoever has a page of it open.

    Without a `worker` nothing is sent from here, and the pages show the commands that do it.
    """

    store: Store
    rate: AskedRate
    sessions: Sessions
    uploads: Uploads
    drafts: Drafts
    figures: Figures
    worker: Worker | None
    vendor: Vendor
    cookie: str
    secure: bool

    def account_names(self) -> list[str]:
        """The default account, then every other one that has a record."""
        names = [each.name for each in self.store.accounts.all()]
        return list(dict.fromkeys([DEFAULT_NAME, *names]))

    def page(
        self, request: Request, template: str, *, status_code: int = 200, **values: object
    ) -> Response:
        """A template with these values, and what every page has."""
        session = request.scope["session"]
        shared = {
            "path": request.url.path,
            "form_token": self.sessions.form_token(session),
            "notices": self.sessions.take_notices(session),
        }
        return render_page(template, shared | values, status_code)

    def done(self, request: Request, where: str, sentence: str = "") -> Response:
        """Send the browser on after a form, with a sentence for the next page."""
        if sentence:
            self.sessions.notice(request.scope["session"], sentence)
        return RedirectResponse(where, SEE_OTHER)

    def campaign(self, request: Request) -> Campaign:
        """The campaign that the address names, as it stands now.

        Raises:
            InputError: there is none.
        """
        found = self.store.campaigns.of_id(request.path_params["id"])
        if found is None:
            raise InputError("There is no such campaign.")
        return found


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    site: Site = request.app.state.site
    return site


def posting(
    handle: Callable[[Request, FormData], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for a form: its token is checked, then `handle` runs in a thread."""

    async def endpoint(request: Request) -> Response:
        site = site_of(request)
        async with request.form(max_files=1, max_fields=20_000) as form:
            given = str(form.get(FORM_TOKEN, ""))
            if not site.sessions.is_form_token(request.scope["session"], given):
                raise InputError("This form is from another session; load its page again.")
            return await run_in_threadpool(handle, request, form)

    return endpoint


def text(form: FormData, name: str) -> str:
    """A field's text without the spaces around it; empty if the form has none."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
