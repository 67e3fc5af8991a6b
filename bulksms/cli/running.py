"""`resume` and `retry`: going on where a campaign stood."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bulksms.cli.asking import (
    Which,
    ask,
    ask_to_go_on,
    campaign_argument,
    find_campaign,
    yes_option,
)
from bulksms.cli.environment import rate_option
from bulksms.cli.restraining import mind_meanwhile, restraint_options
from bulksms.cli.runner import check_account, leave, print_status, run
from bulksms.cli.scheduled import is_early
from bulksms.cli.words import clock_time, plural, typed
from bulksms.driving import require_settings
from bulksms.model.accounts import AskedRate
from bulksms.model.errors import InputError
from bulksms.model.overlap import Meanwhile
from bulksms.model.records import Campaign, Refused
from bulksms.model.restraint import Restraint
from bulksms.model.states import REASONS, CampaignState, PausedReason, Reason, State
from bulksms.reporting import ahead
from bulksms.store import Store

_json = click.option("--json", "as_json", is_flag=True, help="Print the final status for scripts.")


@click.command(epilog="Example:  bulksms resume june")
@campaign_argument
@rate_option
@click.option("--wait", is_flag=True, help="Wait for the time at which it is to start.")
@click.option("--by-worker", is_flag=True, help="Leave the sending to a running bulksms worker.")
@restraint_options
@yes_option
@_json
@click.pass_obj
def resume(
    database: str,
    *,
    campaign: Which,
    rate: AskedRate,
    wait: bool,
    by_worker: bool,
    restraint: Restraint,
    yes: bool,
    as_json: bool,
) -> None:
    """Start a draft, or go on with an interrupted or paused campaign, where it stood.

    Rows in doubt (`unknown`) are settled against Easify's own record beside the sending:
    what is proven not to have arrived is sent again, nothing else.
    A scheduled campaign starts by itself, at its time, in a `resume --wait` that goes on.
    """
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        _require_open(found)
        _require_time(found, wait=wait and not by_worker)
        if found.state is CampaignState.FINISHED and ahead(store, found) == (0, 0):
            leave(store, found, as_json=as_json)
        account = store.accounts.named(found.account)
        if by_worker:
            _require_workers_choice(found, rate)
        else:
            require_settings(account)
            check_account(account, store.rows.senders(found.id))
        restraint = restraint.over(found.restraint)
        overlaps = mind_meanwhile(store, found, restraint, rate.of(account))
        ask_to_go_on(store, found, yes=yes)
        if by_worker:
            store.others.leave_alone(found.id, restraint)
            _hand_over(store, found, overlaps, as_json=as_json)
        else:
            run(
                *(store, found, rate.of(account)),
                as_json=as_json,
                restraint=restraint,
                overlaps=overlaps,
            )


@click.command(epilog="Example:  bulksms retry june --reason rejected")
@campaign_argument
@rate_option
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    metavar="CODE",
    type=click.Choice(sorted(each.value for each in REASONS[State.FAILED])),
    help="Only rows that failed for this reason; may be given several times.",
)
@click.option("--row", "rows", multiple=True, type=int, metavar="N", help="Only this row.")
@restraint_options
@yes_option
@_json
@click.pass_obj
def retry(
    database: str,
    *,
    campaign: Which,
    rate: AskedRate,
    reasons: tuple[str, ...],
    rows: tuple[int, ...],
    restraint: Restraint,
    yes: bool,
    as_json: bool,
) -> None:
    """Put refused rows back in the queue, then go on.

    A row that a person gave up in doubt (gave_up) goes back only when it is named.
    """
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        _require_open(found)
        again = Refused(frozenset(Reason(each) for each in reasons), frozenset(rows))
        count = store.messages.count_refused(found.id, again)
        if not count:
            raise InputError(
                f"'{found.name}' has no refused row like that.",
                next_command=f"bulksms status {typed(found.name)}",
            )
        account = store.accounts.named(found.account)
        require_settings(account)
        check_account(account, store.rows.senders(found.id))
        restraint = restraint.over(found.restraint)
        overlaps = mind_meanwhile(store, found, restraint, rate.of(account), again)
        perhaps = _perhaps_texted(store, found, again, count)
        ask(f"Send {plural(count, 'refused message')} of '{found.name}' again{perhaps}?", yes=yes)
        run(
            *(store, found, rate.of(account)),
            as_json=as_json,
            again=again,
            restraint=restraint,
            overlaps=overlaps,
        )


def _perhaps_texted(store: Store, campaign: Campaign, again: Refused, count: int) -> str:
    """Of so many that go again, those that a person gave up in doubt: only if they are named."""
    are_meant = Reason.GAVE_UP in again.reasons if again.reasons else bool(again.rows)
    only_they = Refused(frozenset({Reason.GAVE_UP}), again.rows)
    given_up = store.messages.count_refused(campaign.id, only_they) if are_meant else 0
    if not given_up:
        return ""
    which = "" if given_up == count else f"{given_up:,} of them "
    return f", {which}given up in doubt and perhaps texted already"


def _require_workers_choice(campaign: Campaign, rate: AskedRate) -> None:
    """Refuse what only the one who sends can be told."""
    if rate.typed:
        raise InputError(
            "A worker sends at its own rate, or at the account's; none can be typed here.",
            next_command="the same command without --rate",
        )
    if campaign.paused_reason is PausedReason.SCHEDULED:
        raise InputError(
            f"Easify keeps the texts of '{campaign.name}' for its opening hours, and only a resume"
            " that sends by itself can say that they may wait there.",
            next_command=f"bulksms resume {typed(campaign.name)}",
        )


def _hand_over(
    store: Store, campaign: Campaign, overlaps: Sequence[Meanwhile], *, as_json: bool
) -> None:
    """Started and held by nobody: that is what workers look for."""
    store.campaigns.start(campaign.id, now=datetime.now(UTC), actor="operator")
    if as_json:
        print_status(store, store.campaigns.now(campaign.id), overlaps)
        return
    click.echo(
        f"'{campaign.name}' is left to the workers; any  bulksms worker  that runs sends it."
    )
    click.echo(f"Next:  bulksms status {typed(campaign.name)}")


def _require_time(campaign: Campaign, *, wait: bool) -> None:
    """A text that leaves before its time cannot be called back."""
    now = datetime.now(UTC)
    if campaign.start_at is not None and is_early(campaign, now) and not wait:
        raise InputError(
            f"'{campaign.name}' is to start {clock_time(campaign.start_at, now)}.",
            next_command=f"bulksms resume {typed(campaign.name)} --wait",
        )


def _require_open(campaign: Campaign) -> None:
    if campaign.state is CampaignState.CANCELLED:
        raise InputError(
            f"'{campaign.name}' was cancelled and cannot go on.",
            next_command=f"bulksms report {typed(campaign.name)} -o report.xlsx",
        )
