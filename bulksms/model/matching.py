"""Whether a record of the vendor's is one of our attempts: the careful part of settling a doubt.

There is no key that ties the two, so all of sender, receiver, text, attachment and time must
agree, and the record's time has no zone: it is learnt from a witness, a message that was accepted
before our eyes. Without one, any zone on earth is allowed for.
"""

import re
from collections.abc import Collection, Iterable
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
    `of_lease` is the epoch of its lease where the account has another token since, else None.
    `may_be_heard` is whether its answer may still come: its sender was silent for so long that
    another one took over, and it may have died, or sleep.
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
    may_be_heard: bool = False
    of_lease: int | None = None


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
    epoch: int = 0


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
    witness: Witness,
    items: Iterable[RecordedSms],
    texts: Collection[Text],
    twins: Iterable[Witness] = (),
) -> Calibration | None:
    """What the record of the witness teaches; None if it is not there, or not it alone.

    `texts` are those of all our messages to its number that were ever tried. Where one of them is
    its twin, only its id tells the two apart: the record may show one and not yet the other. And
    its id may be that of a twin's record by chance, unless each of `twins`, which the record must
    show, is there under its own as well.
    """
    same = [item for item in items if is_text_of(witness, item) and item.written_at is not None]
    ids = {item.id for item in same}
    by_id = [item for item in same if item.id == witness.sms_id]
    if not all(twin.sms_id in ids for twin in twins):
        by_id = []
    found = same if not by_id and _is_alone(witness, texts) else by_id
    if len(found) != 1 or found[0].written_at is None:
        return None
    offset = found[0].written_at.replace(tzinfo=UTC) - witness.accepted_at
    if not WESTERNMOST - WRONG_CLOCK <= offset <= EASTERNMOST + WRONG_CLOCK:
        return None
    return Calibration(offset, witness.accepted_at, shared_ids=bool(by_id))


def around(
    doubt: Doubt,
    items: Iterable[RecordedSms],
    known: Calibration | None,
    settle: timedelta,
    spare: timedelta = timedelta(0),
) -> list[RecordedSms]:
    """What the doubt's sender sent to its receiver while the attempt may have been at work.

    Or within `spare` of that time.
    """
    first, last = _window(doubt, known, settle + spare)
    return [
        item
        for item in items
        if item.outgoing
        and (item.sender, item.receiver) == (doubt.sender, doubt.to_number)
        and (item.written_at is None or first - spare <= item.written_at <= last)
    ]


def is_text_of(ours: Doubt | Witness, item: RecordedSms) -> bool:
    """Whether the record is of the same sender, receiver, text and attachment."""
    if (item.sender, item.receiver) != (ours.sender, ours.to_number) or not item.outgoing:
        return False
    return item.has_media == ours.has_media and _plain(item.text) == _plain(ours.body)


def is_twin(one: Witness, other: Doubt | Witness) -> bool:
    """Whether the same text went between the same two numbers."""
    same_way = (one.sender, one.to_number) == (other.sender, other.to_number)
    return same_way and _same_text(one, other)


def unexplained(
    items: Iterable[RecordedSms],
    doubt: Doubt,
    *,
    known: Calibration | None,
    owned: Collection[str],
    confirmed: Collection[Witness],
    settle: timedelta,
    at_any_time: bool = False,
) -> list[RecordedSms]:
    """The doubt's text in its time, as no other message of ours explains, the nearest first.

    A record that is `owned` by a message is explained. Where ids are not one space, counting stands
    in for them: every send of the same text to the same number that was confirmed explains the
    record nearest to it. Those of some hours before and after count too, since a clock that was set
    may have moved them into the time.
    `at_any_time` believes no time, nor the clock: its own may be a zone of the earth away. But one
    that was confirmed too long before or after to be counted explains the record at its very place.
    """
    learnt, known = known, None if at_any_time else known
    if learnt and learnt.shared_ids:
        free = [item for item in items if item.id not in owned and is_text_of(doubt, item)]
    else:
        near = around(doubt, items, known, settle, 2 * WRONG_CLOCK if learnt else timedelta(0))
        same = [item for item in near if is_text_of(doubt, item)]
        ids = {item.id for item in same}
        free = [item for item in same if item.id not in owned]
        counted = confirmed if learnt else [each for each in confirmed if each.sms_id not in ids]
        twins = [each for each in counted if is_twin(each, doubt)]
        close = [each for each in twins if _may_be_of(doubt, each, known, learnt, settle)]
        if learnt is not None:
            for each in twins:
                if each not in close:
                    free = _less(free, _at_its_place(each, free, learnt))
        for each in close:
            free = _less(free, _nearest(each, free, learnt))
    expected = _as_recorded(doubt.started_at, known)
    spare = WRONG_CLOCK if at_any_time and learnt else timedelta(0)
    return sorted(around(doubt, free, known, settle, spare), key=partial(_distance, expected))


