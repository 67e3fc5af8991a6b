"""The third step: the message is written, with whatever else is wished behind "More"."""

from datetime import UTC, datetime
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.model.errors import InputError
from bulksms.model.hours import ANYWHERE, RECIPIENT
from bulksms.model.phone import Country
from bulksms.web.drafting import found_columns
from bulksms.web.previewing import preview
from bulksms.web.site import Site, site_of, text
from bulksms.web.uploads import Choices, Upload
from bulksms.web.wishing import dated

ZONES = sorted({zone for zones in ANYWHERE.values() for zone in zones})
"""The clocks of everybody who can be texted; `bulksms.toml` may add another."""
TYPED = ("sender", "media", "limit", "campaign", "hours", "days", "start_at")
PERIODS = ("not_if_texted_within", "not_if_same_text_within")
MORE = (
    *("media", "limit", "campaign", "hours", "days", "timezone", "start_at", *PERIODS),
    *("country", "duplicates", "force_send"),
)
"""What stands behind "More"."""


def message(request: Request) -> Response:
    """The page to write the message on."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    shown = request.query_params.get("row", "1")
    return message_page(request, upload, int(shown) if shown.isdecimal() else 1)


def write_message(request: Request, form: FormData) -> Response:
    """Keep what was written; then on to the check, or back to look at another row."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    before = upload.choices.account
    upload = upload.choose(**(_said(form) | _account(site, form, before)))
    if upload.choices.account != before:
        return site.done(request, f"/uploads/{upload.id}/message")
    if row := text(form, "show"):
        return site.done(request, f"/uploads/{upload.id}/message?row={row}#preview")
    if column := text(form, "insert"):
        upload.choose(message=f"{upload.choices.message}{{{column}}}")
        return site.done(request, f"/uploads/{upload.id}/message")
    try:
        site.drafts.job(upload)
    except InputError as error:
        return message_page(request, upload, 1, error)
    return site.done(request, f"/uploads/{upload.id}/check")


def live_preview(request: Request, form: FormData) -> Response:
    """The preview of what is being typed, kept nowhere."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    table = site.drafts.table(upload)
    row = text(form, "row")
    choices = upload.choices.but(**_said(form))
    shown = preview(table, choices, int(row) if row.isdecimal() else 1)
    return site.page(request, "preview.html", preview=shown, upload=upload)


def message_page(
    request: Request, upload: Upload, row: int, problem: InputError | None = None
) -> Response:
    """The page as it stands, with that row shown, and what must be mended on it."""
    site = site_of(request)
    table = site.drafts.table(upload)
    try:
        found = found_columns(table, upload.choices)
    except InputError:  # which that page tells
        return site.done(request, f"/uploads/{upload.id}/columns")
    choices, own_message = upload.choices, found.message is not None
    return site.page(
        request,
        "message.html",
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        upload=upload,
        choices=choices,
        insertable=[name for name in table.columns if not set(name) & set("{}|")],
        own_message=table.columns[found.message] if found.message is not None else "",
        own_sender=table.columns[found.sender] if found.sender is not None else "",
        accounts=site.account_names(),
        senders=site.vendor.numbers(choices.account),
        countries=Country,
        zones=list(dict.fromkeys([RECIPIENT, *ZONES, choices.timezone])),
        opened=_differs(choices, site.uploads.defaults),
        preview=preview(table, choices, row),
        problem=problem.sentence if problem else "",
        where=(problem and problem.field) or ("sender" if own_message else "message"),
    )


def _differs(choices: Choices, defaults: Choices) -> bool:
    """Whether something behind "More" is not as it always is, and must be seen."""
    return any(getattr(choices, name) != getattr(defaults, name) for name in MORE)


def _said(form: FormData) -> dict[str, object]:
    """What the form of the message page says, as choices."""
    country = text(form, "country")
    return {
        **{name: text(form, name) for name in (*TYPED, *PERIODS)},
        "start_at": dated(text(form, "start_at"), datetime.now(UTC)),
        "message": text(form, "message").replace("\r\n", "\n"),
        "timezone": text(form, "timezone") or RECIPIENT,
        "country": country if country in set(Country) else Country.US.value,
        "duplicates": "keep" if text(form, "duplicates") == "keep" else "skip",
        "force_send": text(form, "force_send") == "yes",
    }


def _account(site: Site, form: FormData, before: str) -> dict[str, str]:
    """The account that was chosen; another one has other numbers to send from.

    Raises:
        InputError: there is none of that name.
    """
    name = text(form, "account") or before
    site.store.accounts.registered(name)
    return {"account": name} | ({} if name == before else {"sender": ""})
