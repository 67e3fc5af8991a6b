"""What many accounts have at once: each gets its own, as if it had come alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bulksms.model.errors import LeaseLost
from bulksms.model.outcomes import Outcome
from bulksms.model.records import (
    Answer,
    Beat,
    Campaign,
    ClaimedMessage,
    Entry,
    Hold,
    Lease,
    NothingQueued,
    NotRunning,
    NotYet,
    Rate,
    Wanted,
)
from bulksms.model.states import CampaignState, PausedReason
from bulksms.store import Store
from tests.store.stage import (
    ACCEPTED,
    FAST,
    MINUTE,
    NOW,
    SECOND,
    TOO_MANY,
    UNKNOWN,
    answer,
    claim,
    load,
    queued,
    sql,
    states,
)

LATER = NOW + SECOND


@dataclass(frozen=True)
class Client:
    """A started campaign on an account of its own."""

    campaign: Campaign
    lease: Lease

    def wish(self) -> Wanted:
        """For its next message."""
        return Wanted(self.lease, self.campaign.id, LATER)


def client(store: Store, name: str, rows: int = 3, rate: Rate = FAST) -> Client:
    at = sum(map(ord, name))
    people = [queued(row, to_number=f"+1{at:05}{row:05}") for row in range(2, 2 + rows)]
    campaign = load(store, people, name=name, account=name)
    store.campaigns.start(campaign.id, now=NOW, actor="test")
    lease = store.accounts.acquire(name, worker="ann:1", rate=rate, length=MINUTE, now=NOW)
    return Client(campaign, lease)


def written(store: Store, entries: Sequence[Entry]) -> list[Any]:
    with store.together() as write_down:
        return list(write_down(entries))


def test_each_account_gets_its_own(store: Store) -> None:
    free, full, blocked, done, paused, lost = (
        client(store, name, rows=rows, rate=Rate(1, MINUTE))
        for name, rows in [
            *(("free", 3), ("full", 3), ("blocked", 3)),
            *(("done", 0), ("paused", 3), ("lost", 3)),
        ]
    )
    answer(store, claim(store, full.lease, full.campaign), ACCEPTED)
    answer(store, claim(store, blocked.lease, blocked.campaign), TOO_MANY, hold_until=NOW + MINUTE)
    store.campaigns.pause(paused.campaign.id, PausedReason.OPERATOR, now=NOW, actor="test")
    store.accounts.break_lease("lost", epoch=lost.lease.epoch)
    everybody = [lost, free, full, blocked, done, paused]

    gone, claimed, *others = written(store, [each.wish() for each in everybody])

    assert isinstance(gone, LeaseLost)
    assert isinstance(claimed, ClaimedMessage)
    assert others == [
        NotYet(NOW + MINUTE, Hold.PACE),
        NotYet(NOW + MINUTE, Hold.BLOCKED),
        NothingQueued(),
        NotRunning(CampaignState.PAUSED, PausedReason.OPERATOR),
    ]
    assert states(store, free.campaign) == ["sending", "queued", "queued"]
    assert states(store, lost.campaign) == ["queued", "queued", "queued"]


def test_every_claim_names_its_own_attempt(store: Store) -> None:
    clients = [client(store, f"client {at}") for at in range(20)]
    claims = written(store, [each.wish() for each in clients])
    kept = sql(store, "SELECT message_id, id, account_id FROM attempt ORDER BY id")
    assert sorted(kept) == sorted(
        (claim.id, claim.attempt_id, each.lease.account_id)
        for claim, each in zip(claims, clients, strict=True)
    )
    told = "SELECT message_id, actor, from_state, to_state FROM event WHERE message_id IS NOT NULL"
    assert sorted(sql(store, told)) == sorted(
        (claim.id, "claim: ann:1", "queued", "sending") for claim in claims
    )


def test_who_opted_out_is_passed_over_in_each(store: Store) -> None:
    clients = [client(store, f"client {at}") for at in range(3)]
    numbers = sql(store, "SELECT to_number FROM message WHERE row_number < 4 ORDER BY id")
    store.suppressions.add(
        [number for (number,) in numbers[:-1]], reason="STOP", source="t", now=NOW
    )
    claims = written(store, [each.wish() for each in clients])
    assert [each.row_number for each in claims] == [4, 4, 3]
    assert states(store, clients[0].campaign) == ["skipped", "skipped", "sending"]


def test_an_answer_comes_before_the_wish_that_it_concerns(store: Store) -> None:
    """The vendor has just said: not before a minute."""
    mine = client(store, "mine")
    refused = Answer(
        claim(store, mine.lease, mine.campaign), TOO_MANY, "ann:1", LATER, LATER + MINUTE
    )
    wish, said = written(store, [mine.wish(), refused])
    assert said is None
    assert wish == NotYet(LATER + MINUTE, Hold.BLOCKED)
    assert states(store, mine.campaign) == ["queued", "queued", "queued"]


def test_answers_of_every_kind_go_their_own_ways(store: Store) -> None:
    clients = [client(store, f"client {at}") for at in range(4)]
    claims = [claim(store, each.lease, each.campaign) for each in clients]
    outcomes = list[Outcome]((ACCEPTED, UNKNOWN, TOO_MANY, ACCEPTED))
    written(
        store,
        [
            Answer(claimed, outcome, "ann:1", LATER)
            for claimed, outcome in zip(claims, outcomes, strict=True)
        ],
    )
    first = [states(store, each.campaign)[0] for each in clients]
    assert first == ["accepted", "unknown", "queued", "accepted"]


def test_a_late_acceptance_is_written_down_beside_timely_ones(store: Store) -> None:
    """One attempt was given up; its answer is a fact all the same."""
    late, timely = client(store, "late"), client(store, "timely")
    given_up, claimed = (claim(store, each.lease, each.campaign) for each in (late, timely))
    answer(store, given_up, UNKNOWN)
    written(store, [Answer(each, ACCEPTED, "ann:1", LATER) for each in (given_up, claimed)])
    assert states(store, late.campaign)[0] == states(store, timely.campaign)[0] == "accepted"
    told = "SELECT actor FROM event WHERE to_state = 'accepted' ORDER BY actor"
    assert sql(store, told) == [("late answer: ann:1",), ("record: ann:1",)]


def test_a_heartbeat_that_is_too_late_is_told(store: Store) -> None:
    mine, lost = client(store, "mine"), client(store, "lost")
    store.accounts.break_lease("lost", epoch=lost.lease.epoch)
    kept, gone = written(store, [Beat(mine.lease, LATER), Beat(lost.lease, LATER)])
    assert kept is None
    assert isinstance(gone, LeaseLost)
    until = "SELECT leased_until FROM account WHERE name = 'mine'"
    assert sql(store, until) == [("2026-01-05 09:01:01.000000",)]


def test_a_wish_made_ahead_of_its_time_is_a_sign_of_life_of_its_own_moment(store: Store) -> None:
    """Else whoever dies after it would keep its account for as much longer."""
    mine = client(store, "mine")
    wish = Wanted(mine.lease, mine.campaign.id, LATER + MINUTE / 2, ahead=MINUTE / 2)
    (claimed,) = written(store, [wish])
    assert isinstance(claimed, ClaimedMessage)
    until = "SELECT leased_until FROM account WHERE name = 'mine'"
    assert sql(store, until) == [("2026-01-05 09:01:01.000000",)]
    assert sql(store, "SELECT at FROM event WHERE to_state = 'sending'") == [
        ("2026-01-05 09:00:31.000000",)
    ]


def test_nothing_to_write_down_is_no_fault(store: Store) -> None:
    assert written(store, []) == []
