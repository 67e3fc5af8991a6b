"""`check`, `load` and `send`: a file, its plan, and what is done about it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from bulksms import loading, mending
from bulksms.cli.asking import ask, ask_to_go_on, find_account, json_option, yes_option
from bulksms.cli.environment import rate_option
from bulksms.cli.options import describes_a_job
from bulksms.cli.planning import plan_as_json, show_plan
from bulksms.cli.restraining import mind_meanwhile
from bulksms.cli.words import clock_time, plural, typed
from bulksms.loading import Job
from bulksms.model.errors import AccountBusy, BulkSMSError, InputError
from bulksms.model.plan import Plan
from bulksms.model.records import Campaign, Rate
from bulksms.model.starting import require_ahead
from bulksms.model.states import NOT_BEGUN
from bulksms.returning import as_wished, earlier, require_in_time, require_unloaded
from bulksms.store import Store
from bulksms.trying import choose_trial

_again = click.option("--again", is_flag=True, help="Send a file that was already sent.")


@click.command(
    epilog="Example:  bulksms check june.xlsx --message 'Hi {first_name|there}' --from 3152935500"
)
@describes_a_job
@rate_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the rows to mend to this .xlsx file, each with what is wrong; send takes it back.",
)
@json_option
@click.pass_obj
def check(database: str, *, job: Job, rate: Rate, output: Path | None, as_json: bool) -> None:
    """Show the plan for FILE: who would be texted, who not and why, and when it is done.

    Nothing is stored and nothing is sent.
    """
    now = datetime.now(UTC)
    require_ahead(job.wishes.start_at, now)
    with Store.open_if_there(database) or nullcontext() as store:
        plan = _plan(job, rate, store)
    to_mend = mending.to_mend(plan)
    guards = mending.write_problems(job, plan, output) if output and to_mend else 0
    if as_json:
        click.echo(json.dumps(plan_as_json(job, plan, now), ensure_ascii=False, indent=2))
        return
    show_plan(Console(), job, plan, now)
    if output and to_mend:
        click.echo(f"{plural(to_mend, 'row')} to mend written to {output}; then send that file.")
        if guards:
            rows, are = plural(guards, "row"), "is" if guards == 1 else "are"
            click.echo(f"{rows} that opted out {are} in it too, so that no other texts the number.")
    elif output:
        click.echo(f"No row to mend, so {output} was not written.")
    click.echo("Nothing was stored or sent.")


@click.command(
    epilog="Example:  bulksms load june.xlsx --message-file text.txt --from 3152935500 --name june"
)
@describes_a_job
@rate_option
@_again
@json_option
@click.pass_obj
def load(database: str, *, job: Job, rate: Rate, again: bool, as_json: bool) -> None:
    """Check FILE and store it as a draft campaign, without sending.

    Every row of the file is kept, those that will not be texted with their reason.
    """
    now = datetime.now(UTC)
    require_ahead(job.wishes.start_at, now)
    new = Store.missing_file(database)
    with Store.open_or_create(database) as store:
        plan = _plan(job, rate, store)
        if not again:
            require_unloaded(job, plan, store, now=now)
        if not as_json:
            show_plan(Console(), job, plan, now, new_database=new)
        campaign = loading.load(job, plan, store, rate=rate, now=now, again=again)
    if as_json:
        shown = plan_as_json(job, plan, now, new_database=new) | {"campaign": campaign.name}
        click.echo(json.dumps(shown, indent=2))
        return
    if campaign.start_at is not None:
        click.echo(f"Stored as '{campaign.name}', to start {clock_time(campaign.start_at, now)}.")
        click.echo(f"Next:  bulksms resume {typed(campaign.name)} --wait")
        return
    click.echo(f"Stored as the draft '{campaign.name}'; nothing was sent.")
    click.echo(f"Next:  bulksms resume {typed(campaign.name)}")


@click.command(
    epilog="Example:  bulksms send june.xlsx --message 'Hi {first_name|there}' --from 3152935500"
)
@describes_a_job
@click.option("--test-to", metavar="NUMBER", help="Text your own phone first, as a test.")
@click.option(
    "--test-row",
    metavar="N",
    type=click.IntRange(min=1),
    help="Whose text the test has; else the first row's.",
)
@rate_option
@_again
@yes_option
@json_option
@click.pass_obj
def send(
    database: str,
    *,
    job: Job,
    test_to: str | None,
    test_row: int | None,
    rate: Rate,
    again: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Check FILE, show the plan, ask, and text everyone in it, to the end.

    The same line again picks up where it left off; a file that was sent is refused.
    Of a campaign that has begun no test is sent; another --limit or --start-at is refused.
    Ctrl-C stops cleanly, and `bulksms resume` goes on.
    """
    from bulksms.cli.runner import check_account, run  # noqa: PLC0415 - httpx: 0.1 s, not for `check` and `load`
    from bulksms.driving import require_settings  # noqa: PLC0415 - the same

    if test_row is not None and test_to is None:
        raise InputError("--test-row needs --test-to: the phone that the test goes to.")
    account = find_account(database, job.wishes.account)
    require_settings(account)
    plan, known = _plan_or_known(database, job, rate, again=again)
    console = Console(stderr=True) if as_json else Console()
    if known is None:
        require_ahead(job.wishes.start_at, datetime.now(UTC))
        new = Store.missing_file(database)
        show_plan(console, job, plan, datetime.now(UTC), new_database=new)
    if known is not None or plan.queued:
        check_account(account, plan.senders)
    if test_to is not None and (known is not None or plan.queued):
        _test_first(
            *(database, job, plan, known, rate), to=test_to, row=test_row, yes=yes, as_json=as_json
        )
    _confirm(database, job, plan, known, yes=yes)
    with Store.open_or_create(database) as store:
        now = datetime.now(UTC)
        campaign = (
            as_wished(job, store, known, now)
            if known is not None
            else loading.load(job, plan, store, rate=rate, now=now, again=again)
        )
        with _resume_is_next(campaign):
            run(store, campaign, rate, as_json=as_json)


