"""Whom to leave alone because other campaigns texted them lately, by canonical number.

A message in doubt counts as texted: doubt never sends again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bulksms.model.errors import InputError
from bulksms.model.states import Reason
from bulksms.model.wording import of_account


@dataclass(frozen=True, slots=True)
class Restraint:
    """What a person asked for; None: no such restraint."""

    texted_within: timedelta | None = None
    same_text_within: timedelta | None = None

    @classmethod
    def parse(cls, texted_within: str | None, same_text_within: str | None) -> "Restraint":
        """`24h`, `30d` as restraints; None or nothing: no such restraint.

        Raises:
            InputError: a period cannot be read.
        """
        periods = (texted_within, same_text_within)
        return cls(*(parse_period(each) if each else None for each in periods))

    @property
    def longest(self) -> timedelta | None:
        """How far back anything matters."""
        return max(
            filter(None, (self.texted_within, self.same_text_within)),
            default=None,
        )

    def over(self, earlier: "Restraint") -> "Restraint":
        """This one, with what it does not ask for as it was asked for before."""
        return Restraint(
            self.texted_within or earlier.texted_within,
            self.same_text_within or earlier.same_text_within,
        )


NONE_ASKED = Restraint()
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A message that another campaign had for a number; `sms_id` is None where it is in doubt.

    `account` is the campaign's, None where it is the account of whoever asks.
    """

    campaign: str
    at: datetime
    sms_id: str | None
    body: str | None
    account: str | None = None

    def __str__(self) -> str:
        known = f"sms_id {self.sms_id}" if self.sms_id else "in doubt"
        which = f"'{self.campaign}'{of_account(self.account)}"
        return f"by the campaign {which} on {self.at:%Y-%m-%d at %H:%M} UTC ({known})"


@dataclass(frozen=True, slots=True)
class Memory:
    """What a restraint has to look back on: the earlier texts to each number, the newest first."""

    restraint: Restraint = NONE_ASKED
    now: datetime = _LONG_AGO
    texts: Mapping[str, Sequence[EarlierText]] = field(default_factory=dict)

    def objection(self, number: str, body: str | None) -> tuple[Reason, str] | None:
        """Why the number is left alone, with the earlier text; None if it is not."""
        texts = self.texts.get(number, ())
        for each in texts:
            if _is_within(self.restraint.texted_within, each, self.now):
                return Reason.TEXTED_RECENTLY, f"The number was texted {each}."
        for each in texts:
            if each.body == body and _is_within(self.restraint.same_text_within, each, self.now):
                return Reason.SAME_TEXT, f"The number was sent this very text {each}."
        return None


def parse_period(text: str) -> timedelta:
    """`24h`, `30d`, `90m`, `2w`.

    Raises:
        InputError: for anything else.
    """
    match = _PERIOD.fullmatch(text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise InputError(f"The period '{text}' cannot be read; it is such as 90m, 24h, 30d or 2w.")
    return int(match[1]) * _UNITS[match[2]]


def period_over(duration: timedelta) -> str:
    """A period of more than that, as one types it: in hours, and a long one in days."""
    hours = duration // _UNITS["h"] + 1
    return f"{hours}h" if hours < _MANY_HOURS else f"{duration // _UNITS['d'] + 1}d"


_MANY_HOURS = 72
_PERIOD = re.compile(r"(\d{1,4})\s*([mhdw])")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def _is_within(period: timedelta | None, text: EarlierText, now: datetime) -> bool:
    return period is not None and text.at > now - period
