"""`accounts`: named accounts beside the default one, for whoever sends for several clients."""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import click

from bulksms.cli.asking import at_a_terminal, find_account, json_option
from bulksms.cli.numbers import country_option
from bulksms.cli.runner import UNSETTLED
from bulksms.cli.words import harmless, made_new, plural, typed
from bulksms.driving import Standing, standing
from bulksms.enlisting import accounts_of, senders_of
from bulksms.keychain import forget_token, keep_token
from bulksms.model.accounts import (
    DEFAULT_NAME,
    Account,
    Keeper,
    TokenPlace,
    account_name,
    checked_token,
    token_file,
    token_variable,
)
from bulksms.model.errors import AccountProblem, InputError
from bulksms.model.phone import Country
from bulksms.model.settings import parse_rate
from bulksms.same_token import Tokens, newly_shared
from bulksms.store import Store
from bulksms.tokens import in_keyring, place_of, token_of


@click.group(epilog="Example:  bulksms accounts add acme --token-variable ACME_TOKEN")
def accounts() -> None:
    """Named accounts beside the default one; with a single account nothing of this is needed.

    An account is one token and the pace that Easify allows it.
    The database keeps where the token is, never the token.
    """


@accounts.command(epilog="Example:  bulksms accounts add acme --token-file /etc/bulksms/acme")
@click.argument("name")
@click.option("--rate", metavar="MESSAGES/SECONDS", help="Its limit, if it has another one.")
@click.option("--sender", "senders", multiple=True, metavar="NUMBER", help="May be repeated.")
@country_option
@click.option("--token-variable", "variable", metavar="NAME", help="The token is in this variable.")
@click.option(
    "--token-file",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The token is in this file, which only its owner can read.",
)
@click.option("--token-keyring", is_flag=True, help="Ask for the token; the keyring keeps it.")
@click.pass_obj
def add(
    database: str,
    *,
    name: str,
    rate: str | None,
    senders: tuple[str, ...],
    country: str,
    variable: str | None,
    file: Path | None,
    token_keyring: bool,
) -> None:
    """Add the account NAME; of one that is there, change what is typed and keep the rest."""
    name = account_name(name)
    known = next((each for each in _every(database) if each.name == name), Account(name))
    place = _place(known, variable, file, keyring=token_keyring)
    account = Account(
        name=name,
        rate=parse_rate(rate) if rate else known.rate,
        senders=senders_of(senders, Country(country.upper())) or known.senders,
        token_place=place,
    )
    if file is not None:
        token_of(account)
    token = _token_typed() if token_keyring else None
    new = Store.missing_file(database)
    with Store.open_or_create(database) as store:
        _require_own_tokens(store, [account], token)
        if token is not None:
            keep_token(token, name)
        store.accounts.keep([account])
    limits = f"rate {_its_rate(account)}, {_its_senders(account)}"
    told = f"The account '{name}' is kept: {limits}; its token is in {place.in_words}."
    click.echo(harmless(told))
    if new is not None:
        click.echo(f"{made_new(new)} for it.")
    click.echo(f"Next:  bulksms accounts check {typed(name)}")


@accounts.command("list", epilog="Example:  bulksms accounts list --json")
@json_option
@click.pass_obj
def list_(database: str, *, as_json: bool) -> None:
    """Show every account: its limit, its senders, and where its token is."""
    every = [replace(each, token_place=place_of(each)) for each in _every(database)]
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in every], ensure_ascii=False))
        return
    for each in every:
        place = each.token_place
        token = f"token in {place.in_words}" if place else "no token"
        click.echo(harmless(f"{each.name}  {_its_rate(each)}  {_its_senders(each)}  {token}"))


@accounts.command(epilog="Example:  bulksms accounts remove acme")
@click.argument("name")
@click.pass_obj
def remove(database: str, *, name: str) -> None:
    """Forget the account NAME, and its token if the keyring has it; its campaigns stay.

    Refused while one of them is not over.
    """
    with Store.open(database) as store:
        account = store.accounts.named(name)
        store.accounts.remove(name)
    if account.token_place is not None and account.token_place.keeper is Keeper.KEYRING:
        forget_token(name)
    click.echo(f"The account '{harmless(name)}' is forgotten; its campaigns and reports stay.")


@accounts.command(epilog="Example:  bulksms accounts check")
@click.argument("name", required=False)
@json_option
@click.pass_obj
def check(database: str, *, name: str | None, as_json: bool) -> None:
    """Ask Easify about every account, or NAME: is the token good, which numbers has it.

    Nothing is sent.
    """
    every = [find_account(database, name)] if name is not None else _every(database)
    tokens = Tokens.read(_every(database))
    found = [(each, _checked(each, tokens)) for each in every]
    if as_json:
        click.echo(json.dumps([_told_as_json(*each) for each in found], ensure_ascii=False))
    else:
        for account, told in found:
            said = told.trouble or f"good; it has {', '.join(told.numbers) or 'no number'}"
            click.echo(harmless(f"{account.name}: {said}"))
    if any(told.needs_a_person for _, told in found):
        sys.exit(AccountProblem.exit_code)
    if any(told.trouble for _, told in found):
        sys.exit(UNSETTLED)


