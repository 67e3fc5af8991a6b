"""Whether a record of the vendor's is one of our attempts: the careful part of settling a doubt.

There is no key that ties the two, so all of sender, receiver, text, attachment and time must
agree, and the record's time has no zone: it is learnt from a witness, a message that was accepted
before our eyes. Without one, any zone on earth is allowed for.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from bulksms.model.vendor_record import RecordedSms, comparable

CLOCKS_DIFFER = timedelta(minutes=2)
"""How far the vendor's clock and ours may be apart."""
WESTERNMOST, EASTERNMOST = timedelta(hours=-12), timedelta(hours=14)
"""The zones there are (IANA time zone database)."""
WRONG_CLOCK = timedelta(hours=6)
"""By how much a clock of ours that somebody set wrong may shift the zone that it learns."""
SEASON = timedelta(hours=1)
"""What a change to or from daylight-saving time may add, where the witness is of another day."""

_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """An unknown message, and the attempt whose answer is missing.

    `given_up_at` is when we stopped waiting: the vendor may have been at it until then.
    `missed_at` is when a look first showed that the vendor's record does not have it.
    """

    message_id: int
    attempt_id: int
    row_number: int
    sender: str
    to_number: str
    body: str
    has_media: bool
    started_at: datetime
    given_up_at: datetime
    missed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A message that the vendor accepted before our eyes: the record must show it.

    `accepted_at` is when we heard so; the vendor wrote it down between `started_at` and then.
    """

    sms_id: str
    sender: str
    to_number: str
    body: str
    has_media: bool
    started_at: datetime
    accepted_at: datetime


class Text(NamedTuple):
    """What one message of ours said."""

    body: str
    has_media: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a witness taught about the record.

    `offset` is the record's time less our clock's, seen at `at`: the zone, and by how much our
    clock is wrong, which is why it is not rounded to a zone. `shared_ids` is whether the record
    and the answers to sends draw their ids from one space.
    """

    offset: timedelta
    at: datetime
    shared_ids: bool


def calibrate(
    witness: Witness, items: Iterable[RecordedSms], texts: Collection[Text]
) -> Calibration | None:
    """What the record of the witness teaches; None if it is not there, or not it alone.

    `texts` are those of all our messages to its number that were ever tried. Where one of them is
    its twin, only its id tells the two apart: the record may show one and not yet the other.
    """
    same = [item for item in items if is_text_of(witness, item) and item.written_at is not None]
    by_id = [item for item in same if item.id == witness.sms_id]
    found = same if not by_id and _is_alone(witness, texts) else by_id
    if len(found) != 1 or found[0].written_at is None:
        return None
    offset = found[0].written_at.replace(tzinfo=UTC) - witness.accepted_at
    if not WESTERNMOST - WRONG_CLOCK <= offset <= EASTERNMOST + WRONG_CLOCK:
        return None
    return Calibration(offset, witness.accepted_at, shared_ids=bool(by_id))


def around(
    doubt: Doubt, items: Iterable[RecordedSms], known: Calibration | None, settle: timedelta
) -> list[RecordedSms]:
    """What the doubt's sender sent to its receiver while the attempt may have been at work."""
    first, last = _window(doubt, known, settle)
    return [
        item
        for item in items
        if item.outgoing
        and (item.sender, item.receiver) == (doubt.sender, doubt.to_number)
        and (item.written_at is None or first <= item.written_at <= last)
    ]


def is_text_of(ours: Doubt | Witness, item: RecordedSms) -> bool:
    """Whether the record is of the same sender, receiver, text and attachment."""
    if (item.sender, item.receiver) != (ours.sender, ours.to_number) or not item.outgoing:
        return False
    return item.has_media == ours.has_media and _plain(item.text) == _plain(ours.body)


def unexplained(
    found: Sequence[RecordedSms],
    doubt: Doubt,
    *,
    known: Calibration | None,
    owned: Collection[str],
    confirmed: Collection[Witness],
    settle: timedelta,
) -> list[RecordedSms]:
    """The records that no other message of ours explains, the nearest in time first.

    An id that a message owns is explained. Where ids are not one space, counting stands in for
    them: every send of the same text to the same number that was confirmed in that time
    explains the record nearest to it, and the id of its answer, which says nothing there, none.
    """
    expected = _as_recorded(doubt.started_at, known)
    ids, foreign = {item.id for item in found}, set[str]()
    if known is not None and not known.shared_ids:
        foreign = {each.sms_id for each in confirmed}
    free = [item for item in found if item.id not in owned or item.id in foreign]
    free.sort(key=partial(_distance, expected))
    if known is None or not known.shared_ids:
        first, last = _window(doubt, known, settle)
        for each in confirmed:
            begun, at = (_as_recorded(t, known) for t in (each.started_at, each.accepted_at))
            # Where the times are known it may be of this time, else it must be: a record that is
            # taken from the doubt leaves it to a person there, and here it would seem absent.
            of_it = begun <= last and first <= at if known else first <= begun and at <= last
            counts = each.sms_id in foreign or each.sms_id not in ids
            if free and counts and of_it and _is_twin(each, doubt):
                free.remove(min(free, key=partial(_distance, at)))
    return free


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


def _window(
    doubt: Doubt, known: Calibration | None, settle: timedelta
) -> tuple[datetime, datetime]:
    """The record's own time (naive) in which the attempt can have been written down."""
    early, late = WESTERNMOST, EASTERNMOST
    if known is not None:
        near = abs(known.at - doubt.started_at) < timedelta(days=1)
        spare = timedelta(0) if near else SEASON
        early, late = known.offset - spare, known.offset + spare
    first = doubt.started_at.astimezone(UTC).replace(tzinfo=None) + early - CLOCKS_DIFFER
    last = doubt.given_up_at.astimezone(UTC).replace(tzinfo=None) + late + settle
    return first, last + CLOCKS_DIFFER


def _as_recorded(moment: datetime, known: Calibration | None) -> datetime:
    offset = known.offset if known else timedelta(0)
    return moment.astimezone(UTC).replace(tzinfo=None) + offset


def _distance(moment: datetime, item: RecordedSms) -> timedelta:
    """How far from the moment it was written down; nothing where the record does not say."""
    return abs((item.written_at or moment) - moment)


def _is_twin(one: Witness, other: Doubt) -> bool:
    same_way = (one.sender, one.to_number) == (other.sender, other.to_number)
    return same_way and _same_text(one, other)


def _is_alone(witness: Witness, texts: Collection[Text]) -> bool:
    return sum(_same_text(witness, text) for text in texts) <= 1


def _same_text(one: Witness, other: Doubt | Text) -> bool:
    return one.has_media == other.has_media and _plain(one.body) == _plain(other.body)


def _plain(text: str) -> str:
    """The text as the two sides may be compared: a link may have been shortened on the way."""
    return _LINK.sub("<link>", comparable(text))
