"""`pause` and `cancel`, from any terminal, while another one sends."""

from datetime import UTC, datetime

import click

from bulksms.cli.asking import Which, ask, campaign_argument, find_campaign, yes_option
from bulksms.cli.words import plural, typed
from bulksms.model.errors import InputError
from bulksms.model.states import CampaignState, PausedReason, State
from bulksms.store import Store


@click.command(epilog="Example:  bulksms pause june")
@campaign_argument
@click.pass_obj
def pause(database: str, *, campaign: Which) -> None:
    """Let the campaign rest; the answers in the air are still recorded."""
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        if not store.campaigns.pause(
            found.id, PausedReason.OPERATOR, now=datetime.now(UTC), actor="operator"
        ):
            raise InputError(
                f"'{found.name}' is not running: it is {found.state}.",
                next_command=f"bulksms status {typed(found.name)}",
            )
    click.echo(f"'{found.name}' is paused.\nNext:  bulksms resume {typed(found.name)}")


@click.command(epilog="Example:  bulksms cancel june")
@campaign_argument
@yes_option
@click.pass_obj
def cancel(database: str, *, campaign: Which, yes: bool) -> None:
    """End the campaign for good: every row that waits is skipped (cancelled)."""
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        if found.state is CampaignState.CANCELLED:
            raise InputError(
                f"'{found.name}' was cancelled before.",
                next_command=f"bulksms report {typed(found.name)} -o report.xlsx",
            )
        counts = store.rows.counts(found.id)
        if found.state is CampaignState.FINISHED and not counts.waits:
            raise InputError(
                f"'{found.name}' is finished: no row of it waits.",
                next_command=f"bulksms report {typed(found.name)} -o report.xlsx",
            )
        ask(
            f"Cancel '{found.name}'? {plural(counts[State.QUEUED], 'row')} will never be texted.",
            yes=yes,
        )
        skipped = store.campaigns.cancel(found.id, now=datetime.now(UTC), actor="operator")
    click.echo(f"'{found.name}' is cancelled; {plural(skipped, 'row')} skipped.")
