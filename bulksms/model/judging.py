"""What becomes of a spreadsheet row: queued, or skipped with the reason. Nothing is guessed.

A judge reads rows in the file's order, because the first good row of a number is the one that
is texted. It never raises for a row: a bad row is a `skipped` one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bulksms.model.attachment import Unattachable, web_addresses_only
from bulksms.model.cell_errors import is_error
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
        columns = self.columns
        phone = read_recipient(cells[columns.phone], self.country)
        number = phone.e164 if isinstance(phone, Phone) else None
        lead_id = None if columns.lead_id is None else read_lead_id(cells[columns.lead_id])
        cells, mended = self._mended(cells, phone, lead_id)
        sender = self.sender if columns.sender is None else self._sender(cells, columns.sender)
        media = self.media if columns.media is None else self._media(cells, columns.media)
        text = self._text(cells)
        body = text or None if isinstance(text, str) else None
        size = segments(body) if body else 0
        problem = self._problem(phone, lead_id, sender, media, text)
        if problem is None and not 0 < size <= MAX_SEGMENTS:
            problem = self._problem_of_size(size, has_media=bool(media))
        place, repeat = "", 0
        if number is not None:
            if self._looks_further:
                place = self._place(number)
                problem = problem or self._restraint(number, body, place)
            if problem is None:
                problem, repeat = self._seen_before(number, row_number)
        reason, detail, column = problem or _NO_PROBLEM
        return JudgedRow(
            row_number,
            cells,
            State.SKIPPED if problem else State.QUEUED,
            reason,
            detail,
            number,
            lead_id if isinstance(lead_id, str) else None,
            sender if isinstance(sender, str) else None,
            body,
            media if isinstance(media, str) else None,
            size,
            repeat,
            mended,
            column,
            place,
        )

    @cached_property
    def _looks_further(self) -> bool:
        """Whether more than the row decides: the hours, or what other campaigns did."""
        return self.hours is not None or bool(self.memory.texts)

    def _problem(
        self,
        phone: Phone | BadPhone,
        lead_id: str | DamagedLeadId | None,
        sender: str | Problem | None,
        media: str | Unattachable | None,
        text: str | Problem,
    ) -> Problem | None:
        """The first thing that is wrong, in the order in which a person would mend it."""
        if isinstance(phone, BadPhone):
            return Problem(phone.reason, phone.detail, self.columns.phone)
        if phone.e164 in self.suppressed:
            why = self.suppressed[phone.e164]
            return Problem(Reason.OPTED_OUT, f"The number is on the suppression list ({why}).")
        if isinstance(lead_id, DamagedLeadId):
            return Problem(Reason.DAMAGED_NUMBER, lead_id.detail, self.columns.lead_id)
        if not isinstance(sender, str):
            return sender or _NO_SENDER
        if isinstance(media, Unattachable):
            return Problem(Reason.MISSING_VALUE, media.detail, self.columns.media)
        return None if isinstance(text, str) else text

    def _problem_of_size(self, size: int, *, has_media: bool) -> Problem | None:
        if size > MAX_SEGMENTS:
            detail = f"The text takes {size} segments; more than {MAX_SEGMENTS} are not sent."
            return Problem(Reason.MESSAGE_TOO_LONG, detail, self.columns.message)
        if has_media:
            return None
        detail = "There is neither a text nor an attachment."
        return Problem(Reason.EMPTY_MESSAGE, detail, self.columns.message)

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

    def _text(self, cells: tuple[str, ...]) -> str | Problem:
        if self.columns.message is not None:
            return self._own_text(cells, self.columns.message)
        if self.template is None:
            return ""
        filled = self.template.fill(cells)
        if isinstance(filled, str):
            return filled.strip()
        return Problem(Reason.MISSING_VALUE, filled.sentence, self.template.index_of(filled))

    def _own_text(self, cells: tuple[str, ...], position: int) -> str | Problem:
        text = cells[position].strip()
        if is_error(text):
            return Problem(Reason.MISSING_VALUE, f"The text is the error {text}.", position)
        return text

    def _sender(self, cells: tuple[str, ...], position: int) -> str | Problem | None:
        own = cells[position].strip()
        if not own:
            return self.sender
        read = read_phone(own, self.country)
        if isinstance(read, Phone):
            return read.e164
        detail = f"The sender in this row cannot be used: {read.detail}"
        return Problem(Reason.MISSING_VALUE, detail, position)

    def _media(self, cells: tuple[str, ...], position: int) -> str | Unattachable | None:
        own = cells[position].strip()
        return self.attach(own) if own else self.media

    def _mended(
        self, cells: tuple[str, ...], phone: Phone | BadPhone, lead_id: str | DamagedLeadId | None
    ) -> tuple[tuple[str, ...], tuple[Mended, ...]]:
        """The row's own cells with the lead id as the CRM knows it; and what was mended in them.

        The phone's repairs come first, and its cell stays as it is.
        """
        at = self.columns.lead_id
        mended: tuple[Mended, ...] = ()
        if isinstance(phone, Phone) and phone.repairs:
            cell = cells[self.columns.phone]
            mended = tuple([Mended(each, cell, phone.e164) for each in phone.repairs])
        if at is not None and isinstance(lead_id, str) and cells[at] != lead_id:
            repair = lead_id_repair(cells[at], lead_id)
            mended += (Mended(repair, cells[at], lead_id),) if repair else ()
            cells = (*cells[:at], lead_id, *cells[at + 1 :])
        return cells, mended


_NO_PROBLEM = (None, None, None)
_NO_SENDER = Problem(
    Reason.MISSING_VALUE, "The row names no sender, and none was given with --from."
)
