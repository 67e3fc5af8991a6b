"""Which of several phones is texted where the best-named one holds few numbers, or none."""

import re

import pytest

from bulksms.model.columns import find_columns
from bulksms.model.errors import ColumnUnclear
from bulksms.model.which_phone import ToldOfPhone
from tests.model.test_columns import rows_of

HOME = "20255501#"


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        (("Mobile", "Phone"), "yes"),
        (("Mobile", "Home phone"), "555-01#"),
        (("Mobile", "Number"), "Verizon"),
        (("Phone", "Number"), "ask Pat"),
        (("Phone", "Telephone"), "555-01#"),
        (("Customer mobile", "Phone"), "555-01#"),
        (("Work phone", "Home phone"), "20255#, ext. 7"),
        (("Work phone", "Home phone"), "555-01# x12"),
        (("Phone on file", "Home phone"), "(202) 555-01"),
        (("Last verified phone", "Home phone"), "02.55.50.1#"),
        (("Work phone", "Home phone"), "Tel. 555-01# (cell)"),
        # words that may stand for more than no number
        (("Mobile", "Phone"), "no"),
        (("Mobile", "Phone"), "+1 202 555"),
        (("Mobile", "Phone"), "999"),
    ],
)
def test_a_worse_named_column_is_not_texted_instead_of_one_that_holds_something_else(
    columns: tuple[str, str], cells: str
) -> None:
    """Nobody chose those phones: perhaps the cells are to be mended, as in a list of bad rows."""
    with pytest.raises(ColumnUnclear, match=re.escape(f"'{columns[0]}', '{columns[1]}'")) as error:
        find_columns(columns, sample=rows_of(cells, HOME))
    assert error.value.next_command is not None
    assert error.value.candidates == (0, 1)
    assert find_columns(columns, sample=rows_of(cells, HOME), phone=columns[1]).phone == 1


@pytest.mark.parametrize(
    ("columns", "cells", "phone"),
    [
        # nothing is in it
        (("Mobile", "Phone"), "", "Phone"),
        (("Mobile", "Phone"), "n/a", "Phone"),
        (("Mobile", "Home phone"), " - ", "Home phone"),
        # a longer name that speaks of something else
        (("Mobile carrier", "Phone"), "Verizon", "Phone"),
        (("Cell date", "Phone"), "2026-01-#", "Phone"),
        (("Phone type", "Home phone"), "landline", "Home phone"),
        # days and times have as many digits as a number
        (("Last Phone Call", "Home Phone"), "05/01/20#", "Home Phone"),
        (("Mobile last updated", "Phone"), "2024-05-# 10:00", "Phone"),
        (("Mobile consent given on", "Client Phone"), "2024-05-#T10:00:00", "Client Phone"),
        (("Phone verified on", "Client Phone"), "10:00 1.5.20#", "Client Phone"),
        (("Phone verified on", "Client Phone"), "202405#", "Client Phone"),
        (("Mobile plan", "Client Phone"), "5/1/2024 - 5/1/20#", "Client Phone"),
        (("Last phone call", "Client Phone"), "45413.41666#", "Client Phone"),
        (("Phone notes", "Client Phone"), "5/1/2024 called, 555-01#", "Client Phone"),
        # and so have other figures
        (("Mobile App User ID", "Phone"), "100000#", "Phone"),
        (("Mobile IMEI", "Phone"), "3520990017614#", "Phone"),
        (("PhoneID", "Customer phone"), "100000#", "Customer phone"),
        (("phone_verified_at", "Customer phone"), "17145576#", "Customer phone"),
        (("mobileCreatedOn", "Phone"), "17145576#000", "Phone"),
        (("Phone serial", "Home phone"), "100000#", "Home phone"),
        (("Mobile SIM", "Phone"), "8914800000000000#", "Phone"),
        # any number may be meant
        (("SMS", "Number"), "yes", "Number"),
        # the worse-named one is no matter
        (("Home phone", "Mobile"), "555-01#", "Mobile"),
        (("Phone", "Cell"), "none", "Cell"),
    ],
)
def test_a_column_of_which_nobody_can_have_meant_the_cells_stops_nothing(
    columns: tuple[str, str], cells: str, phone: str
) -> None:
    assert columns[find_columns(columns, sample=rows_of(cells, HOME)).phone] == phone


@pytest.mark.parametrize(
    "cell",
    [
        *("(No value)", "#N/A", "N.A.", "no phone", "[not provided]", "Not available", "TBD"),
        *("None on file", "No cell phone", "xxx-xxx-xxxx"),
        *("ninguno", "Sin teléfono", "aucun", "néant", "אין", "?", "(___) ___-____"),
        *("+1", "+972", "000-000-0000", "0000000000", "(999) 999-9999"),
    ],
)
def test_what_people_write_for_no_number_fills_no_cell(cell: str) -> None:
    sample = [(cell, number) for _, number in rows_of("", HOME)]
    assert find_columns(("Mobile", "Phone"), sample=sample).phone == 1


