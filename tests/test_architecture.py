"""Two tables and a walk over the imports: which layer may import which, and one door a library.

Imports are read from the source, those inside functions too: a late import is an import.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parent.parent

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"__main__"}),
    frozenset({"cli"}),
    frozenset({"sandbox", "web"}),
    frozenset({"cluster"}),
    frozenset({"fleet", "metrics"}),
    frozenset({"driving"}),
    frozenset({"run", "returning", "mending", "trying"}),
    frozenset(
        {
            "loading",
            "preflight",
            "sending",
            "reconciling",
            "receiving",
            "reporting",
            "auditing",
            "suppressing",
            "enlisting",
            "syncing",
        }
    ),
    frozenset({"heartbeat", "looking", "same_token"}),
    frozenset({"witnesses"}),
    frozenset({"committing", "reading"}),
    frozenset({"spreadsheet", "easify", "store"}),
    frozenset({"environment", "tokens"}),
    frozenset({"process"}),
    frozenset({"clock", "pacing", "keychain", "keeping", "attaching"}),
    frozenset({"model"}),
    frozenset({"__init__"}),
)
"""From top to bottom. A part imports what lies below its layer, never its neighbours."""

IMPORTS_NOTHING_OF_OURS = ("bulksms.sandbox", "bulksms.model", "bulksms.__init__", "migrations")
"""Besides their own modules: the stand-in shares no code with us, a migration is a photograph."""

DOORS: dict[str, tuple[str, ...]] = {
    "aiohttp": ("bulksms.easify",),
    "aiolimiter": ("bulksms.pacing",),
    "alembic": ("bulksms.store", "migrations"),
    "click": ("bulksms.cli",),
    "httpx": ("bulksms.easify",),
    "keyring": ("bulksms.keychain",),
    "olefile": ("bulksms.spreadsheet",),
    "pandas": ("bulksms.spreadsheet",),
    "phonenumbers": (
        "bulksms.model.phone",
        "bulksms.model.phone_patterns",
        "bulksms.model.phone_zones",
    ),
    "python_calamine": ("bulksms.spreadsheet",),
    "prometheus_client": ("bulksms.metrics",),
    "procrastinate": ("bulksms.cluster",),
    "psycopg": ("bulksms.store",),
    "rich": ("bulksms.cli",),
    "sqlalchemy": ("bulksms.store", "migrations"),
    "jinja2": ("bulksms.web",),
    "starlette": ("bulksms.sandbox", "bulksms.web"),
    "uvicorn": ("bulksms.sandbox", "bulksms.web"),
    "uvloop": ("bulksms.cli.worker",),
    "xlsxwriter": ("bulksms.spreadsheet",),
}
"""Who may import a library. What is not here is imported by nobody."""

LONGEST_FILE = 300
NAMES_THAT_SAY_NOTHING = {"util", "utils", "helper", "helpers", "common", "misc", "base"}


@dataclass(frozen=True)
class Module:
    """A source file of the program, by its dotted name."""

    name: str
    path: Path

    @property
    def part(self) -> str:
        """What of the program it belongs to: `store` for `bulksms.store.schema`."""
        return f"{self.name}.__init__".split(".")[1]

    @cached_property
    def source(self) -> str:
        """Its text."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The same, parsed."""
        return ast.parse(self.source)

    @cached_property
    def imports(self) -> list[str]:
        """The dotted names of all that it imports, wherever in the file."""
        return [name for node in ast.walk(self.tree) for name in self._imported_by(node)]

    def _imported_by(self, node: ast.AST) -> list[str]:
        match node:
            case ast.Import(names):
                return [alias.name for alias in names]
            case ast.ImportFrom(module, names, level):
                above = self.name.split(".")[:-level] if level else []
                source = ".".join([*above, *([module] if module else [])])
                return [f"{source}.{alias.name}" for alias in names]
            case _:
                return []


def _modules(folder: str) -> list[Module]:
    paths = sorted((ROOT / folder).rglob("*.py"))
    return [Module(_dotted(path), path) for path in paths]


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


PROGRAM = _modules("bulksms")
EVERYTHING = [*PROGRAM, *_modules("migrations")]


def test_every_part_has_its_layer() -> None:
    """When this breaks, a verb was added: say in LAYERS where it stands."""
    parts = {module.part for module in PROGRAM}
    assert parts - {part for layer in LAYERS for part in layer} == set()


def test_imports_point_down_only() -> None:
    assert _offences(PROGRAM, _upwards) == {}


