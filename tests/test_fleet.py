"""Many campaigns in one process: how they begin."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bulksms.clock import Clock, steady_clock
from bulksms.driving import Held, leased
from bulksms.easify import HttpxLine
from bulksms.fleet import REST_SECONDS, Fleet
from bulksms.model.accounts import Account, AskedRate, Keeper, TokenPlace
from bulksms.model.errors import StoreError
from bulksms.model.records import Campaign, Lease
from bulksms.model.settings import DEFAULT_RATE
from bulksms.model.states import CampaignState, PausedReason
from bulksms.pacing import BEGIN_SECONDS_APART
from bulksms.process import worker_name
from bulksms.sandbox.accounts import Account as Customer
from bulksms.sandbox.limits import busiest
from bulksms.sandbox.vendor import Vendor
from bulksms.store import Store
from bulksms.store.accounts import Accounts
from bulksms.store.campaigns import Campaigns
from tests import virtual_time
from tests.store.stage import FAST, NOW, load, queued, sql
from tests.wire import transport_to

CAMPAIGNS = 20


def test_what_a_beginning_reads_delays_no_other_campaign_that_has_begun(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read all at once, hundreds waited for all of it, and sent in one burst ever after."""
    monkeypatch.delenv("EASIFY_API_TOKEN", raising=False)  # each ends at once: it has no token
    for at in range(CAMPAIGNS):
        campaign = load(store, 1, name=f"of-{at}", account=f"client-{at}")
        store.campaigns.start(campaign.id, now=NOW, actor="operator")
    read_at: list[float] = []

    async def patrolled() -> None:
        loop = asyncio.get_running_loop()
        fleet = Fleet(store, AskedRate(FAST, typed=True), virtual_time.clock, most=CAMPAIGNS)
        now = Campaigns.now

        def told(campaigns: Campaigns, which: int) -> Campaign:
            read_at.append(loop.time())
            return now(campaigns, which)

        monkeypatch.setattr(Campaigns, "now", told)
        with suppress(TimeoutError):
            async with asyncio.timeout(CAMPAIGNS):
                await fleet.patrol()

    virtual_time.run(patrolled())
    waits = [later - earlier for earlier, later in pairwise(read_at)]
    assert len(read_at) == CAMPAIGNS
    assert min(waits) >= BEGIN_SECONDS_APART / 2
    assert all(
        (each.state, each.paused_reason) == (CampaignState.PAUSED, PausedReason.UNAUTHENTICATED)
        for each in store.campaigns.all()
    )


def test_a_token_that_the_worker_misses_is_told_as_the_workers(store: Store) -> None:
    """In the shell of whoever reads it the variable may be set; the campaign only paused again."""
    campaign = load(store, 1, account="acme")
    store.accounts.keep([Account("acme", token_place=TokenPlace(Keeper.VARIABLE, "NOT_SET"))])
    store.campaigns.start(campaign.id, now=NOW, actor="operator")

    async def begun() -> None:
        fleet = Fleet(store, AskedRate(FAST, typed=True), virtual_time.clock, most=1)
        await fleet.run(campaign.id)

    virtual_time.run(begun())
    said = store.campaigns.now(campaign.id).paused_detail or ""
    assert "no token of the account 'acme' in the environment variable NOT_SET." in said
    assert f"where the worker runs ({worker_name()})" in said
    assert "the worker started anew" in said


def test_a_run_that_cannot_go_on_is_told_and_tried_again_only_after_a_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried every second, a full disk filled the log, which is on the disk as well."""
    monkeypatch.setenv("EASIFY_API_TOKEN", "1|a-token")
    campaign = load(store, 1)
    store.campaigns.start(campaign.id, now=NOW, actor="operator")
    sql(store, "CREATE TRIGGER full BEFORE UPDATE ON account BEGIN SELECT RAISE(FAIL, 'full'); END")
    begun: list[float] = []
    now = Campaigns.now

    async def patrolled() -> str | None:
        loop = asyncio.get_running_loop()
        fleet = Fleet(store, AskedRate(FAST, typed=True), virtual_time.clock, most=1)

        def told(campaigns: Campaigns, which: int) -> Campaign:
            begun.append(loop.time())
            return now(campaigns, which)

        monkeypatch.setattr(Campaigns, "now", told)
        with suppress(TimeoutError):
            async with asyncio.timeout(4 * REST_SECONDS):
                await fleet.patrol()
        return fleet.trouble

    trouble = virtual_time.run(patrolled())
    assert trouble is not None
    assert "full" in trouble
    assert len(begun) > 2
    assert all(later - earlier >= REST_SECONDS for earlier, later in pairwise(begun))


def test_a_run_whose_campaign_cannot_be_read_is_told_and_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or asyncio tells of it, in a traceback, and /healthz knows nothing."""
    campaign = load(store, 1)
    store.campaigns.start(campaign.id, now=NOW, actor="operator")

    def unreadable(_campaigns: Campaigns, _which: int) -> Campaign:
        raise StoreError("The database cannot be read.")

    monkeypatch.setattr(Campaigns, "now", unreadable)

    async def begun() -> str | None:
        fleet = Fleet(store, AskedRate(FAST, typed=True), virtual_time.clock, most=1)
        await fleet.run(campaign.id)
        return fleet.trouble

    assert virtual_time.run(begun()) == "The database cannot be read."


