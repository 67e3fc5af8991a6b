"""A number as it is typed on a command line."""

import click

from bulksms.model.errors import InputError
from bulksms.model.phone import BadPhone, Country, Phone, read_phone

country_option = click.option(
    "--country",
    type=click.Choice([each.value for each in Country], case_sensitive=False),
    default=Country.US.value,
    show_default=True,
    help="What a number without + means.",
)


def read_number(text: str, country: str) -> str:
    """The number in E.164.

    Raises:
        InputError: it is none.
    """
    match read_phone(text, Country(country.upper())):
        case Phone(e164):
            return e164
        case BadPhone(_, detail):
            raise InputError(detail)
