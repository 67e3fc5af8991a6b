"""Nobody receives an error of the spreadsheet."""

import pytest

from bulksms.model.cell_errors import CELL_ERRORS, is_error
from bulksms.model.lead_id import DamagedLeadId, read_lead_id
from bulksms.model.text import MissingValue, Template


@pytest.mark.parametrize("error", CELL_ERRORS)
def test_a_text_is_never_filled_with_an_error_nor_with_its_fallback(error: str) -> None:
    template = Template.parse("Hi {name|there}").bind(["name"])
    missing = template.fill([f" {error} "])
    assert isinstance(missing, MissingValue)
    assert missing.sentence == f"The cell 'name' holds the error {error}."


def test_a_lead_id_is_never_an_error() -> None:
    assert isinstance(read_lead_id("#REF!"), DamagedLeadId)


@pytest.mark.parametrize("text", ["", "#1", "# N/A", "N/A", "NA", "#winning"])
def test_a_text_that_only_looks_like_an_error_is_none(text: str) -> None:
    assert not is_error(text)
