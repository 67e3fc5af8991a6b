"""The first two steps: a file is handed in, and its columns are understood."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bulksms.model.columns import Columns
from bulksms.model.errors import ColumnUnclear, InputError
from bulksms.spreadsheet.reading import Table, visible_sheets
from bulksms.web.defaults import columns_there
from bulksms.web.drafting import found_columns
from bulksms.web.site import Site, site_of, text
from bulksms.web.uploads import Choices, Upload

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
    _begin_columns(site, upload)
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
    _begin_columns(site, upload.choose(sheet=text(form, "sheet") or None))
    return site.done(request, f"/uploads/{upload.id}/columns")


def _begin_columns(site: Site, upload: Upload) -> None:
    """Nobody has said yet what is in which column, but what `bulksms.toml` says of this table."""
    try:
        names = site.drafts.table(upload).columns
    except InputError:
        names = ()
    known = columns_there(site.uploads.defaults, names)
    upload.choose(columns_chosen=False, **(dict.fromkeys(ROLES) | known))


def choose_columns(request: Request, form: FormData) -> Response:
    """Take the roles from the menus; each but the phone may be nobody's."""
    site = site_of(request)
    upload = site.uploads.find(request.path_params["id"])
    table = site.drafts.table(upload)
    said = {at: text(form, f"role-{at}") for at in range(len(table.columns))}
    chosen = {at: role for at, role in said.items() if role in ROLES}
    roles = dict.fromkeys(ROLES) | {role: table.columns[at] for at, role in chosen.items()}
    try:
        _require_one_of_each(chosen)
        found_columns(table, upload.choices.but(columns_chosen=True, **roles))
    except InputError as error:
        return _columns_page(request, upload, error, chosen)
    upload.choose(columns_chosen=True, **roles)
    return site.done(request, f"/uploads/{upload.id}/message")


def _require_one_of_each(chosen: Mapping[int, str]) -> None:
    roles = list(chosen.values())
    for role in roles:
        if roles.count(role) > 1:
            raise InputError(f"Two columns are called “{ROLES[role]}”; choose one.")
    if "phone" not in roles:
        raise InputError("Choose the column with the phone numbers.")


def _columns_page(
    request: Request,
    upload: Upload,
    problem: InputError | None = None,
    chosen: Mapping[int, str] | None = None,
) -> Response:
    """The page, with the menus as they were `chosen`, or else as far as the columns are clear."""
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
    found, unclear = _as_far_as_clear(table, upload.choices)
    problem = problem or unclear
    known = chosen if chosen is not None else _roles(found) if found else {}
    used = {*known, *(unclear.candidates if isinstance(unclear, ColumnUnclear) else ())}
    return site.page(
        request,
        "columns.html",
        **values,
        status_code=status,
        table=table,
        rows=[row for row, _ in zip(table.as_shown().rows(), range(FIRST_ROWS), strict=False)],
        order=sorted(range(len(table.columns)), key=lambda at: bool(problem) and at not in used),
        used=used,
        chosen=known,
        heeded=found.heeded if found else (),
        problem=problem.sentence if problem else "",
    )


def _as_far_as_clear(table: Table, choices: Choices) -> tuple[Columns | None, InputError | None]:
    """The columns that are clear, if the phone is among them; and what a person has to say."""
    try:
        return found_columns(table, choices), None
    except InputError as error:
        try:
            return found_columns(table, choices.but(columns_chosen=True)), error
        except InputError:
            return None, error


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


def throw_away(request: Request, _form: FormData) -> Response:
    """Delete the file."""
    site = site_of(request)
    site.uploads.drop(request.path_params["id"])
    return site.done(request, "/", "The file was deleted; nobody was texted.")
