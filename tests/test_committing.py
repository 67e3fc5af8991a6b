"""Many accounts' claims and answers in one commit: nothing is lost, and nobody pays for another."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from bulksms.committing import Grouped
from bulksms.model.errors import LeaseLost, StoreError
from bulksms.model.outcomes import Accepted, Unknown
from bulksms.model.records import ClaimedMessage, Hold, Lease, NotYet, Rate
from bulksms.model.states import State
from bulksms.store import Store
from tests import virtual_time
from tests.store.stage import NOW, load

RATE, HOUR = Rate(15, timedelta(seconds=60)), timedelta(hours=1)
ACCOUNTS = 5


def running(store: Store, at: int) -> tuple[Lease, int]:
    """A started campaign of three on an account of its own."""
    campaign = load(store, 3, name=f"of-{at}", account=f"client-{at}")
    store.campaigns.start(campaign.id, now=NOW, actor="operator")
    lease = store.accounts.acquire(
        campaign.account, worker="ann:1", rate=RATE, length=HOUR, now=NOW
    )
    return lease, campaign.id


def commits(store: Store) -> list[object]:
    """Grows by one with every commit."""
    seen: list[object] = []
    event.listen(store.engine, "commit", seen.append)
    return seen


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def test_claims_and_answers_of_many_accounts_share_a_commit(store: Store) -> None:
    async def story() -> None:
        book, all_of_them = Grouped(store), [running(store, at) for at in range(ACCOUNTS)]
        seen = commits(store)
        claims = await asyncio.gather(*(book.claim(*each, NOW) for each in all_of_them))
        assert len(seen) == 1
        await asyncio.gather(
            *(
                book.record(
                    claim, Accepted(f"s{claim.id}", 200), worker="a", now=NOW, hold_until=None
                )
                for claim in claims
                if isinstance(claim, ClaimedMessage)
            )
        )
        assert len(seen) == 2
        for _, campaign_id in all_of_them:
            assert store.rows.counts(campaign_id)[State.ACCEPTED] == 1

    told(story())


def test_a_claim_is_durable_before_its_request_leaves(store: Store) -> None:
    async def story() -> None:
        lease, campaign_id = running(store, 0)
        seen = commits(store)
        claiming = asyncio.create_task(Grouped(store).claim(lease, campaign_id, NOW))
        while not seen:
            assert not claiming.done()
            await asyncio.sleep(0)
        assert isinstance(await claiming, ClaimedMessage)

    told(story())


def test_whoever_lost_its_lease_costs_the_others_nothing(store: Store) -> None:
    async def story() -> None:
        book, (mine, its), (other, other_its) = Grouped(store), running(store, 0), running(store, 1)
        store.accounts.break_lease(mine.account, epoch=mine.epoch)
        lost, claimed = await asyncio.gather(
            book.claim(mine, its, NOW), book.claim(other, other_its, NOW), return_exceptions=True
        )
        assert isinstance(lost, LeaseLost)
        assert isinstance(claimed, ClaimedMessage)
        assert store.rows.counts(its)[State.QUEUED] == 3

    told(story())


def test_one_that_breaks_the_transaction_leaves_the_others_theirs(store: Store) -> None:
    async def story() -> None:
        book, all_of_them = Grouped(store), [running(store, at) for at in range(3)]
        mine = store.messages.claim(*running(store, 3), NOW)
        assert isinstance(mine, ClaimedMessage)
        nothing: Any = None  # a doubt without a reason, which the tables refuse
        broken = book.record(mine, Unknown(nothing, ""), worker="a", now=NOW, hold_until=None)
        claims = [book.claim(*each, NOW) for each in all_of_them]
        *claimed, error = await asyncio.gather(*claims, broken, return_exceptions=True)
        assert all(isinstance(each, ClaimedMessage) for each in claimed)
        assert isinstance(error, StoreError)

    told(story())


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("moment", ["begin", "commit"])
def test_a_claim_that_is_cancelled_leaves_nothing_claimed(
    store: Store, moment: str, turns: int
) -> None:
    """While it is being written down, or with its result on the way."""

    async def story() -> None:
        lease, campaign_id = running(store, 0)
        book, reached = Grouped(store), list[object]()
        event.listen(store.engine, moment, reached.append)
        claiming = asyncio.create_task(book.claim(lease, campaign_id, NOW))
        while not reached:  # noqa: ASYNC110 - as early as can be
            await asyncio.sleep(0)
        for _ in range(turns):
            await asyncio.sleep(0)
        claiming.cancel()
        result = await asyncio.gather(claiming, return_exceptions=True)
        await book.written()
        claimed = isinstance(result[0], ClaimedMessage)
        assert store.rows.counts(campaign_id)[State.SENDING] == claimed

    told(story())


def test_a_claim_that_is_cancelled_before_that_is_never_made(store: Store) -> None:
    async def story() -> None:
        lease, campaign_id = running(store, 0)
        book, seen = Grouped(store), commits(store)
        claiming = asyncio.create_task(book.claim(lease, campaign_id, NOW))
        await asyncio.sleep(0)
        claiming.cancel()
        await asyncio.gather(claiming, book.renew(lease, NOW), return_exceptions=True)
        assert len(seen) == 1
        assert store.rows.counts(campaign_id)[State.QUEUED] == 3

    told(story())


def test_two_wishes_of_an_account_are_granted_one_after_the_other(store: Store) -> None:
    """The second one's slot depends on the first."""

    async def story() -> None:
        lease, campaign_id = running(store, 0)
        book, single = Grouped(store), replace(lease, rate=Rate(1, RATE.period))
        wishes = [book.claim(single, campaign_id, NOW) for _ in range(2)]
        first, second = await asyncio.gather(*wishes)
        assert isinstance(first, ClaimedMessage)
        assert second == NotYet(None, Hold.PACE)

    told(story())


