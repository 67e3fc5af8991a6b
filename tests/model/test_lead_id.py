import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulksms.model.lead_id import LARGEST_EXACT, DamagedLeadId, read_lead_id


@pytest.mark.parametrize(
    ("cell", "lead_id"),
    [
        ("1042", "1042"),
        (" 1042 ", "1042"),
        ("1042.0", "1042"),
        ("1042.00", "1042"),
        ("0.0", "0"),
        ("1.042E+3", "1042"),
        ("1,042E+3", "1042"),
        (f"{LARGEST_EXACT}.0", str(LARGEST_EXACT)),
        ("9.007199254740992E+15", str(LARGEST_EXACT)),
    ],
)
def test_a_number_loses_the_mask_of_the_spreadsheet(cell: str, lead_id: str) -> None:
    assert read_lead_id(cell) == lead_id


@pytest.mark.parametrize(
    "cell", ["0042", "0042.0", "1e3", "1E3", "NA", "A-1042", "10.5", "-5.0", "٣.0", "9" * 30]
)
def test_text_is_never_touched(cell: str) -> None:
    assert read_lead_id(cell) == cell


@pytest.mark.parametrize("cell", ["", "  ", "\t\u00a0"])
def test_an_empty_cell_is_no_lead_id(cell: str) -> None:
    assert read_lead_id(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "1.23457E+15",
        "1E+3",
        "9.007199254740993E+15",
        f"{LARGEST_EXACT + 1}.0",
        "1.00000000000000e+16",
        "1E+999",
        "1" * 5000 + ".0",
    ],
)
def test_a_number_that_lost_digits_is_damaged_and_quoted(cell: str) -> None:
    read = read_lead_id(cell)
    assert isinstance(read, DamagedLeadId)
    assert cell[:40] in read.detail


@given(st.integers(0, LARGEST_EXACT))
def test_every_number_that_a_spreadsheet_can_hold_is_read_back(number: int) -> None:
    assert read_lead_id(f"{number}.0") == str(number)


@given(st.text())
@example("1" * 5000 + ".0")
@example("1.2E+999")
def test_no_cell_is_too_strange(cell: str) -> None:
    read = read_lead_id(cell)
    assert read is None or isinstance(read, DamagedLeadId) or read
