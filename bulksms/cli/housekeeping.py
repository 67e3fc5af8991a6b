"""`migrate`, `purge` and `sandbox`: the database's version, its age, and a vendor to play with."""

import logging
from datetime import UTC, datetime

import click

from bulksms.cli.asking import ask, yes_option
from bulksms.cli.environment import rate_option
from bulksms.cli.words import harmless, plural, typed
from bulksms.model.accounts import AskedRate
from bulksms.model.errors import ConfigError
from bulksms.model.restraint import parse_period
from bulksms.sandbox.faults import MAGIC_NUMBERS
from bulksms.sandbox.options import SandboxOptions
from bulksms.store import Store

_MAGIC = "\b\nNumbers that provoke what goes wrong:\n" + "\n".join(
    f"  {each.number}  {each.meaning}" for each in MAGIC_NUMBERS
)


@click.command(epilog="Example:  bulksms --database bulksms.db migrate")
@click.pass_obj
def migrate(database: str) -> None:
    """Upgrade the database to this version, or make it; a SQLite file is copied aside first."""
    done = Store.migrate(database)
    if done.before == done.after:
        click.echo(f"The database is up to date (revision {done.after}).")
        return
    if done.copy is not None:
        click.echo(f"The database as it was is kept in {done.copy}.")
    click.echo(f"The database is now of revision {done.after}.")


@click.command(epilog="Example:  bulksms purge --older-than 90d")
@click.option(
    "--older-than",
    metavar="PERIOD",
    required=True,
    help="Of campaigns that ended longer ago than that, such as 90d.",
)
@yes_option
@click.pass_obj
def purge(database: str, *, older_than: str, yes: bool) -> None:
    """Erase numbers, cells and texts of campaigns that ended long ago; the counts stay true.

    The suppression list stays. A campaign with rows in doubt is left alone until they are settled.
    """
    now = datetime.now(UTC)
    before = now - parse_period(older_than)
    with Store.open(database) as store:
        due = store.purging.due(before)
        if not due:
            click.echo(f"No campaign that ended more than {older_than} ago holds personal data.")
            return
        for name, numbers in store.purging.opted_out(before).items():
            _tell_of_opt_outs(name, numbers)
        names = ", ".join(f"'{name}'" for name in due)
        ask(f"Erase the personal data of {plural(sum(due.values()), 'row')} of {names}?", yes=yes)
        erased = store.purging.purge(before, now=now, actor="operator")
    click.echo(f"The personal data of {plural(erased, 'row')} was erased.")


def _tell_of_opt_outs(name: str, numbers: int) -> None:
    click.echo(
        f"Mind: {plural(numbers, 'number')} opted out in the file of '{harmless(name)}' and"
        " are not on the suppression list: once that is erased, they may be texted again.\n"
        f"      bulksms report {typed(name)} --state skipped -o skipped.xlsx\n"
        "      bulksms suppress import skipped.xlsx\n"
        "      puts them on the suppression list"
    )


@click.command(epilog=f"Example:  bulksms sandbox --rate 600/60\n\n{_MAGIC}")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    default=8025,
    show_default=True,
    help="0 chooses a free one.",
)
@click.option("--token", default="1|sandbox", show_default=True, help="The token that is let in.")
@click.option(
    "--latency",
    type=click.FloatRange(min=0, max=600),
    metavar="SECONDS",
    default=0.1,
    show_default=True,
    help="Of every answer.",
)
@rate_option
def sandbox(port: int, token: str, latency: float, rate: AskedRate) -> None:
    """Play the vendor's API on this machine: nobody is really texted.

    It answers as the vendor documents, limit included, and keeps the truth: what it accepted.
    """
    try:
        # An extra: the machine that texts people needs no web server.
        from bulksms.sandbox.serving import serve  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            f"The sandbox needs more than the base install ({error.name} is missing).",
            next_command="pip install '.[sandbox]'\ntyped in the folder with the source of bulksms",
        ) from error
    logging.basicConfig(level=logging.WARNING)
    options = SandboxOptions(
        token=token,
        port=port,
        latency=latency,
        rate_count=rate.rate.count,
        rate_seconds=rate.rate.period.total_seconds(),
    )
    try:
        serve(options, ready=lambda url: _welcome(url, options))
    except OSError as error:
        raise ConfigError(
            f"The port {port} cannot be used: {error.strerror}.",
            next_command="bulksms sandbox --port 0",
        ) from error


def _welcome(url: str, options: SandboxOptions) -> None:
    click.echo("The sandbox listens; nobody is really texted. In another terminal:\n")
    click.echo(f"  export EASIFY_BASE_URL='{url}' EASIFY_API_TOKEN='{options.token}'")
    click.echo(
        "  bulksms send sample_data/contacts.csv --message 'Hi {first_name}'"
        f" --from {options.numbers[0]}\n"
    )
    click.echo(f"What it accepted: {url.removesuffix('/api/v2')}/sandbox/truth   Ctrl-C ends it.")