def test_the_loop_goes_on_while_a_commit_is_made(store: Store) -> None:
    async def story() -> None:
        lease, campaign_id = running(store, 0)
        loop, free = asyncio.get_running_loop(), threading.Event()

        def waits(_connection: object) -> None:
            loop.call_soon_threadsafe(free.set)
            assert free.wait(10)

        event.listen(store.engine, "commit", waits)
        assert isinstance(await Grouped(store).claim(lease, campaign_id, NOW), ClaimedMessage)
        event.remove(store.engine, "commit", waits)

    told(story())


def test_an_answer_is_written_down_even_if_nobody_waits_for_it(store: Store) -> None:
    async def story() -> None:
        lease, campaign_id = running(store, 0)
        claim, book = store.messages.claim(lease, campaign_id, NOW), Grouped(store)
        assert isinstance(claim, ClaimedMessage)
        recording = asyncio.create_task(
            book.record(claim, Accepted("one", 200), worker="a", now=NOW, hold_until=None)
        )
        await asyncio.sleep(0)
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)
        await book.written()
        assert store.rows.counts(campaign_id)[State.ACCEPTED] == 1

    told(story())


def test_what_one_run_wrote_is_written_though_others_never_stop_writing(store: Store) -> None:
    """Among hundreds of accounts a run that had ended waited for all of them, without end."""

    async def story() -> None:
        book, (mine, its), (other, _) = Grouped(store), running(store, 0), running(store, 1)
        others: list[asyncio.Task[None]] = []

        async def go_on() -> None:
            while True:
                others.append(asyncio.create_task(book.renew(other, NOW)))
                await asyncio.sleep(book.gathering / 3)

        busy = asyncio.create_task(go_on())
        claim = await book.claim(mine, its, NOW)
        assert isinstance(claim, ClaimedMessage)
        recording = asyncio.create_task(
            book.record(claim, Accepted("one", 200), worker="a", now=NOW, hold_until=None)
        )
        await asyncio.sleep(0)
        recording.cancel()
        async with asyncio.timeout(20 * book.gathering):
            await book.written()
        assert store.rows.counts(its)[State.ACCEPTED] == 1
        entered = len(others)
        await asyncio.sleep(book.gathering)
        assert len(others) > entered
        busy.cancel()
        await asyncio.gather(*others, busy, return_exceptions=True)

    virtual_time.run(story())


def test_an_answer_that_nobody_waits_for_any_more_keeps_no_other_waiting(store: Store) -> None:
    """Both are in one commit, and whoever waits for the second is told of it."""

    async def story() -> None:
        book, both = Grouped(store), [running(store, at) for at in range(2)]
        claims = [store.messages.claim(*each, NOW) for each in both]
        first, second = (
            asyncio.create_task(
                book.record(
                    claim, Accepted(f"s{claim.id}", 200), worker="a", now=NOW, hold_until=None
                )
            )
            for claim in claims
            if isinstance(claim, ClaimedMessage)
        )
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait_for(second, 5)
        for _, campaign_id in both:
            assert store.rows.counts(campaign_id)[State.ACCEPTED] == 1

    told(story())


