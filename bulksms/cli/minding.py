"""The last lines of a plan, where the question follows: what is perhaps not meant."""

from collections.abc import Iterator
from typing import Any

from bulksms.cli.words import row_numbers, shown, typed
from bulksms.loading import Job
from bulksms.model.minding import ADVICE
from bulksms.model.overlap import LATELY
from bulksms.model.plan import Plan


def what_to_mind(job: Job, plan: Plan) -> Iterator[tuple[str, str]]:
    """Each with what to do about it."""
    for written in job.as_written:
        yield (
            f"{shown(written)} is texted as it stands.",
            "to fill in a column, write its name in single braces, such as {first_name}",
        )
    for (why, column), kind in plan.minded.items():
        name = job.table.columns[column]
        told = why.told(kind.rows, name, [each.cell for each in kind.examples])
        rows = row_numbers(kind.row_numbers, kind.rows)
        yield f"{told} ({rows}).", ADVICE.get(why) or _text_them_there(job, name)
    if plan.look_rounded:
        rows = row_numbers(plan.rounded.row_numbers, plan.rounded.rows)
        yield (
            f"{plan.rounded.rows:,} numbers end in 0000 ({rows}).",
            _ROUNDED,
        )
    for overlap in plan.most_overlaps:
        if texted := overlap.of_the_texted:
            yield texted, f"--not-if-texted-within {LATELY.days}d leaves them out"
        if waiting := overlap.of_the_waiting:
            yield waiting, f"bulksms resume {typed(overlap.campaign)} goes on with it"


def minded_as_json(job: Job, plan: Plan) -> list[dict[str, Any]]:
    """The lines about single columns, for a script."""
    return [
        {
            "what": why,
            "column": job.table.columns[column],
            "rows": kind.rows,
            "row_numbers": kind.row_numbers,
            "cells": [each.cell for each in kind.examples],
        }
        for (why, column), kind in plan.minded.items()
    ]


def _text_them_there(job: Job, column: str) -> str:
    """By way of the rows to mend, where nobody is who opted out or was texted."""
    return (
        f"to text them there: bulksms check {typed(job.table.source_name)} … -o rest.xlsx,"
        f" then bulksms send rest.xlsx … --phone-column {typed(column)}"
    )


_ROUNDED = (
    "a spreadsheet that showed them as 2.02556E+09 may have rounded them; look at the list they"
    " come from"
)
