"""Who speaks for what the vendor's record says, or does not say.

Silence proves something only of a record that shows our other sends, so a witness is called first:
a message that was accepted before our eyes, from the same sender, for another's may be seen with a
token that sees nothing of this one's; and to the same country, for the record may be asked for its
numbers, and spell them, in another way. It also teaches the record's time zone and its ids.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from bulksms.clock import Clock
from bulksms.model.matching import Calibration, Doubt, Witness, calibrate, is_text_of, is_twin
from bulksms.model.phone import dialling_parts
from bulksms.reading import Seen, Source, VendorRecord
from bulksms.store import Store

WITNESSES = 5
"""How many confirmed sends are tried as witnesses, the newest first."""
IN_SIGHT = timedelta(hours=12)
"""How far from a witness its twins are looked for: no report of its day leaves them out."""
PROOF_HOLDS = timedelta(minutes=1)
"""How long a record that has shown a witness is taken at its word; a look may need four reads."""


class Way(NamedTuple):
    """Between whom a message went, as far as one that did speaks for another."""

    sender: str
    country_code: str


def way_of(doubt: Doubt) -> Way:
    """The doubt's: its sender, and its receiver's country; the very number where that has none."""
    try:
        return Way(doubt.sender, dialling_parts(doubt.to_number)[0])
    except ValueError:
        return Way(doubt.sender, doubt.to_number)


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the witnesses of a source taught at `at`; `learnt` is None if they proved nothing."""

    learnt: Calibration | None
    at: datetime


@dataclass
class Hearing:
    """Hears one account's witnesses for one doubt after the other.

    `settle` is the time within which the record is trusted to show everything.
    """

    store: Store
    record: VendorRecord
    account_id: int
    clock: Clock
    settle: timedelta
    _heard: dict[Way, dict[Source, Testimony]] = field(default_factory=dict)
    _way: Way = field(default=Way("", ""))

    @property
    def known(self) -> Calibration | None:
        """What is known of the record's time and ids; the conversations know best."""
        heard = [self._testimony.get(source) for source in Source]
        return next((each.learnt for each in heard if each and each.learnt), None)

    def proves(self, source: Source) -> bool:
        """Whether the source has shown a witness, so that its silence says something."""
        testimony = self._testimony.get(source)
        return testimony is not None and testimony.learnt is not None

    async def hear_for(self, doubt: Doubt) -> None:
        """Prove that the record shows our sends, in the report only if no conversation does."""
        self._way = way_of(doubt)
        await self.call(Source.CHAT)
        if not self.proves(Source.CHAT):
            await self.call(Source.REPORT)

    async def call(self, source: Source) -> None:
        """Ask the source for a witness, unless it has just been asked."""
        last = self._testimony.get(source)
        if last is not None and self.clock() - last.at < PROOF_HOLDS:
            return
        ask = self._asked_in_chat if source is Source.CHAT else self._asked_in_report
        learnt = await ask()
        if learnt is None and self.record.unheard:
            self._testimony.pop(source, None)
        else:
            self._testimony[source] = Testimony(learnt, self.clock())

    @property
    def _testimony(self) -> dict[Source, Testimony]:
        """What was heard for the way of the doubt that is looked at."""
        return self._heard.setdefault(self._way, {})

    async def _asked_in_chat(self) -> Calibration | None:
        for witness in self.store.doubts.witnesses(self.account_id, *self._way, most=WITNESSES):
            seen = await self.record.conversation(witness)
            learnt = self._learn(witness, seen)
            if learnt is not None or self._is_missing(witness, seen):
                return learnt
        return None

    async def _asked_in_report(self) -> Calibration | None:
        for witness in self.store.doubts.witnesses(self.account_id, *self._way, most=1):
            seen = await self.record.report(witness, witness.accepted_at, witness.accepted_at)
            return self._learn(witness, seen)
        return None

    def _learn(self, witness: Witness, seen: Seen) -> Calibration | None:
        ours = self.account_id, witness.sender, witness.to_number
        twins = [
            each
            for each in self.store.doubts.accepted_to(*ours)
            if is_twin(each, witness)
            and abs(each.accepted_at - witness.accepted_at) < IN_SIGHT
            and each.accepted_at + self.settle <= self.clock()
        ]
        return calibrate(witness, seen.items, self.store.doubts.texts_to(*ours), twins)

    def _is_missing(self, witness: Witness, seen: Seen) -> bool:
        """Whether a record that should show it by now does not: then no older one speaks for it."""
        overdue = witness.accepted_at + self.settle <= self.clock()
        shown = any(is_text_of(witness, item) for item in seen.items)
        return overdue and not shown and not seen.trouble
