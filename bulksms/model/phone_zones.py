"""Where a number may be, as far as its digits tell: the place whose clocks its hours follow."""

from phonenumbers import PhoneNumber
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number

from bulksms.model.phone import dialling_parts

MANY = 8
"""Zones; a number that may be in more is told by its country code alone."""


def place_of(e164: str) -> str:
    """IANA names with a space between, or only `+1`, `+44`, `+972` where the number tells no more.

    Fewer than a hundred places share all numbers, so recipients can be counted by them.
    A mobile number that was carried to another state still tells where it came from
    (phonenumbers' metadata is by prefix).
    """
    code, national = dialling_parts(e164)
    number = PhoneNumber(country_code=int(code), national_number=int(national))
    zones = time_zones_for_geographical_number(number)
    if UNKNOWN_TIMEZONE in zones or len(zones) > MANY:
        return code
    return " ".join(zones)
