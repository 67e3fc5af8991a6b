"""`web`: the pages, for whoever would rather not type."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from bulksms.cli.config import read_config
from bulksms.cli.environment import rate_option
from bulksms.cli.words import made_new
from bulksms.environment import webhook_secret
from bulksms.model.accounts import AskedRate
from bulksms.model.errors import ConfigError
from bulksms.store import Store


@click.command(epilog="Example:  bulksms web")
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; only this computer reaches the default.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    default=8040,
    show_default=True,
    help="0 chooses a free one.",
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE",
    help="For https; needed on another address.",
)
@click.option(
    "--key", type=click.Path(path_type=Path, exists=True), metavar="FILE", help="Its key."
)
@click.option(
    "--plain-http", is_flag=True, help="Listen on another address although others can read along."
)
@click.option(
    "--receipts-port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    help="Take Easify's delivery events there; needs EASIFY_WEBHOOK_SECRET.",
)
@click.option(
    "--receipts-host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where those are taken; the only route that may be exposed.",
)
@click.option("--no-worker", is_flag=True, help="Only look: nothing is sent from the page.")
@rate_option
@click.pass_obj
def web(
    database: str,
    *,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    plain_http: bool,
    receipts_port: int | None,
    receipts_host: str,
    no_worker: bool,
    rate: AskedRate,
) -> None:
    """Open the pages on this machine: upload, check, send, watch, report.

    The link that is printed opens them, once. Campaigns are those of the command line.
    """
    try:
        # An extra: the machine that texts people needs no web server.
        from bulksms.web.defaults import defaults_of  # noqa: PLC0415
        from bulksms.web.serving import Address, ReceiptsServer, WebServer  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            f"The web page needs more than the base install ({error.name} is missing).",
            next_command="pip install '.[web]'\ntyped in the folder with the source of bulksms",
        ) from error
    address = Address(host, port, certificate, key, plain=plain_http)
    defaults = defaults_of(read_config(database))
    new = Store.missing_file(database)
    with Store.open_or_create(database) as store, ExitStack() as held:
        if new is not None:
            click.echo(
                f"{made_new(new)}; it knows nothing of texts that were sent from another folder.\n"
            )
        store.accounts.registered(defaults.account)
        server = WebServer(store, rate, address, _announce, works=not no_worker, defaults=defaults)
        if receipts_port is not None:
            where = replace(address, host=receipts_host, port=receipts_port, plain=True)
            receipts = ReceiptsServer(store, _secret(), where)
            held.enter_context(receipts.serving())
            click.echo(f"Easify's delivery events are taken at {receipts.url}")
        server.run()


def _secret() -> str:
    found = webhook_secret()
    if not found:
        raise ConfigError(
            "Delivery events are only taken signed, and EASIFY_WEBHOOK_SECRET is not set.",
            next_command="export EASIFY_WEBHOOK_SECRET='…'"
            "\n(in Easify: Settings > API Settings > SMS > Status Update)",
        )
    return found


def _announce(link: str) -> None:
    click.echo(f"Open this page in your browser; the link works once:\n\n  {link}\n")
