"""What settles a doubt, and what each missing condition leaves open."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from bulksms.model.settings import DEFAULT_LEASE, DEFAULT_RATE
from bulksms.model.states import Reason, State
from bulksms.reconciling import Settled
from bulksms.sandbox.answers import Answer
from bulksms.sandbox.faults import DROP_BEFORE, ERROR_BEFORE, HTML_403, NO_FAULT, Fault, refuse_for
from bulksms.sandbox.ledger import Ledger
from bulksms.sandbox.limits import Door
from tests.reconciling.reconciling_stage import (
    ANN,
    BOB,
    LOST,
    MINUTE,
    NEVER,
    OTHER_SENDER,
    SETTLE,
    Stage,
)
from tests.virtual_time import START

Build = Callable[..., Stage]
Item = Callable[..., dict[str, object]]
NOT_FOUND = Fault(handled=False, reply=Answer(404, "<html>Not Found</html>"))


def test_found_in_the_conversation_is_accepted_with_its_id_and_its_time(stage: Stage) -> None:
    stage.text(BOB)
    lost = stage.text(ANN, fault=LOST)
    assert stage.reconcile(lost) == Settled(accepted=1)
    row = stage.row(lost)
    assert (row.state, row.reason, row.detail) == (State.ACCEPTED, None, None)
    assert [row.sms_id] == stage.accepted(ANN)
    (truth,) = [sms for sms in stage.vendor.truth if sms.receiver == ANN]
    assert row.accepted_at == truth.accepted_at.replace(microsecond=0)


def test_found_only_in_the_report_is_accepted_too(stage: Stage) -> None:
    lost = stage.text(ANN, fault=LOST)
    stage.befall([ERROR_BEFORE])
    assert stage.reconcile(lost) == Settled(accepted=1)
    assert [stage.row(lost).sms_id] == stage.accepted(ANN)


def test_absent_is_queued_again_after_the_settling_time_and_two_looks_apart(stage: Stage) -> None:
    """The moment of giving up is from before the reconciler's time, by whatever clock."""
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    gave_up = stage.vendor.arrivals[-1].at
    assert stage.reconcile(lost) == Settled(requeued=1)
    assert stage.row(lost).state is State.QUEUED
    _witness, first, _witness_again, second = stage.reads()
    assert first - gave_up >= SETTLE
    assert second - first >= SETTLE


def test_nothing_is_settled_before_the_settling_time(stage: Stage) -> None:
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    gave_up = stage.vendor.arrivals[-1].at
    stage.reconcile(lost)
    assert min(stage.reads()) >= gave_up + SETTLE


def test_what_went_out_from_another_sender_proves_no_absence(stage: Stage) -> None:
    """It may have gone out with another client's token, which does not show the row at all."""
    lost = stage.text(ANN, fault=NEVER)
    stage.text(BOB, sender=OTHER_SENDER)
    assert stage.reconcile(lost) == Settled(left=1)
    stage.text(BOB)
    assert stage.reconcile(lost) == Settled(requeued=1)


@pytest.mark.parametrize("there", ["+447911123456", "+972501234567"])
def test_what_went_to_another_country_proves_no_absence(stage: Stage, there: str) -> None:
    """Its numbers may be asked for and spelled in another way, so that nothing of it is shown."""
    stage.text(BOB)
    lost = stage.text(there, fault=NEVER)
    assert stage.reconcile(lost) == Settled(left=1)
    assert "to that country" in (stage.row(lost).detail or "")
    stage.text(f"{there[:-1]}9")
    assert stage.reconcile(lost) == Settled(requeued=1)


@pytest.mark.parametrize(("days", "settled"), [(28, Settled(requeued=1)), (30, Settled(left=1))])
def test_a_doubt_older_than_the_record_reaches_is_never_absent(
    stage: Stage, days: int, settled: Settled
) -> None:
    """The report shows 30 days, perhaps by their age; a witness of today says nothing of then."""
    lost = stage.text(ANN, fault=NEVER)
    stage.pass_time(timedelta(days=days))
    stage.text(BOB)
    assert stage.reconcile(lost) == settled


