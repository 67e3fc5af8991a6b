"""What is perhaps not meant, told last, where the question follows; and what to do about it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from bulksms.cli.words import harmless, plural, row_numbers, shown, typed
from bulksms.loading import Job
from bulksms.model.cautions import ADVICE, Caution
from bulksms.model.overlap import LATELY, InDoubt, Overlap
from bulksms.model.plan import Plan
from bulksms.spreadsheet.reading import Table

_ROWS_TO_TYPE = 3
_ROUNDED = (
    "a spreadsheet that showed them as 2.02556E+09 may have rounded them; look at the list they"
    " come from"
)


def mind(console: Console, told: str, instead: str) -> None:
    """One line, and under it what to do about it, if anything."""
    console.print(Text(harmless(f"Mind: {told}"), style="bold yellow"), soft_wrap=True)
    if instead:
        _below(console, instead)


def mind_fewer(console: Console, others: int) -> None:
    """How many campaigns are not named."""
    if others > 0:
        _below(console, f"{plural(others, 'other campaign')} had fewer of them.")


def mind_plan(console: Console, job: Job, plan: Plan) -> None:
    """All that a plan has of it."""
    for told, instead in _what_to_mind(job, plan):
        mind(console, told, instead)
    mind_fewer(console, len(plan.overlaps) - len(plan.most_overlaps))


def cautions_as_json(job: Job, plan: Plan) -> list[dict[str, Any]]:
    """The lines about single columns, for a script."""
    return [
        {
            "what": why,
            "column": job.table.columns[column],
            "rows": kind.rows,
            "row_numbers": kind.row_numbers,
            "cells": [each.cell for each in kind.examples],
        }
        for (why, column), kind in plan.cautions.items()
    ]


def _what_to_mind(job: Job, plan: Plan) -> Iterator[tuple[str, str]]:
    yield from _doubts(plan.in_doubt)
    yield from _unread(job.table)
    if plan.hours is not None and plan.hours.at_night:
        yield plan.hours.at_night, "by day it is such as  --hours 09:00-20:00"
    for written in job.as_written:
        yield (
            f"{shown(written)} is texted as it stands.",
            "to fill in a column, write its name in single braces, such as {first_name}",
        )
    for (why, column), kind in plan.cautions.items():
        name = job.table.columns[column]
        told = why.told(kind.rows, name, [each.cell for each in kind.examples])
        rows = row_numbers(kind.row_numbers, kind.rows)
        yield f"{told} ({rows}).", _about(why, name)
    if plan.look_rounded:
        rows = row_numbers(plan.rounded.row_numbers, plan.rounded.rows)
        end = "number ends" if plan.rounded.rows == 1 else "numbers end"
        yield f"{plan.rounded.rows:,} {end} in 0000 ({rows}).", _ROUNDED
    yield from _overlaps(plan.most_overlaps)


def _overlaps(overlaps: Iterable[Overlap]) -> Iterator[tuple[str, str]]:
    """What other campaigns have to do with the people of the file."""
    for overlap in overlaps:
        if texted := overlap.of_the_texted:
            yield texted, f"--not-if-texted-within {LATELY.days}d leaves them out"
        if opted_out_here := overlap.of_the_opted_out_here:
            yield opted_out_here, _onto_the_list_from_here(overlap)
        if waiting := overlap.of_the_waiting:
            yield waiting, _one_of_both(overlap)
        if opted_out := overlap.of_the_opted_out:
            yield opted_out, onto_the_list(overlap)


def _unread(table: Table) -> Iterator[tuple[str, str]]:
    """The sheets of those who opted out, which nobody has looked at."""
    for sheet in table.unread_opt_outs:
        told = (
            f"The sheet '{shown(sheet)}' is not read: whoever is on it would be texted, unless the"
            " suppression list has them."
        )
        add = f"bulksms suppress import {typed(_file())} --sheet {typed(sheet)}"
        yield told, f"{add}\nputs them on it"


def _doubts(doubts: Iterable[InDoubt]) -> Iterator[tuple[str, str]]:
    """Whom the plan leaves out, and how that is settled."""
    for each in doubts:
        name = typed(each.campaign)
        rows = "".join(f" --row {row}" for row in each.row_numbers[:_ROWS_TO_TYPE])
        if each.given_up:
            whom = "the person" if len(each.row_numbers) == 1 else "them"
            instead = (
                f"bulksms retry {name}{rows}\ntexts {whom} again, whatever happened: only if it"
                " certainly did not arrive"
            )
        else:
            instead = (
                f"bulksms reconcile {name}\nasks Easify's record; what that cannot settle, a person"
                f" can:\nbulksms resolve {name} --row {each.row_numbers[0]} --help"
            )
        yield each.told, instead


def onto_the_list(overlap: Overlap) -> str:
    """What keeps them from being texted, if they are few; else where they are found."""
    if overlap.opted_out > len(overlap.opted_out_numbers):
        show = f"bulksms report {typed(overlap.campaign)} --state skipped -o skipped.xlsx"
        return f"{show}\nbulksms suppress import skipped.xlsx\nleaves them out of every campaign"
    return _add(overlap.opted_out_numbers)


def _onto_the_list_from_here(overlap: Overlap) -> str:
    """The same of those whom this file says not to text."""
    if overlap.opted_out_here > len(overlap.opted_out_here_numbers):
        return (
            "copy the rows that opted out into a file of their own:\n"
            "bulksms suppress import FILE\nleaves them out of every campaign"
        )
    return _add(overlap.opted_out_here_numbers)


def _add(numbers: Iterable[str]) -> str:
    return f"bulksms suppress add {' '.join(numbers)}\nleaves them out of every campaign"


def _one_of_both(overlap: Overlap) -> str:
    """Else whoever waits there gets both texts; another client's campaign is not to be touched."""
    name = typed(overlap.campaign)
    if overlap.account is not None:
        return f"bulksms status {name}\nshows it"
    return (
        f"bulksms resume {name}\ngoes on with it instead;\n"
        f"bulksms cancel {name}\nleaves them to this one"
    )


def _about(why: Caution, column: str) -> str:
    """What to do about it, and to type."""
    advice = ADVICE.get(why) or _text_them_there(column)
    typed_too = why is Caution.OPT_OUT_ELSEWHERE
    return f"{advice}:\nbulksms suppress add NUMBER …" if typed_too else advice


def _text_them_there(column: str) -> str:
    """By way of the rows to mend, where nobody is who opted out or was texted.

    Under a name that is not the file's own, be it a file of such rows itself.
    """
    rest = typed(f"{Path(_file()).stem}-rest.xlsx")
    return (
        "to text them there, with the message, the sender and the other options of this line for"
        " each …:\n"
        f"bulksms check {typed(_file())} … -o {rest}\n"
        f"bulksms send {rest} … --phone-column {typed(column)}"
    )


def _file() -> str:
    """The file, as it was typed."""
    return str(click.get_current_context().params["file"])


def _below(console: Console, line: str) -> None:
    for each in line.splitlines():
        console.print(Text(harmless(f"      {each}"), style="yellow"), soft_wrap=True)
