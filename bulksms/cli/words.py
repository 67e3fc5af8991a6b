"""How rows, texts and pauses are said at a terminal, each in one place."""

import shlex
import unicodedata
from pathlib import Path

from bulksms.model.accounts import DEFAULT_NAME
from bulksms.model.states import WHY_PAUSED, PausedReason
from bulksms.model.wording import (
    a_minute,
    clock_time,
    moment_as_json,
    plural,
    row_numbers,
    span,
)

__all__ = [
    "WHAT_TO_DO",
    "a_minute",
    "about_doubts",
    "clock_time",
    "harmless",
    "made_new",
    "moment_as_json",
    "plural",
    "row_numbers",
    "shown",
    "span",
    "typed",
    "what_is_next",
    "what_to_do",
]

_NEXT: dict[PausedReason, str] = {
    PausedReason.OPERATOR: "bulksms resume {name}",
    PausedReason.INTERRUPTED: "bulksms resume {name}",
    PausedReason.UNAUTHENTICATED: (
        "set EASIFY_API_TOKEN to the token under Settings > API Settings, then\n"
        "bulksms resume {name}"
    ),
    PausedReason.SUBSCRIPTION_ENDED: "recharge the account in Easify, then\nbulksms resume {name}",
    PausedReason.PLAN_NOT_ALLOWED: (
        "move the account to the Enterprise plan, then\nbulksms resume {name}"
    ),
    PausedReason.NO_CREDITS: "recharge the account in Easify, then\nbulksms resume {name}",
    PausedReason.INVALID_SENDER: "check the number in Easify, then\nbulksms resume {name}",
    PausedReason.REPEATED_FAILURES: (
        "bulksms report {name} -o report.xlsx\nto see why, then\nbulksms resume {name}"
    ),
    PausedReason.WRONG_ADDRESS: "check EASIFY_BASE_URL, then\nbulksms resume {name}",
    PausedReason.SCHEDULED: (
        "when it is open again, or now if the texts may wait there:\nbulksms resume {name}"
    ),
}

WHAT_TO_DO = {reason: (WHY_PAUSED[reason], _NEXT[reason]) for reason in PausedReason}
"""Why a campaign rests, and what to type about it."""


def harmless(text: str) -> str:
    """A text from a file as it may safely stand on a terminal: one line that cannot steer it."""
    return "".join(
        "⏎" if c == "\n" else "�" if unicodedata.category(c) in _UNSAFE else c for c in text
    )


def shown(text: str, longest: int = 60) -> str:
    """The same, cut where it is long."""
    visible = harmless(text)
    return visible if len(visible) <= longest else f"{visible[: longest - 1]}…"


def made_new(database: Path) -> str:
    """The beginning of a note for whoever may be in another folder than they sent from."""
    return f"Note: a new database was made at {harmless(str(database))}"


def typed(name: str) -> str:
    """A name as it is typed into a shell: `june`, `'june list'`."""
    return shlex.quote(name)


def what_is_next(next_command: str) -> str:
    """The line `Next:`; of several, each stands alone, so that a command can be pasted whole."""
    return "Next:  " + "\n       ".join(map(harmless, next_command.splitlines()))


def what_to_do(reason: PausedReason, name: str, account: str = DEFAULT_NAME) -> tuple[str, str]:
    """Why that campaign, of that account, rests, and what to type about it."""
    why, next_command = WHAT_TO_DO[reason]
    if reason is PausedReason.UNAUTHENTICATED and account != DEFAULT_NAME:
        check = f"bulksms accounts check {typed(account)}"
        next_command = f"{check}\ntyped where it is sent from, then\nbulksms resume {{name}}"
    return why, next_command.format(name=typed(name))


def about_doubts(count: int, name: str) -> str:
    """What to do about rows in doubt, which nothing texts again as long as they are."""
    asked = (
        f"bulksms reconcile {typed(name)}\nasks Easify's record again; for what that cannot settle"
    )
    settle = what_is_next(f"{asked}\nbulksms resolve {typed(name)} --help")
    return f"{plural(count, 'row')} in doubt.\n{settle}"


_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's controls, invisible format characters (bidi among them), surrogates, line ends."""
