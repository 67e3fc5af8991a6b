"""`bulksms.toml` → what is said of a file before anybody has said it: the same words, filled in."""

from collections.abc import Mapping, Sequence
from typing import Any

from bulksms.enlisting import senders_of
from bulksms.model.errors import ConfigError
from bulksms.model.hours import Hours
from bulksms.model.phone import Country
from bulksms.model.restraint import Restraint
from bulksms.model.text import column_key
from bulksms.web.uploads import Choices

_TYPED = ("account", "hours", "days", "timezone", "not-if-texted-within", "not-if-same-text-within")
_COLUMNS = {"phone": "phone-column", "lead_id": "lead-id-column", "media_column": "media-column"}


def defaults_of(options: Mapping[str, str]) -> Choices:
    """The choices that these options, without their dashes, make for every file.

    Raises:
        ConfigError: one of them cannot be taken.
        InputError: one of them cannot be read.
    """
    country = Country(_one_of(options, "country", [each.value for each in Country]))
    (sender,) = senders_of([options.get("from", "")], country) or ("",)
    choices = Choices(sender=sender, country=country.value).but(
        duplicates=_one_of(options, "duplicates", ["skip", "keep"]),
        **{column: options.get(option) for column, option in _COLUMNS.items()},
        **{name.replace("-", "_"): options[name] for name in _TYPED if name in options},
    )
    Hours.parse(choices.hours or None, choices.days or None, options.get("timezone"))
    Restraint.parse(choices.not_if_texted_within, choices.not_if_same_text_within)
    return choices


def columns_there(defaults: Choices, names: Sequence[str]) -> dict[str, Any]:
    """Those of the columns that a table with these names has; another file may have others."""
    there = {column_key(name) for name in names}
    wanted = {column: getattr(defaults, column) for column in _COLUMNS}
    return {
        column: name if name and column_key(name) in there else None
        for column, name in wanted.items()
    }


def _one_of(options: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """The option's word, whatever its case; the first of those allowed where it is not given."""
    given = options.get(name, allowed[0])
    for word in allowed:
        if given.lower() == word.lower():
            return word
    raise ConfigError(f"bulksms.toml has {name} = '{given}'; it may be {', '.join(allowed)}.")
