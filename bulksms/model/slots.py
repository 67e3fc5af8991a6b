"""The rule of the pace: when a slot is free.

A slot is live while its attempt has no answer, and for one period after the answer arrived:
the vendor counted the request somewhere between the two, so if every send starts a period after
the answer of the send `count` places earlier, no window of that length can hold `count + 1`.
"""

from collections.abc import Iterable
from datetime import datetime

from bulksms.model.records import Hold, NotYet, Rate


def held_back(
    answered: Iterable[datetime], in_the_air: int, rate: Rate, now: datetime
) -> NotYet | None:
    """None if a slot is free, as far as these answers and those in the air tell."""
    live = sorted(moment for moment in answered if moment > now - rate.period)
    too_many = in_the_air + len(live) - rate.count
    if too_many < 0:
        return None
    if too_many >= len(live):
        return NotYet(None, Hold.PACE)
    return NotYet(live[too_many] + rate.period, Hold.PACE)
