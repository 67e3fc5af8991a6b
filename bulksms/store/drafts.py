"""How a load makes a campaign: of rows that no other has, under a free name, in chunks."""

from collections.abc import Iterable, Iterator
from itertools import islice
from shlex import quote
from typing import Any

from sqlalchemy import Connection, select

from bulksms.keeping import KeptRows
from bulksms.model.chunks import JudgedRows
from bulksms.model.errors import InputError
from bulksms.model.records import JudgedRow, NewCampaign
from bulksms.store.engine import insert_if_new, one_at_a_time
from bulksms.store.finding import OF_FILE
from bulksms.store.schema import campaign

_ROWS_AT_ONCE = 1_500


def in_chunks(rows: KeptRows | Iterable[JudgedRow]) -> Iterator[JudgedRows]:
    """Rows by column, as they are put in."""
    if isinstance(rows, KeptRows):
        yield from rows.chunks()
        return
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        yield JudgedRows.of(chunk)


def put(tx: Connection, wanted: str, columns: dict[str, Any]) -> int:
    """A campaign without rows, under the wanted name or one like it; its id.

    A load at the same time may be about to take the name: then it is waited for. So is each load of
    the account before the id is taken: a plan that sees an id must see every lower one as well, for
    it takes those of lists up to the highest for known (`knows_of`).
    """
    one_at_a_time(tx, f"loads of account {columns['account_id']}")
    new = insert_if_new(tx, campaign).values(**columns, rows=0).returning(campaign.c.id)
    while True:
        named = new.values(name=_free_name(tx, wanted))
        campaign_id: int | None = tx.execute(named).scalar_one_or_none()
        if campaign_id is not None:
            return campaign_id


def require_first(tx: Connection, new: NewCampaign) -> None:
    """See that nobody has given the same rows to a campaign; until the end nobody else can.

    Raises:
        InputError: somebody has, perhaps while whoever loads it was looking at the plan.
    """
    one_at_a_time(tx, f"load of {new.fingerprint}")
    other = tx.execute(OF_FILE, {"fingerprint": new.fingerprint}).mappings().first()
    if other is not None:
        raise InputError(
            f"{new.source_name} was given to the campaign '{other['name']}' already;"
            " nothing was stored.",
            next_command=f"bulksms status {quote(other['name'])}",
        )


def _free_name(tx: Connection, wanted: str) -> str:
    """The wanted name, or the first `wanted-2`, `wanted-3`, … that nobody has."""
    taken = set(
        tx.execute(
            select(campaign.c.name).where(campaign.c.name.startswith(wanted, autoescape=True))
        ).scalars()
    )
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
