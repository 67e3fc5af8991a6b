"""One look at what the vendor's record shows of a row in doubt: found, absent, or neither.

Silence proves something only where a witness speaks for it (`witnesses`).
Whatever could be anything else is left undecided, with a sentence that says what was seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bulksms.clock import Clock
from bulksms.model.looks import Absent, Found, Look, Undecided, Unheard, Unripe
from bulksms.model.matching import (
    Calibration,
    Doubt,
    Witness,
    around,
    is_text_of,
    is_twin,
    left_over,
    unexplained,
)
from bulksms.model.rivals import may_all_be_theirs, own_of, rivals
from bulksms.model.vendor_record import RecordedSms
from bulksms.reading import Seen, Source, VendorRecord
from bulksms.store import Store
from bulksms.witnesses import Hearing

REACH = timedelta(days=29)
"""How far back the record is believed to show everything: the report has 30 days (sms/report), and
says neither whether that is an age nor in which zone; nobody says how far a conversation goes."""


@dataclass
class Looker:
    """Looks at one account's doubts in the vendor's record.

    `settle` is the time within which the record is trusted to show everything.
    """

    store: Store
    record: VendorRecord
    account_id: int
    clock: Clock
    settle: timedelta

    def __post_init__(self) -> None:
        self._since = self.clock()
        known_by = self.store, self.record, self.account_id
        self._witnesses = Hearing(*known_by, self.clock, self.settle)

    @property
    def _known(self) -> Calibration | None:
        return self._witnesses.known

    async def look(self, doubt: Doubt) -> Look:
        """One look at everything the record shows of the doubt's attempt."""
        self.record.unheard = False
        await self._witnesses.hear_for(doubt)
        chat = await self.record.conversation(doubt)
        if (found := self._find(doubt, chat.items)) is not None:
            return found
        report = await self.record.report(doubt, doubt.started_at, doubt.given_up_at)
        if (found := self._find(doubt, report.items)) is not None:
            return found
        if chat.trouble and not report.trouble:
            await self._witnesses.call(Source.REPORT)
        seen = {Source.CHAT: chat, Source.REPORT: report}
        if any(
            not each.trouble and self._witnesses.proves(source) for source, each in seen.items()
        ):
            return self._absent(doubt, [*chat.items, *report.items])
        said = self._why_nothing_is_proven(seen)
        return Unheard(said) if self.record.unheard else Undecided(said)

    def _find(self, doubt: Doubt, items: Sequence[RecordedSms]) -> Look | None:
        """The doubt's own record, or one that might be it; None if there is neither.

        What is in the air is asked for after the read: what was answered since then owns its
        record, and only what is still unanswered could be mistaken for the doubt.
        """
        if self.store.doubts.in_the_air(self.account_id, doubt.sender, doubt.to_number):
            return Unripe()
        if (until := self._shows_twins_by(doubt)) > self.clock():
            return Unripe(until)
        if mine := self._unexplained(doubt, items):
            return self._claimed(doubt, mine)
        at_any_time = self._unexplained(doubt, items, at_any_time=True)
        others = self._others(doubt)
        if not may_all_be_theirs(at_any_time, others, known=self._known, settle=self.settle):
            # A clock that was set between the witness and the attempt: the times cannot be trusted.
            return _look_there("this text to this number, but not at the time of the attempt")
        given_up = (each.given_up_at for each in self._rivals(at_any_time, others))
        if (until := self._shown_by(given_up)) > self.clock():
            return Unripe(until)  # it may be of theirs; or theirs is still to come, and it is ours
        return self._another_text(doubt, items)

    def _claimed(self, doubt: Doubt, mine: Sequence[RecordedSms]) -> Found | Undecided:
        """The doubt's record, unless another doubt may yet hear that it is its own.

        Whoever heard the answer knows; so a record is left for each doubt whose answer may come.
        """
        others = self._rivals(mine, self._others(doubt))
        if len(mine) > sum(other.may_be_heard for other in others):
            own = own_of(doubt, mine, others, self._known)
            if own.id:
                return Found(own.id, self._accepted_at(doubt, own))
            return _look_there("this text to this number, but without an id")
        return _look_there(
            "this text to this number, but perhaps for another row whose answer may still come"
        )

    def _others(self, doubt: Doubt) -> list[Doubt]:
        """What else is in doubt between the two numbers."""
        unknown = self.store.doubts.between(self.account_id, doubt.sender, doubt.to_number)
        return [each for each in unknown if each.attempt_id != doubt.attempt_id]

    def _rivals(self, items: Sequence[RecordedSms], others: Sequence[Doubt]) -> list[Doubt]:
        """Those of the others that one of these records may be of as well."""
        return rivals(items, others, known=self._known, settle=self.settle)

    def _shows_twins_by(self, doubt: Doubt) -> datetime:
        """When the record must show what was confirmed of the doubt's text to its number.

        Where only counting tells them apart, one that it does not show yet would be counted away
        from the doubt.
        """
        if self._known is not None and self._known.shared_ids:
            return self._since
        twins = (each for each in self._confirmed(doubt) if is_twin(each, doubt))
        return self._shown_by(each.accepted_at for each in twins)

    def _shown_by(self, moments: Iterable[datetime]) -> datetime:
        """When the record must show whatever the vendor had taken by the last of these moments.

        A moment to come is another clock's: it was before we began.
        """
        now = self.clock()
        last = max((at if at <= now else self._since for at in moments), default=None)
        return self._since if last is None else last + self.settle

    def _absent(self, doubt: Doubt, items: Sequence[RecordedSms]) -> Absent | Undecided:
        """Absent, unless the record shows the text more often than others account for.

        Those are what is known to be accepted, and doubts of which an entry may be. Counted without
        any time of our own, since a clock that somebody set makes all of them doubtful.
        """
        shown = {item.id or item: item for item in items if is_text_of(doubt, item)}
        left = left_over(
            shown.values(),
            doubt,
            known=self._known,
            owned=self._owned(doubt, shown.values()),
            confirmed=self._confirmed(doubt),
        )
        others = self._others(doubt)
        if not may_all_be_theirs(left, others, known=self._known, settle=self.settle):
            return _look_there("this text to this number once more than is accounted for")
        if self.clock() - doubt.started_at > REACH:
            return Undecided(
                "Easify's record does not show the message, but it may not reach back so far; ask"
                " them, then say with `bulksms resolve` what it was."
            )
        return Absent()

    def _accepted_at(self, doubt: Doubt, item: RecordedSms) -> datetime:
        """The record's time in UTC where its zone is known, else the attempt's own."""
        if self._known is None or item.written_at is None:
            return doubt.started_at
        return item.written_at.replace(tzinfo=UTC) - self._known.offset

    def _unexplained(
        self, doubt: Doubt, items: Sequence[RecordedSms], *, at_any_time: bool = False
    ) -> list[RecordedSms]:
        """Records of the doubt's text, in its time as far as that is known, that no other owns."""
        return unexplained(
            items,
            doubt,
            known=self._known,
            owned=self._owned(doubt, items),
            confirmed=self._confirmed(doubt),
            settle=self.settle,
            at_any_time=at_any_time,
        )

    def _another_text(self, doubt: Doubt, items: Iterable[RecordedSms]) -> Undecided | None:
        """Whether something else went to the number at that time, and nobody knows what it was."""
        near = around(doubt, items, self._known, self.settle)
        ours: list[Doubt | Witness] = [doubt, *self._confirmed(doubt)]
        owned = self._owned(doubt, near)
        for item in near:
            if item.id not in owned and not any(is_text_of(each, item) for each in ours):
                return _look_there("another text to this number at that time")
        return None

    def _owned(self, doubt: Doubt, items: Iterable[RecordedSms]) -> set[str]:
        """The ids that say whose a record is; where ids are apart, those of answers say nothing."""
        ids = {item.id for item in items} - {""}
        are_apart = self._known is not None and not self._known.shared_ids
        between = self.account_id, doubt.sender, doubt.to_number
        return self.store.doubts.owned(*between, ids, by_answers=not are_apart)

    def _confirmed(self, doubt: Doubt) -> list[Witness]:
        return self.store.doubts.accepted_to(self.account_id, doubt.sender, doubt.to_number)

    def _why_nothing_is_proven(self, seen: dict[Source, Seen]) -> str:
        troubles = [f"{source}: {each.trouble}" for source, each in seen.items() if each.trouble]
        if len(troubles) == len(seen) or (troubles and self._known):
            return f"Easify's record could not be read ({'; '.join(troubles)}); nothing is proven."
        if self._known is not None:
            return (
                "Easify's record does not show the message, but it is read with another token than"
                " the message was sent with, and shows nothing else that was, so its silence proves"
                " nothing."
            )
        return (
            "Easify's record does not show the message, but it shows no other accepted message"
            " of ours to that country either, so its silence proves nothing."
        )


def _look_there(shows: str) -> Undecided:
    """What the record `shows`, which only a person can judge who reads the conversation."""
    return Undecided(
        f"Easify's record shows {shows}; look at the conversation there, then say with"
        " `bulksms resolve` what it was."
    )
