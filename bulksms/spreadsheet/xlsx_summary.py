"""The workbook's second sheet: what the rows sum up to, for somebody who reads only that."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bulksms.model.states import State
from bulksms.model.summary import Heading, PaceBars, Tally
from bulksms.spreadsheet.report_form import SUMMARY_SHEET

_WIDTHS = (24, 12, 12, 90)
_LONGEST_EXAMPLE = 300

SummaryRow = tuple[str | int | float, ...]


def add_summary_sheet(workbook: Any, heading: Heading, tally: Tally) -> None:  # noqa: ANN401  xlsxwriter is untyped
    """Facts, outcomes, reasons, deliveries, and the pace with its picture."""
    sheet = workbook.add_worksheet(SUMMARY_SHEET)
    for position, width in enumerate(_WIDTHS):
        sheet.set_column(position, position, width)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, heading.title, workbook.add_format({"bold": True, "font_size": 16}))
    page = _Page(
        sheet,
        heavy=workbook.add_format({"bold": True, "bottom": 1}),
        heavy_number=workbook.add_format({"bold": True, "bottom": 1, "align": "right"}),
        whole=workbook.add_format({"num_format": "#,##0"}),
        share=workbook.add_format({"num_format": "0.0%", "font_color": "#6b7280"}),
    )
    page.put(heading.facts)
    page.put(_outcomes(tally), header=("outcome", "rows", "share"))
    page.put(_reasons(tally), header=("reason", "rows", "share", "  for instance"))
    page.put(_deliveries(tally), header=("delivery", "rows", "of accepted"))
    if (pace := tally.pace()) is not None:
        _put_pace(workbook, page, pace)


@dataclass
class _Page:
    """The sheet and how far down it is filled: blocks, with a blank line before each."""

    sheet: Any
    heavy: object
    heavy_number: object
    whole: object
    share: object
    line: int = 1

    def put(self, lines: Iterable[SummaryRow], header: tuple[str, ...] = ()) -> None:
        """A block; none where it would be empty."""
        filled = list(lines)
        if not filled:
            return
        self.line += 1
        for position, name in enumerate(header):
            is_number = isinstance(filled[0][position], int | float)
            style = self.heavy_number if is_number else self.heavy
            self.sheet.write_string(self.line, position, name, style)
        self.line += bool(header)
        for values in filled:
            self._put_line(values)

    def _put_line(self, values: SummaryRow) -> None:
        for position, value in enumerate(values):
            if isinstance(value, str):
                self.sheet.write_string(self.line, position, value)
            else:
                style = self.share if isinstance(value, float) else self.whole
                self.sheet.write_number(self.line, position, value, style)
        self.line += 1


def _outcomes(tally: Tally) -> Iterable[SummaryRow]:
    for state in State:
        if rows := tally.states[state]:
            yield state.value, rows, rows / tally.rows
    yield "all", tally.rows, 1.0


def _reasons(tally: Tally) -> Iterable[SummaryRow]:
    for why in tally.whys:
        example = f"  row {why.row_number}: {why.detail}"[:_LONGEST_EXAMPLE]
        yield f"{why.state}: {why.reason}", why.rows, why.rows / tally.rows, example


def _deliveries(tally: Tally) -> Iterable[SummaryRow]:
    for delivery, rows in tally.deliveries.most_common():
        yield delivery, rows, rows / tally.states[State.ACCEPTED]


def _put_pace(workbook: Any, page: _Page, pace: PaceBars) -> None:  # noqa: ANN401  xlsxwriter is untyped
    page.put(
        ((f"{begins:%Y-%m-%d %H:%M}", texts) for begins, texts in pace.bars),
        header=("accepted from (UTC)", "texts"),
    )
    last = page.line - 1
    first = page.line - len(pace.bars)
    chart = workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "categories": ["summary", first, 0, last, 0],
            "values": ["summary", first, 1, last, 1],
            "fill": {"color": "#1b7f3b"},
            "gap": 30,
        }
    )
    chart.set_title({"name": "Accepted texts", "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_size({"width": 640, "height": 260})
    page.sheet.insert_chart(first, 3, chart)
