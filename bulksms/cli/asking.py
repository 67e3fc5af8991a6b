"""Asking before anything irreversible; which campaign is meant; the options that many share."""

import functools
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from click.shell_completion import CompletionItem

from bulksms.cli.failing import INTERRUPTED
from bulksms.cli.words import clock_time, plural, typed
from bulksms.model.accounts import DEFAULT_NAME, Account
from bulksms.model.errors import BulkSMSError, InputError
from bulksms.model.records import Campaign
from bulksms.model.states import NOT_BEGUN
from bulksms.reporting import ahead
from bulksms.store import Store

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
json_option = click.option("--json", "as_json", is_flag=True, help="For scripts.")


def ask(question: str, *, yes: bool) -> None:
    """Go on only with a yes; without a terminal only `--yes` will do."""
    if yes:
        return
    if not at_a_terminal():
        raise click.UsageError(f"{question} That needs an answer at a terminal, or --yes.")
    if not click.confirm(question, default=False, err=True):
        click.echo("Nothing was done.", err=True)
        raise SystemExit(INTERRUPTED)


def ask_to_go_on(
    store: Store,
    campaign: Campaign,
    *,
    yes: bool,
    limit: int | None = None,
    start_at: datetime | None = None,
) -> None:
    """Ask whether a campaign that is there shall go on, with how many it would text.

    `limit` and `start_at` are those that it is to get, if it has not begun.
    """
    texts, doubts = ahead(store, campaign, limit)
    settling = f", {plural(doubts, 'row')} in doubt to settle" if doubts else ""
    begins = (start_at or campaign.start_at) if campaign.state in NOT_BEGUN else None
    when = "" if begins is None else f", to start {clock_time(begins, datetime.now(UTC))}"
    ask(
        f"Go on with '{campaign.name}': {plural(texts, 'message')} to send{settling}{when}?",
        yes=yes,
    )


def at_a_terminal() -> bool:
    """Whether a person can type; a service may have no standard input at all."""
    return sys.stdin is not None and sys.stdin.isatty()


@dataclass(frozen=True, slots=True)
class Which:
    """Which campaign is meant: that name or id, or the newest; of that account, if one is named."""

    name: str | None
    account: str | None

    def may_be(self, campaign: Campaign) -> bool:
        """Whether it is of the account."""
        return self.account in {None, campaign.account}


def find_account(database: str, name: str) -> Account:
    """The account of that name; where nothing was loaded yet there is only the default one.

    Raises:
        InputError: there is none; the sentence lists those there are.
    """
    with Store.open_if_there(database) or nullcontext() as store:
        if store is None and name != DEFAULT_NAME:
            raise InputError(
                f"There is no account '{name}' yet.",
                next_command=f"bulksms accounts add {typed(name)} --token-variable NAME",
            )
        return Account() if store is None else store.accounts.registered(name)


def find_campaign(store: Store, wanted: Which) -> Campaign:
    """The campaign that is meant.

    Raises:
        InputError: there is none; the sentence lists those there are.
    """
    if wanted.account is not None:
        store.accounts.named(wanted.account)
    of_it = "" if wanted.account is None else f" of the account '{wanted.account}'"
    campaigns = [each for each in store.campaigns.all() if wanted.may_be(each)]
    if not campaigns:
        raise InputError(
            f"There is no campaign{of_it} yet.",
            next_command="bulksms send FILE --message TEXT --from NUMBER",
        )
    if wanted.name is None:
        return campaigns[0]
    found = store.campaigns.named(wanted.name)
    if found is None or not wanted.may_be(found):
        names = ", ".join(f"'{each.name}'" for each in campaigns[:10])
        raise InputError(
            f"There is no campaign '{wanted.name}'{of_it}; there is {names}.",
            next_command="bulksms status",
        )
    return found


def campaign_argument(command: Callable[..., None]) -> Callable[..., None]:
    """The argument CAMPAIGN, which the shell can complete, and whose it is; as one `Which`."""

    @functools.wraps(command)
    def gathered(*, campaign: str | None, account: str | None, **values: object) -> None:
        command(campaign=Which(campaign, account), **values)

    for parameter in (
        click.argument("campaign", required=False, shell_complete=_complete),
        click.option("--account", metavar="NAME", help="Only its campaigns."),
    ):
        gathered = parameter(gathered)
    return gathered


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    database = ctx.obj or ctx.find_root().params.get("database") or "bulksms.db"
    try:
        with Store.open(database) as store:
            names = [each.name for each in store.campaigns.all()]
    except BulkSMSError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
