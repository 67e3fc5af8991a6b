"""The promises by their kind, and the sentence that says where one does not hold."""

from dataclasses import dataclass

KINDS = {
    "rows texted twice": "doubled",
    "rows lost": "lost",
    "lies in the report": "lie",
    "windows over the rate": "rate",
    "rows without a reason": "unexplained",
    "texted after opting out": "opt-out",
    "texted outside the hours": "hours",
    "texted after a stop": "stopped",
    "answers that were heard and not kept": "unheard",
    "findings of the audit": "audit",
    "processes that failed": "fault",
}
"""What a table calls them."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that does not hold; `kind` is one of `KINDS`."""

    kind: str
    sentence: str
