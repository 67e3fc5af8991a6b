"""`--test-to`: asks, sends the test, and goes on only if Easify accepted it."""

from datetime import UTC, datetime

import click

from bulksms.cli.asking import ask
from bulksms.cli.runner import leave, send_to_its_end
from bulksms.loading import Job
from bulksms.model.errors import InputError
from bulksms.model.records import Rate
from bulksms.model.states import State
from bulksms.store import Store
from bulksms.trying import Trial, load_trial


def try_out(database: str, job: Job, trial: Trial, rate: Rate, *, yes: bool, as_json: bool) -> None:
    """Ask, send the test, and come back only if Easify accepted it.

    Raises:
        InputError: the phone is on the suppression list; nobody was texted.
    """
    ask(f"Send the text of row {trial.row.row_number} to {trial.number}, as a test?", yes=yes)
    with Store.open_or_create(database) as store:
        campaign = load_trial(store, job, trial, rate=rate, now=datetime.now(UTC))
        send_to_its_end(store, campaign, rate)
        counts = store.rows.counts(campaign.id)
        if counts[State.SKIPPED]:
            raise InputError(
                f"{trial.number} is on the suppression list, so the test was not sent;"
                " nor was anything else.",
                next_command="the same again, with another phone in --test-to",
            )
        if not counts[State.ACCEPTED]:
            click.echo("The test was not accepted, so nobody else was texted.", err=True)
            leave(store, campaign, as_json=as_json)
    click.echo(
        f"Easify accepted the test to {trial.number} ('{campaign.name}'): look at that phone.",
        err=as_json,
    )
