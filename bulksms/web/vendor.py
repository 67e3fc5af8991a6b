"""What the pages ask the vendor: whether a token is good, and which numbers are the account's.

It is asked seldom and answers are kept for some minutes: reads have a limit of their own,
and a page must not wait for the vendor each time.
"""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from bulksms.driving import Standing, look_first, require_settings, standing
from bulksms.model.accounts import Account
from bulksms.store import Store
from bulksms.tokens import place_of

KEPT_SECONDS = 300
ASKED_AGAIN_AFTER = 15
"""Seconds after an answer that was none."""


@dataclass
class Vendor:
    """The accounts as they were last seen."""

    store: Store
    _seen: dict[str, tuple[float, Standing]] = field(default_factory=dict)

    def standing(self, account: Account) -> Standing:
        """How the account stands; asks if the last answer is too old."""
        until, seen = self._seen.get(account.name, (0.0, Standing()))
        if time.monotonic() > until:
            seen = _ask(account)
            kept = ASKED_AGAIN_AFTER if seen.trouble else KEPT_SECONDS
            self._seen[account.name] = time.monotonic() + kept, seen
        return seen

    def numbers(self, account: str) -> tuple[str, ...]:
        """The numbers to send from: those of the account's record, else those that it has."""
        found = self.store.accounts.named(account)
        return found.senders or self.standing(found).numbers

    def forget(self, account: str) -> None:
        """Ask again next time: the token is another."""
        self._seen.pop(account, None)


def look_at_the_account(account: Account, senders: Collection[str]) -> None:
    """Ask the vendor whether the account may send, and from these numbers; sends nothing.

    Raises:
        ConfigError: a setting must be fixed.
        AccountProblem: the account needs a person.
        InputError: a sender is not the account's.
    """
    require_settings(account)
    asyncio.run(look_first(account, senders))


def _ask(account: Account) -> Standing:
    if place_of(account) is None:
        return Standing(trouble="There is no token yet.", needs_a_person=True)
    return asyncio.run(standing(account))
