"""`--test-to`: the text of one row on one's own phone, before everybody else gets theirs.

A test is a campaign of its own with a single row, sent by the same run as any other:
pace, preflight and doubts are those of every message, and no other campaign counts it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import click

from bulksms.cli.asking import ask
from bulksms.cli.runner import leave, send_to_its_end
from bulksms.loading import Job
from bulksms.model.errors import InputError
from bulksms.model.fingerprint import digest
from bulksms.model.phone import BadPhone, Country, Phone, read_phone
from bulksms.model.plan import Plan
from bulksms.model.records import Campaign, JudgedRow, NewCampaign, Rate
from bulksms.model.states import State
from bulksms.store import Store


@dataclass(frozen=True, slots=True)
class Trial:
    """A row's text, and the phone it goes to instead of the row's own."""

    number: str
    row: JudgedRow


def choose_test(job: Job, plan: Plan, number: str, row_number: int | None) -> Trial:
    """What is to be tried: the named row's text, else that of the first row to be texted.

    Raises:
        InputError: the number cannot be texted, or the row will not be.
    """
    phone = _own_phone(number, job.wishes.country)
    for row in plan.kept:
        if row.row_number == row_number or (row_number is None and row.state is State.QUEUED):
            if row.state is State.QUEUED:
                return Trial(phone.e164, row)
            raise InputError(
                f"Row {row_number} will not be texted, so there is nothing to try: {row.detail}"
            )
    raise InputError(f"There is no row {row_number} in {job.table.source_name} to try.")


def try_out(database: str, job: Job, test: Trial, rate: Rate, *, yes: bool, as_json: bool) -> None:
    """Ask, send the test, and come back only if Easify accepted it.

    Raises:
        InputError: the phone is on the suppression list; nobody was texted.
    """
    ask(f"Send the text of row {test.row.row_number} to {test.number}, as a test?", yes=yes)
    with Store.open_or_create(database) as store:
        campaign = _load(store, job, test, rate)
        send_to_its_end(store, campaign, rate)
        counts = store.rows.counts(campaign.id)
        if counts[State.SKIPPED]:
            raise InputError(
                f"{test.number} is on the suppression list, so the test was not sent;"
                " nor was anything else."
            )
        if not counts[State.ACCEPTED]:
            click.echo("The test was not accepted, so nobody else was texted.", err=True)
            leave(store, campaign, as_json=as_json)
    click.echo(
        f"Easify accepted the test to {test.number} ('{campaign.name}'): look at that phone.",
        err=as_json,
    )


def _own_phone(text: str, country: Country) -> Phone:
    read = read_phone(text, country)
    if isinstance(read, BadPhone):
        raise InputError(f"The number given with --test-to cannot be texted: {read.detail}")
    return read


def _load(store: Store, job: Job, test: Trial, rate: Rate) -> Campaign:
    """The recipient's cells and lead stay out of it: the text is theirs, the phone is not."""
    name = job.wishes.name or job.table.source_name
    new = NewCampaign(
        name=f"test of {name}",
        columns=("tested file", "tested row"),
        source_name=job.table.source_name,
        fingerprint=digest("test", job.wording, test.number, str(test.row.row_number)),
        wording=job.wording,
        template=None,
        force_send=job.wishes.force_send,
    )
    row = JudgedRow(
        row_number=test.row.row_number,
        original=(job.table.source_name, str(test.row.row_number)),
        state=State.QUEUED,
        to_number=test.number,
        sender=test.row.sender,
        body=test.row.body,
        media=test.row.media,
        segments=test.row.segments,
    )
    now = datetime.now(UTC)
    return store.campaigns.load(new, [row], account_name=job.wishes.account, rate=rate, now=now)
