"""The number that texts come from, whatever country the recipients are of."""

import pytest

from bulksms.model.phone import BadPhone, Country, Phone
from bulksms.model.sender import read_sender


@pytest.mark.parametrize("country", Country)
@pytest.mark.parametrize("typed", ["3152935500", "(315) 293-5500", "+13152935500"])
def test_an_american_sender_needs_no_plus_for_people_of_another_country(
    typed: str, country: Country
) -> None:
    read = read_sender(typed, country)
    assert isinstance(read, Phone)
    assert read.e164 == "+13152935500"


def test_a_sender_of_that_country_is_read_as_one_first() -> None:
    read = read_sender("07400 123456", Country.GB)
    assert isinstance(read, Phone)
    assert read.e164 == "+447400123456"


def test_what_is_no_number_anywhere_is_refused_as_one_of_that_country() -> None:
    read = read_sender("12", Country.GB)
    assert isinstance(read, BadPhone)
    assert "12" in read.detail