def test_a_library_is_used_behind_its_door_only() -> None:
    assert _offences(EVERYTHING, _intruders) == {}


def test_some_parts_import_nothing_of_ours() -> None:
    assert _offences(EVERYTHING, _ours_in_what_is_closed) == {}


def test_a_file_fits_in_a_head() -> None:
    lengths = {module.name: len(module.source.splitlines()) for module in EVERYTHING}
    assert {name for name, lines in lengths.items() if lines > LONGEST_FILE} == set()


def test_a_module_is_named_after_what_it_does() -> None:
    names = {module.name for module in EVERYTHING}
    assert {name for name in names if NAMES_THAT_SAY_NOTHING & set(name.split("."))} == set()


def test_the_code_never_says_sent() -> None:
    """A message is `accepted` by the vendor or `delivered`; "sent" would be a guess at either."""
    assert _offences(EVERYTHING, _says_sent) == {}


def test_every_door_is_used() -> None:
    """A library that nobody imports any more should leave the table, and the dependencies."""
    imported = {name.split(".")[0] for module in EVERYTHING for name in module.imports}
    assert set(DOORS) <= imported


def test_whoever_contributes_reads_the_layers_in_their_order() -> None:
    """Neighbours may have a row each. What has no layer to explain, the way in, is in none."""
    rows = [_code(parts) for _, parts, _ in _told(columns=3)]
    neighbours = groupby(rows, key=lambda parts: {_height(part) for part in parts})
    told = [frozenset[str]().union(*parts) for _, parts in neighbours]
    assert told == [layer for layer in LAYERS if not layer & {"__main__", "__init__"}]


def test_whoever_contributes_reads_which_door_a_library_has() -> None:
    told = {
        (library.replace("-", "_"), _module_told(door))
        for libraries, doors in _told(columns=2)
        for library in libraries.split(", ")
        for door in _code(doors)
    }
    assert told == {(library, door) for library, doors in DOORS.items() for door in doors}


def _told(columns: int) -> list[list[str]]:
    """The lines of CONTRIBUTING's table that has so many columns, as cells."""
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    cells = [line.strip("| ").split(" | ") for line in told if line.startswith("| ")]
    return [row for row in cells if len(row) == columns and "`" in row[1]]


def _code(cell: str) -> frozenset[str]:
    return frozenset(re.findall(r"`([^`]+)`", cell))


def _module_told(door: str) -> str:
    """A door as a module's dotted name; `migrations/` stands beside the program."""
    name = door.removesuffix(".py").strip("/").replace("/", ".")
    return name if name == "migrations" else f"bulksms.{name}"


def _offences(
    modules: list[Module], offending: Callable[[Module], list[str]]
) -> dict[str, list[str]]:
    """What each module has that it may not have; nothing of one that has nothing."""
    return {module.name: found for module in modules if (found := offending(module))}


def _upwards(module: Module) -> list[str]:
    parts = {_part(name) for name in module.imports if _is_ours(name)} - {module.part}
    return [part for part in parts if _height(part) >= _height(module.part)]


def _intruders(module: Module) -> list[str]:
    return [
        name
        for name in module.imports
        if not _is_ours(name)
        and name.split(".")[0] not in sys.stdlib_module_names
        and not any(_is_within(module.name, door) for door in DOORS.get(name.split(".")[0], ()))
    ]


def _ours_in_what_is_closed(module: Module) -> list[str]:
    return [
        name
        for closed in IMPORTS_NOTHING_OF_OURS
        if _is_within(module.name, closed)
        for name in module.imports
        if _is_ours(name) and not _is_within(name, closed)
    ]


def _says_sent(module: Module) -> list[str]:
    return [name for name in _identifiers(module.tree) if _SENT.search(_with_underscores(name))]


_SENT = re.compile(r"(^|_)(?<!not_)sent(_|$)")
"""As a word of a name; that something was *not* sent can be known."""


def _with_underscores(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _identifiers(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name):
                yield name
            case _:
                pass


def _is_ours(name: str) -> bool:
    return _is_within(name, "bulksms")


def _is_within(name: str, place: str) -> bool:
    return f"{name}.".startswith(f"{place}.")


def _part(name: str) -> str:
    """The part that an imported name lies in; a name of the package itself is `__init__`'s."""
    part = f"{name}.__init__".split(".")[1]
    return part if any(part in layer for layer in LAYERS) else "__init__"


def _height(part: str) -> int:
    """How far above the ground the part's layer is."""
    return next(height for height, layer in enumerate(reversed(LAYERS)) if part in layer)
