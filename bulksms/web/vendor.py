"""What the pages ask the vendor: whether the token is good, and which numbers are the account's.

It is asked seldom and answers are kept for some minutes: reads have a limit of their own,
and a page must not wait for the vendor each time.
"""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from bulksms.driving import client, require_settings
from bulksms.environment import token_of_environment
from bulksms.keychain import kept_token
from bulksms.model.errors import BulkSMSError
from bulksms.model.states import WHY_PAUSED
from bulksms.model.vendor_record import Unreadable
from bulksms.preflight import preflight

KEPT_SECONDS = 300
ASKED_AGAIN_AFTER = 15
"""Seconds after an answer that was none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the account stands, as far as one read tells.

    Attributes:
        numbers: its own numbers, E.164.
        trouble: why it cannot be used or seen, as a sentence; empty if it can.
        source: where the token comes from: "environment", "keyring" or empty.
    """

    numbers: tuple[str, ...]
    trouble: str
    source: str


@dataclass
class Vendor:
    """The account as it was last seen."""

    _seen: Standing | None = None
    _until: float = field(default=0.0)

    def standing(self) -> Standing:
        """How the account stands; asks if the last answer is too old."""
        if self._seen is None or time.monotonic() > self._until:
            self._seen = _ask()
            kept = ASKED_AGAIN_AFTER if self._seen.trouble else KEPT_SECONDS
            self._until = time.monotonic() + kept
        return self._seen

    def numbers(self) -> tuple[str, ...]:
        """The account's own numbers; none if it cannot be seen."""
        return self.standing().numbers

    def forget(self) -> None:
        """Ask again next time: the token is another."""
        self._seen = None


def look_at_the_account(senders: Collection[str]) -> None:
    """Ask the vendor whether the account may send, and from these numbers; sends nothing.

    Raises:
        ConfigError: a setting must be fixed.
        AccountProblem: the account needs a person.
        InputError: a sender is not the account's.
    """
    require_settings()

    async def ask() -> str | None:
        async with client() as easify:
            return await preflight(easify, senders)

    asyncio.run(ask())


def _ask() -> Standing:
    source = "environment" if token_of_environment() else "keyring" if kept_token() else ""
    if not source:
        return Standing((), "There is no token yet.", source)

    async def ask() -> Standing:
        async with client() as easify:
            found = await easify.phone_numbers()
        if not isinstance(found, Unreadable):
            return Standing(found.numbers, "", source)
        why = f"{WHY_PAUSED[found.blocked]}: {found.text}" if found.blocked else found.text
        return Standing((), why, source)

    try:
        return asyncio.run(ask())
    except BulkSMSError as error:
        return Standing((), error.sentence, source)
