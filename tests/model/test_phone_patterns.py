import random
from contextlib import suppress

import phonenumbers
import pytest

from bulksms.model.phone import Country, Phone, read_phone
from bulksms.model.phone_patterns import CALLING_CODES, may_be_valid, textable
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


def test_what_phonenumbers_calls_valid_is_never_refused_unasked() -> None:
    chance = random.Random(13)  # noqa: S311 - repeatable, not secret
    refused = 0
    for _ in range(4_000):
        code, length = (
            chance.choice((*CALLING_CODES, "1876", "1310", "4416")),
            chance.randint(3, 12),
        )
        digits = code + "".join(chance.choices("0123456789", k=length))
        if not may_be_valid(digits):
            refused += 1
            with suppress(phonenumbers.NumberParseException):
                assert not phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    assert 500 < refused < 4_000


@pytest.mark.parametrize(
    "international", ["13105550", "12025550104", "112025550104", "4402071234567", "4915112345678"]
)
def test_phonenumbers_is_asked_about_whatever_it_may_call_valid(international: str) -> None:
    """Seven digits that are a number in Canada, a prefix before a number, somebody else's code."""
    assert may_be_valid(international)
