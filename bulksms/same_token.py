"""Accounts that have one token: for the vendor they are one account, with one rate between them.

Whoever begins takes its own account's lease first, which leaves the mark of its token, and looks
for others with that mark then: of two that begin at once at least one sees the other, and leaves
the token to it. Where a token is and whether it is another by now makes no difference: what counts
is the one that is being sent with.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Self

from bulksms.easify.connecting import checked_address
from bulksms.environment import base_url
from bulksms.model.accounts import DEFAULT_NAME, Account
from bulksms.model.errors import ConfigError, TokenBusy
from bulksms.model.records import Lease, Use
from bulksms.model.settings import LONGEST_LEASE_OR_WAIT
from bulksms.process import is_dead
from bulksms.store import Store
from bulksms.tokens import token_of

_KEY = os.urandom(16)
_OF_THE_TOKEN = 8
"""So many characters of a mark are the token's, the others the address's."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Which accounts have the same token; the tokens themselves are not kept."""

    owners: dict[bytes, set[str]]

    @classmethod
    def read(cls, accounts: Iterable[Account]) -> Self:
        """Look each up, the default account's as well; one that cannot be read is nobody's."""
        named = {DEFAULT_NAME: Account()} | {each.name: each for each in accounts}
        found = cls(defaultdict(set))
        for each in named.values():
            with suppress(ConfigError):
                found.add(each.name, token_of(each))
        return found

    def add(self, name: str, token: str) -> None:
        """That the account has the token."""
        self.owners[_mark(token)].add(name)

    def others(self, name: str, token: str) -> list[str]:
        """The other accounts that have it."""
        return sorted(self.owners.get(_mark(token), set()) - {name})


def token_mark(token: str) -> str | None:
    """What is another for another token, or for another vendor; None where no vendor is named.

    32 bits of the token, then of the address, tell that it is another, and not which it is.
    """
    with suppress(ConfigError):
        address = str(checked_address(base_url()))
        return "".join(
            blake2b(each.encode(), digest_size=4).hexdigest() for each in (token, address)
        )
    return None


def require_alone(store: Store, lease: Lease, mark: str | None, now: datetime) -> None:
    """Look whether another account with the token is sending, or did within the rate's window.

    `mark` is the token's; whoever has none shares none.

    Raises:
        TokenBusy: one is, or did.
    """
    # By another name of the address it is the same vendor still.
    token = mark[:_OF_THE_TOKEN] if mark else None
    for other in store.accounts.with_token(token, beside=lease) if token else ():
        use = store.accounts.use(other, now)
        until = None if use is None else _in_use_until(use, lease, now)
        if use is not None and until is not None and until > now:
            raise TokenBusy(
                f"The account '{lease.account}' has the token of the account '{other}', which is in"
                f" use until {until:%H:%M:%S} UTC, or longer; together they would exceed its rate.",
                next_command="bulksms status",
                holder=use.leased_by or other,
                until=until,
                epoch=use.epoch,
            )


def newly_shared(
    new: Iterable[Account], known: Iterable[Account], token: str | None
) -> Iterator[tuple[str, str]]:
    """Each new account whose token another has, one before it or a known one, and which.

    `token` is the new account's, if it has not come to its place yet.
    """
    by_name = {each.name: each for each in new}
    tokens = Tokens.read(each for each in known if each.name not in by_name)
    for each in by_name.values():
        with suppress(ConfigError):
            its = token or token_of(each)
            yield from ((each.name, other) for other in tokens.others(each.name, its))
            tokens.add(each.name, its)


def _in_use_until(use: Use, lease: Lease, now: datetime) -> datetime | None:
    """Until when it may not be sent beside this use, as far as is known now.

    An answer that is still awaited is one after the length of a lease at the latest; what ends
    later than anything can was written by a clock that was wrong.
    """
    period = max(use.rate.period, lease.rate.period)
    held = use.leased_until if use.leased_by is not None and not is_dead(use.leased_by) else None
    answered = use.answered_at and use.answered_at + period
    awaited = use.posted_at and use.posted_at + lease.length + period
    ends = (
        each for each in (held, answered, awaited) if each and each <= now + LONGEST_LEASE_OR_WAIT
    )
    return max(ends, default=None)


def _mark(token: str) -> bytes:
    """What can be compared within this process, and tells nothing outside it."""
    return blake2b(token.encode(), key=_KEY, digest_size=16).digest()
