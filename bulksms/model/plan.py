"""What would happen to a file, counted row by row, before anything happens.

A plan holds counts and a few examples of each kind; the rows themselves are kept outside of it
(`kept`), so that a million of them make it no larger.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bulksms.model.cautions import Caution, hidden_wishes_to_mind
from bulksms.model.chunks import JudgedRows
from bulksms.model.hours import Hours
from bulksms.model.opt_out_columns import Heeded
from bulksms.model.overlap import AskElsewhere, Elsewhere, InDoubt, Overlap
from bulksms.model.records import JudgedRow, Rate
from bulksms.model.repairs import Repair
from bulksms.model.segments import costly_ones
from bulksms.model.states import Reason
from bulksms.model.timetable import Timetable, timetable

EXAMPLES = 5
"""How many rows of each kind are kept to show."""
_ROUNDED = "0000"
"""How a number ends that a spreadsheet showed as 2.02556E+09, saved so, and then took for whole."""
_TOO_MANY = 3
OVERLAPS = 3
"""How many other campaigns are named."""
_NUMBERS_AT_ONCE = 1_000
ROW_NUMBERS = 1_000
"""How many row numbers of each kind are kept."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row to show: the cell as it is, and what was made of it.

    `column` is the position of a cell that was refused; None where no cell is to blame.
    """

    row_number: int
    cell: str
    result: str
    column: int | None = None


@dataclass
class Kind:
    """Rows that share a reason, a repair or a character."""

    rows: int = 0
    row_numbers: list[int] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)

    @property
    def wants_examples(self) -> bool:
        """Whether fewer than `EXAMPLES` are kept."""
        return len(self.examples) < EXAMPLES

    def add(
        self, row_number: int, cell: str, result: str | None, column: int | None = None
    ) -> None:
        """Count a row, and keep it to show if there are few yet."""
        self.rows += 1
        if len(self.row_numbers) < ROW_NUMBERS:
            self.row_numbers.append(row_number)
        if self.wants_examples:
            self.examples.append(Example(row_number, cell, result or "", column))


@dataclass
class Plan:
    """Counts of a file's rows by what would become of them.

    `in_doubt` are rows of the campaigns whose report the file is, if their people are left out.
    `knows_of` is the account's last campaign that it could look at.
    """

    rate: Rate
    limit: int | None
    phone_column: int
    hours: Hours | None = None
    fingerprint: str = ""
    queued: int = 0
    segments: int = 0
    skipped: dict[Reason, Kind] = field(default_factory=dict)
    repaired: dict[Repair, Kind] = field(default_factory=dict)
    unicode: dict[str, Kind] = field(default_factory=dict)
    rounded: Kind = field(default_factory=Kind)
    damaged_phones: bool = False
    cautions: dict[tuple[Caution, int], Kind] = field(default_factory=dict)
    by_segments: Counter[int] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    senders: set[str] = field(default_factory=set)
    overlaps: dict[str, Overlap] = field(default_factory=dict)
    in_doubt: list[InDoubt] = field(default_factory=list)
    knows_of: int = 0
    previews: list[JudgedRow] = field(default_factory=list)
    kept: Iterable[JudgedRow] = ()

    def add(self, rows: JudgedRows) -> None:
        """Count judged rows, the next of the file."""
        for at, (reason, detail, column) in rows.problems.items():
            kind = self.skipped.setdefault(reason, Kind())
            shown = self.phone_column if column is None else column
            cell = rows.cell(at, shown) if kind.wants_examples else ""
            kind.add(rows.row_numbers[at], cell, detail, column)
        for at, mended in rows.repairs.items():
            for repair, cell, result in mended:
                self.repaired.setdefault(repair, Kind()).add(rows.row_numbers[at], cell, result)
        for at, why, column, cell in rows.remarks:
            kind = self.cautions.setdefault((why, column), Kind())
            kind.add(rows.row_numbers[at], cell, None, column)
        self._add_rounded(rows)
        self._add_queued(rows, rows.good)

    def add_hidden(
        self, rows: Iterable[tuple[int, Sequence[str]]], heeded: Sequence[Heeded]
    ) -> None:
        """Mind what hidden rows may say of the numbers of others."""
        for row_number, column, cell in hidden_wishes_to_mind(rows, heeded):
            kind = self.cautions.setdefault((Caution.UNCLEAR_EITHER, column), Kind())
            kind.add(row_number, cell, None, column)

    def compare(self, rows: JudgedRows, elsewhere: AskElsewhere) -> None:
        """Count those of the rows, which were added before, that other campaigns have as well."""
        bodies = {rows.to_numbers[at] or "": rows.bodies[at] for at in rows.good}
        found = elsewhere(list(bodies))
        for each in {(each.number, each.campaign): each for each in found}.values():
            self._overlap(each).add(each, bodies[each.number])

    def compare_opted_out(self, numbers: Sequence[str], elsewhere: AskElsewhere) -> None:
        """Count those who opted out in the file, and whom other campaigns still have to text."""
        for start in range(0, len(numbers), _NUMBERS_AT_ONCE):
            found = elsewhere(numbers[start : start + _NUMBERS_AT_ONCE])
            waiting = {(each.number, each.campaign): each for each in found if each.waits}
            for each in waiting.values():
                self._overlap(each).add_opted_out_here(each.number)

    def _overlap(self, found: Elsewhere) -> Overlap:
        return self.overlaps.setdefault(
            found.campaign, Overlap(found.campaign, found.state, account=found.account)
        )

    def _add_rounded(self, rows: JudgedRows) -> None:
        """Also among those that are skipped: people who were rounded to one number are duplicates.

        Where a phone has lost its digits, the same may have happened to others and not be seen.
        """
        self.damaged_phones |= any(
            reason is Reason.DAMAGED_NUMBER and column == self.phone_column
            for reason, _, column in rows.problems.values()
        )
        for row_number, number in zip(rows.row_numbers, rows.to_numbers, strict=True):
            if number is not None and number.endswith(_ROUNDED):
                self.rounded.add(row_number, number, None)

    def _add_queued(self, rows: JudgedRows, good: Sequence[int]) -> None:
        first = good if self.limit is None else good[: max(0, self.limit - self.queued)]
        self.places.update([rows.places[at] for at in first])
        self.queued += len(good)
        self.senders.update(filter(None, {rows.senders[at] for at in good}))
        sizes = [rows.segments[at] for at in good]
        self.segments += sum(sizes)
        self.by_segments.update(sizes)
        self.previews += [rows[at] for at in good[: EXAMPLES - len(self.previews)]]
        for at, characters in costly_ones([rows.bodies[at] or "" for at in good]):
            row_number, body = rows.row_numbers[good[at]], rows.bodies[good[at]]
            for character in characters:
                self.unicode.setdefault(character, Kind()).add(row_number, character, body)

    @property
    def skipped_rows(self) -> int:
        """How many rows will not be texted."""
        return sum(kind.rows for kind in self.skipped.values())

    @property
    def look_rounded(self) -> bool:
        """Whether too many numbers are round for it to be chance: of ten thousand, one is.

        Any is, beside phones that show how they lost their digits.
        """
        if self.damaged_phones:
            return self.rounded.rows > 0
        return self.rounded.rows >= _TOO_MANY and self.rounded.rows * 100 >= self.queued

    @property
    def most_overlaps(self) -> list[Overlap]:
        """The campaigns that have most of these people."""
        by_size = sorted(self.overlaps.values(), key=lambda each: -each.rows)
        return by_size[:OVERLAPS]

    @property
    def repairs(self) -> int:
        """How many cells were mended; one cell may have needed two repairs, which are two."""
        return sum(kind.rows for kind in self.repaired.values())

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return self.queued + self.skipped_rows

    @property
    def first_run(self) -> int:
        """How many are texted before the limit, if there is one, makes the campaign rest."""
        return self.queued if self.limit is None else min(self.queued, self.limit)

    def timetable(self, begins: datetime) -> Timetable:
        """When the first run is done, and where it has to wait for the sending hours."""
        return timetable(self.places, self.hours, spacing=self.rate.spacing, begins=begins)

    @property
    def duration(self) -> timedelta:
        """How long the first run takes at the rate, without the waits for the sending hours."""
        return self.rate.spacing * self.first_run
