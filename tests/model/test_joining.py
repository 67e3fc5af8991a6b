"""Whose record is whose, where the ids may or may not be those of the sends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bulksms.model.joining import AcceptedMessage, Join
from bulksms.model.states import Delivery
from bulksms.model.vendor_record import RecordedSms

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SENDER = "+13152935500"
DELIVERED, FAILED = Delivery.DELIVERED, Delivery.FAILED


def message(index: int, person: int, body: str = "Hi") -> AcceptedMessage:
    """The nth message, accepted a minute after the one before."""
    at = NOW + timedelta(minutes=index)
    return AcceptedMessage(index, f"{1000 + index}", SENDER, f"+1202555{person:04}", body, at)


def record_of(ours: AcceptedMessage, status: Delivery = DELIVERED, *, sms_id: str) -> RecordedSms:
    """The vendor's record of it, in a zone five hours west."""
    return RecordedSms(
        id=sms_id,
        sender=ours.sender,
        receiver=ours.to_number,
        text=f"{ours.body} ",
        has_media=False,
        status=status,
        remarks="",
        written_at=(ours.accepted_at - timedelta(hours=5)).replace(tzinfo=None),
        outgoing=True,
    )


def told(known: Sequence[AcceptedMessage], *records: RecordedSms) -> dict[int, Delivery]:
    """What the whole report says of each message."""
    join = Join(known)
    early = join.add(records)
    return {each.message_id: each.status for each in [*early, *join.rest()]}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["Hi", "Hello"])), max_size=12),
    st.integers(-3, 3),
    st.randoms(use_true_random=False),
)
def test_a_whole_report_tells_every_message_its_own_delivery(
    texts: list[tuple[int, str]], offset: int, dice: Random
) -> None:
    """Whatever the ids differ by, however often a text went to a person, in any order."""
    known = [message(index, person, body) for index, (person, body) in enumerate(texts)]
    fates = {each.id: dice.choice(list(Delivery)) for each in known}
    records = [
        record_of(each, fates[each.id], sms_id=str(int(each.sms_id) + offset)) for each in known
    ]
    dice.shuffle(records)
    assert told(known, *records) == fates


def test_a_shared_id_is_told_page_by_page() -> None:
    known = [message(0, 0), message(1, 1)]
    join = Join(known)
    (first,) = join.add([record_of(known[0], sms_id="1000")])
    assert (first.message_id, first.status) == (0, DELIVERED)


def test_ids_of_another_space_tell_nothing_before_the_last_page() -> None:
    known = [message(0, 0), message(1, 1)]
    join = Join(known)
    assert join.add([record_of(each, sms_id=f"9{each.sms_id}") for each in known]) == []
    assert len(join.rest()) == 2


def test_one_id_that_came_from_the_record_itself_does_not_make_the_ids_shared() -> None:
    """A doubt that was settled against the record has the record's id, whatever space that is."""
    known = [replace(message(0, 0), sms_id="91000"), message(1, 1), message(2, 2)]
    records = [record_of(message(index, index), sms_id=f"9{1000 + index}") for index in range(3)]
    join = Join(known)
    join.add(records)
    assert not join.ids_are_shared
    assert len(join.rest()) == 3


def test_a_copy_too_many_leaves_it_open() -> None:
    ours, other = message(0, 0), message(1, 0)
    records = [record_of(other, FAILED, sms_id="x"), record_of(ours, sms_id="y")]
    assert told([ours], *records) == {}
    assert told([ours, other], *records) == {0: DELIVERED, 1: FAILED}


def test_a_record_of_another_day_is_another_message() -> None:
    ours = message(0, 0)
    yesterday = replace(ours, accepted_at=ours.accepted_at - timedelta(days=1))
    assert told([ours], record_of(yesterday, sms_id="x")) == {}


def test_what_the_other_side_wrote_and_what_has_no_known_status_tells_nothing() -> None:
    ours = message(0, 0)
    record = record_of(ours, sms_id="x")
    assert told([ours], replace(record, outgoing=False)) == {}
    assert told([ours], replace(record, status=None)) == {}
    assert told([ours], replace(record, written_at=None, id="")) == {0: DELIVERED}
