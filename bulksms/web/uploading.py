"""The first steps: a file is handed in, its columns are understood, its message is written."""

from http import HTTPStatus

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bulksms.model.columns import Columns
from bulksms.model.errors import InputError
from bulksms.model.phone import Country
from bulksms.spreadsheet.reading import visible_sheets
from bulksms.web.drafting import found_columns
from bulksms.web.previewing import preview
from bulksms.web.site import Site, site_of, text
from bulksms.web.uploads import Upload

FIRST_ROWS = 5
EXAMPLE = (
    "First name,Mobile,Lead ID,City\r\n"
    "Ada,(202) 555-0104,1042,Washington\r\n"
    "Grace,202-555-0105,0043,Baltimore\r\n"
)
ROLES = {
    "phone": "Phone number",
    "message_column": "Message of its own",
    "lead_id": "Lead ID",
    "media_column": "Attachment (web address)",
    "sender_column": "Sender's number",
}
_BOM = "\ufeff"


def new(request: Request) -> Response:
    """The page to hand a file in on."""
    return site_of(request).page(request, "upload.html", problem="")


def example(_request: Request) -> Response:
    """A file that works, to be filled in."""
    headers = {"Content-Disposition": 'attachment; filename="example.csv"'}
    return Response(_BOM + EXAMPLE, media_type="text/csv; charset=utf-8", headers=headers)


def hand_in(request: Request, form: FormData) -> Response:
    """Take a file in, if it can be read."""
    site = site_of(request)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _upload_again(request, "Choose a spreadsheet first.")
    upload = site.uploads.keep(file.filename, file.file)
    try:
        site.drafts.table(upload)
    except InputError as error:
        if len(visible_sheets(upload.file)) < 2:  # noqa: PLR2004 - else another sheet may do
            site.uploads.drop(upload.id)
            return _upload_again(request, error.sentence)
    return site.done(request, f"/uploads/{upload.id}/columns")


def _upload_again(request: Request, problem: str) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return site_of(request).page(request, "upload.html", status_code=status, problem=problem)


def columns(request: Request) -> Response:
    """How the columns were understood, with the first rows under them."""
    site = site_of(request)
    return _columns_page(request, site.uploads.find(request.path_params["id"]))


def choose_sheet(request: Request, form: FormData) -> Response:
    """Take another sheet of the workbook."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    upload.choose(sheet=text(form, "sheet") or None, columns_chosen=False, phone=None)
    return site.done(request, f"/uploads/{upload.id}/columns")


def choose_columns(request: Request, form: FormData) -> Response:
    """Take the roles from the menus; each but the phone may be nobody's."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    names = site.drafts.table(upload).columns
    roles: dict[str, str | None] = dict.fromkeys(ROLES)
    for at, name in enumerate(names):
        role = text(form, f"role-{at}")
        if role in ROLES:
            if roles[role] is not None:
                problem = f"Two columns are called “{ROLES[role]}”; choose one."
                return _columns_page(request, upload, problem)
            roles[role] = name
    if roles["phone"] is None:
        return _columns_page(request, upload, "Choose the column with the phone numbers.")
    upload.choose(columns_chosen=True, **roles)
    return site.done(request, f"/uploads/{upload.id}/message")


def _columns_page(request: Request, upload: Upload, problem: str = "") -> Response:
    site = site_of(request)
    sheets = visible_sheets(upload.file)
    values = {"upload": upload, "sheets": sheets, "roles": ROLES}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    try:
        table = site.drafts.table(upload)
    except InputError as error:
        return site.page(
            request, "columns.html", **values, table=None, problem=error.sentence, status_code=422
        )
    found = found_columns(table, upload.choices)
    rows = [row for row, _ in zip(table.rows(), range(FIRST_ROWS), strict=False)]
    chosen = _roles(found) if found else {}
    if found is None and not problem:
        problem = "Which column has the phone numbers? No name says it clearly enough."
    return site.page(
        request,
        "columns.html",
        **values,
        status_code=status,
        table=table,
        rows=rows,
        chosen=chosen,
        problem=problem,
    )


def _roles(found: Columns) -> dict[int, str]:
    """Position → role."""
    at = {
        found.phone: "phone",
        found.message: "message_column",
        found.lead_id: "lead_id",
        found.media: "media_column",
        found.sender: "sender_column",
    }
    return {position: role for position, role in at.items() if position is not None}


def message(request: Request) -> Response:
    """The page to write the message on."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    shown = request.query_params.get("row", "1")
    return _message_page(request, upload, int(shown) if shown.isdecimal() else 1)


def write_message(request: Request, form: FormData) -> Response:
    """Keep what was written; then on to the check, or back to look at another row."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    before = upload.choices.account
    try:
        upload = upload.choose(**(_said(form) | _account(site, form, before)))
    except InputError as error:
        return _message_page(request, upload, 1, error.sentence)
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
        return _message_page(request, upload, 1, error.sentence)
    return site.done(request, f"/uploads/{upload.id}/check")


def live_preview(request: Request, form: FormData) -> Response:
    """The preview of what is being typed, kept nowhere."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    table = site.drafts.table(upload)
    row = text(form, "row")
    try:
        choices = upload.choices.but(**_said(form))
        shown = preview(table, choices, int(row) if row.isdecimal() else 1)
    except InputError as error:
        shown = preview(table, upload.choices, 0, error.sentence)
    return site.page(request, "preview.html", preview=shown, upload=upload)


def _message_page(request: Request, upload: Upload, row: int, problem: str = "") -> Response:
    site = site_of(request)
    table = site.drafts.table(upload)
    found = found_columns(table, upload.choices)
    if found is None:
        return site.done(request, f"/uploads/{upload.id}/columns")
    return site.page(
        request,
        "message.html",
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        upload=upload,
        choices=upload.choices,
        insertable=[name for name in table.columns if not set(name) & set("{}|")],
        own_message=table.columns[found.message] if found.message is not None else "",
        own_sender=table.columns[found.sender] if found.sender is not None else "",
        accounts=site.account_names(),
        senders=site.vendor.numbers(upload.choices.account),
        countries=Country,
        preview=preview(table, upload.choices, row),
        problem=problem,
    )


def _said(form: FormData) -> dict[str, object]:
    """What the form of the message page says, as choices.

    Raises:
        InputError: the limit is no number.
    """
    limit = text(form, "limit")
    if limit and not (limit.isdecimal() and 0 < int(limit) < 2**31):
        raise InputError("How many first: that must be a number, or nothing for all of them.")
    country = text(form, "country")
    return {
        "message": text(form, "message").replace("\r\n", "\n"),
        "sender": text(form, "sender"),
        "media": text(form, "media"),
        "country": country if country in set(Country) else Country.US.value,
        "duplicates": "keep" if text(form, "duplicates") == "keep" else "skip",
        "force_send": text(form, "force_send") == "yes",
        "limit": int(limit) if limit else None,
        "campaign": text(form, "campaign"),
    }


def _account(site: Site, form: FormData, before: str) -> dict[str, str]:
    """The account that was chosen; another one has other numbers to send from.

    Raises:
        InputError: there is none of that name.
    """
    name = text(form, "account") or before
    site.store.accounts.named(name)
    return {"account": name} | ({} if name == before else {"sender": ""})


def throw_away(request: Request, _form: FormData) -> Response:
    """Delete the file."""
    site = site_of(request)
    site.uploads.drop(request.path_params["id"])
    return site.done(request, "/", "The file was deleted; nobody was texted.")
