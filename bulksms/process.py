"""Who this process is to other processes, and whether another one still lives."""

import os
import socket
from datetime import datetime
from functools import cache
from pathlib import Path

from bulksms.clock import boot_name
from bulksms.model.records import Campaign
from bulksms.model.settings import LONGEST_LEASE_OR_WAIT

PID_NAMESPACE = Path("/proc/self/ns/pid")


def worker_name() -> str:
    """This process as `machine:pid`, the name that stands in its leases and attempts."""
    return f"{_machine()}:{os.getpid()}"


def is_held(campaign: Campaign, now: datetime) -> bool:
    """Whether somebody has the campaign's account: its lease lasts, and its holder is not dead."""
    if campaign.leased_by is None or campaign.leased_until is None:
        return False
    lasts = now < campaign.leased_until <= now + LONGEST_LEASE_OR_WAIT
    return lasts and not is_dead(campaign.leased_by)


def is_dead(worker: str) -> bool:
    """True only if `worker` was a process of this machine and certainly runs no more.

    Any doubt is False: then its lease must lapse first.
    """
    machine, _, pid = worker.rpartition(":")
    if os.name != "posix" or machine != _machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@cache
def _machine() -> str:
    """The host's name, its start's, and the ids' own: of a copied machine the first is the same.

    What runs no more here may be alive there, and in a container that shares the host's name.
    """
    return "/".join(filter(None, [socket.gethostname(), boot_name()[:6], _whose_ids()]))


def _whose_ids() -> str:
    """Within which the ids of processes are told apart (pid_namespaces(7)); empty if unknown."""
    try:
        return f"{PID_NAMESPACE.stat().st_ino:x}"
    except OSError:
        return ""
