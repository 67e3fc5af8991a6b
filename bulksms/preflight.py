"""One look at the account before anybody is texted.

A single read proves the token, the subscription, the plan and the sender, and sends nothing:
what would stop the first message stops the command instead.
"""

from collections.abc import Collection
from typing import Protocol

from bulksms.model.errors import AccountProblem, InputError
from bulksms.model.states import WHY_PAUSED, PausedReason
from bulksms.model.vendor_record import OwnNumbers, Unreadable


class Reader(Protocol):
    """The vendor's list of the account's own numbers."""

    async def phone_numbers(self) -> OwnNumbers | Unreadable:
        """Those that are active and approved."""
        ...


async def preflight(reader: Reader, senders: Collection[str]) -> str | None:
    """Check the account and the senders (E.164).

    Returns:
        A sentence of warning where the list proves nothing; the first message will tell.

    Raises:
        AccountProblem: the account needs a person.
        InputError: a sender is not the account's; the sentence lists those that are.
    """
    found = await reader.phone_numbers()
    if isinstance(found, Unreadable):
        if found.blocked is not None:
            raise AccountProblem(
                _blocked(found.blocked, found.text), next_command="mend that, then the same command"
            )
        return f"The account could not be checked beforehand: {found.text}"
    if not found.numbers:
        return "Easify lists no active number for this account; the first message will tell."
    foreign = sorted(set(senders) - set(found.numbers))
    if foreign:
        raise InputError(
            f"{' and '.join(foreign)} is not an active number of this Easify account;"
            f" it has {', '.join(found.numbers)}.",
            next_command=f"the same command with  --from {found.numbers[0]}",
        )
    return None


def _blocked(reason: PausedReason, text: str) -> str:
    return f"{WHY_PAUSED[reason]} ({text}); nothing was sent."
