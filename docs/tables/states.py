"""The state machine as a picture and as tables."""

import ast
import inspect
from enum import StrEnum
from itertools import pairwise

from bulksms.model.states import ENTRY, REASONS, TERMINAL, TRANSITIONS, Move, State

from .markdown import code, codes, fence, table

MEANINGS: dict[State, str] = {
    State.QUEUED: "waiting for its turn",
    State.SENDING: "claimed for one POST; the request may or may not have left",
    State.ACCEPTED: "Easify took it and gave it an `sms_id`",
    State.FAILED: "Easify refused it for good, it could not be put into a request,"
    " or a person gave it up",
    State.UNKNOWN: "it *may* have been accepted; only proof or a person settles it",
    State.SKIPPED: "never to be sent, by our own rule",
}


def diagram() -> str:
    """`TRANSITIONS` as a picture that GitHub and GitLab draw (mermaid)."""
    arrows = [f"[*] --> {state}: load" for state in State if state in ENTRY]
    arrows += [f"{start} --> {end}: {_movers(movers)}" for (start, end), movers in _ordered()]
    arrows += [f"{state} --> [*]" for state in State if state in TERMINAL]
    return fence("stateDiagram-v2\n" + "\n".join(f"    {arrow}" for arrow in arrows), "mermaid")


def transitions() -> str:
    """Every arrow and who may take a message along it."""
    rows = [("(the file)", code(state), "load") for state in State if state in ENTRY]
    rows += [(code(start), code(end), _movers(movers)) for (start, end), movers in _ordered()]
    return table(("from", "to", "who may"), rows)


def states() -> str:
    """Every state, what it means, and the reasons that explain it."""
    return table(
        ("state", "meaning", "reasons"),
        [
            (code(state), MEANINGS[state], codes(sorted(REASONS[state])) or "(none needed)")
            for state in State
        ],
    )


def moves() -> str:
    """Who moves a message, in the words of the code itself."""
    said = _docstrings(Move)
    return table(("who", "what happened"), [(move.value, said[move.name]) for move in Move])


def _ordered() -> list[tuple[tuple[State, State], frozenset[Move]]]:
    order = list(State)
    return sorted(TRANSITIONS.items(), key=lambda arrow: [order.index(end) for end in arrow[0]])


def _movers(movers: frozenset[Move]) -> str:
    return ", ".join(sorted(movers))


def _docstrings(members: type[StrEnum]) -> dict[str, str]:
    """The text under each member of an enum, which Python itself forgets."""
    module = ast.parse(inspect.getsource(members))
    body = [line for node in module.body if isinstance(node, ast.ClassDef) for line in node.body]
    return {
        member.targets[0].id: text.value.value
        for member, text in pairwise(body)
        if isinstance(member, ast.Assign)
        and isinstance(member.targets[0], ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
