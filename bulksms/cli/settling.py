"""`reconcile` and `resolve`: rows in doubt, settled by the vendor's record or by a person."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from bulksms.cli.asking import Which, campaign_argument, find_campaign, json_option
from bulksms.cli.runner import UNSETTLED
from bulksms.cli.words import clock_time, harmless, plural, typed
from bulksms.clock import steady_clock
from bulksms.driving import leased, require_settings, settle_all
from bulksms.model.errors import InputError
from bulksms.model.records import Campaign
from bulksms.model.settings import parse_rate
from bulksms.model.states import State
from bulksms.reconciling import Settled
from bulksms.store import Store


@click.command(epilog="Example:  bulksms reconcile june")
@campaign_argument
@json_option
@click.pass_obj
def reconcile(database: str, *, campaign: Which, as_json: bool) -> None:
    """Settle rows in doubt (`unknown`) against Easify's own record; nothing is sent.

    Found there: accepted. Proven absent: queued again, for `resume`. Anything less stays unknown,
    with a sentence that says what was seen. `resume` does this by itself.
    """
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        require_settings(store.accounts.named(found.account))
        settled = _reconcile(store, found)
        counts = store.rows.counts(found.id)
        details = [
            {"row": row.row_number, "detail": row.detail}
            for row in store.rows.report(found.id, [State.UNKNOWN])
        ]
    if as_json:
        result = {"accepted": settled.accepted, "queued": settled.requeued, "unknown": details}
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _show(found, settled, details)
    if counts[State.UNKNOWN]:
        raise SystemExit(UNSETTLED)


@click.command(epilog="Example:  bulksms resolve june --row 17 --accepted 331517")
@campaign_argument
@click.option("--row", type=int, required=True, metavar="N", help="As the spreadsheet numbers it.")
@click.option("--accepted", "sms_id", metavar="SMS_ID", help="It was accepted, with this id.")
@click.option("--resend", is_flag=True, help="It was not, or is to be texted again: queue it.")
@click.option("--give-up", is_flag=True, help="Let it rest as failed.")
@click.pass_obj
def resolve(
    database: str,
    *,
    campaign: Which,
    row: int,
    sms_id: str | None,
    resend: bool,
    give_up: bool,
) -> None:
    """Settle a row in doubt by hand, for what only a person can know.

    Look at the conversation in Easify first: --resend texts the person again.
    """
    if [bool(sms_id), resend, give_up].count(True) != 1:
        raise click.UsageError("Say one of --accepted SMS_ID, --resend and --give-up.")
    now, actor = datetime.now(UTC), "operator"
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        if sms_id:
            done = store.settlements.resolve_accepted(found.id, row, sms_id, now=now, actor=actor)
        elif resend:
            done = store.settlements.resolve_resend(found.id, row, now=now, actor=actor)
        else:
            done = store.settlements.resolve_give_up(found.id, row, now=now, actor=actor)
        is_there = store.watching.row(found.id, row) is not None
        in_the_air = {each.row_number for each in store.rows.report(found.id, [State.SENDING])}
    if row in in_the_air:
        raise InputError(
            f"Row {row} of '{found.name}' still waits for Easify's answer, unless whoever sent it"
            " is gone.",
            next_command=f"bulksms reconcile {typed(found.name)}",
        )
    if not done and not is_there:
        raise InputError(
            f"'{found.name}' has no row {row}; rows are numbered as in its file.",
            next_command=f"bulksms report {typed(found.name)} -o report.xlsx --state unknown",
        )
    if not done:
        raise InputError(
            f"Row {row} of '{found.name}' is not in doubt.",
            next_command=f"bulksms report {typed(found.name)} -o report.xlsx --state unknown",
        )
    click.echo(f"Row {row} of '{harmless(found.name)}' is settled.")
    if resend:
        click.echo(f"Next:  bulksms resume {typed(found.name)}")


def _reconcile(store: Store, campaign: Campaign) -> Settled:
    """Settle every doubt, waiting for those whose settling time is not over."""
    clock = steady_clock()
    with leased(store, campaign.account, parse_rate(campaign.rate), clock) as held:
        return asyncio.run(settle_all(store, campaign, held, clock, _say_waiting))


def _say_waiting(due: datetime) -> None:
    when = clock_time(due, datetime.now(UTC))
    click.echo(f"Easify's record can be believed from {when} on; waiting.", err=True)


def _show(campaign: Campaign, settled: Settled, details: Sequence[Mapping[str, object]]) -> None:
    click.echo(
        f"{harmless(campaign.name)}: {plural(settled.accepted, 'row')} found accepted,"
        f" {plural(settled.requeued, 'row')} proven absent, {len(details):,} still unknown."
    )
    for each in details[:20]:
        click.echo(f"row {each['row']}: {harmless(str(each['detail']))}")
    if settled.requeued:
        click.echo(f"Next:  bulksms resume {typed(campaign.name)}")
    elif details:
        name = typed(campaign.name)
        click.echo(f"Next:  bulksms resolve {name} --row {details[0]['row']} --accepted SMS_ID")
