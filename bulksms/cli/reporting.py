"""`report`: what became of every row, as a file for people and scripts, or summed up here."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bulksms import reporting
from bulksms.cli.asking import Which, campaign_argument, find_campaign
from bulksms.cli.words import plural
from bulksms.model.records import Campaign
from bulksms.model.states import Delivery, State
from bulksms.model.summary import Tally
from bulksms.store import Store


@click.command(epilog="Example:  bulksms report june -o june-report.xlsx")
@campaign_argument
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to; .csv, .xlsx, .html or .json by its ending.",
)
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="STATE",
    type=click.Choice([each.value for each in State]),
    help="Only rows in this state; may be given several times.",
)
@click.option(
    "--delivery",
    "deliveries",
    multiple=True,
    metavar="WORD",
    type=click.Choice([each.value for each in Delivery]),
    help="Only rows of which the carriers said this, such as undelivered; the same.",
)
@click.option("--summary", is_flag=True, help="Sum the rows up here; no file is needed.")
@click.option("--json", "as_json", is_flag=True, help="The summary for scripts.")
@click.pass_obj
def report(
    database: str,
    *,
    campaign: Which,
    output: Path | None,
    states: tuple[str, ...],
    deliveries: tuple[str, ...],
    summary: bool,
    as_json: bool,
) -> None:
    """Write every row of the spreadsheet and its outcome to a file.

    `--state failed` writes a file that `send` takes again once it is mended.
    """
    if output is None and not summary:
        raise click.UsageError("Where to? -o FILE writes the report; --summary shows it here.")
    if as_json and not summary:
        raise click.UsageError("--json is the form of --summary; -o report.json writes every row.")
    if states and deliveries and State.ACCEPTED not in states:
        raise click.UsageError(
            "Only accepted rows have a delivery: leave --state out, or write two reports."
        )
    wanted = [State(each) for each in states], [Delivery(each) for each in deliveries]
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        if output is not None:
            now, (in_states, said) = datetime.now(UTC), wanted
            rows = reporting.write_report(
                store, found, output, now=now, states=in_states, deliveries=said
            )
            written = f"{plural(rows, 'row')} of '{found.name}' written to {output}."
            click.echo(written, err=as_json)
        if summary:
            _summarize(found, reporting.summarize(store, found, *wanted), as_json=as_json)


def _summarize(campaign: Campaign, tally: Tally, *, as_json: bool) -> None:
    if as_json:
        shown = reporting.summary_as_json(campaign, tally)
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    from bulksms.cli.summarizing import show_summary  # noqa: PLC0415 - rich: not for a file

    show_summary(campaign, tally)
