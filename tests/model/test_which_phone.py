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
    ],
)
def test_a_worse_named_column_is_not_texted_instead_of_one_that_holds_something_else(
    columns: tuple[str, str], cells: str
) -> None:
    """Nobody chose those phones: perhaps the cells are to be mended, as in a list of bad rows."""
    with pytest.raises(ColumnUnclear, match=re.escape(f"'{columns[0]}', '{columns[1]}'")) as error:
        find_columns(columns, sample=rows_of(cells, HOME))
    assert error.value.next_command == f'… --phone-column "{columns[0]}"'
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


def test_of_two_columns_that_are_half_full_the_better_named_is_the_phone() -> None:
    sample = [*rows_of(HOME, ""), *rows_of("n/a", HOME)]
    assert find_columns(("Mobile", "Phone"), sample=sample).phone == 0


def test_what_stands_for_no_number_does_not_speak_against_those_that_are_there() -> None:
    sample = [*rows_of("n/a", HOME), *rows_of("-", HOME), *rows_of(HOME, HOME)]
    assert find_columns(("Mobile", "Phone"), sample=sample).phone == 0


def test_a_file_of_rows_to_mend_names_its_phone_itself() -> None:
    columns, sample = ("Contact", "Mobile"), rows_of("555-01#", HOME)
    assert find_columns(columns, sample=sample, told=ToldOfPhone(beside=0)).phone == 0
    assert find_columns(columns, sample=sample, told=ToldOfPhone(beside=0), phone="Mobile").phone


def test_in_a_report_of_rows_without_a_number_an_empty_column_may_be_the_phone() -> None:
    columns, told = ("Mobile", "Home phone"), ToldOfPhone(was_empty=True)
    with pytest.raises(ColumnUnclear, match="'Mobile', 'Home phone'"):
        find_columns(columns, sample=rows_of("", HOME), told=told)
    assert find_columns(columns, sample=rows_of(HOME, ""), told=told).phone == 0
    assert find_columns(columns, sample=rows_of("", ""), told=told).phone == 0
