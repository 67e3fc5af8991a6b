"""The numbers of the rows that opted out: a person who is in the file twice is texted by neither.

The other row may stand before as well as after, so they are looked for before any row is judged.
"""

from collections.abc import Iterable, Sequence

from bulksms.model.columns import Columns
from bulksms.model.opt_out_columns import objections
from bulksms.model.phone import Country, Phone, read_recipient


def numbers_opted_out(
    chunks: Iterable[Sequence[tuple[int, tuple[str, ...]]]], columns: Columns, country: Country
) -> dict[str, str]:
    """Each number with the sentence for another row that has it; `chunks` are all of the file."""
    found: dict[str, str] = {}
    for chunk in chunks if columns.heeded else ():
        row_numbers, rows = zip(*chunk, strict=True)
        cells = list(zip(*rows, strict=True))
        for at, (said, _) in objections(cells, columns.heeded).items():
            read = read_recipient(cells[columns.phone][at], country)
            if isinstance(read, Phone):
                same = f"Row {row_numbers[at]} has the same number, {read.e164}, and opted out."
                found.setdefault(read.e164, f"{same} {said}")
    return found