def test_a_worker_that_began_before_the_machine_knew_the_time_heeds_it_since(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock was asked once in weeks, and people were texted at night."""
    monkeypatch.delenv("EASIFY_API_TOKEN", raising=False)  # it ends at once: it has no token
    load(store, 1, start_at=NOW)
    behind = [timedelta(hours=8)]

    def wall_clock() -> Clock:
        by = behind[0]
        return lambda: NOW - by

    async def patrolled() -> list[CampaignState]:
        fleet = Fleet(store, AskedRate(FAST, typed=True), wall_clock, most=1)
        patrol = asyncio.create_task(fleet.patrol())
        await asyncio.sleep(5)
        seen = [each.state for each in store.campaigns.all()]
        behind[0] = timedelta(0)
        await asyncio.sleep(5)
        patrol.cancel()
        await asyncio.wait({patrol})
        return seen + [each.state for each in store.campaigns.all()]

    assert virtual_time.run(patrolled()) == [CampaignState.SCHEDULED, CampaignState.PAUSED]


def test_two_accounts_with_one_token_never_exceed_its_rate_and_both_finish(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, people = "1|of-both", DEFAULT_RATE.count + 3
    for at, name in enumerate(("aa", "bb")):
        monkeypatch.setenv(f"TOKEN_{name}", token)
        place = TokenPlace(Keeper.VARIABLE, f"TOKEN_{name}")
        store.accounts.keep([Account(name, token_place=place)])
        rows = [queued(at * people + row) for row in range(people)]
        campaign = load(store, rows, name=f"of-{name}", account=name)
        store.campaigns.start(campaign.id, now=NOW, actor="operator")
    vendor = Vendor([Customer(token, ("+12025550000",))])

    async def patrolled() -> None:
        line = HttpxLine(transport_to(vendor))
        fleet = Fleet(store, AskedRate(DEFAULT_RATE, typed=True), virtual_time.clock, 2, line)
        with suppress(TimeoutError):
            async with asyncio.timeout(timedelta(minutes=6).total_seconds()):
                await fleet.patrol()

    virtual_time.run(patrolled())
    assert {each.state for each in store.campaigns.all()} == {CampaignState.FINISHED}
    assert len(vendor.truth) == 2 * people
    posts = [each.at for each in vendor.arrivals if each.to_number]
    assert busiest(posts, DEFAULT_RATE.period) <= DEFAULT_RATE.count


def test_a_run_that_is_stopped_while_it_takes_its_account_gives_it_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is taken in another thread; else nobody could send for as long as it lasts."""
    monkeypatch.setenv("EASIFY_API_TOKEN", "1|a")
    campaign = load(store, 1)
    store.campaigns.start(campaign.id, now=NOW, actor="operator")
    at_it, may_go_on = threading.Event(), threading.Event()

    @contextmanager
    def slowly(*given: Any) -> Iterator[Held]:  # noqa: ANN401 - as `leased`
        at_it.set()
        may_go_on.wait(5)
        with leased(*given) as held:
            yield held

    monkeypatch.setattr("bulksms.fleet.leased", slowly)

    async def stopped() -> None:
        fleet = Fleet(store, AskedRate(FAST, typed=True), steady_clock, most=1)
        run = asyncio.create_task(fleet.run(campaign.id))
        await asyncio.to_thread(at_it.wait, 5)
        run.cancel()
        await asyncio.sleep(0)
        may_go_on.set()
        with suppress(asyncio.CancelledError):
            await run

    asyncio.run(stopped())
    assert sql(store, "SELECT epoch, leased_by FROM account") == [(1, None)]


def test_a_token_that_is_replaced_while_the_account_is_taken_is_not_sent_with(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one under the old one's mark: its record would prove absent what the old one sent."""
    monkeypatch.setenv("EASIFY_API_TOKEN", "1|old")
    campaign = load(store, 1)
    store.campaigns.start(campaign.id, now=NOW, actor="operator")
    vendor = Vendor([Customer(each, ("+12025550000",)) for each in ("1|old", "2|new")])
    acquire = Accounts.acquire

    def slowly(*given: Any, **more: Any) -> Lease:  # noqa: ANN401 - as `acquire`
        monkeypatch.setenv("EASIFY_API_TOKEN", "2|new")
        return acquire(*given, **more)

    monkeypatch.setattr(Accounts, "acquire", slowly)

    async def begun() -> None:
        line = HttpxLine(transport_to(vendor))
        await Fleet(store, AskedRate(FAST, typed=True), virtual_time.clock, 1, line).run(
            campaign.id
        )

    virtual_time.run(begun())
    assert [each.token for each in vendor.truth] == ["1|old"]
