import pytest

from bulksms.model.phone import Country, Phone, read_phone
from bulksms.model.phone_patterns import textable
from tests.model.phone_agreement import disagreement, generated, random_digits


def test_the_short_way_says_what_phonenumbers_says() -> None:
    """The long form of this test is `make numbers`: a million and 200,000."""
    cells = [*generated(3_000, seed=11), *random_digits(1_000, seed=12)]
    assert [told for cell, country in cells if (told := disagreement(cell, country))] == []
    valid = sum(isinstance(read_phone(cell, country), Phone) for cell, country in cells)
    assert len(cells) / 5 < valid < len(cells)  # the comparison is about numbers, and others too


@pytest.mark.parametrize(
    ("cell", "country"),
    [
        ("2025550104", Country.US),
        ("(202) 555-0104", Country.US),
        ("1-202-555-0104", Country.CA),
        ("12025550104.0", Country.US),
        ("07400 123456", Country.GB),
        ("7400123456.0", Country.GB),
        ("054-234-5678", Country.IL),
        ("972542345678", Country.US),
        ("+1 787 555 0123", Country.GB),
    ],
)
def test_a_clean_number_needs_no_parsing(cell: str, country: Country) -> None:
    phone = read_phone(cell, country)
    assert isinstance(phone, Phone)
    assert textable().fullmatch(phone.e164, 1)


@pytest.mark.parametrize(
    "e164",
    ["+18005550104", "+19005550104", "+18765550123", "+442079460958", "+441481960194", "+16005550"],
)
def test_what_cannot_be_texted_matches_no_pattern(e164: str) -> None:
    """Toll-free, premium, Jamaica, a landline in London, Guernsey, no number at all."""
    assert textable().fullmatch(e164, 1) is None
