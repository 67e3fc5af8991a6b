"""Campaigns: made whole by one load, then found, started, paused and ended.

A load is one transaction: a campaign exists with all its rows, or not at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from shlex import quote

from sqlalchemy import Connection, Engine, bindparam, select, update

from bulksms.keeping import KeptRows
from bulksms.model.errors import InputError
from bulksms.model.records import Campaign, JudgedRow, Lease, NewCampaign, Rate
from bulksms.model.settings import LONGEST_LEASE_OR_WAIT
from bulksms.model.states import NOT_BEGUN, CampaignState, PausedReason, State
from bulksms.store import drafts, finding, limits
from bulksms.store.accounts import account_named, hold
from bulksms.store.bulk import put_rows
from bulksms.store.engine import reading, writing
from bulksms.store.limits import LIMIT_REACHED
from bulksms.store.moving import OF_CAMPAIGN, THE_CAMPAIGN, skip_cancelled, tell
from bulksms.store.opt_outs import outdate_removals
from bulksms.store.schema import campaign, message


@dataclass(frozen=True, slots=True)
class Campaigns:
    """What may be done with campaigns; each method is one transaction."""

    engine: Engine

    def load(
        self,
        new: NewCampaign,
        rows: KeptRows | Iterable[JudgedRow],
        *,
        account_name: str,
        rate: Rate,
        now: datetime,
        first: bool = False,
    ) -> Campaign:
        """Store a draft, or one that starts by itself, with all its rows.

        Whatever `rows` raises leaves nothing behind.

        Raises:
            InputError: it is to be the `first` campaign of its file, and is not.
        """
        with writing(self.engine) as tx:
            if first:
                drafts.require_first(tx, new)
            owner = account_named(tx, account_name, rate)
            columns = {**finding.as_columns(new), "account_id": owner.id, "created_at": now}
            campaign_id = drafts.put(tx, new.name, columns)
            expected = rows.count if isinstance(rows, KeptRows) else 0
            outdate_removals(tx, now)
            loaded = put_rows(tx, campaign_id, drafts.in_chunks(rows), now, expected=expected)
            tx.execute(
                update(campaign)
                .where(campaign.c.id == campaign_id)
                .values(rows=loaded, stop_after_row=limits.nth_good_row(tx, campaign_id, new.limit))
            )
            note = f"{loaded} rows from {new.source_name}"
            state = CampaignState.SCHEDULED if new.start_at else CampaignState.DRAFT
            tell(tx, campaign_id, now=now, actor="load", to_state=state, note=note)
            return finding.the_campaign(tx, campaign_id)

    def arrange(
        self, campaign_id: int, *, limit: int | None, start_at: datetime | None, now: datetime
    ) -> Campaign:
        """Have one that has not begun rest at a limit, or begin by itself; None leaves it as it is.

        Raises:
            InputError: somebody has begun it, or set it another time, meanwhile.
        """
        with writing(self.engine) as tx:
            tx.execute(_STANDING, {"the_campaign": campaign_id})  # locked, so that nobody begins it
            if limit is not None:
                row = limits.nth_good_row(tx, campaign_id, limit)
                tx.execute(_REST_AT, {"the_campaign": campaign_id, "row": row})
            if start_at is not None:
                to, draft = CampaignState.SCHEDULED, {CampaignState.DRAFT}
                _turn(tx, campaign_id, draft, to, now=now, actor="operator", start_at=start_at)
            found = finding.the_campaign(tx, campaign_id)
            if found.state in NOT_BEGUN and start_at in {None, found.start_at}:
                return found
            raise InputError(
                f"'{found.name}' was begun, or set another time, by somebody else meanwhile;"
                " nothing was sent here.",
                next_command=f"bulksms status {quote(found.name)}",
            )

    def all(self) -> list[Campaign]:
        """Every campaign, the newest first."""
        with reading(self.engine) as tx:
            return finding.campaigns(tx.execute(finding.ALL))

    def unfinished(self) -> list[Campaign]:
        """Those that run, whoever runs them, and those whose time is to come; the oldest first."""
        with reading(self.engine) as tx:
            return finding.campaigns(tx.execute(finding.UNFINISHED))

    def not_held_by(self, worker: str, now: datetime) -> list[Campaign]:
        """As `unfinished`, without those on accounts that this worker has and is still alive on."""
        wanted = {"the_worker": worker, "now": now, "latest": now + LONGEST_LEASE_OR_WAIT}
        with reading(self.engine) as tx:
            return finding.campaigns(tx.execute(finding.NOT_HELD_BY, wanted))

    def named(self, name_or_id: str) -> Campaign | None:
        """The campaign of that name; else the one of that id."""
        with reading(self.engine) as tx:
            found = finding.campaigns(tx.execute(finding.NAMED, {"name": name_or_id}))
        if not found and name_or_id.isdecimal():
            return self.of_id(int(name_or_id))
        return found[0] if found else None

    def of_id(self, campaign_id: int) -> Campaign | None:
        """The campaign of that id."""
        with reading(self.engine) as tx:
            found = finding.campaigns(tx.execute(finding.THE_ONE, {"the_campaign": campaign_id}))
        return found[0] if found else None

    def now(self, campaign_id: int) -> Campaign:
        """The campaign as it stands now."""
        with reading(self.engine) as tx:
            return finding.the_campaign(tx, campaign_id)

    def of_file(self, fingerprint: str) -> list[Campaign]:
        """The campaigns of a file of that content that texted anybody or will, the newest first."""
        with reading(self.engine) as tx:
            return finding.campaigns(tx.execute(finding.OF_FILE, {"fingerprint": fingerprint}))

    def of_kept_rows(self, fingerprint: str, columns: Sequence[str], rows: int) -> list[Campaign]:
        """As `of_file`, of a report of theirs: its cells are as they were seen, without formats."""
        with reading(self.engine) as tx:
            return finding.of_kept_rows(tx, fingerprint, columns, rows)

    def start(
        self, campaign_id: int, *, now: datetime, actor: str, lift_limit: bool = True
    ) -> None:
        """Let the campaign run, as a person wants; a limit at which it rests is lifted, or not."""
        with writing(self.engine) as tx:
            if lift_limit:
                limits.lift_if_reached(tx, campaign_id)
            before = set(CampaignState) - {CampaignState.RUNNING, CampaignState.CANCELLED}
            _start(tx, campaign_id, before, now=now, actor=actor)

    def goes_until(self, campaign_id: int) -> int | None:
        """The row at which it would rest if it was started now; None: it goes to its end."""
        with reading(self.engine) as tx:
            return limits.goes_until(tx, campaign_id)

    def start_scheduled(self, campaign_id: int, *, now: datetime, actor: str) -> bool:
        """Let it run since its time has come; False if somebody was faster, or paused it since."""
        with writing(self.engine) as tx:
            return _start(tx, campaign_id, {CampaignState.SCHEDULED}, now=now, actor=actor)

    def pause(
        self,
        campaign_id: int,
        reason: PausedReason,
        detail: str | None = None,
        *,
        now: datetime,
        actor: str,
    ) -> bool:
        """Stop claiming; what is in the air is still recorded. False if it was not running.

        What the account has to be mended for says more than that somebody stopped it meanwhile.
        """
        with writing(self.engine) as tx:
            before, of_it = {CampaignState.RUNNING}, {"the_campaign": campaign_id}
            if reason not in _SAYS_LITTLE and tx.execute(_IS_INTERRUPTED, of_it).first():
                before.add(CampaignState.PAUSED)
            return _turn(
                tx,
                campaign_id,
                before,
                CampaignState.PAUSED,
                now=now,
                actor=actor,
                note=detail or reason,
                paused_reason=reason,
                paused_detail=detail,
            )

    def settle(self, lease: Lease, campaign_id: int, *, now: datetime) -> bool:
        """Finish a running campaign that has nothing left to claim, or rest it at its limit.

        Returns:
            Whether its run is over; False if there is something to send, or an answer to come.

        Raises:
            LeaseLost: somebody else runs it by now.
        """
        with writing(self.engine) as tx:
            hold(tx, lease, now)
            of_it = {"the_campaign": campaign_id}
            standing = tx.execute(_STANDING, of_it).one()
            if standing.state != CampaignState.RUNNING:
                return True
            before, actor = {CampaignState.RUNNING}, lease.worker
            turn = partial(_turn, tx, campaign_id, before, now=now, actor=actor)
            limit = standing.stop_after_row
            if not tx.execute(_WAITING, of_it).first():
                turn(CampaignState.FINISHED, finished_at=now)
            elif limit is None or tx.execute(_WAITING_UNTIL, of_it | {"limit": limit}).first():
                return False
            else:
                turn(
                    CampaignState.PAUSED,
                    note=LIMIT_REACHED,
                    paused_reason=PausedReason.OPERATOR,
                    paused_detail=LIMIT_REACHED,
                )
            return True

    def cancel(self, campaign_id: int, *, now: datetime, actor: str) -> int:
        """End the campaign; every row that waits is skipped.

        Returns:
            How many rows were skipped.
        """
        with writing(self.engine) as tx:
            of_it = {"the_campaign": campaign_id}
            tx.execute(_STANDING, of_it)  # locked, so that nothing is put back behind our back
            skipped = skip_cancelled(tx, OF_CAMPAIGN, of_it, now=now, actor=actor)
            _turn(
                tx,
                campaign_id,
                set(CampaignState) - {CampaignState.CANCELLED},
                CampaignState.CANCELLED,
                now=now,
                actor=actor,
                note=f"{skipped} rows skipped",
                finished_at=now,
            )
            return skipped


_SAYS_LITTLE = frozenset({PausedReason.OPERATOR, PausedReason.INTERRUPTED})
_IS_INTERRUPTED = select(campaign.c.id).where(
    THE_CAMPAIGN, campaign.c.paused_reason == PausedReason.INTERRUPTED
)
_REST_AT = update(campaign).where(THE_CAMPAIGN).values(stop_after_row=bindparam("row"))
_FIRST_START = (
    update(campaign)
    .where(THE_CAMPAIGN, campaign.c.started_at.is_(None))
    .values(started_at=bindparam("now"))
)
_WAITING = (
    select(message.c.id)
    .where(OF_CAMPAIGN, message.c.state.in_([State.QUEUED, State.SENDING]))
    .limit(1)
)
_WAITING_UNTIL = _WAITING.where(message.c.row_number <= bindparam("limit"))
_STANDING = (
    select(campaign.c.state, campaign.c.stop_after_row)
    .where(THE_CAMPAIGN)
    .with_for_update(key_share=True)
)
_TURN = update(campaign).where(THE_CAMPAIGN, campaign.c.state == bindparam("before"))


def _start(
    tx: Connection, campaign_id: int, sources: set[CampaignState], *, now: datetime, actor: str
) -> bool:
    to = CampaignState.RUNNING
    began = _turn(tx, campaign_id, sources, to, now=now, actor=actor, finished_at=None)
    if began:
        tx.execute(_FIRST_START, {"the_campaign": campaign_id, "now": now})
    return began


def _turn(
    tx: Connection,
    campaign_id: int,
    sources: set[CampaignState],
    to: CampaignState,
    *,
    now: datetime,
    actor: str,
    note: str | None = None,
    **values: object,
) -> bool:
    """Take the campaign from one of `sources` to `to` and write the event; False if in none."""
    before = tx.execute(_STANDING, {"the_campaign": campaign_id}).scalar_one()
    if before not in sources:
        return False
    changed = {"state": to, "paused_reason": None, "paused_detail": None, **values}
    tx.execute(_TURN, {"the_campaign": campaign_id, "before": before, **changed})
    tell(tx, campaign_id, now=now, actor=actor, from_state=before, to_state=to, note=note)
    return True
