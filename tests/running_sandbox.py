"""The sandbox on loopback in a thread of the test's own, for as long as a test wants it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bulksms.sandbox.ledger import Ledger
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.serving import SandboxServer

PATIENCE = 30
"""Seconds for the answers in the air when it ends."""


@contextmanager
def running(options: SandboxOptions, ledger: Ledger | None = None) -> Iterator[SandboxServer]:
    """Serve; with `ledger`, as one that remembers what an earlier one accepted."""
    server = SandboxServer(options, ready=lambda _url: None)
    if ledger is not None:
        server.vendor.ledger = ledger
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(timeout=PATIENCE)