@contextmanager
def _resume_is_next(campaign: Campaign) -> Iterator[None]:
    """Not the same line again, whatever the error: it is loaded now, and may have had --again."""
    try:
        yield
    except BulkSMSError as error:
        resume = f"bulksms resume {typed(campaign.name)}"
        if isinstance(error, AccountBusy):
            error.next_command = f"{resume}\nonce it is free"
        error.next_command = error.next_command or f"mend that, then\n{resume}"
        raise


def _plan(job: Job, rate: Rate, store: Store | None) -> Plan:
    """What would happen, given what is known of the numbers."""
    if store is None:
        return loading.check(job, {}, rate)
    suppressed = store.suppressions.reasons()
    return loading.check_among(store, job, suppressed, rate, datetime.now(UTC))


def _plan_or_known(
    database: str, job: Job, rate: Rate, *, again: bool
) -> tuple[Plan, Campaign | None]:
    """The plan, and the unfinished campaign of the very same line; what to mind of that is said."""
    with Store.open_if_there(database) or nullcontext() as store:
        plan = _plan(job, rate, store)
        now = datetime.now(UTC)
        known = None if again or not store else earlier(job, plan, store, now=now)
        if store is not None and known is not None:
            require_in_time(job, store, known, now=now)
            resume = f"bulksms resume {typed(known.name)}"
            mind_meanwhile(store, known, known.restraint, rate, the_same=resume)
    return plan, known


def _test_first(
    database: str,
    job: Job,
    plan: Plan,
    known: Campaign | None,
    rate: Rate,
    *,
    to: str,
    row: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Send the test, unless others have had their text already."""
    from bulksms.cli.trying import try_out  # noqa: PLC0415 - httpx: 0.1 s, not for `check` and `load`

    if known is not None and known.state not in NOT_BEGUN:
        click.echo(f"No test is sent: '{known.name}' has begun.", err=as_json)
        return
    trial = choose_trial(job, plan, to, row)
    try_out(database, job, trial, rate, yes=yes, as_json=as_json)


def _confirm(database: str, job: Job, plan: Plan, known: Campaign | None, *, yes: bool) -> None:
    """Ask, with the number in the question; without a terminal only `--yes` will do."""
    if known is not None:
        with Store.open(database) as store:
            limit, start_at = job.wishes.limit, job.wishes.start_at
            ask_to_go_on(store, known, limit=limit, start_at=start_at, yes=yes)
        return
    if not plan.queued:
        raise InputError(
            f"No row of {job.table.source_name} can be texted.",
            next_command="mend the rows named above, then the same command again",
        )
    ask(f"Send {plural(plan.first_run, 'message')}?", yes=yes)
