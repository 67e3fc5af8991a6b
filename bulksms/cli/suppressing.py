"""`suppress`: numbers never to be texted, obeyed at load and again at the moment of sending."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from bulksms.cli.asking import Which, campaign_argument, find_campaign, json_option
from bulksms.cli.numbers import country_option, read_number
from bulksms.cli.runner import UNSETTLED
from bulksms.cli.words import harmless, made_new, plural, shown, typed
from bulksms.clock import steady_clock
from bulksms.driving import client_for
from bulksms.model.errors import InputError
from bulksms.model.phone import Country
from bulksms.model.records import Campaign
from bulksms.pacing import read_pace
from bulksms.store import Store
from bulksms.suppressing import numbers_typed, opt_outs_of, read_opt_outs, still_out
from bulksms.syncing import Synced
from bulksms.syncing import sync as read_answers

_reason = click.option("--reason", default="opted out", show_default=True, help="Why.")


@click.group(epilog="Example:  bulksms suppress add +12025550104 --reason 'asked by phone'")
def suppress() -> None:
    """Numbers never to be texted."""


@suppress.command(epilog="Example:  bulksms suppress add +12025550104 +12025550105")
@click.argument("numbers", nargs=-1, required=True)
@_reason
@country_option
@click.pass_obj
def add(database: str, *, numbers: tuple[str, ...], reason: str, country: str) -> None:
    """Never text NUMBERS; a running campaign skips them too."""
    found = numbers_typed(numbers, Country(country.upper()))
    with _list_of(database) as store:
        new = store.suppressions.add(found, reason=reason, source="operator", now=datetime.now(UTC))
    click.echo(f"{plural(new, 'number')} added.")


@contextmanager
def _list_of(database: str) -> Iterator[Store]:
    """The database; if it is made for this list, whoever is in another folder should know."""
    new = Store.missing_file(database)
    with Store.open_or_create(database) as store:
        yield store
    if new is not None:
        click.echo(
            f"{made_new(new)}, and this is on its list alone;"
            " if you send from another folder, type the same there."
        )


@suppress.command(epilog="Example:  bulksms suppress remove +12025550104")
@click.argument("number")
@country_option
@click.pass_obj
def remove(database: str, *, number: str, country: str) -> None:
    """Allow NUMBER to be texted again; that it was done is kept in its `history`."""
    found = read_number(number, country)
    with Store.open(database) as store:
        if not store.suppressions.remove(found, now=datetime.now(UTC)):
            raise InputError(
                f"{found} is not on the suppression list.", next_command="bulksms suppress list"
            )
    click.echo(f"{found} may be texted again.")


@suppress.command("list", epilog="Example:  bulksms suppress list --json")
@json_option
@click.pass_obj
def list_(database: str, *, as_json: bool) -> None:
    """Show every number on the list, the newest first."""
    with Store.open(database) as store:
        every = list(store.suppressions.all())
    if as_json:
        fields = ("to_number", "reason", "source")
        rows = [
            {name: getattr(each, name) for name in fields}
            | {"added_at": each.added_at.isoformat(timespec="seconds")}
            for each in every
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each in every:
        why = harmless(f"{each.reason}  ({each.source})")
        click.echo(f"{each.to_number}  {each.added_at:%Y-%m-%d}  {why}")
    click.echo(f"{plural(len(every), 'number')}.")


@suppress.command("import", epilog="Example:  bulksms suppress import opted-out.csv")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--phone-column", metavar="NAME", help="Else found by its name.")
@click.option("--sheet", metavar="NAME", help="Needed if several sheets have data.")
@_reason
@country_option
@click.pass_obj
def import_(
    database: str,
    *,
    file: Path,
    phone_column: str | None,
    sheet: str | None,
    reason: str,
    country: str,
) -> None:
    """Add every number of FILE, a spreadsheet; a cell that is no number is named and refused.

    Nothing is added unless every row can be: a number left out here would be texted.
    So hidden and filtered rows are added too, and of several sheets one must be named.
    Only where FILE says itself who opted out, in a column such as "SMS Opt Out" or as a report of
    bulksms, it is those alone.
    """
    table = read_opt_outs(file, sheet=sheet)
    found = opt_outs_of(table, phone_column=phone_column, country=Country(country.upper()))
    with _list_of(database) as store:
        numbers, notes = still_out(found, table, store)
        new = store.suppressions.add(
            numbers, reason=reason, source=file.name, now=datetime.now(UTC)
        )
    for note in notes:
        click.echo(f"Note: {harmless(note)}")
    click.echo(f"{plural(new, 'number')} added; {len(numbers) - new:,} known already.")


@suppress.command(epilog="Example:  bulksms suppress sync june")
@campaign_argument
@click.pass_obj
def sync(database: str, *, campaign: Which) -> None:
    """Read the recipients' answers at Easify, and add who wrote STOP or its kin.

    Only a message that is nothing but the word counts, in English, Spanish, French or Hebrew.
    One recipient is one read, 54 a minute; best after the last text.
    """
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        synced = asyncio.run(_sync(store, found))
    click.echo(
        f"{plural(synced.read, 'conversation')} read, {plural(synced.added, 'number')} added."
    )
    if synced.trouble is not None:
        click.echo(f"It stopped early: {shown(synced.trouble, 300)}", err=True)
        click.echo(f"Next:  bulksms suppress sync {typed(found.name)}", err=True)
        sys.exit(UNSETTLED)


async def _sync(store: Store, campaign: Campaign) -> Synced:
    with Console(stderr=True).status("") as line:

        def tell(synced: Synced) -> None:
            line.update(f"{plural(synced.read, 'conversation')} read, {synced.added} added")

        async with client_for(store, campaign) as easify:
            return await read_answers(
                store, easify, campaign, clock=steady_clock(), pace=read_pace(), notify=tell
            )
