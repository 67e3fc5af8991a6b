"""The plan as a person reads it before anything irreversible: totals first, then every why."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bulksms.cli.cautions import cautions_as_json, mind_plan
from bulksms.cli.words import (
    clock_time,
    harmless,
    moment_as_json,
    plural,
    row_numbers,
    shown,
    span,
)
from bulksms.loading import Job
from bulksms.model.plan import Example, Kind, Plan
from bulksms.model.segments import Encoding, character_name, measure
from bulksms.model.which_phone import phone_name_rank


def show_plan(
    console: Console, job: Job, plan: Plan, now: datetime, *, new_database: Path | None = None
) -> None:
    """Print what would happen; `new_database` is where one is made for it."""
    _say(console, _source(job), "bold")
    for line in _columns(job):
        _say(console, line)
    for note in _notes(job, new_database):
        _say(console, f"Note: {note}", "dim")
    console.print()
    _say(console, f"{plural(plan.queued, 'row')} will be texted", "bold green")
    if plan.skipped:
        _say(console, f"{plural(plan.skipped_rows, 'row')} will not", "bold yellow")
        _show_skipped(console, job, plan)
    if plan.repaired:
        _say(console, f"{plural(plan.repairs, 'repair')}", "bold")
        _show_repaired(console, plan)
    if plan.queued:
        _show_texts(console, plan)
        _show_time(console, job, plan, now)
    mind_plan(console, job, plan)


def plan_as_json(
    job: Job, plan: Plan, now: datetime, *, new_database: Path | None = None
) -> dict[str, Any]:
    """The plan as `--json` prints it."""
    begins = job.wishes.start_at or now
    made = plan.timetable(begins)
    return {
        "file": job.table.source_name,
        "sheet": job.table.sheet,
        "rows": plan.rows,
        "queued": plan.queued,
        "skipped": {reason: _as_json(kind, job) for reason, kind in plan.skipped.items()},
        "repaired": {
            repair: {"sentence": repair.sentence, **_as_json(kind)}
            for repair, kind in plan.repaired.items()
        },
        "unicode": {character: kind.rows for character, kind in plan.unicode.items()},
        "segments": plan.segments,
        "columns": {role: job.table.columns[at] for role, at in _roles(job)},
        "opt_out_columns": [each.name for each in job.columns.heeded if not each.consents],
        "consent_columns": [each.name for each in job.columns.heeded if each.consents],
        "unread_opt_out_sheets": job.table.unread_opt_outs,
        "notes": _notes(job, new_database),
        "as_written": job.as_written,
        "minded": cautions_as_json(job, plan),
        "rounded": plan.rounded.row_numbers if plan.look_rounded else [],
        "in_doubt": [asdict(each) for each in plan.in_doubt],
        "overlaps": [asdict(overlap) for overlap in plan.overlaps.values()],
        "rate": str(plan.rate),
        "duration_seconds": round((made.finishes - begins).total_seconds()),
        "hours": str(plan.hours) if plan.hours else None,
        "start_at": moment_as_json(job.wishes.start_at),
        "finish_at": moment_as_json(made.finishes),
        "waits": [{"rows": wait.rows, "until": moment_as_json(wait.until)} for wait in made.waits],
        "fingerprint": plan.fingerprint,
    }


def _source(job: Job) -> str:
    sheet = f", sheet '{job.table.sheet}'" if job.table.sheet else ""
    return f"{job.table.source_name}{sheet}: {plural(job.table.row_count, 'row')}"


def _notes(job: Job, new_database: Path | None) -> list[str]:
    """What the reader assumed and left out, and that nothing is known yet of anybody."""
    notes = list(job.table.notes)
    if job.table.blank_rows:
        notes.append(f"{plural(job.table.blank_rows, 'blank row')} left out")
    if new_database is not None:
        notes.append(
            f"A new database is made at {new_database};"
            " if you have sent before from another folder, go there first"
        )
    return notes


def _columns(job: Job) -> list[str]:
    """Which column is what, the sender, and the columns that nothing uses."""
    names = job.table.columns
    found = [f"{role} = '{shown(names[at])}'{_why(job, role)}" for role, at in _roles(job)]
    found += [f"{each.role} = '{shown(each.name)}'" for each in job.columns.heeded]
    used = {at for _, at in _roles(job)} | {each.at for each in job.columns.heeded}
    if job.template is not None:
        used |= job.template.used
    unused = [shown(name) for at, name in enumerate(names) if at not in used]
    others = f"; not used: {', '.join(unused)}" if unused else ""
    lines = [f"Columns: {', '.join(found)}{others}"]
    if job.sender:
        lines.append(f"From {job.sender}")
    return lines


def _why(job: Job, role: str) -> str:
    """Said where a column was not found by its name."""
    name = job.table.columns[job.columns.phone]
    given = job.wishes.phone_column or job.table.told_of_phone.named is not None
    by_content = role == "phone" and not given and phone_name_rank(name) is None
    return " (by its content)" if by_content else ""


def _roles(job: Job) -> list[tuple[str, int]]:
    columns = job.columns
    roles = [
        ("phone", columns.phone),
        ("lead id", columns.lead_id),
        ("sender", columns.sender),
        ("attachment", columns.media),
        ("message", columns.message),
    ]
    return [(role, at) for role, at in roles if at is not None]


def _show_skipped(console: Console, job: Job, plan: Plan) -> None:
    """Each reason: how many rows, which, and under it an example or two with their columns."""
    widest = max(map(len, plan.skipped))
    for reason, kind in sorted(plan.skipped.items(), key=lambda item: -item[1].rows):
        numbers = row_numbers(kind.row_numbers, kind.rows)
        head = Text(f"  {reason:<{widest}}  {kind.rows:>5,}  ").append(numbers, style="dim")
        console.print(head, soft_wrap=True)
        for each in kind.examples[:2]:
            _example(console, f"{_place(job, each)}: {shown(each.result, 200)}")


def _place(job: Job, example: Example) -> str:
    if example.column is None:
        return f"row {example.row_number}"
    return f"row {example.row_number}, {shown(job.table.columns[example.column])}"


def _show_repaired(console: Console, plan: Plan) -> None:
    """Each rule: a cell before and after, the rule's name, how many rows, and what was done."""
    for repair, kind in sorted(plan.repaired.items(), key=lambda item: -item[1].rows):
        first = kind.examples[0]
        numbers = row_numbers(kind.row_numbers, kind.rows).removeprefix("rows ")
        head = Text(f"  {shown(first.cell)} → {first.result}, “{repair}”, ")
        head.append(plural(kind.rows, "row")).append(f" ({numbers})", style="dim")
        console.print(head, soft_wrap=True)
        _example(console, repair.sentence)


