"""What becomes of a spreadsheet row: queued, or skipped with the reason. Nothing is guessed.

A judge reads rows in the file's order, because the first good row of a number is the one that
is texted. It never raises for a row: a bad row is a `skipped` one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bulksms.model.cell_errors import is_error
from bulksms.model.columns import Columns
from bulksms.model.lead_id import DamagedLeadId, read_lead_id
from bulksms.model.phone import BadPhone, Country, Phone, read_phone
from bulksms.model.records import JudgedRow
from bulksms.model.segments import measure
from bulksms.model.settings import MAX_SEGMENTS
from bulksms.model.states import Reason, State
from bulksms.model.text import BoundTemplate, MissingValue


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is skipped."""

    reason: Reason
    detail: str


@dataclass
class Judge:
    """Judges the rows of one file.

    `columns` are positions; `template` is None when every row brings its own text or only an
    attachment; `sender` and `media` stand for rows that name none;
    `suppressed` is the suppression list, number → reason.
    """

    columns: Columns
    country: Country
    template: BoundTemplate | None
    sender: str | None
    media: str | None
    suppressed: Mapping[str, str]
    keep_duplicates: bool
    _first_rows: dict[str, int] = field(default_factory=dict)
    _repeats: dict[str, int] = field(default_factory=dict)

    def judge(self, row_number: int, cells: tuple[str, ...]) -> JudgedRow:
        """Decide about the next row of the file."""
        phone = read_phone(cells[self.columns.phone], self.country)
        lead_id = read_lead_id(self._cell(cells, self.columns.lead_id))
        cells = self._normalised(cells, lead_id)
        sender = self._sender(cells)
        body = self._body(cells)
        problem = self._problem(phone, lead_id, sender, body)
        text = body if isinstance(body, str) else None
        number = phone.e164 if isinstance(phone, Phone) else None
        repeat = 0
        if problem is None and number is not None:
            problem, repeat = self._seen_before(number, row_number)
        return JudgedRow(
            row_number=row_number,
            original=cells,
            state=State.SKIPPED if problem else State.QUEUED,
            reason=problem.reason if problem else None,
            detail=problem.detail if problem else None,
            to_number=number,
            lead_id=lead_id if isinstance(lead_id, str) else None,
            sender=sender if isinstance(sender, str) else None,
            body=text or None,
            media=self._cell(cells, self.columns.media).strip() or self.media,
            segments=measure(text).segments if text else 0,
            repeat=repeat,
            repairs=tuple(phone.repairs) if isinstance(phone, Phone) else (),
        )

    def _problem(
        self,
        phone: Phone | BadPhone,
        lead_id: str | DamagedLeadId | None,
        sender: str | Problem,
        body: str | Problem,
    ) -> Problem | None:
        """The first thing that is wrong, in the order in which a person would mend it."""
        if isinstance(phone, BadPhone):
            return Problem(phone.reason, phone.detail)
        if phone.e164 in self.suppressed:
            why = self.suppressed[phone.e164]
            return Problem(Reason.OPTED_OUT, f"The number is on the suppression list ({why}).")
        if isinstance(lead_id, DamagedLeadId):
            return Problem(Reason.DAMAGED_NUMBER, lead_id.detail)
        if isinstance(sender, Problem):
            return sender
        return body if isinstance(body, Problem) else None

    def _seen_before(self, number: str, row_number: int) -> tuple[Problem | None, int]:
        """Whether an earlier good row has the number, and the how-many-eth this one is."""
        first = self._first_rows.setdefault(number, row_number)
        if first == row_number:
            return None, 0
        if not self.keep_duplicates:
            detail = f"Row {first} has the same number, {number}."
            return Problem(Reason.DUPLICATE, detail), 0
        self._repeats[number] = self._repeats.get(number, 0) + 1
        return None, self._repeats[number]

    def _body(self, cells: tuple[str, ...]) -> str | Problem:
        text = self._text(cells)
        if isinstance(text, MissingValue):
            return Problem(Reason.MISSING_VALUE, text.sentence)
        if not text and not (self.media or self._cell(cells, self.columns.media).strip()):
            return Problem(Reason.EMPTY_MESSAGE, "There is neither a text nor an attachment.")
        segments = measure(text).segments
        if segments > MAX_SEGMENTS:
            detail = f"The text takes {segments} segments; more than {MAX_SEGMENTS} are not sent."
            return Problem(Reason.MESSAGE_TOO_LONG, detail)
        return text

    def _text(self, cells: tuple[str, ...]) -> str | MissingValue:
        if self.columns.message is not None:
            text = cells[self.columns.message].strip()
            return MissingValue("message", text) if is_error(text) else text
        if self.template is None:
            return ""
        filled = self.template.fill(cells)
        return filled if isinstance(filled, MissingValue) else filled.strip()

    def _sender(self, cells: tuple[str, ...]) -> str | Problem:
        own = self._cell(cells, self.columns.sender).strip()
        if not own:
            return self.sender or Problem(
                Reason.MISSING_VALUE, "The row names no sender, and none was given with --from."
            )
        read = read_phone(own, self.country)
        if isinstance(read, Phone):
            return read.e164
        return Problem(
            Reason.MISSING_VALUE, f"The sender in this row cannot be used: {read.detail}"
        )

    def _cell(self, cells: tuple[str, ...], position: int | None) -> str:
        return "" if position is None else cells[position]

    def _normalised(
        self, cells: tuple[str, ...], lead_id: str | DamagedLeadId | None
    ) -> tuple[str, ...]:
        """The row's own cells, with the lead id as the CRM knows it."""
        position = self.columns.lead_id
        if position is None or not isinstance(lead_id, str) or cells[position] == lead_id:
            return cells
        return (*cells[:position], lead_id, *cells[position + 1 :])