def test_a_record_of_a_process_that_died_long_ago_is_still_found(stage: Stage) -> None:
    """Between its claim and its recovery lie more days than a report takes."""
    campaign = stage.load((ANN, "Hi"))
    stage.store.campaigns.start(campaign.id, now=stage.now, actor="ann:1")
    lease = stage.store.accounts.acquire(
        "default", worker="ann:1", rate=DEFAULT_RATE, length=DEFAULT_LEASE, now=stage.now
    )
    stage.store.messages.claim(lease, campaign.id, stage.now)
    stage.outside(ANN, "Hi", stage.now)
    stage.pass_time(timedelta(days=25))
    stage.text(BOB)
    stage.befall([NO_FAULT, ERROR_BEFORE])
    stage.pass_time(timedelta(days=3))
    assert stage.reconcile(campaign) == Settled(accepted=1)


def without_ids(item: Item) -> Item:
    return lambda *of: {key: said for key, said in item(*of).items() if "id" not in key}


def test_a_record_without_an_id_is_nobodys(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them are two texts, and none names the id that a report has to show."""
    for name in ("chat_item", "report_item"):
        monkeypatch.setattr(Ledger, name, without_ids(getattr(Ledger, name)))
    stage.text(BOB)
    for _ in range(2):
        lost = stage.text(ANN, fault=LOST)
        assert stage.reconcile(lost) == Settled(left=1)
        assert stage.row(lost).state is State.UNKNOWN
        stage.pass_time(timedelta(days=20))


def test_without_a_witness_absence_is_never_believed(stage: Stage) -> None:
    lost = stage.text(ANN, fault=NEVER)
    assert stage.reconcile(lost) == Settled(left=1)
    row = stage.row(lost)
    assert (row.state, row.reason) == (State.UNKNOWN, Reason.CONNECTION_LOST)
    assert "its silence proves nothing" in (row.detail or "")


@pytest.mark.parametrize("trouble", [HTML_403, NOT_FOUND, ERROR_BEFORE])
def test_a_record_that_cannot_be_read_settles_nothing(stage: Stage, trouble: Fault) -> None:
    stage.text(BOB)
    lost = stage.text(ANN, fault=LOST)
    stage.befall([trouble] * 50)
    assert stage.reconcile(lost) == Settled(left=1)
    row = stage.row(lost)
    assert row.state is State.UNKNOWN
    assert "could not be read" in (row.detail or "")


@pytest.mark.parametrize("trouble", [HTML_403, NOT_FOUND, ERROR_BEFORE])
@pytest.mark.parametrize("answered", [1, 4])
def test_a_look_that_failed_is_no_look(stage: Stage, answered: int, trouble: Fault) -> None:
    """The witness is seen, or the first look heard too; then both pages fail for the row."""
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    stage.befall([NO_FAULT] * answered + [trouble] * 2)
    assert stage.reconcile(lost) == Settled(left=1)
    assert stage.row(lost).state is State.UNKNOWN


def test_a_vendor_that_is_away_for_an_hour_is_asked_until_it_is_back(stage: Stage) -> None:
    stage.text(BOB)
    lost = stage.text(ANN, fault=LOST)
    stage.befall([DROP_BEFORE] * 100)
    assert stage.reconcile(lost) == Settled(accepted=1)
    spans = [later - earlier for earlier, later in pairwise(stage.reads())]
    assert timedelta(seconds=60) <= max(spans) < timedelta(seconds=70)


def test_a_vendor_that_stays_away_leaves_the_row_unknown(stage: Stage) -> None:
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    stage.befall([DROP_BEFORE] * 1000)
    assert stage.reconcile(lost) == Settled(left=1)
    row = stage.row(lost)
    assert row.state is State.UNKNOWN
    assert "could not be read" in (row.detail or "")


def test_one_source_that_is_proven_and_readable_is_enough(stage: Stage) -> None:
    """The chat history never answers; the report shows the witness, and not the message."""
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    stage.befall([ERROR_BEFORE, NO_FAULT] * 3)
    assert stage.reconcile(lost) == Settled(requeued=1)


def test_a_source_that_is_not_proven_settles_nothing(stage: Stage) -> None:
    """The report shows the witness and then fails; the chat history answers, but shows nothing."""
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    stage.befall([ERROR_BEFORE, NO_FAULT, NO_FAULT, ERROR_BEFORE])
    assert stage.reconcile(lost) == Settled(left=1)
    assert "nothing is proven" in (stage.row(lost).detail or "")


def test_a_record_that_lags_leaves_the_row_unknown(build: Build) -> None:
    """It shows the witness no more than the row, though both were accepted."""
    stage = build(record_lag=10 * MINUTE)
    stage.text(BOB)
    lost = stage.text(ANN, fault=LOST)
    assert stage.reconcile(lost) == Settled(left=1)
    assert stage.row(lost).state is State.UNKNOWN


def test_an_old_witness_does_not_speak_for_a_record_that_misses_a_newer_one(build: Build) -> None:
    stage = build(record_lag=10 * MINUTE)
    stage.text(BOB, "yesterday")
    stage.pass_time(timedelta(hours=1))
    stage.text(BOB, "today")
    lost = stage.text(ANN, fault=LOST)
    assert stage.reconcile(lost) == Settled(left=1)
    assert stage.row(lost).state is State.UNKNOWN


def test_a_witness_of_this_moment_may_still_be_missing(build: Build) -> None:
    """Within the settling time the record owes us nothing, so an older witness speaks for it."""
    stage = build(record_lag=timedelta(seconds=5))
    stage.text(BOB, "an hour ago")
    lost = stage.text(ANN, fault=NEVER)
    stage.pass_time(SETTLE)
    stage.text(BOB, "now")
    assert stage.reconcile(lost) == Settled(requeued=1)


def test_a_second_look_may_find_it_after_all(build: Build) -> None:
    stage = build(record_lag=SETTLE + timedelta(seconds=20))
    stage.text(BOB)
    stage.pass_time(MINUTE)
    lost = stage.text(ANN, fault=LOST)
    assert stage.reconcile(lost) == Settled(accepted=1)
    assert len(stage.reads()) == 4
    assert [stage.row(lost).sms_id] == stage.accepted(ANN)


def test_a_conversation_longer_than_it_shows_proves_nothing(stage: Stage) -> None:
    for index in range(100):
        stage.outside(ANN, f"Older {index}", START - timedelta(days=2))
    stage.text(BOB)
    lost = stage.text(ANN, fault=NEVER)
    stage.befall([NO_FAULT, NO_FAULT, NO_FAULT, ERROR_BEFORE])
    assert stage.reconcile(lost) == Settled(left=1)
    detail = stage.row(lost).detail or ""
    assert "longer than it shows" in detail


def test_all_pages_of_the_report_are_read(build: Build) -> None:
    """The conversation is too long for the chat history, the message on the report's last page."""
    stage = build(largest_limit=10)
    stage.text(BOB)
    lost = stage.text(ANN, fault=LOST)
    for index in range(25):
        stage.outside(ANN, f"Earlier {index}", START - timedelta(hours=30) + index * MINUTE)
    stage.befall([NO_FAULT] * 6 + [ERROR_BEFORE])
    assert stage.reconcile(lost) == Settled(accepted=1)
    assert [stage.row(lost).sms_id] == [str(stage.vendor.truth[1].id)]


def test_a_429_is_obeyed_and_the_read_made_again(stage: Stage) -> None:
    stage.text(BOB)
    lost = stage.text(ANN, fault=LOST)
    stage.befall([refuse_for(7), refuse_for(7)])
    assert stage.reconcile(lost) == Settled(accepted=1)
    first, second, third, *_ = stage.reads()
    assert second - first >= timedelta(seconds=7)
    assert third - second >= timedelta(seconds=7)


def test_reads_keep_to_sixty_a_minute(stage: Stage) -> None:
    stage.text(BOB)
    rows = [(f"+1202555{index:04}", "Hi") for index in range(100, 150)]
    campaign = stage.load(*rows)
    stage.vendor.faults.script.extend([NEVER, NO_FAULT] * 25)
    stage.run(campaign)
    assert stage.states(campaign) == [State.ACCEPTED] * 50
    reads = [arrival for arrival in stage.vendor.arrivals if arrival.door is Door.READ]
    assert len(reads) > 60
    assert not any(arrival.limited for arrival in reads)
