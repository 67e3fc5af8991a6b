"""Which sheets list who opted out, by their names."""

import pytest

from bulksms.model.opt_out_sheets import lists_opt_outs

LISTS = ["Opted out", "opt-outs", "STOP list", "Stop", "Do not text", "DNC", "Unsubscribed", "הסרה"]
OTHERS = ["June", "Sheet1", "Bus stops", "Email unsubscribed", "Opted in", "SMS", "Consent", "List"]


@pytest.mark.parametrize("name", LISTS)
def test_a_sheet_named_by_an_opt_out_lists_them(name: str) -> None:
    assert lists_opt_outs(name)


@pytest.mark.parametrize("name", OTHERS)
def test_a_sheet_of_another_name_does_not(name: str) -> None:
    assert not lists_opt_outs(name)
