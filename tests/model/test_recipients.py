"""A number may be valid and still no number that a text can reach."""

import pytest

from bulksms.model.phone import BadPhone, Country, Phone, read_phone, read_recipient
from bulksms.model.repairs import Repair
from bulksms.model.states import Reason

US, GB, IL = Country.US, Country.GB, Country.IL


@pytest.mark.parametrize(
    ("cell", "country", "said"),
    [
        ("1-800-555-0104", US, "'1-800-555-0104' is a toll-free number, which receives no text"),
        ("8335550104.0", US, "is a toll-free number"),
        ("+1 900 555 0104", US, "is a premium-rate number"),
        ("0800 123 4567", GB, "is a toll-free number"),
        ("0909 879 0000", GB, "is a premium-rate number"),
        ("020 7946 0958", GB, "is a landline of the United Kingdom"),
        ("+44 (0)20 7946 0958", US, "is a landline of the United Kingdom"),
        ("0330 123 4567", GB, "is a company's service number"),
        ("1-700-123-456", IL, "is a shared-cost number"),
    ],
)
def test_a_wrong_kind_of_number_is_said_plainly(cell: str, country: Country, said: str) -> None:
    assert isinstance(read_phone(cell, country), Phone)
    answer = read_recipient(cell, country)
    assert isinstance(answer, BadPhone)
    assert (answer.reason, said in answer.detail) == (Reason.INVALID_NUMBER, True), answer


@pytest.mark.parametrize(
    ("cell", "country", "why"),
    [
        ("62262", US, "it is a short code, and those receive no texts"),
        ("911", US, "it is a short code"),
        ("555-0104", US, "it lacks its area code"),
        ("202-555-010", US, "it has too few digits"),
        (
            "1-202-555-010",
            US,
            "no area code begins with 1, and without it there are too few digits",
        ),
        ("1112223333", US, "no area code begins with 1, and without it"),
        ("012-555-0104", Country.CA, "no area code begins with 0."),
        ("0740012345", GB, ""),
    ],
)
def test_what_is_wrong_with_the_digits_is_said_where_it_can_be_seen(
    cell: str, country: Country, why: str
) -> None:
    answer = read_recipient(cell, country)
    assert isinstance(answer, BadPhone)
    because = f": {why}" if why else ""
    assert answer.detail.startswith(f"'{cell}' is not a valid {country} phone number{because}")


def test_a_call_abroad_is_no_number_at_home() -> None:
    """015 is one of the prefixes with which one calls abroad from Israel; 153… has no 0 before."""
    assert isinstance(read_phone("015333822441", IL), BadPhone)
    assert read_phone("15333822441", IL) == Phone("+97215333822441")


@pytest.mark.parametrize(
    ("cell", "country", "e164"),
    [
        ("3152350000.0", US, "+13152350000"),
        ("0044 7400 123456", US, "+447400123456"),
        ("972542345678", US, "+972542345678"),
        ("\u202a+972 54-234-5678\u202c", US, "+972542345678"),
        ("03-612-3456", IL, "+97236123456"),
        ("+1 787 555 0123", GB, "+17875550123"),
    ],
)
def test_a_number_that_can_be_texted_is_read_as_every_number(
    cell: str, country: Country, e164: str
) -> None:
    answer = read_recipient(cell, country)
    assert isinstance(answer, Phone)
    assert answer.e164 == e164
    assert answer == read_phone(cell, country)


def test_every_repair_has_a_name_and_a_sentence() -> None:
    assert all(repair.sentence.endswith(".") for repair in Repair)
    assert len({repair.sentence for repair in Repair}) == len(Repair)
