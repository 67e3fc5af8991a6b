"""Several messages in doubt, and several records that each of them may be: whose is which?

They are of one text to one number, so that only times and numbers tell.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bulksms.model.matching import Calibration, Doubt, around, is_text_of
from bulksms.model.vendor_record import RecordedSms


def rivals(
    found: Sequence[RecordedSms],
    others: Iterable[Doubt],
    *,
    known: Calibration | None,
    settle: timedelta,
) -> list[Doubt]:
    """Those of the other doubts that one of these records may be of as well."""
    return [
        other
        for other in others
        if any(is_text_of(other, item) for item in around(other, found, known, settle))
    ]


def may_all_be_theirs(
    found: Sequence[RecordedSms],
    others: Sequence[Doubt],
    *,
    known: Calibration | None,
    settle: timedelta,
) -> bool:
    """Whether each of these records may be of one of the others, and no two of the same.

    Their number alone does not say: two that may be of one record explain no second one.
    """
    may_be = [rivals([item], others, known=known, settle=settle) for item in found]
    taken: dict[int, int] = {}

    def finds_its_own(at: int, asked: set[int]) -> bool:
        """Give the record a doubt, another record giving way where it has a second choice."""
        for other in may_be[at]:
            if other.attempt_id not in asked:
                asked.add(other.attempt_id)
                holder = taken.get(other.attempt_id)
                if holder is None or finds_its_own(holder, asked):
                    taken[other.attempt_id] = at
                    return True
        return False

    return all(finds_its_own(at, set()) for at in range(len(found)))


def own_of(
    doubt: Doubt,
    found: Sequence[RecordedSms],
    others: Sequence[Doubt],
    known: Calibration | None,
) -> RecordedSms:
    """Which of these records, the nearest first, is the doubt's; the others are rivals for them.

    The nearest. But where nobody knows the zone of their times, and each doubt has one, they came
    in the order of the attempts.
    """
    timed = sorted((each.written_at, at) for at, each in enumerate(found) if each.written_at)
    if known is not None or not len(timed) == len(found) == len(others) + 1:
        return found[0]
    _, own = timed[sum(other.started_at < doubt.started_at for other in others)]
    return found[own]
