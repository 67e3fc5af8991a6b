"""What somebody who watches a campaign looks at: the latest answers, the pace, a page of rows.

Each look costs the same in a campaign of a million rows as in one of ten: it walks an index and
stops. Within a campaign, ids rise with the row numbers, for one load put all of them in.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, and_, func, or_, select, true

from bulksms.model.phone_patterns import CALLING_CODES
from bulksms.model.records import ReportRow
from bulksms.model.states import REASONS, Reason, State
from bulksms.store.engine import reading
from bulksms.store.rows import REPORTED, report_rows
from bulksms.store.schema import attempt, campaign, event, message

LOOKED_THROUGH = 20_000
"""Rows that one search for a text reads at most; it says where it stopped."""
_LATEST_EVENTS = 200
_ROW_DIGITS = 8
_PAST_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Happening:
    """A row that has come to an answer."""

    row_number: int
    to_number: str | None
    state: State
    detail: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are wanted: in a state, for a reason, with a number or text; by default all."""

    state: State | None = None
    reason: Reason | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Some rows in the file's order.

    Attributes:
        before: whether there are rows of the kind before these.
        after: the same of rows after these.
        looked_until: a search for a text stopped at this row; None if it came to the end.
    """

    rows: tuple[ReportRow, ...]
    before: bool
    after: bool
    looked_until: int | None = None


@dataclass(frozen=True, slots=True)
class Watching:
    """Looks at a campaign on its way; each waits for nobody."""

    engine: Engine

    def latest(self, campaign_id: int, most: int) -> list[Happening]:
        """The rows that were answered last, the newest first."""
        recent = (
            select(event.c.id, event.c.message_id, event.c.at, event.c.to_state)
            .where(event.c.campaign_id == campaign_id)
            .order_by(event.c.id.desc())
            .limit(_LATEST_EVENTS)
            .subquery()
        )
        answered = [State.ACCEPTED, State.FAILED, State.UNKNOWN]
        with reading(self.engine) as tx:
            found = tx.execute(
                select(
                    message.c.row_number,
                    message.c.to_number,
                    recent.c.to_state,
                    message.c.detail,
                    recent.c.at,
                )
                .join(message, message.c.id == recent.c.message_id)
                .where(recent.c.to_state.in_(answered))
                .order_by(recent.c.id.desc())
                .limit(most)
            )
            return [
                Happening(row.row_number, row.to_number, State(row.to_state), row.detail, row.at)
                for row in found
            ]

    def answers_since(self, campaign_id: int, since: datetime) -> list[datetime]:
        """When the answers to the account's sends came since then, the oldest first."""
        account_id = select(campaign.c.account_id).where(campaign.c.id == campaign_id)
        with reading(self.engine) as tx:
            return list(
                tx.execute(
                    select(attempt.c.finished_at)
                    .where(
                        attempt.c.account_id == account_id.scalar_subquery(),
                        attempt.c.finished_at > since,
                    )
                    .order_by(attempt.c.finished_at)
                ).scalars()
            )

    def row(self, campaign_id: int, row_number: int) -> ReportRow | None:
        """One row."""
        with reading(self.engine) as tx:
            found = tx.execute(
                select(*REPORTED).where(
                    message.c.campaign_id == campaign_id, message.c.row_number == row_number
                )
            ).one_or_none()
        return None if found is None else next(report_rows([found]))

    def after(self, campaign_id: int, which: Filter, row_number: int, most: int) -> RowsPage:
        """The first rows of the kind after a row."""
        if which.search:
            return self._search(campaign_id, which, row_number, most)
        rows = self._walk(campaign_id, which, row_number, most + 1, forward=True)
        return RowsPage(tuple(rows[:most]), before=row_number > 0, after=len(rows) > most)

    def before(self, campaign_id: int, which: Filter, row_number: int, most: int) -> RowsPage:
        """The last rows of the kind before a row."""
        rows = self._walk(campaign_id, which, row_number, most + 1, forward=False)
        return RowsPage(tuple(reversed(rows[:most])), before=len(rows) > most, after=True)

    def _walk(
        self, campaign_id: int, which: Filter, start: int, most: int, *, forward: bool
    ) -> list[ReportRow]:
        """Up to `most` rows from a row on. Each kind has an index that is in this order."""
        beyond = _beyond(campaign_id, which, start, forward=forward)
        by = message.c.row_number if which.state is None else message.c.id
        found: list[Row[*tuple[Any, ...]]] = []
        with reading(self.engine) as tx:
            for kind in _kinds(campaign_id, which):
                piece = select(*REPORTED).where(kind, beyond)
                order = by if forward else by.desc()
                found += tx.execute(piece.order_by(order).limit(most)).all()
        found.sort(key=lambda row: row.row_number, reverse=not forward)
        return list(report_rows(found[:most]))

    def _search(self, campaign_id: int, which: Filter, start: int, most: int) -> RowsPage:
        """By number, row or id where the search is one; else the text of so many rows."""
        of_it = message.c.campaign_id == campaign_id
        last_row = select(func.max(message.c.row_number)).where(of_it)
        until = start + LOOKED_THROUGH
        within = (message.c.row_number > start) & (message.c.row_number <= until)
        with reading(self.engine) as tx:
            named: dict[int, ReportRow] = {}
            for name in _names(campaign_id, which.search):
                # One statement each, in no order: so each is answered by its own index.
                by_name = select(*REPORTED).where(name, _is_kind(which)).limit(most)
                named |= {row.row_number: row for row in report_rows(tx.execute(by_name).all())}
            if named:
                rows = tuple(named[at] for at in sorted(named)[:most])
                return RowsPage(rows, before=False, after=False)
            text = select(*REPORTED).where(of_it, within, _holds(which.search), _is_kind(which))
            found = tx.execute(text.order_by(message.c.row_number).limit(most + 1)).all()
            goes_on = until < (tx.execute(last_row).scalar_one() or 0)
        rows = tuple(report_rows(found[:most]))
        looked_until = until if goes_on and len(found) <= most else None
        return RowsPage(rows, before=start > 0, after=len(found) > most, looked_until=looked_until)


