"""Whole worker processes on one database: what becomes of the campaigns of one that dies.

`make cluster` tells the same stories of 300 accounts at the vendor's own pace, and their figures.
"""

import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from subprocess import Popen

import pytest
from sqlalchemy import create_engine, make_url, text

from bulksms.model.records import Campaign, Rate
from bulksms.model.states import CampaignState, State
from bulksms.sandbox.limits import busiest
from bulksms.sandbox.options import SandboxOptions
from bulksms.store import Store
from tests.postgres import Server
from tests.running_sandbox import running
from tests.story.gate import a_gate
from tests.story.story_stage import SENDER, TOKEN, Stage, wait_for

ACCOUNTS = int(os.environ.get("BULKSMS_CLUSTER", "6"))
FEW = ACCOUNTS < 100
LEASE, PEOPLE = (3.0, 16) if FEW else (10.0, 20)
RATE = Rate(4, timedelta(seconds=1)) if FEW else Rate(15, timedelta(seconds=60))
PATIENCE = 120.0 if FEW else 300.0
"""Long enough for a machine that is busy with other tests: only what is stuck should fail."""
DONE = {CampaignState.FINISHED}
FIRST_EXCHANGE = 200
"""The digits after 212 in the numbers of the first account's people; the next has the next."""


@pytest.fixture
def fleet(stage: Stage) -> Iterator[Stage]:
    """The stage with a vendor that limits less: here all accounts share one token."""
    options = SandboxOptions(
        token=TOKEN, numbers=(SENDER,), rate_count=500, rate_seconds=1, latency=0.2, port=0
    )
    with running(options) as vendor:
        here = {
            "EASIFY_BASE_URL": vendor.url,
            "BULKSMS_RATE": str(RATE),
            "BULKSMS_LEASE": str(LEASE),
        }
        here |= {f"CLIENT_{at}": TOKEN for at in range(ACCOUNTS)}
        yield replace(stage, vendor=vendor.vendor, environment=stage.environment | here)


@pytest.fixture
def shared(fleet: Stage, server: Server, postgresql: str) -> Stage:
    """The same with a PostgreSQL database of its own."""
    url = server.url(server.create(make_url(postgresql).database or ""))
    return replace(fleet, environment=fleet.environment | {"BULKSMS_DATABASE": url})


def _open(stage: Stage) -> Store:
    default = str(stage.folder / "bulksms.db")
    return Store.open(stage.environment.get("BULKSMS_DATABASE", default))


def _load(stage: Stage) -> None:
    """A started campaign an account, each with people of its own."""
    clients = [f"client-{at},CLIENT_{at}" for at in range(ACCOUNTS)]
    (stage.folder / "clients.csv").write_text("\n".join(["name,token_env", *clients]) + "\n")
    imported = stage.look("accounts", "import", str(stage.folder / "clients.csv"))
    assert imported.exit_code == 0, imported.output
    for at in range(ACCOUNTS):
        numbers = [f"212{FIRST_EXCHANGE + at}{1000 + person}" for person in range(PEOPLE)]
        (stage.folder / "some.csv").write_text("\n".join(["Mobile", *numbers]) + "\n")
        loaded = stage.look(
            *("load", str(stage.folder / "some.csv"), "--message", "Hi", "--from", SENDER),
            *("--name", f"of-{at}", "--account", f"client-{at}", "--rate", str(RATE)),
        )
        assert loaded.exit_code == 0, loaded.output
    with _open(stage) as store:
        for campaign in store.campaigns.all():
            store.campaigns.start(campaign.id, now=datetime.now(UTC), actor="operator")


