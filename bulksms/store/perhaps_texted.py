"""Which messages have reached somebody, or may have: what counts as texted for all who ask.

Doubt counts, and so does one that was given up: nobody looks any more, but nobody knows either.
"""

from sqlalchemy import ColumnElement, FromClause, and_, func, or_

from bulksms.model.states import IN_DOUBT, Reason, State


def given_up(of: FromClause) -> ColumnElement[bool]:
    """Messages that were given up in doubt, by hand."""
    return and_(of.c.state == State.FAILED, of.c.reason == Reason.GAVE_UP)


def in_doubt(of: FromClause) -> ColumnElement[bool]:
    """Messages of which nobody knows."""
    return or_(of.c.state.in_(IN_DOUBT), given_up(of))


def perhaps_texted(of: FromClause) -> ColumnElement[bool]:
    """Those, and what was accepted."""
    return or_(of.c.state == State.ACCEPTED, in_doubt(of))


def when(of: FromClause) -> ColumnElement[object]:
    """When a message was accepted, or last moved."""
    return func.coalesce(of.c.accepted_at, of.c.updated_at)
