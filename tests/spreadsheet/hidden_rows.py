"""A workbook of which some rows are hidden, as by a filter."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter


def write_with_hidden_rows(
    path: Path, rows: Iterable[Sequence[str]], *, hidden: Iterable[int]
) -> None:
    """These rows on one sheet; those at the places in `hidden`, counted from 0, are hidden."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate(rows):
            sheet.write_row(line, 0, cells)
        for line in hidden:
            sheet.set_row(line, None, None, {"hidden": True})
