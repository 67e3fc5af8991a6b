"""Every sentence with which a command stops, read off the program's own source.

A sentence is a literal where it is raised, so the list can hold no sentence that the program does
not say, and can miss none that is written out. What a sentence quotes is shown as `…`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bulksms
from bulksms.cli.failing import usually_next
from bulksms.model import errors
from bulksms.model.errors import BulkSMSError, InputError

from .markdown import code, table

PACKAGE = Path(bulksms.__file__).parent
GAP = "…"
KINDS: dict[str, type[BulkSMSError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, BulkSMSError)
}
"""The tree of errors, by name."""


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """One way to stop: its exit code, its sentence, and what is to be typed about it."""

    exit_code: int
    sentence: str
    next_command: str

    @property
    def to_type(self) -> str:
        """Its commands as code, and the remarks about them."""
        return typed(self.next_command)


def sentences() -> str:
    """All of them, by exit code."""
    rows = [(each.sentence, each.to_type, str(each.exit_code)) for each in sorted(stops())]
    return table(("it says", "and what to type", "exit code"), rows)


def stops() -> set[Stop]:
    """Every stop of the command line; what the web page refuses, it says beside the field."""
    return {
        stop
        for file in PACKAGE.rglob("*.py")
        for kind, call in _errors_in(ast.parse(file.read_text(encoding="utf-8")))
        if not (file.parent.name == "web" and issubclass(kind, InputError))
        if (stop := _stop(kind, call)).sentence.strip(f"{GAP}:. ")
    }


def _errors_in(tree: ast.Module) -> Iterator[tuple[type[BulkSMSError], ast.Call]]:
    """Each error where it is made, and those that know their own sentence in their class."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in KINDS and node.args:
                yield KINDS[name], node
            case ast.ClassDef(name=name) if name in KINDS:
                inside = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
                yield from ((KINDS[name], each) for each in inside if _says_itself(each))


def _says_itself(call: ast.Call) -> bool:
    """`super().__init__("…")`."""
    is_parents = isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
    return is_parents and bool(call.args) and not isinstance(call.args[0], ast.Name)


def _stop(kind: type[BulkSMSError], call: ast.Call) -> Stop:
    given = {each.arg: read(each.value) for each in call.keywords}
    next_command = given.get("next_command", "")
    if not next_command.strip(GAP):
        next_command = usually_next(kind)
    return Stop(kind.exit_code, read(call.args[0]), next_command)


def typed(next_command: str) -> str:
    """What comes after `Next:` as the documents show it: its commands as code."""
    lines = [" ".join(line.split()).replace("`", "") for line in next_command.splitlines()]
    return " ".join(code(each) if each.startswith(_TYPED) else each for each in lines)


_TYPED = ("bulksms ", "export ", "pip ", "chmod ", GAP)
"""How a line begins that is typed; any other is a remark about those."""


def read(node: ast.expr) -> str:
    """The text of an expression, as far as it is written out."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(read, parts))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return read(left) + read(right)
        case _:
            return GAP
