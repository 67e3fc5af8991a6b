"""`worker`: runs the campaigns of a database, unattended, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any

import click

from bulksms.cli.environment import rate_option
from bulksms.clock import steady_clock
from bulksms.driving import require_settings
from bulksms.environment import lease_length
from bulksms.fleet import Fleet
from bulksms.model.errors import ConfigError
from bulksms.model.records import Rate
from bulksms.store import Store


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
@click.pass_obj
def worker(database: str, *, rate: Rate, most: int) -> None:
    """Run every campaign that was started or whose time comes, until told to stop.

    With PostgreSQL, on as many machines as wanted: what a dead one was at goes on elsewhere.
    Drafts, and what a person paused, are left alone. SIGTERM waits for the answers in the air;
    a second one does not.
    """
    require_settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # The fleet and the cluster say in one line each what these say in a page.
    for chatty in ("httpx", "procrastinate", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    with Store.open(database) as store:
        fleet = Fleet(store, rate, steady_clock(), most)
        asyncio.run(_until_told(fleet, _work(fleet)))


def _work(fleet: Fleet) -> Coroutine[Any, Any, None]:
    """With an engine where other machines may be, else without."""
    address = fleet.store.postgresql_address
    if address is None:
        return fleet.patrol()
    try:
        # An extra: a single machine needs no engine.
        from bulksms.cluster import Cluster  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            f"A worker on PostgreSQL needs more than the base install ({error.name} is missing).",
            next_command="pip install 'bulksms[cluster]'",
        ) from error
    return Cluster(fleet, address, lease_length()).serve()


async def _until_told(fleet: Fleet, work: Coroutine[Any, Any, None]) -> None:
    """The first signal: nothing new, the answers in the air are waited for. The second: stop."""
    loop, task = asyncio.get_running_loop(), asyncio.create_task(work)
    heard: list[int] = []

    def hear(number: int) -> None:
        heard.append(number)
        if len(heard) == 1:
            click.echo("Stopping: waiting for the answers in the air.", err=True)
            task.cancel()
        else:
            fleet.abort()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(hear, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
