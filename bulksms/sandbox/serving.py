"""The sandbox on a loopback socket, in real time, with the magic numbers at work.

Needs the `sandbox` extra (starlette and uvicorn); importing this module without it is
an `ImportError`.
"""

import logging
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.app import Clock, Dropped, Trip, create_app
from bulksms.sandbox.faults import magic_faults
from bulksms.sandbox.limits import Allowance, Limits
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.vendor import Vendor

Ready = Callable[[str], None]

_READS_PER_SEND = 4
_GRACE_SECONDS = 1
_logger = logging.getLogger(__name__)


def serve(options: SandboxOptions, *, ready: Ready) -> None:
    """Serve until interrupted; SIGINT ends it as a `KeyboardInterrupt` to the caller.

    Args:
        options: how to play the vendor.
        ready: called with the base URL of the API once the socket listens.

    Raises:
        OSError: the port is taken.
    """
    SandboxServer(options, ready=ready).run()


class SandboxServer:
    """A sandbox that another thread can stop; `serve` is all that a command needs.

    Attributes:
        url: the base URL that a client is given.
        vendor: who answers there.
    """

    def __init__(self, options: SandboxOptions, *, ready: Ready) -> None:
        self._socket = socket.create_server((options.host, options.port))
        host, port = self._socket.getsockname()[:2]
        self._ready = ready
        self.url = f"http://{host}:{port}/api/v2"
        self.vendor = _vendor(options)
        each_way = options.latency / 2
        app = create_app(self.vendor, clock=_clock(), latency=lambda _: Trip(each_way, each_way))
        self._server = uvicorn.Server(
            uvicorn.Config(
                _Edge(app),
                lifespan="off",
                access_log=False,
                log_config=None,
                log_level=logging.CRITICAL,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    def run(self) -> None:
        """Serve until stopped or interrupted. The socket listens already, and callers queue."""
        with self._socket:
            self._ready(self.url)
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `run` soon; safe from another thread."""
        self._server.should_exit = True


class _Edge:
    """Where a lost connection is lost: the server closes one whose answer was left unfinished."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Dropped:
            return
        except Exception:
            _logger.exception("The sandbox itself failed.")
            raise


def _vendor(options: SandboxOptions) -> Vendor:
    period = timedelta(seconds=options.rate_seconds)
    limits = Limits(
        sends=Allowance(options.rate_count, period),
        reads=Allowance(options.rate_count * _READS_PER_SEND, period),
    )
    account = Account(options.token, options.numbers)
    return Vendor([account], limits=limits, faults=magic_faults())


def _clock() -> Clock:
    """The time of day at the start, carried on by a clock that nobody can set back."""
    started, origin = datetime.now(UTC), time.monotonic()
    return lambda: started + timedelta(seconds=time.monotonic() - origin)
