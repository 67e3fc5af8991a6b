"""The same work on as many machines as wanted: Procrastinate says which process runs what.

The engine gives liveness: a job for each campaign's run, locked by its account, waking at its
time, and ended when its process falls silent, so that another may begin. It gives no safety: that
is the account's epoch, in the guard of every claim. And a job's end says nothing about its
campaign, for a worker that was frozen and woke up ends a job that another one is doing: so the
sweep compares our own tables with the queue, and defers what is unfinished and unowned.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job, Status

from bulksms.fleet import Fleet
from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState
from bulksms.process import is_held

log = logging.getLogger(__name__)

SCHEMA = "bulksms_engine"
"""The engine's tables keep to themselves: our migrations know nothing of them, nor they of ours."""
RUNS, WATCH = "runs", "watch"
"""Two queues and two slots: however many runs there are, somebody always watches."""
EVERY_SECOND = "* * * * * *"
BEATS, BEATS_MISSED = 6, 4
"""Signs of life within the time after which others take over, and how many must fail to come.

To look too early is safe: whose an account is, its lease says, and it lapses at the whole time.
"""
GLANCE_SECONDS = 1.0
_PREPARING = 0x6275_6C6C
"""The number of the lock that the engine's tables are made under; any would do."""


class Cluster:
    """A fleet's place among others on the same PostgreSQL."""

    def __init__(self, fleet: Fleet, address: str, silence: timedelta) -> None:
        """Nothing is opened yet.

        Args:
            fleet: what runs the campaigns.
            address: the database, as libpq reads it.
            silence: after how long without a sign of life another process takes over.
        """
        self._fleet, self._silence = fleet, silence.total_seconds()
        connector = PsycopgConnector(
            conninfo=address,
            kwargs={"options": f"-c search_path={SCHEMA}"},
            configure=_each_by_itself,
            min_size=1,
            max_size=4,
        )
        self._app = App(connector=connector)
        self._run = self._app.task(name="run", queue=RUNS)(fleet.run)
        # One look may wait, no more: else looks that take longer than a second would pile up.
        watching = self._app.task(name="watch", queue=WATCH, queueing_lock=WATCH)(self._watch)
        self._app.periodic(cron=EVERY_SECOND)(watching)

    async def serve(self) -> None:
        """Take part until cancelled; a database that goes away is waited for."""
        while True:
            try:
                async with self._app.open_async():
                    await self._prepare()
                    await self._work()
            except Exception as error:  # noqa: BLE001 - whatever broke, our own tables say what is left to do
                said = str(error).strip().partition("\n")[0]
                self._fleet.is_in_trouble(f"The engine cannot be used: {said}.")
                log.warning("the engine is left for a moment: %s: %s", type(error).__name__, said)
            await asyncio.sleep(GLANCE_SECONDS)

    async def sweep(self) -> None:
        """Compare the campaigns with the queue, and mend the queue. Safe at any time, anywhere."""
        jobs = {job.task_kwargs["campaign_id"]: job for job in await self._living_jobs()}
        found = await asyncio.to_thread(self._fleet.store.campaigns.unfinished)
        unfinished = {campaign.id: campaign for campaign in found}
        for campaign_id, job in jobs.items():
            if campaign_id not in unfinished and job.id is not None:
                await self._app.job_manager.cancel_job_by_id_async(
                    job.id, abort=True, delete_job=True
                )
        now = self._fleet.now()
        for campaign in found:
            if campaign.id not in jobs and not is_held(campaign, now):
                await self._defer(campaign, now)

    async def _watch(self, timestamp: int) -> None:  # noqa: ARG002 - what the engine calls it with
        """End the jobs of processes that fell silent, then defer what they were at."""
        stalled = await self._app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=self._silence * BEATS_MISSED / BEATS
        )
        for job in stalled:
            await self._end(job)
        await self.sweep()

    async def _end(self, job: Job) -> None:
        """It is not put back in the queue, where another of its campaign may wait already.

        Two of a campaign cannot wait, and while one is being done no other begins: so one that
        could not be put back would keep its account still for ever.
        """
        try:
            await self._app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException:
            log.info("job=%s had ended meanwhile", job.id)

    async def _living_jobs(self) -> list[Job]:
        return [
            job
            for status in (Status.TODO, Status.DOING)
            for job in await self._app.job_manager.list_jobs_async(
                task=self._run.name, status=status.value
            )
        ]

    async def _defer(self, campaign: Campaign, now: datetime) -> None:
        waits = campaign.state is CampaignState.SCHEDULED
        start_at = (campaign.start_at or now) if waits else None
        job = self._run.configure(
            lock=campaign.account,
            queueing_lock=f"campaign {campaign.id}",
            schedule_at=start_at,
            # A job keeps later ones with its lock waiting, even before its own time has come,
            # unless they have more priority: so the earlier the time, the more of it.
            priority=0 if start_at is None else -int(start_at.timestamp() // 60),
        )
        try:
            await job.defer_async(campaign_id=campaign.id)
        except AlreadyEnqueued:
            log.debug("campaign=%s was deferred by another sweep", campaign.name)

    async def _work(self) -> None:
        """Until one of the two slots ends; then the other is ended too."""
        slots = [
            asyncio.create_task(self._slot(RUNS, self._fleet.most)),
            asyncio.create_task(self._slot(WATCH, 1)),
        ]
        try:
            await asyncio.wait(slots, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for slot in slots:
                slot.cancel()
            await asyncio.gather(*slots, return_exceptions=True)

    async def _slot(self, queue: str, concurrency: int) -> None:
        await self._app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=concurrency,
            fetch_job_polling_interval=GLANCE_SECONDS,
            shutdown_graceful_timeout=0,  # a run that is told to stop waits for its answers itself
            delete_jobs=DeleteJobCondition.ALWAYS,  # nobody ever asks how a job ended
            install_signal_handlers=False,
            update_heartbeat_interval=self._silence / BEATS,
            stalled_worker_timeout=self._silence,
        )

    async def _prepare(self) -> None:
        """Make the engine's tables if they are not there; several processes may begin at once."""
        connector = self._app.connector
        assert isinstance(connector, PsycopgConnector)  # noqa: S101 - as it was made above
        async with connector.pool.connection() as connection, connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({_PREPARING})")
            found = await connection.execute("SELECT to_regclass('procrastinate_jobs') IS NULL")
            row = await found.fetchone()
            if row is not None and row[0]:  # else a role that may not create needs not to
                await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                await connection.execute(self._app.schema_manager.get_schema())


async def _each_by_itself(connection: Any) -> None:  # noqa: ANN401 - psycopg's, as the engine has it
    """Every statement is a transaction of its own.

    So what a machine does that falls silent keeps its locks until the server has done it, and not
    until the network gives that machine up.
    """
    await connection.set_autocommit(True)