def _begin(stage: Stage, workers: int) -> list[Popen[str]]:
    processes = []
    for _ in range(workers):
        with (stage.folder / f"worker-{len(stage.started)}.log").open("w") as log:
            processes.append(
                stage.start("worker", "--accounts", str(ACCOUNTS * 2 // 3), stderr=log)
            )
    return processes


def _campaigns(stage: Stage) -> list[Campaign]:
    with _open(stage) as store:
        return store.campaigns.all()


def _held_by(stage: Stage, process: Popen[str]) -> set[str]:
    return {
        each.account
        for each in _campaigns(stage)
        if (each.leased_by or "").endswith(f":{process.pid}")
    }


def _a_holder(stage: Stage, processes: list[Popen[str]]) -> int:
    """Which of them has the most accounts, once the vendor has heard of some."""
    wait_for(lambda: len(stage.vendor.truth) >= ACCOUNTS * 2, PATIENCE)
    held = [len(_held_by(stage, process)) for process in processes]
    assert max(held), "nobody holds an account"
    return held.index(max(held))


def _all_finish(stage: Stage) -> None:
    wait_for(lambda: {each.state for each in _campaigns(stage)} <= DONE, PATIENCE)


def _nobody_twice_nobody_forgotten(stage: Stage) -> None:
    texted = Counter(sms.receiver for sms in stage.vendor.truth)
    assert max(texted.values()) == 1
    with _open(stage) as store:
        for campaign in store.campaigns.all():
            counts = store.rows.counts(campaign.id)
            assert counts[State.ACCEPTED] + counts[State.UNKNOWN] == PEOPLE
            audit = stage.look("audit", campaign.name)
            assert audit.exit_code == 0, audit.output
        accepted = sum(store.rows.counts(each.id)[State.ACCEPTED] for each in _campaigns(stage))
    assert accepted <= len(texted) <= ACCOUNTS * PEOPLE
    _no_account_over_its_rate(stage)


def _no_account_over_its_rate(stage: Stage) -> None:
    """By the vendor's own times, in any window: they all share its token, so it could not tell."""
    arrived = defaultdict(list)
    for arrival in stage.vendor.arrivals:
        if arrival.to_number is not None:
            arrived[arrival.to_number.removeprefix("+1212")[:3]].append(arrival.at)
    assert len(arrived) == ACCOUNTS
    assert max(busiest(times, RATE.period) for times in arrived.values()) <= RATE.count


def _freeze(stage: Stage, process: Popen[str]) -> None:
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


def test_one_process_runs_every_account_on_a_file_without_an_engine(fleet: Stage) -> None:
    _load(fleet)
    (worker,) = _begin(fleet, 1)
    _all_finish(fleet)
    worker.terminate()
    assert worker.wait(10) == 0
    _nobody_twice_nobody_forgotten(fleet)


def test_a_stopped_worker_leaves_its_campaigns_to_the_next(fleet: Stage) -> None:
    _load(fleet)
    (worker,) = _begin(fleet, 1)
    fleet.until_accepted(ACCOUNTS)
    worker.terminate()
    assert worker.wait(10) == 0
    assert CampaignState.RUNNING in {each.state for each in _campaigns(fleet)}
    assert not any(each.leased_by for each in _campaigns(fleet))
    _begin(fleet, 1)
    _all_finish(fleet)
    _nobody_twice_nobody_forgotten(fleet)


def test_what_a_killed_worker_was_at_goes_on_elsewhere(shared: Stage) -> None:
    _load(shared)
    workers = _begin(shared, 3)
    victim = workers[_a_holder(shared, workers)]
    orphans = _held_by(shared, victim)
    victim.kill()
    killed_at = time.monotonic()
    wait_for(
        lambda: (
            all(
                each.state in DONE or not (each.leased_by or "").endswith(f":{victim.pid}")
                for each in _campaigns(shared)
                if each.account in orphans and each.leased_by
            )
            and not _held_by(shared, victim)
        )
    )
    silent = time.monotonic() - killed_at
    told = f"{len(orphans)} accounts went on elsewhere after {silent:.1f} s (lease {LEASE:.0f} s)"
    sys.stderr.write(f"{told}\n")
    assert FEW or silent < LEASE + 3
    _all_finish(shared)
    _nobody_twice_nobody_forgotten(shared)


def test_a_worker_that_wakes_up_after_its_lease_texts_nobody_twice(shared: Stage) -> None:
    """And when its successor is killed as well, every campaign still finishes."""
    _load(shared)
    workers = _begin(shared, 3)
    frozen = workers.pop(_a_holder(shared, workers))
    _freeze(shared, frozen)
    wait_for(lambda: not _held_by(shared, frozen))
    frozen.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    workers[0].kill()
    _all_finish(shared)
    _nobody_twice_nobody_forgotten(shared)


def test_a_restart_of_the_database_ends_no_campaign(shared: Stage, server: Server) -> None:
    _load(shared)
    _begin(shared, 2)
    shared.until_accepted(ACCOUNTS * 2)
    server.stop(hard=True)
    server.start()
    _all_finish(shared)
    _nobody_twice_nobody_forgotten(shared)


def test_a_worker_cut_off_from_its_database_claims_nothing_more(
    shared: Stage, server: Server
) -> None:
    """It still reaches the vendor; others take over, and it takes part again when it is mended."""
    _load(shared)
    with a_gate(str(server.folder / ".s.PGSQL.5432")) as gate:
        name = make_url(shared.environment["BULKSMS_DATABASE"]).database
        gated = f"postgresql+psycopg://bulksms@127.0.0.1:{gate.port}/{name}"
        there = replace(shared, environment=shared.environment | {"BULKSMS_DATABASE": gated})
        (lonely,) = _begin(there, 1)
        wait_for(lambda: bool(_held_by(shared, lonely)), PATIENCE)
        gate.cut()
        time.sleep(1)
        heard = len(shared.vendor.truth)
        time.sleep(1)
        assert len(shared.vendor.truth) == heard
        _begin(shared, 1)
        wait_for(lambda: not _held_by(shared, lonely), PATIENCE)
        gate.mend()
        _all_finish(shared)
        assert lonely.poll() is None
    with _open(shared) as store:
        counted = [store.rows.counts(each.id) for each in store.campaigns.all()]
    # Its answers in the air were kept until it was back, or the vendor's record settled them.
    assert sum(counts[State.ACCEPTED] for counts in counted) == ACCOUNTS * PEOPLE
    _nobody_twice_nobody_forgotten(shared)


def test_a_pause_reaches_a_run_on_another_machine_and_a_time_is_kept(shared: Stage) -> None:
    _load(shared)
    soon = datetime.now(UTC) + timedelta(seconds=5)
    with _open(shared) as store, store.engine.begin() as tx:
        tx.execute(
            text(
                "UPDATE campaign SET state='scheduled', start_at=:soon, started_at=NULL"
                " WHERE name='of-0'"
            ),
            {"soon": soon},
        )
    _begin(shared, 2)
    wait_for(lambda: len(shared.vendor.truth) >= 1, PATIENCE)
    assert shared.look("pause", "of-1").exit_code == 0
    rest = {f"of-{at}" for at in range(ACCOUNTS)} - {"of-1"}
    wait_for(lambda: {e.name for e in _campaigns(shared) if e.state in DONE} == rest, PATIENCE)
    paused = next(each for each in _campaigns(shared) if each.name == "of-1")
    assert paused.state is CampaignState.PAUSED
    with _open(shared) as store:
        began = next(each for each in _campaigns(shared) if each.name == "of-0").started_at
        assert began is not None
        assert soon <= began < soon + timedelta(seconds=15)
        assert store.rows.counts(paused.id)[State.QUEUED]
