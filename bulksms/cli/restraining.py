"""Whom to leave out because others texted them: the options, and who they would be."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime

import click
from rich.console import Console

from bulksms import reporting
from bulksms.cli.cautions import mind, mind_fewer, onto_the_list
from bulksms.cli.words import typed
from bulksms.model.overlap import Meanwhile
from bulksms.model.plan import OVERLAPS
from bulksms.model.records import Campaign, Rate, Refused
from bulksms.model.restraint import Restraint
from bulksms.store import Store

RESTRAINT = (
    click.option(
        "--not-if-texted-within",
        metavar="PERIOD",
        help="Leave out whom another campaign texted lately, such as 24h.",
    ),
    click.option(
        "--not-if-same-text-within",
        metavar="PERIOD",
        help="Leave out whom another campaign sent this very text lately, such as 30d.",
    ),
)


def restraint_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options; it receives them as `restraint`."""

    @functools.wraps(command)
    def gathered(
        *, not_if_texted_within: str | None, not_if_same_text_within: str | None, **values: object
    ) -> None:
        asked = Restraint.parse(not_if_texted_within, not_if_same_text_within)
        command(restraint=asked, **values)

    for option in reversed(RESTRAINT):
        gathered = option(gathered)
    return gathered


def mind_meanwhile(
    store: Store,
    campaign: Campaign,
    restraint: Restraint,
    rate: Rate,
    again: Refused | None = None,
    *,
    the_same: str = "the same with",
) -> list[Meanwhile]:
    """Tell which other campaigns have the people of one that is to go on with that restraint.

    Even where nobody is asked: `--yes` only answers. `again` are refused rows that would go back
    first; `the_same` is the command that, with an option, leaves people out.
    """
    now, console = datetime.now(UTC), Console(stderr=True)
    found = store.others.meanwhile(campaign, restraint, now, again)
    if not found:
        return found
    period = reporting.reaching_back(store, campaign, now, rate, again)
    for each in found[:OVERLAPS]:
        if each.of_the_texted:
            option = f"--{each.restraint.replace('_', '-')} {period}"
            leaves = f"{the_same} {option}\nleaves them out"
            mind(console, each.of_the_texted, leaves if each.left_out < each.texted else "")
        if each.of_the_waiting:
            other = typed(each.campaign)
            only_this = f"they get both texts;\nbulksms cancel {other}\nleaves them to this one"
            mind(console, each.of_the_waiting, only_this)
        if each.of_the_opted_out:
            is_obeyed = each.account is None
            mind(console, each.of_the_opted_out, "" if is_obeyed else onto_the_list(each))
    mind_fewer(console, len(found) - OVERLAPS)
    return found
