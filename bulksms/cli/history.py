"""`history`: everything we ever did with a number, and erasing what its owner may ask to erase."""

import json
from datetime import UTC, datetime

import click

from bulksms.cli.asking import ask, json_option, yes_option
from bulksms.cli.numbers import country_option, read_number
from bulksms.cli.words import harmless, moment_as_json, plural, shown
from bulksms.store import Store
from bulksms.store.history import Change, PastRow


@click.command(epilog="Example:  bulksms history +12025550104")
@click.argument("number")
@country_option
@click.option("--forget", is_flag=True, help="Erase its personal data; the counts stay true.")
@yes_option
@json_option
@click.pass_obj
def history(
    database: str, *, number: str, country: str, forget: bool, yes: bool, as_json: bool
) -> None:
    """Show every row that NUMBER had in any campaign, and what became of it.

    With --forget its number, cells and texts are erased everywhere but on the suppression list,
    without which it would be texted again.
    """
    found = read_number(number, country)
    with Store.open(database) as store:
        rows, changes = store.history.rows(found), store.history.suppressions(found)
        if forget:
            ask(f"Erase what {plural(len(rows), 'row')} hold of {found}?", yes=yes)
            erased = store.history.forget(found, now=datetime.now(UTC), actor="operator")
            click.echo(f"What {plural(erased, 'row')} held of {found} is erased.")
            return
    if as_json:
        told = {
            "number": found,
            "rows": [_row_as_json(each) for each in rows],
            "suppressions": [_change_as_json(each) for each in changes],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    lines = [(each.at, _row(each)) for each in rows] + [
        (each.at, _change(each)) for each in changes
    ]
    for at, line in sorted(lines):
        click.echo(f"{at.astimezone():%Y-%m-%d %H:%M}  {harmless(line)}")
    click.echo(f"{found}: {plural(len(rows), 'row')} in all campaigns.")


def _row(row: PastRow) -> str:
    known = f" (sms_id {row.sms_id}{f', {row.delivery}' if row.delivery else ''})"
    why = f" ({row.reason}: {row.detail})" if row.reason else ""
    text = f"  “{shown(row.text)}”" if row.text else ""
    return f"{row.campaign}, row {row.row_number}: {row.state}{known if row.sms_id else why}{text}"


def _change(change: Change) -> str:
    way = "to" if change.change == "added" else "from"
    return f"{change.change} {way} the suppression list by {change.source}: {change.reason}"


def _row_as_json(row: PastRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in PastRow.__dataclass_fields__} | {
        "at": moment_as_json(row.at)
    }


def _change_as_json(change: Change) -> dict[str, object]:
    return {name: getattr(change, name) for name in Change.__dataclass_fields__} | {
        "at": moment_as_json(change.at)
    }
