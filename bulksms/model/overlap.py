"""Whom of a plan other campaigns texted lately, still have to text, or were told not to text.

A file that was edited, sorted or continued is a new file, but its people are the same people.
So the plan names the campaigns that they are in; whether they are texted again is the person's
to say.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from bulksms.model.states import CampaignState
from bulksms.model.wording import of_account, row_numbers

LATELY = timedelta(days=7)
"""How far back a text is worth a word."""
NUMBERS = 5
"""How many of the numbers that opted out are kept to be named."""


class Elsewhere(NamedTuple):
    """A number as another campaign has it: waiting to be texted, opted out, or texted with `body`.

    `account` is the campaign's, None where it is the plan's own.
    """

    number: str
    campaign: str
    state: CampaignState
    waits: bool
    body: str | None
    account: str | None = None
    opted_out: bool = False


@dataclass
class InDoubt:
    """Rows of another campaign whose people may have been texted; perhaps they were `given_up` so.

    A plan leaves them out.
    """

    campaign: str
    given_up: bool
    row_numbers: list[int]

    @property
    def told(self) -> str:
        """What a person should know of them."""
        count = len(self.row_numbers)
        is_so = ("was given up" if count == 1 else "were given up") if self.given_up else ""
        is_so = is_so or ("is" if count == 1 else "are")
        return (
            f"{row_numbers(self.row_numbers, count).capitalize()} of '{self.campaign}' {is_so}"
            f" in doubt, and left out here: {'it' if count == 1 else 'they'} may have been texted."
        )


AskElsewhere = Callable[[Sequence[str]], Iterable[Elsewhere]]
"""How other campaigns have the numbers that it is given."""


@dataclass
class Overlap:
    """How many rows of a plan are in another campaign as well.

    `same_text` are those of `texted` that had this very text, `opted_out` those that its file said
    are not to be texted; `opted_out_numbers` are some of these. `opted_out_here` are those whom
    the plan's own file says not to text, and who wait there. `account` as for `Elsewhere`.
    """

    campaign: str
    state: CampaignState
    texted: int = 0
    same_text: int = 0
    waiting: int = 0
    account: str | None = None
    opted_out: int = 0
    opted_out_numbers: list[str] = field(default_factory=list)
    opted_out_here: int = 0
    opted_out_here_numbers: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows of the plan there is something to say about."""
        return self.texted + self.waiting + self.opted_out + self.opted_out_here

    def add(self, found: Elsewhere, body: str | None) -> None:
        """Count a row of the plan, which is to get `body`."""
        if found.opted_out:
            self.opted_out += 1
            self.opted_out_numbers += (
                [found.number] if len(self.opted_out_numbers) < NUMBERS else []
            )
            return
        self.waiting += found.waits
        self.texted += not found.waits
        self.same_text += not found.waits and found.body == body

    def add_opted_out_here(self, number: str) -> None:
        """Count somebody who opted out in the plan's file, and waits there."""
        self.opted_out_here += 1
        self.opted_out_here_numbers += (
            [number] if len(self.opted_out_here_numbers) < NUMBERS else []
        )

    @property
    def of_the_texted(self) -> str | None:
        """What a person should know of them; None if there are none."""
        return self._texted(f"in the last {LATELY.days} days")

    @property
    def of_the_waiting(self) -> str | None:
        """What a person should know of those whom the other campaign still has to text."""
        if not self.waiting:
            return None
        return (
            f"{_of_these(self.waiting, 'waits', 'wait')} to be texted by {self._which},"
            f" which {self._stands}."
        )

    @property
    def of_the_opted_out(self) -> str | None:
        """What a person should know of those whom the other campaign's file says not to text."""
        if not self.opted_out:
            return None
        return f"{self._opted_out}, and would be texted now."

    @property
    def of_the_opted_out_here(self) -> str | None:
        """What a person should know of those who opted out here, and whom the other would text."""
        if not self.opted_out_here:
            return None
        waits = "waits" if self.opted_out_here == 1 else "wait"
        return (
            f"{self.opted_out_here:,} who opted out here {waits} to be texted by {self._which},"
            f" which {self._stands}."
        )

    @property
    def _opted_out(self) -> str:
        told = _of_these(self.opted_out, "opted out", "opted out")
        return f"{told} in the file of {self._which}"

    def _texted(self, when: str) -> str | None:
        if not self.texted:
            return None
        if not self.same_text:
            which = "with another text"
        elif self.same_text == self.texted:
            which = "with this very text"
        else:
            which = f"{self.same_text:,} of them with this text"
        return f"{_of_these(self.texted, 'was', 'were')} texted by {self._which} {when}, {which}."

    @property
    def _which(self) -> str:
        return f"'{self.campaign}'{of_account(self.account)}"

    @property
    def _stands(self) -> str:
        """What is true of it even if its process is dead, and nobody could write that down."""
        if self.state is CampaignState.RUNNING:
            return "has begun"
        return "is a draft" if self.state is CampaignState.DRAFT else f"is {self.state}"


@dataclass
class Meanwhile(Overlap):
    """How many rows of a campaign that was loaded before are in another one as well.

    `left_out` are those of `texted` whom its restraint leaves alone, `in_doubt` those of
    whom nobody knows whether they were.
    """

    left_out: int = 0
    in_doubt: int = 0

    @property
    def restraint(self) -> str:
        """The narrowest option that leaves all of them out."""
        same = self.same_text == self.texted
        return "not_if_same_text_within" if same else "not_if_texted_within"

    @property
    def of_the_texted(self) -> str | None:
        """What a person should know of them; None if there are none."""
        unsure = f" ({self.in_doubt:,} of them perhaps)" if self.in_doubt else ""
        told = self._texted(f"since this campaign was loaded{unsure}")
        if told is None or not self.left_out:
            return told
        if self.left_out < self.texted:
            return f"{told} {self.left_out:,} of them will be left out."
        return f"{told} {'It' if self.texted == 1 else 'They'} will be left out."

    @property
    def of_the_opted_out(self) -> str | None:
        """What a person should know of those who opted out in a file that its plan did not know.

        A file of the same account is obeyed at the claim; another's is told.
        """
        if not self.opted_out or self.account is not None:
            return super().of_the_opted_out
        return f"{self._opted_out}, of which the plan did not know yet, and will be left out."


def _of_these(count: int, one: str, many: str) -> str:
    return f"{count:,} of these numbers {one if count == 1 else many}"
