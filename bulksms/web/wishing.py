"""What was chosen and typed on the message's page → the wishes that options make.

The words are the same, and so are their readers; a mistake is told with the field that has it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bulksms.loading import Wishes
from bulksms.model.attachment import is_web_address
from bulksms.model.columns import NO_COLUMN
from bulksms.model.errors import InputError
from bulksms.model.hours import Hours
from bulksms.model.phone import Country
from bulksms.model.restraint import Restraint
from bulksms.model.starting import parse_start, require_ahead, start_moment
from bulksms.web.uploads import Choices

_LARGEST = 2**31


def wishes_of(choices: Choices, now: datetime, sender_if_none: str | None) -> Wishes:
    """The wishes.

    Raises:
        InputError: one of them cannot be read; it names the field.
    """
    return Wishes(
        message=None if choices.message_column else choices.message or None,
        message_column=choices.message_column,
        sender=choices.sender or sender_if_none,
        country=Country(choices.country),
        phone_column=choices.phone,
        lead_id_column=choices.said(choices.lead_id),
        media_column=choices.media_column or NO_COLUMN,  # by its name a file could ask for anything
        media=_web_address(choices.media),
        duplicates=choices.duplicates,
        force_send=choices.force_send,
        limit=_limit(choices.limit),
        name=choices.campaign or None,
        account=choices.account,
        hours=_hours(choices),
        start_at=_start(choices.start_at, now),
        restraint=_restraint(choices),
    )


@contextmanager
def in_field(field: str) -> Iterator[None]:
    """An error from within names the field, by its id on the page."""
    try:
        yield
    except InputError as error:
        error.field = field
        raise


def dated(start: str, now: datetime) -> str:
    """A start with its date: "tomorrow" is the day after it was typed, whenever it is looked at.

    What cannot be read is left as it is.
    """
    try:
        moment = parse_start(start, now.astimezone())
    except InputError:
        return start
    if moment.tzinfo is None:
        return f"{moment:%Y-%m-%d %H:%M}"
    return moment.isoformat(timespec="minutes")


def _hours(choices: Choices) -> Hours | None:
    """The zone is a menu, which always stands somewhere; alone it asks for nothing."""
    if not (choices.hours or choices.days):
        return None
    with in_field("days"):
        Hours.parse(None, choices.days or None, None)
    with in_field("hours"):
        return Hours.parse(choices.hours or None, choices.days or None, choices.timezone)


def _start(text: str, now: datetime) -> datetime | None:
    with in_field("start_at"):
        start = start_moment(text, now) if text else None
        require_ahead(start, now)
        return start


def _restraint(choices: Choices) -> Restraint:
    with in_field("not_if_texted_within"):
        Restraint.parse(choices.not_if_texted_within, None)
    with in_field("not_if_same_text_within"):
        return Restraint.parse(choices.not_if_texted_within, choices.not_if_same_text_within)


def _limit(text: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdecimal() and 0 < int(text) < _LARGEST:
        return int(text)
    with in_field("limit"):
        raise InputError("How many first: that must be a number, or nothing for all of them.")


def _web_address(media: str) -> str | None:
    with in_field("media"):
        if media and not is_web_address(media):
            raise InputError("The attachment must be a web address; it begins with https://.")
    return media or None
