"""The records that travel between the layers. All times are aware and UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bulksms.model.hours import Hours
from bulksms.model.outcomes import Outcome
from bulksms.model.repairs import Mended
from bulksms.model.restraint import NONE_ASKED, Restraint
from bulksms.model.states import CampaignState, PausedReason, Reason, State

FORGOTTEN_NUMBER = "forgotten-"
"""How the number of a row begins whose personal data was erased."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` sends begin in any window of `period`."""

    count: int
    period: timedelta

    @property
    def spacing(self) -> timedelta:
        """The even distance between two sends."""
        return self.period / self.count

    def __str__(self) -> str:
        seconds = f"{self.period.total_seconds():.3f}".rstrip("0").rstrip(".")
        return f"{self.count}/{seconds}"


class JudgedRow(NamedTuple):
    """A spreadsheet row and what the load decided about it: `queued`, or `skipped` and why.

    A tuple, because there may be a million of them.
    `original` is the row's cells as text, in the order of the campaign's columns; `column` is the
    position of the cell that is to be mended, None where none is. `repairs` are what was mended.
    `place` is where the recipient may be, if the campaign's hours follow the recipient.
    """

    row_number: int
    original: tuple[str, ...]
    state: State
    reason: Reason | None = None
    detail: str | None = None
    to_number: str | None = None
    lead_id: str | None = None
    sender: str | None = None
    body: str | None = None
    media: str | None = None
    segments: int = 0
    repeat: int = 0
    repairs: tuple[Mended, ...] = ()
    column: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a load knows about its campaign before the rows.

    `fingerprint` names the file's content; `wording` names the message, sender and media:
    the same file with another wording is not the same `send` line.
    `limit` stops the first run after so many good rows; the others wait for a `resume`.
    `hours` are when its recipients may be texted; None: always.
    With `start_at` it starts by itself.
    `knows_of` is the last campaign that its plan could look at: opt-outs of later ones are obeyed.
    """

    name: str
    columns: tuple[str, ...]
    source_name: str
    fingerprint: str
    wording: str
    template: str | None
    force_send: bool = False
    limit: int | None = None
    hours: Hours | None = None
    start_at: datetime | None = None
    restraint: Restraint = NONE_ASKED
    knows_of: int = 0


@dataclass(frozen=True, slots=True)
class Campaign:
    """One file, one text, one sender, as the database knows it now.

    `rate`, `leased_by` and `leased_until` are its account's.
    """

    id: int
    account: str
    rate: str
    leased_by: str | None
    leased_until: datetime | None
    name: str
    state: CampaignState
    paused_reason: PausedReason | None
    paused_detail: str | None
    columns: tuple[str, ...]
    source_name: str
    fingerprint: str
    wording: str
    template: str | None
    force_send: bool
    stop_after_row: int | None
    rows: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    hours: Hours | None = None
    start_at: datetime | None = None
    restraint: Restraint = NONE_ASKED
    knows_of: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a campaign are in each state, and why."""

    by_state: Mapping[State, int]
    by_reason: Mapping[Reason, int] = field(default_factory=dict)

    def __getitem__(self, state: State) -> int:
        return self.by_state.get(state, 0)

    @property
    def rows(self) -> int:
        """All of them; equal to the rows of the file, always."""
        return sum(self.by_state.values())

    @property
    def waits(self) -> bool:
        """Whether a row is still to be texted, or on its way; of a finished campaign too.

        A doubt that is settled after the end puts its row back.
        """
        return self[State.QUEUED] + self[State.SENDING] > 0


@dataclass(frozen=True, slots=True)
class Boot:
    """One start of a machine: its name, and when it was by a wall clock that may be set later."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send on one account; `epoch` stands in the guard of every claim."""

    account_id: int
    account: str
    worker: str
    epoch: int
    rate: Rate
    length: timedelta


@dataclass(frozen=True, slots=True)
class Use:
    """How an account is used: by whom, and when it was for the last time.

    `answered_at` is when its last answer came, `posted_at` when the last that is awaited was begun.
    """

    rate: Rate
    leased_by: str | None
    leased_until: datetime | None
    epoch: int
    answered_at: datetime | None
    posted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that is ours for one POST. `attempt_id` names that POST."""

    id: int
    attempt_id: int
    row_number: int
    to_number: str
    lead_id: str | None
    sender: str
    body: str | None
    media: str | None
    force_send: bool


class Hold(StrEnum):
    """Why nothing may be claimed just now."""

    PACE = "pace"
    """As many sends as the rate allows are still within its window."""
    BLOCKED = "blocked"
    """The vendor named a time (429), or could not be reached."""
    HOURS = "hours"
    """Everyone who is left is outside the campaign's sending hours."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing may be claimed before `until`; None: before an answer that is in the air arrives."""

    until: datetime | None
    why: Hold


@dataclass(frozen=True, slots=True)
class NothingQueued:
    """No message of the campaign waits for its turn."""


@dataclass(frozen=True, slots=True)
class NotRunning:
    """Somebody paused or cancelled the campaign."""

    state: CampaignState
    paused_reason: PausedReason | None


Claim = ClaimedMessage | NotYet | NothingQueued | NotRunning
"""What asking for the next message can give."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The wish for a campaign's next message, to leave at `time`; made `ahead` of it, or later."""

    lease: Lease
    campaign_id: int
    time: datetime
    ahead: timedelta = timedelta(0)

    @property
    def alive_at(self) -> datetime:
        """When the lease's holder was alive at the latest; not yet at the time of the wish."""
        return self.time - self.ahead


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST taught us, and when; until `hold_until` the account shall wait."""

    claimed: ClaimedMessage
    outcome: Outcome
    worker: str
    now: datetime
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """The lease's holder is alive."""

    lease: Lease
    alive_at: datetime


Entry = Wanted | Answer | Beat
"""What a running campaign has to write down."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Which failed rows are meant: those with a reason, or on a row; by default all.

    A row that a person gave up in doubt is meant only when its reason or its row is named:
    doubt never resends.
    """

    reasons: frozenset[Reason] = frozenset()
    rows: frozenset[int] = frozenset()


class ReportRow(NamedTuple):
    """One line of the report; a plain tuple, because a million of them are made in a row."""

    row_number: int
    original: tuple[str, ...]
    to_number: str | None
    state: State
    reason: Reason | None
    detail: str | None
    sms_id: str | None
    delivery: str | None
    attempts: int
    accepted_at: datetime | None
    segments: int
    message: str | None
