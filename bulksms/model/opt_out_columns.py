"""Columns that say who does not want texts: known by their names, heeded by their cells.

`opt_out_names` has the names, `opt_out_cells` what cells say.
So Salesforce's, HubSpot's, Klaviyo's, Shopify's, Zoho's and GoHighLevel's names are known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bulksms.model.opt_out_cells import Said, answers_plainly, read_wish
from bulksms.model.opt_out_names import consents, denies_consent, may_mean_something_else


class Heeded(NamedTuple):
    """A column that says who does not want texts: by a yes, or by a no if it `consents`.

    If that is None, a yes may mean either ("Opt In/Out"), and only "opted out" and the like decide.
    """

    at: int
    name: str
    consents: bool | None

    @property
    def role(self) -> str:
        """What the column is, as the plan says it."""
        if self.consents is None:
            return "opt-in or opt-out"
        return "consent" if self.consents else "opt-out"

    @property
    def may_be_a_channel(self) -> bool:
        """Whether the name may as well say how people are reached: "SMS", beside "Email"."""
        return self.consents is True and may_mean_something_else(self.name)

    def forbids(self, cell: str) -> bool | None:
        """Whether the cell says that the person is not to be texted; None if it is unclear."""
        wish = read_wish(cell)
        verdict = self._verdict(wish.said)
        return verdict if verdict or not wish.but else None

    def _verdict(self, said: Said | None) -> bool | None:
        match said:
            case Said.NOTHING | Said.IN:
                return False
            case Said.OUT:
                return True
            case Said.YES | Said.WHEN | Said.NO if self.consents is not None:
                return (said is Said.NO) is self.consents
            case Said.TAKEN_BACK if self.consents or denies_consent(self.name):
                return True
            case _:
                return None


OUR_OPT_OUTS = "opted out (bulksms)"
"""The column by which a file of ours says so itself: heeded whatever else is in it."""


def heeded_columns(
    columns: Sequence[str], *, rows: Iterable[Sequence[str]] = (), besides: Sequence[int | None]
) -> tuple[Heeded, ...]:
    """The columns that are heeded; those `besides` hold numbers or texts, whatever their names say.

    A name that may as well mean something else ("Stop", of a route) needs cells that say yes or no.
    Only for such a one the `rows` are read, and then all of them: often one in a hundred is filled.
    """
    named = [(at, name) for at, name in enumerate(columns) if at not in besides]
    found = [Heeded(at, name, says) for at, name in named for says in consents(name)]
    doubtful = [each for each in found if may_mean_something_else(each.name)]
    kept = _that_answer(doubtful, rows) if doubtful else set()
    return tuple(each for each in found if each not in doubtful or each in kept)


def _that_answer(doubtful: Sequence[Heeded], rows: Iterable[Sequence[str]]) -> set[Heeded]:
    """Those of which half of the filled cells say yes or no, and which count nothing."""
    filled, unclear, words = Counter[Heeded](), Counter[Heeded](), set[Heeded]()
    for row in rows:
        for each in doubtful:
            if cell := row[each.at].strip():
                filled[each] += 1
                unclear[each] += not answers_plainly(cell) or each.forbids(cell) is None
                if not _NUMBER.fullmatch(cell):
                    words.add(each)
    answers = {each for each in filled if unclear[each] * 2 <= filled[each]}
    return {each for each in answers if each in words or not unclear[each]}


def objections(
    columns: Sequence[Sequence[str]], heeded: Iterable[Heeded]
) -> dict[int, tuple[str, int]]:
    """By their positions, the rows that are not to be texted: the sentence, and the column."""
    found: dict[int, tuple[str, int]] = {}
    for each in heeded:
        cells = columns[each.at]
        forbidding = {cell for cell in set(cells) if each.forbids(cell)}
        for at, cell in enumerate(cells) if forbidding else ():
            if cell in forbidding:
                said = f"The column '{each.name}' says '{cell.strip()[:_EXCERPT]}'."
                found.setdefault(at, (said, each.at))
    return found


_EXCERPT = 40
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
"""Numbers alone, 0 and 1 among others, are no answers: how many texts, the stop of a route."""
