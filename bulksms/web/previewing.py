"""One row's text as it would arrive: filled in, measured, the costly characters marked."""

from collections.abc import Iterator
from dataclasses import dataclass

from bulksms.loading import Job
from bulksms.model.errors import InputError
from bulksms.model.judging import Judge
from bulksms.model.records import JudgedRow
from bulksms.model.segments import Encoding, Measure, character_name, measure
from bulksms.spreadsheet.reading import Table
from bulksms.web.drafting import job_of, nth_row
from bulksms.web.uploads import Choices

PLACEHOLDER_SENDER = "+12025550100"
"""Stands in while none is chosen: a preview needs no sender (a number kept for fiction)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a row would get, or why nothing can be shown.

    Attributes:
        number: the row's place among the `of` rows.
        pieces: the text; with each piece, whether it makes the text Unicode.
        names: those characters, by name.
        room: how many characters the segments hold.
    """

    number: int
    of: int
    problem: str = ""
    row: JudgedRow | None = None
    size: Measure | None = None
    pieces: tuple[tuple[str, bool], ...] = ()
    names: tuple[str, ...] = ()
    room: int = 0


def preview(table: Table, choices: Choices, number: int) -> Preview:
    """The nth row of the table, as far as the choices go."""
    number = min(max(number, 1), table.row_count)
    try:
        job = _job(table, choices)
    except InputError as error:
        return Preview(number, table.row_count, error.sentence)
    found = nth_row(job.shown, number)
    if found is None:
        return Preview(number, table.row_count, "There is no such row.")
    row = _judge(job).judge(*found)
    size = measure(row.body or "")
    return Preview(
        number=number,
        of=table.row_count,
        row=row,
        size=size,
        pieces=tuple(_pieces(row.body or "", size)),
        names=tuple(character_name(each) for each in size.unicode_characters),
        room=capacity(size),
    )


def capacity(size: Measure) -> int:
    """How many characters fit: 160, or 153 a part; 70, or 67 (3GPP TS 23.038, 23.040)."""
    whole, part = (160, 153) if size.encoding is Encoding.GSM7 else (70, 67)
    return whole if size.segments <= 1 else part * size.segments


def _job(table: Table, choices: Choices) -> Job:
    if not (choices.message or choices.message_column or choices.media_column or choices.media):
        raise InputError("Write the message, and it is shown here as it will arrive.")
    return job_of(table, choices, sender_if_none=PLACEHOLDER_SENDER)


def _judge(job: Job) -> Judge:
    return Judge(
        columns=job.columns,
        country=job.wishes.country,
        template=job.template,
        sender=job.sender,
        media=job.media,
        suppressed={},
        keep_duplicates=True,
    )


def _pieces(text: str, size: Measure) -> Iterator[tuple[str, bool]]:
    """The text, cut where a character that is not in the GSM alphabet stands."""
    costly, plain = set(size.unicode_characters), ""
    for character in text:
        if character not in costly:
            plain += character
            continue
        if plain:
            yield plain, False
        yield character, True
        plain = ""
    if plain:
        yield plain, False
