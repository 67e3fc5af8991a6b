"""What only a row knows of an opt-out, put on the suppression list before the row forgets it.

A column of a file said so, and a later plan asks the rows of earlier files. Once their numbers are
erased, only the list can tell, and it keeps its numbers. It speaks for every account, where
a column spoke for its own alone: of the two, leaving somebody out is the lesser harm.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from bulksms.store.forgetting import NOT_FORGOTTEN
from bulksms.store.opt_outs import opted_out
from bulksms.store.schema import campaign, message
from bulksms.store.suppressions import Suppression, add_one


def keep_out(tx: Connection, rows: ColumnElement[bool], *, now: datetime) -> int:
    """Put the numbers of those rows that opted out on the list; return how many were not there."""
    found = tx.execute(
        select(message.c.to_number, campaign.c.source_name)
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(rows, NOT_FORGOTTEN, opted_out(message))
        .order_by(message.c.id)
    ).all()
    files = {row.to_number: row.source_name for row in reversed(found)}  # the first that said so
    return sum(
        add_one(tx, Suppression(number, "opted out", f"the column of {file}", now))
        for number, file in files.items()
    )
