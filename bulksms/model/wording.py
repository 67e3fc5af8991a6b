"""How numbers, lengths of time, moments and hosts are said, each in one place."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_ROWS_NAMED = 8


def of_account(account: str | None) -> str:
    """What follows a campaign's name where it is another account's; None: it is not."""
    return "" if account is None else f" of the account '{account}'"


def on_the_list(reason: str) -> str:
    """Of a number that was suppressed for that reason."""
    return f"The number is on the suppression list ({reason})."


def plural(count: int, thing: str) -> str:
    """`1 row`, `2,874 rows`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def span(duration: timedelta) -> str:
    """A length of time as one says it: `45 s`, `1 min 36 s`, `3 h 20 min`, `2 days 4 h`."""
    seconds = round(duration.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return f"{seconds} s"
    if hours < 1:
        return f"{minutes} min {seconds % 60} s"
    if days < 1:
        return f"{hours} h {minutes % 60} min"
    return f"{plural(days, 'day')} {hours % 24} h"


def clock_time(moment: datetime, now: datetime) -> str:
    """A moment on this machine's clock: `today at 17:42`, `tomorrow at 09:10`, or with its date."""
    local, today = moment.astimezone(), now.astimezone().date()
    if local.date() == today:
        return f"today at {local:%H:%M}"
    if local.date() == today + timedelta(days=1):
        return f"tomorrow at {local:%H:%M}"
    return f"{local:%a %d %b %Y at %H:%M}"


def moment_as_json(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, as everywhere in `--json`."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_an_address(host: str) -> str:
    """A host as it stands in a web address: one of IPv6 in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def a_minute(count: int, seconds: float, spacing: timedelta) -> str:
    """How many a minute that is; from ten on whole, for a tenth is only how answers are late.

    Never more than one each `spacing`: answers may come closer, and were asked for no faster.
    """
    each = 60 * min(count / seconds, 1 / spacing.total_seconds())
    return f"{each:.0f}" if each >= 10 else f"{each:.1f}"  # noqa: PLR2004 - two digits are enough


def row_numbers(numbers: Sequence[int], total: int) -> str:
    """`row 7`, or `rows 2, 5, 9 … (412)`."""
    listed = ", ".join(map(str, numbers[:_ROWS_NAMED]))
    if total == 1:
        return f"row {listed}"
    return f"rows {listed}" if total <= _ROWS_NAMED else f"rows {listed} …"
