"""What the other campaigns have to do with somebody's people: they are in doubt there, or texted.

Whoever is about to text is told before, and may have the campaign leave them alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, select

from bulksms.model.overlap import InDoubt
from bulksms.model.states import Reason, State
from bulksms.store.engine import reading
from bulksms.store.schema import campaign, message

_NUMBERS_AT_ONCE = 1_000
_IN_DOUBT = (State.SENDING, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Others:
    """Looks at other campaigns; each look waits for nobody."""

    engine: Engine

    def in_doubt(self, numbers: Collection[str]) -> list[InDoubt]:
        """Where these numbers are in doubt, or were given up so."""
        some, found = sorted(numbers), dict[tuple[str, bool], list[int]]()
        with reading(self.engine) as tx:
            for start in range(0, len(some), _NUMBERS_AT_ONCE):
                these = {"numbers": some[start : start + _NUMBERS_AT_ONCE]}
                for name, row_number, given_up in tx.execute(_DOUBTS, these):
                    found.setdefault((name, given_up), []).append(row_number)
        return [InDoubt(name, up, sorted(rows)) for (name, up), rows in found.items()]


_DOUBTS = (
    select(campaign.c.name, message.c.row_number, message.c.state == State.FAILED)
    .join(campaign, campaign.c.id == message.c.campaign_id)
    .where(
        message.c.to_number.in_(bindparam("numbers", expanding=True)),
        message.c.state.in_(_IN_DOUBT) | (message.c.reason == Reason.GAVE_UP),
    )
    .order_by(message.c.campaign_id)
)