def _kinds(campaign_id: int, which: Filter) -> list[ColumnElement[bool]]:
    """The wanted rows as conditions that the index on state and reason answers, each in order."""
    of_it = message.c.campaign_id == campaign_id
    if which.state is None:
        return [of_it]
    of_state = of_it & (message.c.state == which.state)
    if which.reason is not None:
        return [of_state & (message.c.reason == which.reason)]
    reasons = REASONS[which.state]
    return [of_state & (message.c.reason == each) for each in sorted(reasons)] or [
        of_state & message.c.reason.is_(None)
    ]


def _beyond(campaign_id: int, which: Filter, start: int, *, forward: bool) -> ColumnElement[bool]:
    if which.state is None:
        return message.c.row_number > start if forward else message.c.row_number < start
    by = message.c.row_number
    edge = (  # not max(id): that would look at every row before this one
        select(message.c.id)
        .where(message.c.campaign_id == campaign_id, by <= start if forward else by >= start)
        .order_by(by.desc() if forward else by)
        .limit(1)
    )
    at = func.coalesce(edge.scalar_subquery(), 0 if forward else _PAST_ALL)
    return message.c.id > at if forward else message.c.id < at


def _is_kind(which: Filter) -> ColumnElement[bool]:
    wanted = [message.c.state == which.state] if which.state else []
    wanted += [message.c.reason == which.reason] if which.reason else []
    return and_(true(), *wanted)


def _names(campaign_id: int, search: str) -> list[ColumnElement[bool]]:
    """What an index finds: an id, a phone number in any of its forms, a row's number."""
    # A sum is no column: so nobody walks the whole campaign for a number that has an index.
    of_it = message.c.campaign_id + 0 == campaign_id
    digits = re.sub(r"[\s().+-]", "", search)
    if not (digits.isascii() and digits.isdigit()):
        return [of_it & (message.c.sms_id == search)]
    numbers = [f"+{code}{digits.removeprefix('0')}" for code in ("", *CALLING_CODES)]
    names = [message.c.sms_id == digits, message.c.to_number.in_(numbers)]
    names = [of_it & each for each in names]
    if len(digits) < _ROW_DIGITS:
        row = message.c.row_number == int(digits)
        names.append((message.c.campaign_id == campaign_id) & row)
    return names


def _holds(search: str) -> ColumnElement[bool]:
    """Anywhere in the row's own cells, in its text or in what is said of it; any case."""
    texts = (message.c.original, message.c.body, message.c.detail)
    return or_(*(each.icontains(search, autoescape=True) for each in texts))
