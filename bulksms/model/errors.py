"""Every way a command can end without doing its work.

::

    BulkSMSError                 1   a fault of ours, or the output cannot be written
    ├── InputError               3   the file or the options must be fixed; nothing was sent
    │   ├── ColumnMissing        3   it may be in another sheet, or below another header
    │   └── ColumnUnclear        3   several could be meant, and a person must say which
    ├── ConfigError              3   a setting must be fixed; nothing was sent
    ├── StoreError               4   the database: out of date, locked, unreachable
    │   ├── AccountBusy          4   somebody else is sending on this account
    │   │   └── TokenBusy        4   or on another one with the same token
    │   └── LeaseLost            4   somebody else has taken this account over from us
    └── AccountProblem           5   the account needs a person

The number is the exit code. Each error says in one sentence what is wrong and where,
and `next_command` is what the person can type about it.

A bad row is never an exception: it is a `skipped` message.
A refused message is never an exception: it is an outcome.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar


class BulkSMSError(Exception):
    """The root."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, *, next_command: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_command = next_command


class InputError(BulkSMSError):
    """The file or the options must be fixed; nothing was sent.

    Attributes:
        field: the field of a page's form that is to blame; None where none is, or none is known.
    """

    exit_code = 3
    field: str | None = None


class ColumnMissing(InputError):
    """A column that is asked for is not in the sheet, or below the header, that was found."""


class ColumnUnclear(InputError):
    """Several columns could be meant, at the positions of the `candidates`."""

    def __init__(
        self, sentence: str, *, candidates: Sequence[int], next_command: str | None = None
    ) -> None:
        super().__init__(sentence, next_command=next_command)
        self.candidates = tuple(candidates)


class ConfigError(BulkSMSError):
    """A setting must be fixed; nothing was sent."""

    exit_code = 3


class StoreError(BulkSMSError):
    """The database is out of date, locked or unreachable."""

    exit_code = 4


class AccountBusy(StoreError):
    """Somebody else is sending on the account: at least it holds the lease.

    Attributes:
        holder: the worker's name, `host:pid`.
        until: when its lease lapses unless it renews it.
        epoch: the holder's epoch, for whoever can prove that the holder is dead.
    """

    def __init__(
        self, sentence: str, *, next_command: str, holder: str, until: datetime, epoch: int
    ) -> None:
        super().__init__(sentence, next_command=next_command)
        self.holder = holder
        self.until = until
        self.epoch = epoch


class TokenBusy(AccountBusy):
    """Another account that has the same token is in use, or sent a moment ago."""


class LeaseLost(StoreError):
    """Our right to send on the account has passed to somebody else; we may claim nothing more."""

    def __init__(self, *, account: str) -> None:
        super().__init__(
            f"Another worker has taken over the account '{account}', because this one"
            " was silent for longer than its lease; it stopped and sends nothing more.",
            next_command="bulksms status",
        )


class AccountProblem(BulkSMSError):
    """The account needs a person: token, plan, subscription, credits, sender."""

    exit_code = 5
