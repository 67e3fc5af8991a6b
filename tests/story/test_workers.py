"""Whole worker processes on one database: what becomes of the campaigns of one that dies.

`make cluster` tells the same stories of 300 accounts at the vendor's own pace, and their figures.
"""

import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from subprocess import Popen

from sqlalchemy import create_engine, make_url, text

from bulksms.model.states import CampaignState, State
from tests.postgres import Server
from tests.story.gate import a_gate
from tests.story.story_stage import Stage, wait_for
from tests.story.workers_stage import (
    ACCOUNTS,
    DONE,
    FEW,
    LEASE,
    PATIENCE,
    PEOPLE,
    a_holder,
    all_finish,
    at_database,
    begin,
    campaigns,
    held_by,
    load,
    nobody_twice_nobody_forgotten,
    opened,
)


def freeze(stage: Stage, process: Popen[str]) -> None:
    """SIGSTOP between two transactions: within one it would keep its rows for 20 seconds."""
    engine = create_engine(stage.environment["BULKSMS_DATABASE"])
    within = text(
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'"
        " AND datname = current_database()"
    )
    for _ in range(100):
        process.send_signal(signal.SIGSTOP)
        with engine.connect() as connection:
            if not connection.execute(within).scalar_one():
                break
        process.send_signal(signal.SIGCONT)
        time.sleep(0.02)
    engine.dispose()


def _pause_one(stage: Stage) -> str:
    """Pause one of the campaigns that run; its name."""
    return next(
        each.name for each in campaigns(stage) if not stage.look("pause", each.name).exit_code
    )


def test_one_process_runs_every_account_on_a_file_without_an_engine(fleet: Stage) -> None:
    load(fleet)
    (worker,) = begin(fleet, 1)
    all_finish(fleet)
    worker.terminate()
    assert worker.wait(10) == 0
    nobody_twice_nobody_forgotten(fleet)


def test_a_stopped_worker_leaves_its_campaigns_to_the_next(fleet: Stage) -> None:
    load(fleet)
    (worker,) = begin(fleet, 1)
    fleet.until_accepted(ACCOUNTS)
    worker.terminate()
    assert worker.wait(10) == 0
    assert CampaignState.RUNNING in {each.state for each in campaigns(fleet)}
    assert not any(each.leased_by for each in campaigns(fleet))
    begin(fleet, 1)
    paused = _pause_one(fleet)
    given_back = fleet.look("resume", paused, "--by-worker", "--yes")
    assert given_back.exit_code == 0, given_back.output
    all_finish(fleet)
    nobody_twice_nobody_forgotten(fleet)


def test_what_a_killed_worker_was_at_goes_on_elsewhere(shared: Stage) -> None:
    load(shared)
    workers = begin(shared, 3)
    victim = workers[a_holder(shared, workers)]
    orphans = held_by(shared, victim)
    victim.kill()
    killed_at = time.monotonic()
    wait_for(
        lambda: (
            all(
                each.state in DONE or not (each.leased_by or "").endswith(f":{victim.pid}")
                for each in campaigns(shared)
                if each.account in orphans and each.leased_by
            )
            and not held_by(shared, victim)
        )
    )
    silent = time.monotonic() - killed_at
    told = f"{len(orphans)} accounts went on elsewhere after {silent:.1f} s (lease {LEASE:.0f} s)"
    sys.stderr.write(f"{told}\n")
    assert FEW or silent < LEASE + 3
    all_finish(shared)
    nobody_twice_nobody_forgotten(shared)


def test_a_worker_that_wakes_up_after_its_lease_texts_nobody_twice(shared: Stage) -> None:
    """And when its successor is killed as well, every campaign still finishes."""
    load(shared)
    workers = begin(shared, 3)
    frozen = workers.pop(a_holder(shared, workers))
    freeze(shared, frozen)
    wait_for(lambda: not held_by(shared, frozen))
    frozen.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    workers[0].kill()
    all_finish(shared)
    nobody_twice_nobody_forgotten(shared)


def test_a_restart_of_the_database_ends_no_campaign(shared: Stage, server: Server) -> None:
    load(shared)
    begin(shared, 2)
    shared.until_accepted(ACCOUNTS * 2)
    server.stop(hard=True)
    server.start()
    all_finish(shared)
    nobody_twice_nobody_forgotten(shared)


def test_a_worker_cut_off_from_its_database_claims_nothing_more(
    shared: Stage, server: Server
) -> None:
    """It still reaches the vendor; others take over, and it takes part again when it is mended."""
    load(shared)
    with a_gate(str(server.folder / ".s.PGSQL.5432")) as gate:
        name = make_url(shared.environment["BULKSMS_DATABASE"]).database
        gated = f"postgresql+psycopg://bulksms@127.0.0.1:{gate.port}/{name}"
        (lonely,) = begin(at_database(shared, gated), 1)
        wait_for(lambda: bool(held_by(shared, lonely)), PATIENCE)
        gate.cut()
        time.sleep(1)
        heard = len(shared.vendor.truth)
        time.sleep(1)
        assert len(shared.vendor.truth) == heard
        begin(shared, 1)
        wait_for(lambda: not held_by(shared, lonely), PATIENCE)
        gate.mend()
        all_finish(shared)
        assert lonely.poll() is None
    with opened(shared) as store:
        counted = [store.rows.counts(each.id) for each in store.campaigns.all()]
    # Its answers in the air were kept until it was back, or the vendor's record settled them.
    assert sum(counts[State.ACCEPTED] for counts in counted) == ACCOUNTS * PEOPLE
    nobody_twice_nobody_forgotten(shared)


def test_a_pause_reaches_a_run_on_another_machine_and_a_time_is_kept(shared: Stage) -> None:
    load(shared)
    soon = datetime.now(UTC) + timedelta(seconds=5)
    with opened(shared) as store, store.engine.begin() as tx:
        tx.execute(
            text(
                "UPDATE campaign SET state='scheduled', start_at=:soon, started_at=NULL"
                " WHERE name='of-0'"
            ),
            {"soon": soon},
        )
    begin(shared, 2)
    wait_for(lambda: len(shared.vendor.truth) >= 1, PATIENCE)
    assert shared.look("pause", "of-1").exit_code == 0
    rest = {f"of-{at}" for at in range(ACCOUNTS)} - {"of-1"}
    wait_for(lambda: {e.name for e in campaigns(shared) if e.state in DONE} == rest, PATIENCE)
    paused = next(each for each in campaigns(shared) if each.name == "of-1")
    assert paused.state is CampaignState.PAUSED
    with opened(shared) as store:
        began = next(each for each in campaigns(shared) if each.name == "of-0").started_at
        assert began is not None
        assert soon <= began < soon + timedelta(seconds=15)
        assert store.rows.counts(paused.id)[State.QUEUED]
