"""Rows that follow each other in a file, by column: as they are read, and as they were judged.

A file may have a million rows, and what is done with a whole column at once takes a fraction of
what it takes row by row. So rows are judged, counted, kept and stored in chunks of some thousand;
a `JudgedRow` is made only for whoever wants to look at one.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import NamedTuple

from bulksms.model.cautions import Remark
from bulksms.model.records import JudgedRow
from bulksms.model.repairs import Mended
from bulksms.model.states import Reason, State

Cells = Sequence[str]


class FileRows(NamedTuple):
    """Rows as they are read: their numbers, and each column's cells; `encoded` are these as JSON.

    A row's name (`Fingerprint`) and what is kept of it (`cells_to_text`) are made of the same
    JSON, so it is made once.
    """

    row_numbers: tuple[int, ...]
    columns: list[Cells]
    encoded: list[list[str]]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, tuple[str, ...]]]) -> "FileRows":
        """The rows, of which there must be one or more."""
        row_numbers, cells = zip(*rows, strict=True)
        columns: list[Cells] = list(zip(*cells, strict=True))
        return cls(row_numbers, columns, encoded(columns))


class Problem(NamedTuple):
    """Why a row is skipped; `column` is the position of the cell to mend, if one is to blame."""

    reason: Reason
    detail: str
    column: int | None = None


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """Rows as they were judged: what a `JudgedRow` says, by column.

    `originals` are the cells as the database keeps them. What few rows have is by position, of
    those that have any: a row is skipped if it has a problem, else queued. `remarks` are for the
    plan alone; a `JudgedRow` has none.
    """

    row_numbers: Sequence[int]
    originals: Sequence[str]
    to_numbers: Sequence[str | None]
    lead_ids: Sequence[str | None]
    senders: Sequence[str | None]
    bodies: Sequence[str | None]
    media: Sequence[str | None]
    segments: Sequence[int]
    places: Sequence[str]
    problems: dict[int, Problem]
    repeats: dict[int, int]
    repairs: dict[int, tuple[Mended, ...]]
    remarks: Sequence[Remark] = ()

    def __len__(self) -> int:
        return len(self.row_numbers)

    def __iter__(self) -> Iterator[JudgedRow]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, at: int) -> JudgedRow:
        """One of them, to look at."""
        problem = self.problems.get(at)
        return JudgedRow(
            row_number=self.row_numbers[at],
            original=tuple(json.loads(self.originals[at])),
            state=State.SKIPPED if problem else State.QUEUED,
            reason=problem and problem.reason,
            detail=problem and problem.detail,
            to_number=self.to_numbers[at],
            lead_id=self.lead_ids[at],
            sender=self.senders[at],
            body=self.bodies[at],
            media=self.media[at],
            segments=self.segments[at],
            repeat=self.repeats.get(at, 0),
            repairs=self.repairs.get(at, ()),
            column=problem and problem.column,
            place=self.places[at],
        )

    @property
    def good(self) -> list[int]:
        """The positions of those that are to be texted."""
        return [at for at in range(len(self)) if at not in self.problems]

    def cell(self, at: int, column: int) -> str:
        """One cell of one row."""
        return str(json.loads(self.originals[at])[column])

    @classmethod
    def of(cls, rows: Sequence[JudgedRow]) -> "JudgedRows":
        """Rows that were made one by one."""
        return cls(
            [row.row_number for row in rows],
            [cells_to_text(row.original) for row in rows],
            [row.to_number for row in rows],
            [row.lead_id for row in rows],
            [row.sender for row in rows],
            [row.body for row in rows],
            [row.media for row in rows],
            [row.segments for row in rows],
            [row.place for row in rows],
            {
                at: Problem(row.reason, row.detail or "", row.column)
                for at, row in enumerate(rows)
                if row.reason is not None
            },
            {at: row.repeat for at, row in enumerate(rows) if row.repeat},
            {at: row.repairs for at, row in enumerate(rows) if row.repairs},
        )


def encoded(columns: Iterable[Cells]) -> list[list[str]]:
    """Each column's cells as JSON."""
    return [list(map(encode_basestring, column)) for column in columns]


def texts_of(encoded_columns: Sequence[Sequence[str]]) -> list[str]:
    """Each row's cells as the database keeps them: a JSON array of texts."""
    return [f"[{row}]" for row in map(",".join, zip(*encoded_columns, strict=True))]


def cells_to_text(cells: Cells) -> str:
    """One row's."""
    [text] = texts_of(encoded([cell] for cell in cells))
    return text


def apart(values: Sequence[str | Problem | None], problems: dict[int, Problem]) -> list[str | None]:
    """The values without the problems among them, which are noted where there is none yet."""
    found = {at: value for at, value in enumerate(values) if isinstance(value, Problem)}
    for at, problem in found.items():
        problems.setdefault(at, problem)
    return [None if isinstance(value, Problem) else value for value in values]
