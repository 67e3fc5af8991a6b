"""Waiting for a campaign's own time to begin: outside any lease, so that others may send meanwhile.

Only the wall clock counts, and it is looked at again and again: a computer that slept until after
the time begins at once.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import click

from bulksms.cli.words import clock_time
from bulksms.model.errors import AccountBusy, InputError
from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState
from bulksms.store import Store

Hold = TypeVar("Hold")

GLANCE = timedelta(seconds=5)
"""How often it is looked whether somebody cancelled the campaign, or started it."""


def is_early(campaign: Campaign, now: datetime) -> bool:
    """Whether the campaign is to start by itself, and later."""
    if campaign.state is not CampaignState.SCHEDULED or campaign.start_at is None:
        return False
    return now < campaign.start_at


def wait_for_start(
    store: Store,
    campaign: Campaign,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when it is time.

    Raises:
        InputError: somebody cancelled or started it meanwhile.
    """
    if campaign.start_at is None:
        return
    if is_early(campaign, now()):
        when = clock_time(campaign.start_at, now())
        click.echo(f"'{campaign.name}' starts {when}; Ctrl-C leaves it scheduled.", err=True)
    while is_early(campaign, now()):
        sleep(min(GLANCE, campaign.start_at - now()).total_seconds())
        _require_scheduled(store, campaign)


@contextmanager
def in_turn(
    store: Store,
    campaign: Campaign,
    hold: Callable[[], AbstractContextManager[Hold]],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Hold]:
    """What `hold` gives; if the campaign starts by itself, as soon as nobody else sends.

    Whoever typed it is asleep when its time comes, and cannot type it once more.

    Raises:
        AccountBusy: somebody else sends, and the campaign is none that starts by itself.
        InputError: somebody cancelled or started it meanwhile.
    """
    with ExitStack() as stack:
        told = False
        while True:
            try:
                held = stack.enter_context(hold())
                break
            except AccountBusy as busy:
                if campaign.state is not CampaignState.SCHEDULED:
                    raise
                if not told:
                    click.echo(f"{busy.sentence} '{campaign.name}' starts after it.", err=True)
                told = True
            sleep(GLANCE.total_seconds())
            _require_scheduled(store, campaign)
        if campaign.state is CampaignState.SCHEDULED:
            # A page or a worker that waited too may have been faster; the lease keeps them out now.
            _require_scheduled(store, campaign)
        yield held


def _require_scheduled(store: Store, campaign: Campaign) -> None:
    state = store.campaigns.now(campaign.id).state
    if state is not CampaignState.SCHEDULED:
        raise InputError(
            f"'{campaign.name}' is {state} by now; it was not started here.",
            next_command="bulksms status",
        )
