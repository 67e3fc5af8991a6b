"""Who this process is to other processes, and whether another one still lives."""

import os
import socket


def worker_name() -> str:
    """This process as `host:pid`, the name that stands in its leases and attempts."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(worker: str) -> bool:
    """True only if `worker` was a process of this machine and certainly runs no more.

    Any doubt is False: then its lease must lapse first.
    """
    host, _, pid = worker.rpartition(":")
    if os.name != "posix" or host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
