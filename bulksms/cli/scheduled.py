"""Waiting for a campaign's own time to begin: outside any lease, so that others may send meanwhile.

Only the wall clock counts, and it is looked at again and again: a computer that slept until after
the time begins at once.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click

from bulksms.cli.words import clock_time
from bulksms.model.errors import InputError
from bulksms.model.records import Campaign
from bulksms.model.states import CampaignState
from bulksms.store import Store

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
        state = store.campaigns.now(campaign.id).state
        if state is not CampaignState.SCHEDULED:
            raise InputError(
                f"'{campaign.name}' is {state} by now; it was not started here.",
                next_command="bulksms status",
            )
