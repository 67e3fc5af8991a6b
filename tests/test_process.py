"""Whose lease may be broken: only that of a process that certainly runs no more."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bulksms.clock import BOOT_ID
from bulksms.process import PID_NAMESPACE, _machine, is_dead, worker_name

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody is known to be dead")


def named(pid: int) -> str:
    """A process of this machine."""
    machine, _, _ = worker_name().rpartition(":")
    return f"{machine}:{pid}"


def ended() -> int:
    """The id that a process had."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_a_process_that_ended_is_dead_and_one_that_runs_is_not() -> None:
    assert is_dead(named(ended()))
    assert not is_dead(worker_name())
    assert not is_dead(named(os.getppid()))


def test_a_process_of_another_machine_may_be_alive_there() -> None:
    assert not is_dead(f"elsewhere:{ended()}")


@pytest.mark.skipif(not PID_NAMESPACE.exists(), reason="only Linux has them")
def test_a_container_that_shares_the_hosts_name_has_processes_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their ids are not ours: one that runs there seemed dead here, and its lease was broken."""
    outside = named(ended())
    assert is_dead(outside)
    _machine.cache_clear()
    monkeypatch.setattr("bulksms.process.PID_NAMESPACE", tmp_path)
    assert not is_dead(outside)
    _machine.cache_clear()


@pytest.mark.skipif(not BOOT_ID.exists(), reason="only Linux names its starts")
def test_a_copied_machine_of_the_same_name_is_another_machine() -> None:
    """Else two of them would take their accounts from each other all the time."""
    pid, host = ended(), socket.gethostname()
    assert not is_dead(f"{host}/0f0f0f:{pid}")
    assert not is_dead(f"{host}:{pid}")
