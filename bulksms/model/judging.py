"""What becomes of spreadsheet rows: queued, or skipped with the reason. Nothing is guessed.

A judge takes rows in the file's order, because the first good row of a number is the one that
is texted. It never raises for a row: a bad row is a `skipped` one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bulksms.model.attachment import Unattachable, web_addresses_only
from bulksms.model.cautions import Remark, left_behind, numbers_elsewhere, wishes_to_mind
from bulksms.model.cell_errors import is_error
from bulksms.model.chunks import FileRows, JudgedRows, Problem, apart, encoded, texts_of
from bulksms.model.columns import Columns
from bulksms.model.first_rows import FirstRows
from bulksms.model.hours import Hours
from bulksms.model.lead_id import DamagedLeadId, lead_id_repair, read_lead_id
from bulksms.model.opt_out_columns import objections
from bulksms.model.phone import BadPhone, Country, Phone
from bulksms.model.phone_column import read_recipients
from bulksms.model.phone_zones import place_of
from bulksms.model.records import JudgedRow
from bulksms.model.repairs import Mended
from bulksms.model.restraint import Memory
from bulksms.model.segments import sizes_of
from bulksms.model.sender import read_sender
from bulksms.model.settings import MAX_SEGMENTS
from bulksms.model.states import Reason
from bulksms.model.text import BoundTemplate, MissingValue
from bulksms.model.wording import on_the_list

Cells = Sequence[str]
Problems = dict[int, Problem]
"""By the row's position. What is wrong with a row is looked for in the order in which a person
would mend it, and the first that is found stays."""
Repairs = dict[int, tuple[Mended, ...]]


@dataclass
class Judge:
    """Judges the rows of one file.

    `columns` are positions; `template` is None when every row brings its own text or only an
    attachment; `sender` and `media` stand for rows that name none;
    `suppressed` is the suppression list, number → reason; `opted_out` are the numbers of rows that
    say so themselves, number → sentence for the others that have it.
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
    opted_out: Mapping[str, str] = field(default_factory=dict)
    attach: Callable[[str], str | Unattachable] = web_addresses_only
    hours: Hours | None = None
    memory: Memory = field(default_factory=Memory)
    _first_rows: FirstRows = field(default_factory=FirstRows)
    _repeats: dict[str, int] = field(default_factory=dict)

    def judge(self, row_number: int, cells: tuple[str, ...]) -> JudgedRow:
        """Decide about one row, the next of the file."""
        [row] = self.judge_all(FileRows.of([(row_number, cells)]))
        return row

    def judge_all(self, rows: FileRows) -> JudgedRows:
        """Decide about rows, the next of the file."""
        columns = list(rows.columns)
        problems, repairs = self._opted_out(columns), Repairs()
        to_numbers = self._to_numbers(columns[self.columns.phone], problems, repairs)
        self._refuse_suppressed(to_numbers, problems)
        lead_ids, originals = self._lead_ids(columns, rows.encoded, problems, repairs)
        senders = self._senders(columns, problems)
        media = self._media(columns, problems)
        bodies = self._bodies(columns, problems)
        sizes = sizes_of(bodies)
        self._refuse_sizes(sizes, media, problems)
        places = self._restrain(to_numbers, bodies, problems)
        repeats = self._find_repeated(rows.row_numbers, to_numbers, problems)
        return JudgedRows(
            rows.row_numbers,
            originals,
            to_numbers,
            lead_ids,
            senders,
            bodies,
            media,
            sizes,
            places,
            dict(sorted(problems.items())),
            repeats,
            dict(sorted(repairs.items())),
            self._remarks(columns, problems),
        )

    def _opted_out(self, columns: list[Cells]) -> Problems:
        """Before all else: a number of somebody who wants no texts need not be mended."""
        found = objections(columns, self.columns.heeded)
        return {at: Problem(Reason.OPTED_OUT, *why) for at, why in found.items()}

    def _to_numbers(self, cells: Cells, problems: Problems, repairs: Repairs) -> list[str | None]:
        numbers, remarks = read_recipients(cells, self.country)
        for at, read in remarks.items():
            if isinstance(read, BadPhone):
                problem = Problem(read.reason, read.detail, self.columns.phone)
                problems.setdefault(at, problem)
            else:
                repairs[at] = tuple([Mended(each, cells[at], read.e164) for each in read.repairs])
        return numbers

    def _refuse_suppressed(self, numbers: Sequence[str | None], problems: Problems) -> None:
        for at, number in enumerate(numbers) if self.suppressed or self.opted_out else ():
            if number is not None and (why := self.suppressed.get(number)) is not None:
                problems.setdefault(at, Problem(Reason.OPTED_OUT, on_the_list(why)))
            elif number is not None and number in self.opted_out:
                problems.setdefault(at, Problem(Reason.OPTED_OUT, self.opted_out[number]))

    def _lead_ids(
        self, columns: list[Cells], json: list[list[str]], problems: Problems, repairs: Repairs
    ) -> tuple[list[str | None], list[str]]:
        """The ids as the CRM knows them, and the rows' cells as they are kept: with these ids."""
        at = self.columns.lead_id
        if at is None:
            return [None] * len(columns[0]), texts_of(json)
        cells = columns[at]
        read: list[str | None] = list(cells)
        mended, as_json = list(cells), list(json[at])
        for row in [row for row, cell in enumerate(cells) if not cell.isdecimal()]:
            cell, lead_id = cells[row], read_lead_id(cells[row])
            if isinstance(lead_id, DamagedLeadId):
                problem = Problem(Reason.DAMAGED_NUMBER, lead_id.detail, at)
                problems.setdefault(row, problem)
                read[row] = None
                continue
            read[row] = lead_id
            if lead_id is not None and lead_id != cell:
                mended[row] = lead_id
                [[as_json[row]]] = encoded([[lead_id]])
                if repair := lead_id_repair(cell, lead_id):
                    repairs[row] = (*repairs.get(row, ()), Mended(repair, cell, lead_id))
        columns[at] = mended
        return read, texts_of([*json[:at], as_json, *json[at + 1 :]])

    def _senders(self, columns: list[Cells], problems: Problems) -> list[str | None]:
        if self.columns.sender is None and self.sender is not None:
            return [self.sender] * len(columns[0])
        at = self.columns.sender
        cells = [""] * len(columns[0]) if at is None else columns[at]
        known = {cell: self._sender(cell) for cell in set(cells)}
        return apart([known[cell] for cell in cells], problems)

    def _sender(self, cell: str) -> str | Problem:
        own = cell.strip()
        if not own:
            return self.sender or _NO_SENDER
        read = read_sender(own, self.country)
        if isinstance(read, Phone):
            return read.e164
        detail = f"The sender in this row cannot be used: {read.detail}"
        return Problem(Reason.MISSING_VALUE, detail, self.columns.sender)

    def _media(self, columns: list[Cells], problems: Problems) -> list[str | None]:
        if self.columns.media is None:
            return [self.media] * len(columns[0])
        cells = columns[self.columns.media]
        known = {cell: self._attachment(cell) for cell in set(cells)}
        return apart([known[cell] for cell in cells], problems)

    def _attachment(self, cell: str) -> str | Problem | None:
        own = cell.strip()
        if not own:
            return self.media
        attached = self.attach(own)
        if isinstance(attached, Unattachable):
            return Problem(Reason.MISSING_VALUE, attached.detail, self.columns.media)
        return attached

    def _bodies(self, columns: list[Cells], problems: Problems) -> list[str | None]:
        """The texts; None where there is none, which an attachment may make good."""
        if self.columns.message is not None:
            return apart(list(map(self._own_text, columns[self.columns.message])), problems)
        if self.template is None:
            return [None] * len(columns[0])
        template = self.template
        filled = template.fill_all(columns, rows=len(columns[0]))
        texts = [
            Problem(Reason.MISSING_VALUE, each.sentence, template.index_of(each))
            if isinstance(each, MissingValue)
            else each.strip() or None
            for each in filled
        ]
        return apart(texts, problems)

    def _own_text(self, cell: str) -> str | Problem | None:
        text = cell.strip()
        if is_error(text):
            detail = f"The text is the error {text}."
            return Problem(Reason.MISSING_VALUE, detail, self.columns.message)
        return text or None

    def _refuse_sizes(
        self, sizes: Sequence[int], media: Sequence[str | None], problems: Problems
    ) -> None:
        for at, size in enumerate(sizes):
            if size > MAX_SEGMENTS:
                detail = f"The text takes {size} segments; more than {MAX_SEGMENTS} are not sent."
                problem = Problem(Reason.MESSAGE_TOO_LONG, detail, self.columns.message)
                problems.setdefault(at, problem)
            elif not size and not media[at]:
                detail = "There is neither a text nor an attachment."
                problem = Problem(Reason.EMPTY_MESSAGE, detail, self.columns.message)
                problems.setdefault(at, problem)

    def _restrain(
        self,
        numbers: Sequence[str | None],
        bodies: Sequence[str | None],
        problems: Problems,
    ) -> list[str]:
        """Leave alone whom the hours or other campaigns forbid; return where the others may be.

        Only where more than the row decides; a place is empty where no hours depend on it.
        """
        places = [""] * len(numbers)
        if self.hours is None and not self.memory.texts:
            return places
        for at, (number, body) in enumerate(zip(numbers, bodies, strict=True)):
            if number is not None:
                places[at] = self._place(number)
                problem = None if at in problems else self._restraint(number, body, places[at])
                if problem is not None:
                    problems[at] = problem
        return places

    def _place(self, number: str) -> str:
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

    def _find_repeated(
        self, row_numbers: Sequence[int], numbers: Sequence[str | None], problems: Problems
    ) -> dict[int, int]:
        """Refuse numbers that an earlier good row has; or, if they are kept, count them."""
        good = {
            at: number
            for at, number in enumerate(numbers)
            if number is not None and at not in problems
        }
        repeats = {}
        for at, first in self._first_rows.add(good, row_numbers).items():
            number = good[at]
            if self.keep_duplicates:
                repeats[at] = self._repeats[number] = self._repeats.get(number, 0) + 1
            else:
                detail = f"Row {first} has the same number, {number}."
                problems[at] = Problem(Reason.DUPLICATE, detail)
        return repeats

    @property
    def _used(self) -> set[int]:
        """The columns that the texts are made of."""
        if self.columns.message is not None:
            return {self.columns.message}
        return self.template.used if self.template else set()

    def _remarks(self, columns: list[Cells], problems: Problems) -> list[Remark]:
        """What is perhaps not meant, of rows that are texted and of those without a number."""
        nameless = [
            at for at, problem in problems.items() if problem.reason is Reason.MISSING_NUMBER
        ]
        others, refused = self.columns.other_phones, (self.suppressed, self.opted_out)
        return sorted(
            [
                *wishes_to_mind(columns, self.columns, self._used, problems),
                *numbers_elsewhere(columns, others, nameless, self.country, refused),
                *left_behind(columns, self._used, problems),
            ]
        )


_NO_SENDER = Problem(
    Reason.MISSING_VALUE, "The row names no sender, and the campaign has none of its own."
)
