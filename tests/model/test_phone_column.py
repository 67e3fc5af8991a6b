"""A column is read as its cells are, one by one: there are not two opinions about a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.phone import LONGEST_CELL, Country, Phone
from bulksms.model.phone_column import read_recipients
from bulksms.model.repairs import Repair
from tests.model.phone_agreement import disagreement_in_a_column, generated, random_digits

CELLS = [cell for cell, _ in (*generated(2_000, seed=21), *random_digits(500, seed=22))]
ODD = (
    *("", " ", "+", "()", "(+1) 202 555 0104", "-+12025550104", "+ 12025550104", "++12025550104"),
    *("2025550104\n", "+1\n2025550104", "\r", "2025550104 2025550105", "\uff12025550104"),
    *("202 555 0104" + " " * LONGEST_CELL, "202" + "-" * 50 + "5550104", "٢٠٢٥٥٥٠١٠٤", "\ud800"),
)


@given(
    cells=st.lists(
        st.one_of(
            st.sampled_from(CELLS),
            st.sampled_from(ODD),
            st.text("0123456789+()-. \u00a0\u202a\n", max_size=20),
            st.text(max_size=12),
        ),
        min_size=1,
        max_size=20,
    ),
    country=st.sampled_from(Country),
)
def test_a_column_is_read_as_its_cells_one_by_one(cells: list[str], country: Country) -> None:
    assert disagreement_in_a_column(cells, country) is None


@pytest.mark.parametrize("country", Country)
def test_a_long_column_is_too(country: Country) -> None:
    assert disagreement_in_a_column(CELLS, country) is None
    assert disagreement_in_a_column([*CELLS, *ODD], country) is None


def test_a_clean_cell_needs_no_word_and_any_other_gets_one() -> None:
    numbers, remarks = read_recipients(
        ["(202) 555-0104", "2025550104.0", "", "+44 7400 1"], Country.US
    )
    assert numbers == ["+12025550104", "+12025550104", None, None]
    assert remarks[1] == Phone("+12025550104", (Repair.DECIMAL,))
    assert sorted(remarks) == [1, 2, 3]
