"""The customers of the vendor: a token, its numbers, and whether they may send at all."""

from dataclasses import dataclass
from datetime import time

from bulksms.sandbox.answers import REFUSALS, Answer


@dataclass(slots=True)
class Account:
    """One customer; a test changes it between sends as the operator of a real account would.

    Attributes:
        token: the bearer token.
        numbers: the account's own numbers, E.164.
        subscribed: otherwise 402.
        enterprise: otherwise 403.
        credits: how many more messages are paid for; None is no end of them.
        opening_hours: (opens, closes) in the record's zone; outside of them a send is accepted
            but scheduled. None is always open.
    """

    token: str
    numbers: tuple[str, ...]
    subscribed: bool = True
    enterprise: bool = True
    credits: int | None = None
    opening_hours: tuple[time, time] | None = None

    def objection(self) -> Answer | None:
        """Why nothing at all may be done with this account."""
        if not self.subscribed:
            return REFUSALS["subscription_ended"]
        if not self.enterprise:
            return REFUSALS["plan_not_allowed"]
        return None
