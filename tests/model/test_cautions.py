"""What in a file is perhaps not meant: rows to look at, of which none is skipped for it."""

import pytest

from bulksms.model.cautions import Caution, Remark, remains_in
from bulksms.model.chunks import FileRows
from bulksms.model.columns import Columns, find_columns
from bulksms.model.judging import Judge
from bulksms.model.phone import Country
from bulksms.model.text import Template

NAMES = ("Name", "Mobile", "Phone", "SMS opt out", "Text")
COLUMNS = find_columns(NAMES)
SUPPRESSED = "+12025550199"


def remarks(*rows: tuple[str, ...], columns: Columns = COLUMNS) -> list[Remark]:
    judge = Judge(
        columns=columns,
        country=Country.US,
        template=None if columns.message else Template.parse("Hi {name}").bind(NAMES),
        sender="+12025550100",
        media=None,
        suppressed={SUPPRESSED: "STOP"},
        keep_duplicates=False,
    )
    return list(judge.judge_all(FileRows.of(enumerate(rows, start=2))).remarks)


def test_a_file_as_it_should_be_has_nothing_to_mind() -> None:
    assert remarks(("Ann", "2025550104", "2025550105", "no", "")) == []


def test_a_cell_that_says_neither_yes_nor_no_is_minded_where_its_row_is_texted() -> None:
    assert remarks(
        ("Ann", "2025550104", "", " after 5pm ", ""),
        ("Bob", "", "", "after 5pm", ""),
        ("Cid", "2025550106", "", "", ""),
    ) == [Remark(0, Caution.UNCLEAR_OPT_OUT, 3, "after 5pm")]


def test_an_opt_out_in_a_column_that_is_not_heeded_is_minded() -> None:
    """Somebody has noted it where they had room."""
    names = ("Name", "Mobile", "Last reply", "Email status", "Stop")
    columns = find_columns(names, rows=[("Main St",) * len(names)])
    assert remarks(
        ("STOP", "2025550104", " STOP ", "unsubscribed", "Main St"),
        ("Bob", "2025550105", "Stop by tomorrow", "", "Opted out"),
        ("Cid", "", "stop", "", ""),
        ("Dee", "2025550107", "Stop 5/3/2026", "", ""),
        ("Eve", "2025550108", "Yes 5/3/2026", "", ""),
        columns=columns,
    ) == [
        Remark(0, Caution.OPT_OUT_ELSEWHERE, 2, "STOP"),
        Remark(1, Caution.OPT_OUT_ELSEWHERE, 4, "Opted out"),
        Remark(3, Caution.OPT_OUT_ELSEWHERE, 2, "Stop 5/3/2026"),
    ]


def test_a_yes_is_minded_where_a_name_has_the_words_of_an_opt_out() -> None:
    names = ("Name", "Mobile", "DNC hit", "Mobile DNC hit", "Email opt out", "Wireless")
    columns = find_columns(names)
    assert [names[at] for at in columns.hinting] == ["DNC hit", "Mobile DNC hit"]
    assert remarks(
        ("Ann", "2025550104", "Yes", "", "yes", "yes"),
        ("Bob", "2025550105", "no", "2026-05-01", "", ""),
        ("Cid", "2025550106", "0", "2025550107", "", ""),
        ("Dee", "", "yes", "", "", ""),
        columns=columns,
    ) == [
        Remark(0, Caution.OPT_OUT_ELSEWHERE, 2, "Yes"),
        Remark(1, Caution.OPT_OUT_ELSEWHERE, 3, "2026-05-01"),
    ]


def test_a_number_in_another_column_is_minded_where_the_phone_cell_is_empty() -> None:
    assert remarks(
        ("Ann", "", "(202) 555-0104", "", ""),
        ("Bob", "2025550105", "2025550106", "", ""),
        ("Cid", "", "none", "", ""),
    ) == [Remark(0, Caution.NUMBER_ELSEWHERE, 2, "(202) 555-0104")]


@pytest.mark.parametrize(
    "row", [("Ann", "", "2025550104", "yes", ""), ("Ann", "", SUPPRESSED, "", "")]
)
def test_nobody_who_opted_out_is_to_be_texted_at_another_number(row: tuple[str, ...]) -> None:
    assert remarks(row) == []


def test_the_best_named_of_the_other_phones_is_the_one_to_try() -> None:
    columns = ("Fax", "Mobile", "Home phone", "Phone", "Number", "From number")
    found = find_columns(columns)
    assert [columns[at] for at in found.other_phones] == ["Phone", "Home phone", "Number"]


def test_what_an_export_left_behind_is_minded_where_the_text_would_say_it() -> None:
    assert remarks(
        ("null", "2025550104", "null", "", "null"),
        ("null", "12", "", "", ""),
        ("O&#39;Neil", "2025550106", "", "", ""),
    ) == [
        Remark(0, Caution.LEFT_BEHIND, 0, "null"),
        Remark(2, Caution.LEFT_BEHIND, 0, "&#39;"),
    ]


def test_a_text_of_its_own_is_looked_at_in_its_column() -> None:
    own = find_columns(NAMES, message="Text")
    assert remarks(("null", "2025550104", "", "", "Fish &amp; chips"), columns=own) == [
        Remark(0, Caution.LEFT_BEHIND, 4, "&amp;")
    ]


@pytest.mark.parametrize(
    "cell",
    [
        *("null", "NULL", "N/A", "n/a", "NaN", "nan", "None", "-", "\u2013", "undefined", " null "),
        *("(blank)", "&nbsp;", "&#x27;", "<br/>", "[object Object]"),
    ],
)
def test_what_stands_for_no_value_is_known(cell: str) -> None:
    assert remains_in(cell) == cell.strip()


@pytest.mark.parametrize("cell", ["Ann", "Nan", "Na", "Null-Smith", "AT&T; Co", "a < b", "", "A-B"])
def test_a_name_is_not_taken_for_it(cell: str) -> None:
    assert remains_in(cell) == ""


@pytest.mark.parametrize(
    ("why", "rows", "cells", "told"),
    [
        (
            Caution.UNCLEAR_OPT_OUT,
            1,
            ["after 5pm"],
            "1 row says neither yes nor no in 'X', but 'after 5pm'",
        ),
        (
            Caution.UNCLEAR_CONSENT,
            2000,
            ["a", "b", "a", "c"],
            "2,000 rows say neither yes nor no in 'X', but 'a' or 'b' and the like",
        ),
        (
            Caution.UNCLEAR_EITHER,
            2,
            ["yes"],
            "2 rows say neither opted in nor opted out in 'X', but 'yes'",
        ),
        (
            Caution.OPT_OUT_ELSEWHERE,
            3,
            ["STOP", "stop"],
            "3 rows say 'STOP' or 'stop' in 'X', which is not heeded",
        ),
        (Caution.NUMBER_ELSEWHERE, 1, ["1"], "1 of the rows without a number has one in 'X'"),
        (
            Caution.LEFT_BEHIND,
            3,
            ["null", "N/A", "null"],
            "3 texts have 'null' or 'N/A' in them, from the column 'X'",
        ),
    ],
)
def test_each_line_says_how_many_rows_and_in_which_column(
    why: Caution, rows: int, cells: list[str], told: str
) -> None:
    assert why.told(rows, "X", cells) == told
