"""Asking before anything irreversible; and which campaign is meant."""

import sys
from collections.abc import Callable

import click
from click.shell_completion import CompletionItem

from bulksms.cli.failing import INTERRUPTED
from bulksms.model.errors import BulkSMSError, InputError
from bulksms.model.records import Campaign
from bulksms.store import Store


def ask(question: str, *, yes: bool) -> None:
    """Go on only with a yes; without a terminal only `--yes` will do."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} That needs an answer at a terminal, or --yes.")
    if not click.confirm(question, default=False, err=True):
        click.echo("Nothing was done.", err=True)
        raise SystemExit(INTERRUPTED)


def find_campaign(store: Store, name_or_id: str | None) -> Campaign:
    """The campaign of that name or id; without one, the newest.

    Raises:
        InputError: there is none; the sentence lists those there are.
    """
    campaigns = store.campaigns.all()
    if not campaigns:
        raise InputError(
            "There is no campaign yet.",
            next_command="bulksms send FILE --message TEXT --from NUMBER",
        )
    if name_or_id is None:
        return campaigns[0]
    found = store.campaigns.named(name_or_id)
    if found is None:
        names = ", ".join(f"'{each.name}'" for each in campaigns[:10])
        raise InputError(
            f"There is no campaign '{name_or_id}'; there is {names}.", next_command="bulksms status"
        )
    return found


def campaign_argument(command: Callable[..., None]) -> Callable[..., None]:
    """The argument CAMPAIGN, which the shell can complete."""
    return click.argument("campaign", required=False, shell_complete=_complete)(command)


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    database = ctx.obj or ctx.find_root().params.get("database") or "bulksms.db"
    try:
        with Store.open(database) as store:
            names = [each.name for each in store.campaigns.all()]
    except BulkSMSError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