@accounts.command("import", epilog="Example:  bulksms accounts import clients.csv")
@click.argument("file", type=click.Path(path_type=Path))
@country_option
@click.pass_obj
def import_(database: str, *, file: Path, country: str) -> None:
    """Add every account of FILE, a spreadsheet: all of its rows or none.

    Its columns are name, rate, sender (several parted by commas), and token_env (a variable's
    name) or token_file (a private file's path). A token in it is refused.
    """
    # pandas is loaded only by the commands that read a spreadsheet.
    from bulksms.spreadsheet.reading import read_table  # noqa: PLC0415

    folder = file.absolute().parent
    named = accounts_of(read_table(file), country=Country(country.upper()), folder=folder)
    with Store.open_or_create(database) as store:
        _require_own_tokens(store, named)
        new = store.accounts.keep(named)
    click.echo(f"{plural(new, 'account')} added; {len(named) - new:,} written anew.")
    click.echo("Next:  bulksms accounts check")


def _place(known: Account, variable: str | None, file: Path | None, *, keyring: bool) -> TokenPlace:
    given = [variable is not None, file is not None, keyring].count(True)
    if not given and known.token_place is not None:
        return known.token_place
    if given != 1:
        raise InputError(
            "The token has one place: a variable, a private file or the keyring.",
            next_command=f"bulksms accounts add {typed(known.name)} --token-variable NAME"
            "\nor with --token-file FILE, or --token-keyring",
        )
    if variable is not None:
        return token_variable(variable)
    return token_file(file) if file is not None else in_keyring(known.name)


def _its_rate(account: Account) -> str:
    return str(account.rate or "as set")


def _its_senders(account: Account) -> str:
    return ", ".join(account.senders) or "any sender"


def _token_typed() -> str:
    """Typed unseen, or the first line of what is piped in; never an argument.

    Raises:
        ConfigError: it can be no token.
    """
    if at_a_terminal():
        return checked_token(click.prompt("API token", hide_input=True, err=True))
    return checked_token(sys.stdin.readline().strip() if sys.stdin else "")


def _require_own_tokens(store: Store, new: Sequence[Account], token: str | None = None) -> None:
    """Refuse another account's token, where it can be read now.

    The default account's is only told of: whoever gives his only account a name has it there still.
    """
    for name, other in newly_shared(new, store.accounts.all(), token):
        if DEFAULT_NAME not in {name, other}:
            raise InputError(
                f"The account '{name}' has the token of the account '{other}';"
                " together they would exceed its rate, so nothing was added.",
                next_command=f"bulksms accounts remove {typed(other)}"
                f"\nor the same command with another token of '{name}'",
            )
        said = f"'{name}' has the token of the account '{other}', so the two never send together."
        click.echo(f"Warning: {harmless(said)}", err=True)


def _every(database: str) -> list[Account]:
    """Those that have a record, and the default one if it is used or there is no other."""
    with Store.open_if_there(database) or nullcontext() as store:
        named = store.accounts.all() if store else []
    if any(each.name == DEFAULT_NAME for each in named):
        return named
    default = Account()
    return [default, *named] if not named or place_of(default) else named


def _checked(account: Account, tokens: Tokens) -> Standing:
    """How the account stands, and whether another one has the same token."""
    told = asyncio.run(standing(account))
    if told.trouble:
        return told
    others = tokens.others(account.name, token_of(account))
    if others:
        shared = (
            f"it has the token of the account '{others[0]}'; together they would exceed its rate"
        )
        return replace(told, trouble=shared, needs_a_person=True)
    foreign = [each for each in account.senders if each not in told.numbers]
    if foreign and told.numbers:
        listed = f"{', '.join(foreign)} is not its number; it has {', '.join(told.numbers)}"
        return replace(told, trouble=listed, needs_a_person=True)
    return told


def _as_json(account: Account) -> dict[str, object]:
    place = account.token_place
    return {
        "name": account.name,
        "rate": None if account.rate is None else str(account.rate),
        "senders": list(account.senders),
        "token": None if place is None else {"keeper": place.keeper, "name": place.name},
    }


def _told_as_json(account: Account, told: Standing) -> dict[str, object]:
    return {
        "name": account.name,
        "good": not told.trouble,
        "numbers": list(told.numbers),
        "trouble": told.trouble or None,
    }
