"""What becomes of a spreadsheet row: queued, or skipped with the reason. Nothing is guessed.

A judge reads rows in the file's order, because the first good row of a number is the one that
is texted. It never raises for a row: a bad row is a `skipped` one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bulksms.model.attachment import Unattachable, web_addresses_only
from bulksms.model.columns import Columns
from bulksms.model.hours import Hours
from bulksms.model.lead_id import DamagedLeadId, lead_id_repair, read_lead_id
from bulksms.model.phone import BadPhone, Country, Phone, read_phone, read_recipient
from bulksms.model.phone_zones import place_of
from bulksms.model.records import JudgedRow
from bulksms.model.repairs import Mended
from bulksms.model.restraint import Memory
from bulksms.model.segments import segments
from bulksms.model.settings import MAX_SEGMENTS
from bulksms.model.states import Reason, State
from bulksms.model.text import BoundTemplate


class Problem(NamedTuple):
    """Why a row is skipped; `column` is the position of the cell to mend, if one is to blame."""

    reason: Reason
    detail: str
    column: int | None = None


class Body(NamedTuple):
    """A row's text, which may be empty beside an attachment, and how many messages it becomes."""

    text: str
    segments: int


@dataclass
class Judge:
    """Judges the rows of one file.

    `columns` are positions; `template` is None when every row brings its own text or only an
    attachment; `sender` and `media` stand for rows that name none;
    `suppressed` is the suppression list, number → reason.
    `attach` says what a cell's attachment is, if it may be attached at all.
    `hours` are when people may be texted; `memory` is what other campaigns texted to whom.
    """

    columns: Columns
    country: Country
    template: BoundTemplate | None
    sender: str | None
    media: str | None
    suppressed: Mapping[str, str]
    keep_duplicates: bool
    attach: Callable[[str], str | Unattachable] = web_addresses_only
    hours: Hours | None = None
    memory: Memory = field(default_factory=Memory)
    _first_rows: dict[int, int] = field(default_factory=dict)
    _repeats: dict[int, int] = field(default_factory=dict)

    def judge(self, row_number: int, cells: tuple[str, ...]) -> JudgedRow:
        """Decide about the next row of the file."""
        phone_cell = cells[self.columns.phone]
        phone = read_recipient(phone_cell, self.country)
        lead_id: str | DamagedLeadId | None = None
        repairs: tuple[Mended, ...] = ()
        if self.columns.lead_id is not None:
            lead_id, repairs, cells = self._lead_id(cells, self.columns.lead_id)
        sender = self._sender(cells) if self.columns.sender is not None else self.sender
        media = self._media(cells)
        body = self._body(cells, media)
        problem = self._problem(phone, lead_id, sender, media, body)
        text = body.text or None if isinstance(body, Body) else None
        number, place, repeat = None, "", 0
        if isinstance(phone, Phone):
            number = phone.e164
            place = self._place(number)
            repairs = (*(Mended(each, phone_cell, number) for each in phone.repairs), *repairs)
            problem = problem or self._restraint(number, text, place)
            if problem is None:
                problem, repeat = self._seen_before(number, row_number)
        return JudgedRow(
            row_number,
            cells,
            State.SKIPPED if problem else State.QUEUED,
            problem.reason if problem else None,
            problem.detail if problem else None,
            to_number=number,
            lead_id=lead_id if isinstance(lead_id, str) else None,
            sender=sender if isinstance(sender, str) else None,
            body=text,
            media=media if isinstance(media, str) else None,
            segments=body.segments if isinstance(body, Body) else 0,
            repeat=repeat,
            repairs=repairs,
            column=problem.column if problem else None,
            place=place,
        )

    def _problem(
        self,
        phone: Phone | BadPhone,
        lead_id: str | DamagedLeadId | None,
        sender: str | Problem | None,
        media: str | Unattachable | None,
        body: Body | Problem,
    ) -> Problem | None:
        """The first thing that is wrong, in the order in which a person would mend it."""
        if isinstance(phone, BadPhone):
            return Problem(phone.reason, phone.detail, self.columns.phone)
        if phone.e164 in self.suppressed:
            why = self.suppressed[phone.e164]
            return Problem(Reason.OPTED_OUT, f"The number is on the suppression list ({why}).")
        if isinstance(lead_id, DamagedLeadId):
            return Problem(Reason.DAMAGED_NUMBER, lead_id.detail, self.columns.lead_id)
        if sender is None:
            return _NO_SENDER
        if isinstance(sender, Problem):
            return sender
        if isinstance(media, Unattachable):
            return Problem(Reason.MISSING_VALUE, media.detail, self.columns.media)
        return body if isinstance(body, Problem) else None

    def _place(self, number: str) -> str:
        """Where the recipient may be; empty where no hours depend on it."""
        if self.hours is None or not self.hours.follows_recipients:
            return ""
        return place_of(number)

    def _restraint(self, number: str, body: str | None, place: str) -> Problem | None:
        """Why a number that could be texted is left alone."""
        objection = self.memory.objection(number, body)
        if objection is not None:
            return Problem(*objection)
        if self.hours is not None and not self.hours.ever_open(place):
            return Problem(
                Reason.OUTSIDE_HOURS,
                f"The number may be in places that share no time within {self.hours}.",
            )
        return None

    def _seen_before(self, number: str, row_number: int) -> tuple[Problem | None, int]:
        """Whether an earlier good row has the number, and the how-many-eth this one is."""
        key = int(number)  # a million integers take half the memory of their texts
        first = self._first_rows.setdefault(key, row_number)
        if first == row_number:
            return None, 0
        if not self.keep_duplicates:
            detail = f"Row {first} has the same number, {number}."
            return Problem(Reason.DUPLICATE, detail), 0
        self._repeats[key] = self._repeats.get(key, 0) + 1
        return None, self._repeats[key]

    def _body(
        self, cells: tuple[str, ...], media: str | Unattachable | None
    ) -> Body | Problem:
        text = self._text(cells)
        if isinstance(text, Problem):
            return text
        if not text:
            if media:
                return Body("", 0)
            detail = "There is neither a text nor an attachment."
            return Problem(Reason.EMPTY_MESSAGE, detail, self.columns.message)
        size = segments(text)
        if size > MAX_SEGMENTS:
            detail = f"The text takes {size} segments; more than {MAX_SEGMENTS} are not sent."
            return Problem(Reason.MESSAGE_TOO_LONG, detail, self.columns.message)
        return Body(text, size)

    def _text(self, cells: tuple[str, ...]) -> str | Problem:
        if self.columns.message is not None:
            return cells[self.columns.message].strip()
        if self.template is None:
            return ""
        filled = self.template.fill(cells)
        if isinstance(filled, str):
            return filled.strip()
        detail = f"The cell '{filled.column}' is empty, and the message has no fallback for it."
        return Problem(Reason.MISSING_VALUE, detail, self.template.index_of(filled))

    def _sender(self, cells: tuple[str, ...]) -> str | Problem | None:
        own = self._cell(cells, self.columns.sender)
        if not own:
            return self.sender
        read = read_phone(own, self.country)
        if isinstance(read, Phone):
            return read.e164
        detail = f"The sender in this row cannot be used: {read.detail}"
        return Problem(Reason.MISSING_VALUE, detail, self.columns.sender)

    def _media(self, cells: tuple[str, ...]) -> str | Unattachable | None:
        own = self._cell(cells, self.columns.media)
        return self.attach(own) if own else self.media

    def _cell(self, cells: tuple[str, ...], position: int | None) -> str:
        return "" if position is None else cells[position].strip()

    def _lead_id(
        self, cells: tuple[str, ...], position: int
    ) -> tuple[str | DamagedLeadId | None, tuple[Mended, ...], tuple[str, ...]]:
        """The lead id, what was mended to read it, and the row's cells with it in its place."""
        cell = cells[position]
        lead_id = read_lead_id(cell)
        if not isinstance(lead_id, str) or cell == lead_id:
            return lead_id, (), cells
        repair = lead_id_repair(cell, lead_id)
        mended = (Mended(repair, cell, lead_id),) if repair else ()
        return lead_id, mended, (*cells[:position], lead_id, *cells[position + 1 :])


_NO_SENDER = Problem(
    Reason.MISSING_VALUE, "The row names no sender, and none was given with --from."
)
