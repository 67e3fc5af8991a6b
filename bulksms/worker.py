"""Who this process is to other processes, and whether another one still lives."""

import os
import socket
from functools import cache

from bulksms.clock import boot_name


def worker_name() -> str:
    """This process as `machine:pid`, the name that stands in its leases and attempts."""
    return f"{_machine()}:{os.getpid()}"


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
    """The host's name and its start's: of a copied machine the first is the same.

    What runs no more here may be alive there.
    """
    return "/".join(filter(None, [socket.gethostname(), boot_name()[:6]]))
