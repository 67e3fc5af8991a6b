"""`worker`: runs the campaigns of a database, unattended, until it is told to stop."""

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import click

from bulksms.cli.environment import rate_option
from bulksms.cli.stopping import heeding_signals
from bulksms.clock import steady_clock
from bulksms.driving import require_settings
from bulksms.easify import shared_line
from bulksms.environment import base_url, lease_length
from bulksms.fleet import Fleet
from bulksms.model.accounts import Account, AskedRate
from bulksms.model.errors import ConfigError
from bulksms.model.wording import in_an_address
from bulksms.store import Store

SELDOM = (100_000, 10, 10)
"""When garbage is looked for. By default a thousand accounts stood still for a quarter of a second
every quarter of a minute. What goes well leaves nothing that needs looking for; but what
thousands of sends have in hand comes and goes, and below that number all of it was looked through,
in vain, several times a second."""


@click.command(
    epilog="Example:  bulksms --database postgresql+psycopg://user@host/texts worker --accounts 500"
)
@rate_option
@click.option(
    "--accounts",
    "most",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    help="Send on at most so many at once.",
)
@click.option(
    "--metrics-port",
    "port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    help="Serve /metrics (Prometheus) and /healthz on it.",
)
@click.option(
    "--metrics-host",
    "host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Who may ask: only this machine, or whoever reaches ADDRESS.",
)
@click.pass_obj
def worker(database: str, *, rate: AskedRate, most: int, port: int | None, host: str) -> None:
    """Run every campaign that was started or whose time comes, until told to stop.

    With PostgreSQL, on as many machines as wanted: what a dead one was at goes on elsewhere.
    Drafts, and what a person paused, are left alone. SIGTERM waits for the answers in the air;
    a second one does not.
    """
    logging.Formatter.converter = time.gmtime
    line = "%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=line, datefmt="%Y-%m-%dT%H:%M:%S")
    # The fleet and the cluster say in one line each what these say in a page.
    for chatty in ("httpx", "procrastinate", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    gc.set_threshold(*SELDOM)
    _allow_connections()
    with Store.open(database) as store:
        # Of several accounts each pauses by itself where its token is missing.
        require_settings(*([] if store.accounts.all() else [Account()]))
        fleet = Fleet(store, rate, steady_clock, most)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_until_told(fleet, _equipped(fleet, _work(fleet), host, port)))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """A loop that minds thousands of timers less, where it is installed; None for Python's own."""
    try:
        # An extra: one account needs no other loop; and it is not made for Windows.
        from uvloop import new_event_loop  # noqa: PLC0415
    except ImportError:
        return None
    return new_event_loop


def _allow_connections() -> None:
    """As many open files as the system lets us have: by default fewer than accounts may need."""
    try:
        import resource  # noqa: PLC0415 - Windows has no such limit
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # macOS calls it endless, and allows less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _work(fleet: Fleet) -> Callable[[], Coroutine[Any, Any, None]]:
    """With an engine where other machines may be, else without."""
    address = fleet.store.postgresql_address
    if address is None:
        return fleet.patrol
    try:
        # An extra: a single machine needs no engine.
        from bulksms.cluster import Cluster  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            f"A worker on PostgreSQL needs more than the base install ({error.name} is missing).",
            next_command="pip install '.[cluster]'\ntyped in the folder with the source of bulksms",
        ) from error
    return Cluster(fleet, address, lease_length()).serve


async def _equipped(
    fleet: Fleet, work: Callable[[], Coroutine[Any, Any, None]], host: str, port: int | None
) -> None:
    """The work, with its line to the vendor and its figures."""
    async with shared_line(base_url()) as fleet.line:
        with nullcontext() if port is None else _published(fleet, host, port):
            await work()


@contextmanager
def _published(fleet: Fleet, host: str, port: int) -> Iterator[None]:
    try:
        # An extra: whoever looks at `status` needs no figures.
        from bulksms.metrics import published  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            f"--metrics-port needs more than the base install ({error.name} is missing).",
            next_command="pip install '.[worker]'\ntyped in the folder with the source of bulksms",
        ) from error
    loop = asyncio.get_running_loop()
    asked = published(fleet.store, fleet.now, loop, lambda: fleet.trouble, host=host, port=port)
    with asked as found:
        place = f"{in_an_address(host)}:{found}"
        click.echo(f"Figures: http://{place}/metrics and /healthz", err=True)
        yield


async def _until_told(fleet: Fleet, work: Coroutine[Any, Any, None]) -> None:
    """Until the work ends by itself or is stopped."""
    task = asyncio.create_task(work)

    def stop() -> None:
        task.cancel()
        click.echo("Stopping: waiting for the answers in the air.", err=True)

    with heeding_signals(first=stop, second=fleet.abort):
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()
