"""Workers on machines of their own: one that dies there, and one whose network goes silent.

Unlike a gate that closes, silence says nothing: whoever waits for the database waits on.
"""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from subprocess import Popen
from urllib.parse import urlsplit

import pytest
from sqlalchemy import make_url, text

from tests.postgres import Server
from tests.story.gate import a_gate
from tests.story.hosts import Network, a_network
from tests.story.story_stage import Stage, wait_for
from tests.story.workers_stage import (
    ACCOUNTS,
    LEASE,
    PATIENCE,
    a_fleet,
    all_finish,
    at_database,
    begin,
    held_by,
    load,
    nobody_twice_nobody_forgotten,
    opened,
)

SECOND = timedelta(seconds=1)


@dataclass
class Machines:
    """A fleet's stage as the test sees it, and as each of its hosts does."""

    here: Stage
    there: list[Stage]
    network: Network


@pytest.fixture
def machines(stage: Stage, server: Server, own_database: str) -> Iterator[Machines]:
    """Two hosts, one PostgreSQL, one vendor."""
    with a_network(2) as network:
        if network is None:
            pytest.skip("only root may make machines of its own, and only with iproute2")
        socket = str(server.folder / ".s.PGSQL.5432")
        with a_fleet(stage, network.vendor) as fleet, a_gate(socket, network.database) as gate:
            port = urlsplit(fleet.environment["EASIFY_BASE_URL"]).port or 0
            fleet.environment["EASIFY_BASE_URL"] = f"http://127.0.0.1:{port}/api/v2"
            name = make_url(own_database).database
            url = f"postgresql+psycopg://bulksms@{network.database}:{gate.port}/{name}"
            there = at_database(fleet, url)
            with network.vendor_on_loopback(port):
                hosts = [replace(there, on=host.on) for host in network.hosts]
                yield Machines(at_database(fleet, own_database), hosts, network)


def claims(stage: Stage, process: Popen[str], since: datetime) -> int:
    """How many requests that process has begun since then."""
    asked = "SELECT count(*) FROM attempt WHERE worker LIKE :who AND started_at > :since"
    with opened(stage) as store, store.engine.connect() as connection:
        who = {"who": f"%:{process.pid}", "since": since}
        found: int = connection.execute(text(asked), who).scalar_one()
        return found


def test_what_a_machine_that_died_was_at_goes_on_on_another(machines: Machines) -> None:
    """Nobody there can see that the process is dead: only its lease tells."""
    load(machines.here)
    (victim,) = begin(machines.there[0], 1)
    wait_for(lambda: len(machines.here.vendor.truth) >= ACCOUNTS, PATIENCE)
    begin(machines.there[1], 1)
    assert held_by(machines.here, victim)
    victim.kill()
    died = datetime.now(UTC)
    wait_for(lambda: not held_by(machines.here, victim), PATIENCE)
    assert datetime.now(UTC) - died > LEASE / 2 * SECOND
    all_finish(machines.here)
    nobody_twice_nobody_forgotten(machines.here)


def test_a_machine_cut_off_in_silence_claims_nothing_until_it_hears_again(
    machines: Machines,
) -> None:
    """It loses the database, not the vendor."""
    load(machines.here)
    (lonely,) = begin(machines.there[0], 1)
    wait_for(lambda: len(machines.here.vendor.truth) >= ACCOUNTS, PATIENCE)
    address = machines.network.database
    machines.network.hosts[0].lose(address)
    silent = datetime.now(UTC)
    begin(machines.there[1], 1)
    wait_for(lambda: not held_by(machines.here, lonely), PATIENCE)
    assert claims(machines.here, lonely, silent + SECOND) == 0
    machines.network.hosts[0].find(address)
    all_finish(machines.here)
    assert lonely.poll() is None
    nobody_twice_nobody_forgotten(machines.here)
    lonely.send_signal(signal.SIGTERM)
    assert lonely.wait(90) == 0