def left_over(
    shown: Iterable[RecordedSms],
    doubt: Doubt,
    *,
    known: Calibration | None,
    owned: Collection[str],
    confirmed: Iterable[Witness],
) -> list[RecordedSms]:
    """Of records of the doubt's text, from whatever time, those beyond what is known of it.

    Others have the `owned` ones. Where ids are not one space, each that was confirmed takes the
    record nearest to it.
    """
    free = [item for item in shown if item.id not in owned]
    for each in confirmed if known is None or not known.shared_ids else ():
        if is_twin(each, doubt):
            free = _less(free, _nearest(each, free, known))
    return free


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


def _may_be_of(
    doubt: Doubt,
    each: Witness,
    known: Calibration | None,
    learnt: Calibration | None,
    settle: timedelta,
) -> bool:
    """Whether the confirmed one may have been written down in the doubt's time.

    Where the record's times are believed it only has to be possible, else it must be certain, in
    the zone that was learnt as well: a record that is taken from the doubt leaves it to a person
    there, and here it would seem absent.
    """
    first, last = _window(doubt, known, settle)
    begun, at = (_as_recorded(t, known) for t in (each.started_at, each.accepted_at))
    if known is None:
        offset, nothing = learnt.offset if learnt else timedelta(0), timedelta(0)
        return first <= begun + min(offset, nothing) and at + max(offset, nothing) <= last
    return begun <= last + WRONG_CLOCK and first - WRONG_CLOCK <= at


def _nearest(
    each: Witness, free: Iterable[RecordedSms], known: Calibration | None
) -> RecordedSms | None:
    """The record written down nearest to the time in which the confirmed one was."""
    begun, at = (_as_recorded(t, known) for t in (each.started_at, each.accepted_at))
    return min(free, key=partial(_distance_to_span, begun, at), default=None)


def _at_its_place(
    each: Witness, free: Iterable[RecordedSms], learnt: Calibration
) -> RecordedSms | None:
    """The record that was written down just when the confirmed one was, as the zone has it."""
    begun, at = (_as_recorded(t, learnt) for t in (each.started_at, each.accepted_at))
    first, last = begun - CLOCKS_DIFFER, at + CLOCKS_DIFFER
    there = [item for item in free if item.written_at and first <= item.written_at <= last]
    return _nearest(each, there, learnt)


def _less(free: Iterable[RecordedSms], taken: RecordedSms | None) -> list[RecordedSms]:
    return [item for item in free if item is not taken]


def _as_recorded(moment: datetime, known: Calibration | None) -> datetime:
    offset = known.offset if known else timedelta(0)
    return moment.astimezone(UTC).replace(tzinfo=None) + offset


def _distance(moment: datetime, item: RecordedSms) -> timedelta:
    """How far from the moment it was written down; nothing where the record does not say."""
    return abs((item.written_at or moment) - moment)


def _distance_to_span(
    begun: datetime, at: datetime, item: RecordedSms
) -> tuple[timedelta, timedelta]:
    """How far it was written down from the time between two moments, then from the first."""
    nearest = min(max(item.written_at or at, begun), at)
    return _distance(nearest, item), _distance(begun, item)


def _is_alone(witness: Witness, texts: Collection[Text]) -> bool:
    return sum(_same_text(witness, text) for text in texts) <= 1


def _same_text(one: Witness, other: Doubt | Witness | Text) -> bool:
    return one.has_media == other.has_media and _plain(one.body) == _plain(other.body)


def _plain(text: str) -> str:
    """The text as the two sides may be compared: a link may have been shortened on the way."""
    return _LINK.sub("<link>", comparable(text))