def test_a_word_in_a_column_that_is_empty_otherwise_does_not_speak_for_it() -> None:
    columns, number = ("Cell", "Phone"), "2025550104"
    sample = [("moved", number), ("", number), ("", number)]
    assert find_columns(columns, sample=sample).phone == 1
    for perhaps in ([("moved", number), ("", number)], [*sample, ("555-0104", number)]):
        with pytest.raises(ColumnUnclear):
            find_columns(columns, sample=perhaps)
    with pytest.raises(ColumnUnclear):
        find_columns(columns, sample=sample, told=ToldOfPhone(was_empty=True))


@pytest.mark.parametrize(
    ("cell", "advised"), [("yes", "Phone"), ("555-01#", "Mobile"), ("+1 202 5550#", "Mobile")]
)
def test_no_column_of_mere_words_is_advised(cell: str, advised: str) -> None:
    """Nor one of phones that nobody chose, beside numbers that may have to be mended."""
    with pytest.raises(ColumnUnclear) as error:
        find_columns(("Mobile", "Phone"), sample=rows_of(cell, HOME))
    assert error.value.next_command == f'… --phone-column "{advised}"'


def test_an_empty_column_that_was_the_phone_is_advised() -> None:
    told = ToldOfPhone(was_empty=True)
    with pytest.raises(ColumnUnclear) as error:
        find_columns(("Mobile", "Phone"), sample=rows_of("", HOME), told=told)
    assert error.value.next_command == '… --phone-column "Mobile"'


def test_of_two_columns_that_are_half_full_the_better_named_is_the_phone() -> None:
    sample = [*rows_of(HOME, ""), *rows_of("n/a", HOME)]
    assert find_columns(("Mobile", "Phone"), sample=sample).phone == 0


def test_what_stands_for_no_number_does_not_speak_against_those_that_are_there() -> None:
    sample = [*rows_of("n/a", HOME), *rows_of("-", HOME), *rows_of(HOME, HOME)]
    assert find_columns(("Mobile", "Phone"), sample=sample).phone == 0


def test_a_file_of_rows_to_mend_names_its_phone_itself() -> None:
    columns, sample = ("Contact", "Mobile"), rows_of("555-01#", HOME)
    told = ToldOfPhone(named="Contact")
    assert find_columns(columns, sample=sample, told=told).phone == 0
    assert find_columns(columns, sample=sample, told=told, phone="Mobile").phone


def test_in_a_report_of_rows_without_a_number_an_empty_column_may_be_the_phone() -> None:
    columns, told = ("Mobile", "Home phone"), ToldOfPhone(was_empty=True)
    with pytest.raises(ColumnUnclear, match="'Mobile', 'Home phone'"):
        find_columns(columns, sample=rows_of("", HOME), told=told)
    assert find_columns(columns, sample=rows_of(HOME, ""), told=told).phone == 0
    assert find_columns(columns, sample=rows_of("", ""), told=told).phone == 0


def test_a_report_of_rows_without_numbers_may_be_of_the_worse_named_phone() -> None:
    """Sent with `--phone-column "Home phone"`, mended there, and its Mobiles were texted."""
    columns, told = ("Mobile", "Home phone"), ToldOfPhone(was_empty=True)
    sample = [*rows_of(HOME, "212"), *rows_of(HOME, "")]
    with pytest.raises(ColumnUnclear, match="'Mobile', 'Home phone'"):
        find_columns(columns, sample=sample, told=told)


@pytest.mark.parametrize(
    "cell",
    ["315-293-0500 (Ann)", "315-293-0501 call after 5", "3152930502 or 3152930503", "29-0504"],
)
def test_a_few_odd_numbers_in_the_best_named_column_are_not_passed_over(cell: str) -> None:
    sample = [*rows_of(cell, HOME), *rows_of("", HOME), *rows_of("", HOME), *rows_of("", HOME)]
    with pytest.raises(ColumnUnclear):
        find_columns(("Mobile", "Office phone"), sample=sample)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-05-01 10:00:00.000",
        "2026-05-01 10:00:00+00:00",
        "2026-05-01T10:00:00Z",
        "05/01/2026 10:00",
        "2026-05-01 10:00:00.123456+00",
        "2026-05-01 10:00:00 -0400",
    ],
)
def test_a_day_with_its_time_is_no_number(cell: str) -> None:
    sample = rows_of(HOME, cell)
    assert find_columns(("Customer phone", "Mobile updated"), sample=sample).phone == 0