def _example(console: Console, told: str) -> None:
    console.print(Padding(Text(told, style="dim"), (0, 0, 0, 6)))


def _show_texts(console: Console, plan: Plan) -> None:
    parts = ", ".join(
        f"{plural(rows, 'text')} of {plural(segments, 'segment')}"
        for segments, rows in sorted(plan.by_segments.items())
    )
    _say(console, f"Texts: {parts}; {plural(plan.segments, 'segment')} in all", "bold")
    first = plan.previews[0]
    size = measure(first.body or "")
    _say(
        console,
        f"  row {first.row_number} → {first.to_number}"
        f"  ({size.units} of {_capacity(size.encoding, size.segments)} {size.encoding} characters)",
        "dim",
    )
    _say(console, f"  “{shown(first.body or '(no text, only the attachment)', 320)}”")
    for character, kind in list(plan.unicode.items())[:5]:
        _say(
            console,
            f"  {character_name(character)} makes {plural(kind.rows, 'text')} Unicode"
            f" (70 characters a segment, not 160): {row_numbers(kind.row_numbers, kind.rows)}",
            "yellow",
        )


def _capacity(encoding: Encoding, segments: int) -> int:
    """How many characters fit: 160, or 153 a part; 70, or 67 (3GPP TS 23.038, 23.040)."""
    whole, part = (160, 153) if encoding is Encoding.GSM7 else (70, 67)
    return whole if segments <= 1 else part * segments


def _show_time(console: Console, job: Job, plan: Plan, now: datetime) -> None:
    if plan.limit is not None and plan.limit < plan.queued:
        rest = plan.queued - plan.first_run
        _say(console, f"Now: the first {plan.first_run:,}; the other {rest:,} wait for a resume.")
    begins = job.wishes.start_at or now
    made = plan.timetable(begins)
    if plan.hours is not None:
        _say(console, f"Hours: {plan.hours}.")
        for wait in made.waits[:1]:
            until = clock_time(wait.until, now)
            _say(console, f"  {plural(wait.rows, 'row')} will wait until {until}.", "yellow")
    started = "now" if job.wishes.start_at is None else clock_time(begins, now)
    _say(
        console,
        f"Time: at {plan.rate} it takes {span(plan.duration)};"
        f" started {started}, it is done {clock_time(made.finishes, now)}.",
        "bold",
    )


def _as_json(kind: Kind, job: Job | None = None) -> dict[str, Any]:
    """With the job, each example names its column too."""
    return {
        "rows": kind.rows,
        "row_numbers": kind.row_numbers,
        "examples": [
            {"row": each.row_number, "cell": each.cell, "result": each.result}
            | ({"column": _column(job, each)} if job else {})
            for each in kind.examples
        ],
    }


def _column(job: Job, example: Example) -> str | None:
    return None if example.column is None else job.table.columns[example.column]


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(harmless(line), style=style), soft_wrap=True)
