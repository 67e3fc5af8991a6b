"""The queue beside our own tables: whatever a job says, a campaign is over when ours says so."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate import PsycopgConnector
from procrastinate.jobs import Job, Status

from bulksms.clock import steady_clock
from bulksms.cluster import RUNS, Cluster
from bulksms.fleet import Fleet
from bulksms.model.accounts import AskedRate
from bulksms.model.records import Campaign, Rate
from bulksms.model.states import PausedReason
from bulksms.store import Store
from tests.store.stage import load

RATE = Rate(4, timedelta(seconds=1))


def in_the_queue(url: str, scenario: Callable[[Cluster, Store, Campaign], Awaitable[None]]) -> None:
    """A started campaign in a database with an empty queue."""

    async def prepared() -> None:
        with Store.open(url) as store:
            campaign = load(store, 3, name="june")
            store.campaigns.start(campaign.id, now=datetime.now(UTC), actor="operator")
            address = store.postgresql_address
            assert address is not None
            fleet = Fleet(store, AskedRate(RATE, typed=True), steady_clock, most=1)
            cluster = Cluster(fleet, address, timedelta(seconds=3))
            async with cluster._app.open_async():
                await cluster._prepare()
                await cluster._app.connector.execute_query_async("DELETE FROM procrastinate_jobs")
                await scenario(cluster, store, campaign)

    asyncio.run(prepared())


async def taken(cluster: Cluster) -> Job:
    """The job as a worker fetches it."""
    jobs = cluster._app.job_manager
    job = await jobs.fetch_job(queues=[RUNS], worker_id=await jobs.register_worker())
    assert job is not None
    return job


async def statuses(cluster: Cluster) -> list[str]:
    jobs = await cluster._app.job_manager.list_jobs_async(queue=RUNS)
    return sorted(str(job.status) for job in jobs)


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED])
def test_what_is_unfinished_is_deferred_whatever_its_job_says(
    postgresql: str, status: Status
) -> None:
    """A worker that was frozen and fenced ends the job that its successor is doing."""

    async def scenario(cluster: Cluster, _store: Store, _campaign: Campaign) -> None:
        await cluster.sweep()
        job = await taken(cluster)
        await cluster._app.job_manager.finish_job(job, status, delete_job=False)
        await cluster.sweep()
        assert await statuses(cluster) == sorted([status.value, "todo"])
        await cluster.sweep()
        assert len(await statuses(cluster)) == 2

    in_the_queue(postgresql, scenario)


@pytest.mark.parametrize("is_deferred_twice", [False, True])
def test_what_a_silent_worker_was_at_can_be_taken_by_another(
    postgresql: str, *, is_deferred_twice: bool
) -> None:
    """Two sweeps at once may defer a campaign twice, where a worker is quick between them."""

    async def scenario(cluster: Cluster, _store: Store, campaign: Campaign) -> None:
        await cluster.sweep()
        first = await taken(cluster)
        if is_deferred_twice:
            await cluster._defer(campaign, datetime.now(UTC))
        await cluster._app.connector.execute_query_async(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )
        await cluster._watch(timestamp=0)
        second = await taken(cluster)
        assert second.task_kwargs == first.task_kwargs
        assert await statuses(cluster) == ["doing"]

    in_the_queue(postgresql, scenario)


def test_what_somebody_sends_without_a_job_is_left_to_him(postgresql: str) -> None:
    async def scenario(cluster: Cluster, store: Store, campaign: Campaign) -> None:
        length = timedelta(seconds=60)
        store.accounts.acquire(
            campaign.account, worker="elsewhere:1", rate=RATE, length=length, now=datetime.now(UTC)
        )
        await cluster.sweep()
        assert await statuses(cluster) == []

    in_the_queue(postgresql, scenario)


def test_the_job_of_what_a_person_paused_is_taken_out(postgresql: str) -> None:
    async def scenario(cluster: Cluster, store: Store, campaign: Campaign) -> None:
        await cluster.sweep()
        store.campaigns.pause(
            campaign.id, PausedReason.OPERATOR, now=datetime.now(UTC), actor="operator"
        )
        await cluster.sweep()
        assert await statuses(cluster) == []

    in_the_queue(postgresql, scenario)


def test_a_machine_cut_off_after_a_statement_of_the_engine_keeps_nobody_waiting(
    postgresql: str,
) -> None:
    """Its heartbeat held a lock until the network gave it up, and no other cleared it away."""

    async def scenario(cluster: Cluster, _store: Store, _campaign: Campaign) -> None:
        await cluster._app.job_manager.register_worker()
        connector = cluster._app.connector
        assert isinstance(connector, PsycopgConnector)
        async with connector.pool.connection() as cut_off, connector.pool.connection() as other:
            await cut_off.execute("UPDATE procrastinate_workers SET last_heartbeat = now()")
            await other.execute("SELECT * FROM procrastinate_workers FOR UPDATE NOWAIT")

    in_the_queue(postgresql, scenario)
