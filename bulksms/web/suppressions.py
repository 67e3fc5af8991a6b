"""Opt-outs: numbers never to be texted, seen, added, imported and removed."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from shutil import copyfileobj

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bulksms.model.errors import InputError
from bulksms.model.phone import Country
from bulksms.model.wording import plural
from bulksms.suppressing import numbers_typed, opt_outs_of, read_opt_outs, still_out
from bulksms.web.site import site_of, text

SHOWN = 200
_PAGE = "/suppressions"
_BLANK = {"numbers": "", "reason": "opted out", "country": Country.US}


def index(request: Request) -> Response:
    """The newest numbers on the list, or those that have some digits."""
    return _list_page(request)


def _list_page(
    request: Request,
    status: int = HTTPStatus.OK,
    *,
    problem: str = "",
    typed: Mapping[str, str] = _BLANK,
) -> Response:
    """The page; what was `typed` stands in its form again, where the problem is there."""
    site = site_of(request)
    wanted = "".join(c for c in request.query_params.get("search", "") if c.isdecimal())
    every = (each for each in site.store.suppressions.all() if wanted in each.to_number)
    found = list(islice(every, SHOWN + 1))
    return site.page(
        request,
        "suppressions.html",
        numbers=found[:SHOWN],
        more=len(found) > SHOWN,
        search=wanted,
        countries=Country,
        status_code=status,
        problem=problem,
        typed=typed,
    )


def add(request: Request, form: FormData) -> Response:
    """Put typed numbers on the list, or none of them."""
    site = site_of(request)
    lines = re.split(r"[,;\n]", text(form, "numbers"))
    typed = [each.strip() for each in lines if each.strip()]
    try:
        found = numbers_typed(typed, _country(form))
    except InputError as error:
        fields = {name: text(form, name) for name in _BLANK}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _list_page(request, status, problem=error.sentence, typed=fields)
    new = site.store.suppressions.add(
        found, reason=text(form, "reason") or "opted out", source="operator", now=datetime.now(UTC)
    )
    return site.done(request, _PAGE, f"{plural(new, 'number')} added; nobody texts them any more.")


def import_(request: Request, form: FormData) -> Response:
    """Put every number of a spreadsheet on the list, or none of them; if it says who, those."""
    site = site_of(request)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InputError("Choose a spreadsheet first.")
    name = Path(file.filename.replace("\\", "/")).name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "content"
        with path.open("xb") as kept:
            copyfileobj(file.file, kept)
        try:
            table = read_opt_outs(path, sheet=text(form, "sheet") or None)
        except InputError as error:
            raise InputError(error.sentence.replace(str(path), name)) from error
        table = replace(table, source_name=name)
        found = opt_outs_of(table, phone_column=None, country=_country(form))
    numbers, notes = still_out(found, table, site.store)
    new = site.store.suppressions.add(
        numbers, reason=text(form, "reason") or "opted out", source=name, now=datetime.now(UTC)
    )
    told = f"{plural(new, 'number')} added; {len(numbers) - new:,} known already."
    noted = f" Note: {'; '.join(notes)}." if notes else ""
    return site.done(request, _PAGE, told + noted)


def remove(request: Request, form: FormData) -> Response:
    """Take a number off the list."""
    site = site_of(request)
    number = text(form, "number")
    if not site.store.suppressions.remove(number, now=datetime.now(UTC)):
        raise InputError("That number is not on the list any more.")
    return site.done(request, _PAGE, f"{number} may be texted again.")


def _country(form: FormData) -> Country:
    given = text(form, "country")
    return Country(given) if given in set(Country) else Country.US
