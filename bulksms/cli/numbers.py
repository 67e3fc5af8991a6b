"""A number as it is typed on a command line."""

import click

from bulksms.model.phone import Country
from bulksms.suppressing import number_typed

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
    return number_typed(text, Country(country.upper()))
