"""Who speaks for what the vendor's record says, or does not say.

Silence proves something only of a record that shows our other sends, so a witness is called first:
a message that was accepted before our eyes, from the same sender, for another's may be seen with a
token that sees nothing of this one's; and to the same country, for the record may be asked for its
numbers, and spell them, in another way. It also teaches the record's time zone and its ids.

Where the account has another token since, the record may be another's, and not show the doubt at
all: then it must also show a message of the doubt's own lease, which was sent with its token.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
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
    """Between whom a message went, as far as one that did speaks for another.

    `epoch` is of the only lease whose messages do, or None.
    """

    sender: str
    country_code: str
    epoch: int | None


def way_of(doubt: Doubt) -> Way:
    """The doubt's: its sender, and its receiver's country; the very number where that has none."""
    try:
        return Way(doubt.sender, dialling_parts(doubt.to_number)[0], doubt.of_lease)
    except ValueError:
        return Way(doubt.sender, doubt.to_number, doubt.of_lease)


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the witnesses of a source taught at `at`; `learnt` is None if none was shown.

    `speaks` is whether its silence proves something.
    """

    learnt: Calibration | None
    speaks: bool
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
    _way: Way = field(default=Way("", "", None))
    _about: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._about = self.clock()

    @property
    def known(self) -> Calibration | None:
        """What is known of the record's time and ids; the conversations know best."""
        heard = [self._testimony.get(source) for source in Source]
        return next((each.learnt for each in heard if each and each.learnt), None)

    def proves(self, source: Source) -> bool:
        """Whether the source has shown a witness, so that its silence says something."""
        testimony = self._testimony.get(source)
        return testimony is not None and testimony.speaks

    async def hear_for(self, doubt: Doubt) -> None:
        """Prove that the record shows our sends, in the report only if no conversation does."""
        self._way, self._about = way_of(doubt), doubt.started_at
        await self.call(Source.CHAT)
        if not self.proves(Source.CHAT):
            await self.call(Source.REPORT)

    async def call(self, source: Source) -> None:
        """Ask the source for a witness, unless it has just been asked."""
        last = self._testimony.get(source)
        if last is not None and self.clock() - last.at < PROOF_HOLDS:
            return
        ask = self._asked_in_chat if source is Source.CHAT else self._asked_in_report
        heard = await ask()
        if heard.learnt is None and self.record.unheard:
            self._testimony.pop(source, None)
        else:
            self._testimony[source] = heard

    @property
    def _testimony(self) -> dict[Source, Testimony]:
        """What was heard for the way of the doubt that is looked at."""
        return self._heard.setdefault(self._way, {})

    async def _asked_in_chat(self) -> Testimony:
        return await self._heard_in(self.record.conversation, most=WITNESSES)

    async def _asked_in_report(self) -> Testimony:
        async def report(witness: Witness) -> Seen:
            return await self.record.report(witness, witness.accepted_at, witness.accepted_at)

        return await self._heard_in(report, most=1)

    async def _heard_in(
        self, read: Callable[[Witness], Awaitable[Seen]], *, most: int
    ) -> Testimony:
        """What the newest that it shows teaches; it speaks if it shows one of the token's too."""
        sender, country_code, epoch = self._way
        between = self.account_id, sender, country_code
        newest = self.store.doubts.witnesses(*between, most=most)
        shown, learnt = await self._first_shown(newest, read)
        if shown is not None and epoch is not None and shown.epoch != epoch:
            of_lease = partial(self.store.doubts.witnesses_of_lease, *between, epoch=epoch)
            shown, _ = await self._first_shown(of_lease(about=self._about, most=most), read)
        return Testimony(learnt, shown is not None, self.clock())

    async def _first_shown(
        self, witnesses: Iterable[Witness], read: Callable[[Witness], Awaitable[Seen]]
    ) -> tuple[Witness | None, Calibration | None]:
        for witness in witnesses:
            seen = await read(witness)
            learnt = self._learn(witness, seen)
            if learnt is not None:
                return witness, learnt
            if self._is_missing(witness, seen):
                break
        return None, None

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