def test_a_commit_that_may_have_been_done_is_not_done_again(store: Store) -> None:
    """Whoever claimed is told so, and its account's next run calls the attempt unknown."""

    async def story() -> None:
        book, (lease, campaign_id) = Grouped(store), running(store, 0)

        def lost(_connection: object) -> None:
            raise StoreError("The connection was lost.")

        begun: list[object] = []
        event.listen(store.engine, "begin", begun.append)
        event.listen(store.engine, "commit", lost)
        with pytest.raises(StoreError):
            await book.claim(lease, campaign_id, NOW)
        event.remove(store.engine, "commit", lost)
        assert len(begun) == 1

    told(story())


def test_a_database_that_is_gone_is_asked_twice_and_not_by_everybody(store: Store) -> None:
    async def story() -> None:
        book, all_of_them = Grouped(store), [running(store, at) for at in range(ACCOUNTS)]
        asked: list[object] = []

        def gone(connection: object) -> None:
            asked.append(connection)
            raise StoreError("The database is gone.")

        event.listen(store.engine, "begin", gone)
        claims = (book.claim(*each, NOW) for each in all_of_them)
        results = await asyncio.gather(*claims, return_exceptions=True)
        event.remove(store.engine, "begin", gone)
        assert all(isinstance(result, StoreError) for result in results)
        assert len(asked) == 3

    told(story())


def test_a_writer_that_is_cancelled_keeps_nobody_waiting_for_it(store: Store) -> None:
    """As at the end of a loop, which cancels every task that is left."""

    async def story() -> None:
        book, (lease, campaign_id) = Grouped(store), running(store, 0)
        claiming = asyncio.create_task(book.claim(lease, campaign_id, NOW))
        await asyncio.sleep(0)
        (writer,) = asyncio.all_tasks() - {asyncio.current_task(), claiming}
        writer.cancel()
        async with asyncio.timeout(5):
            await book.written()
            assert isinstance(await book.claim(lease, campaign_id, NOW), ClaimedMessage)
        claiming.cancel()

    told(story())


def test_a_machine_that_gives_no_thread_keeps_nobody_waiting(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited for that commit did so for ever, and its heart kept the account meanwhile."""
    real, scarce = asyncio.to_thread, [RuntimeError("can't start new thread")]

    async def to_thread(work: Callable[..., Any], *given: object) -> object:
        if scarce:
            raise scarce.pop()
        return await real(work, *given)

    monkeypatch.setattr(asyncio, "to_thread", to_thread)

    async def story() -> None:
        book, (lease, campaign_id) = Grouped(store), running(store, 0)
        with pytest.raises(StoreError, match="can't start new thread"):
            await book.claim(lease, campaign_id, NOW)
        assert isinstance(await book.claim(lease, campaign_id, NOW), ClaimedMessage)

    told(story())


def test_what_is_done_alone_keeps_nobody_of_the_loop_waiting(store: Store) -> None:
    """It would wait for the lock of the commit that is being made, and every answer with it."""

    async def story() -> None:
        book, (lease, campaign_id) = Grouped(store), running(store, 0)
        claiming = asyncio.create_task(book.claim(lease, campaign_id, NOW))
        assert await book.alone(threading.get_ident) != threading.get_ident()
        await book.alone(partial(store.messages.recover, lease, NOW))
        assert isinstance(await claiming, ClaimedMessage)
        with pytest.raises(LeaseLost):
            await book.alone(partial(store.accounts.renew, replace(lease, epoch=9), NOW))

    told(story())


def test_what_is_done_alone_is_done_though_nobody_waits_for_it(store: Store) -> None:
    async def story() -> None:
        book, (lease, _) = Grouped(store), running(store, 0)
        releasing = asyncio.create_task(book.alone(partial(store.accounts.release, lease)))
        await asyncio.sleep(0)
        releasing.cancel()
        await book.alone(lambda: None)
        with pytest.raises(LeaseLost):
            store.accounts.renew(lease, NOW)

    told(story())


def test_what_is_enough_for_a_commit_does_not_wait_for_its_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulksms.committing.ENOUGH", ACCOUNTS)
    accounts = [running(store, at) for at in range(ACCOUNTS)]

    async def story() -> None:
        loop, book = asyncio.get_running_loop(), Grouped(store, gathering=60)
        await book.renew(accounts[0][0], NOW)
        begun = loop.time()
        await asyncio.gather(*(book.claim(*each, NOW) for each in accounts))
        assert loop.time() == begun
        await book.renew(accounts[0][0], NOW)
        assert loop.time() > begun

    virtual_time.run(story())
