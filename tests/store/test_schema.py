"""Two statements of one truth: the migrations make the tables, the code declares them."""

import ast
import re
from collections.abc import Iterable
from enum import StrEnum

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.schema import CreateIndex, CreateTable

from bulksms.model.outcomes import OutcomeName
from bulksms.model.states import REASONS, CampaignState, Delivery, PausedReason, State
from bulksms.store import Store
from bulksms.store.migrating import migrations_folder, newest_revision
from tests.store.stage import ON_SQLITE, declared, sql


@ON_SQLITE
def test_the_migrated_database_is_the_declared_one(store: Store) -> None:
    """CHECKs, indexes and their conditions included: every word of every CREATE statement."""
    made = sql(
        store,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name != :own",
        own="alembic_version",
    )
    assert _normalised(statement for (statement,) in made) == _normalised(_declared(store))


def test_the_newest_revision_is_the_one_alembic_finds() -> None:
    scripts = ScriptDirectory(str(migrations_folder()))
    assert newest_revision() == scripts.get_current_head()


def test_migrations_import_nothing_of_ours() -> None:
    """A migration is a photograph, not a mirror: it must stay what it was when the code moves."""
    sources = [path.read_text() for path in migrations_folder().rglob("*.py")]
    imported = {
        name
        for source in sources
        for node in ast.walk(ast.parse(source))
        for name in _imports(node)
    }
    assert sources
    assert not [name for name in imported if name.split(".")[0] == "bulksms"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("campaign", "state", CampaignState),
        ("campaign", "paused_reason", PausedReason),
        ("message", "state", State),
        ("message", "delivery", Delivery),
        ("attempt", "outcome", OutcomeName),
    ],
)
def test_the_database_knows_exactly_the_words_of_the_enum(
    store: Store, table: str, column: str, words: type[StrEnum]
) -> None:
    """When this breaks, a word was added to the code and a migration must add it to the CHECK."""
    check = _check(store, table, f"{column}_is_known")
    assert set(re.findall(r"'(\w+)'", check)) == {*map(str, words)}


@ON_SQLITE
def test_the_database_knows_which_reasons_explain_which_state(store: Store) -> None:
    check = _check(store, "message", "row_is_explained")
    explained = re.findall(r"state = '(\w+)' AND reason IS NOT NULL AND \(([^)]*)\)", check)
    assert {state: set(re.findall(r"'(\w+)'", reasons)) for state, reasons in explained} == {
        state.value: {*map(str, reasons)} for state, reasons in REASONS.items() if reasons
    }


@ON_SQLITE
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("synchronous", 2),  # FULL: a claim lost to a power cut would be a second text
        ("busy_timeout", 30_000),
    ],
)
def test_sqlite_is_set_up_for_a_power_cut(store: Store, setting: str, value: object) -> None:
    assert sql(store, f"PRAGMA {setting}") == [(value,)]


def _declared(store: Store) -> Iterable[str]:
    for table in declared(store.engine.dialect.name).tables.values():
        yield str(CreateTable(table).compile(store.engine))
        for index in table.indexes:
            yield str(CreateIndex(index).compile(store.engine))


def _normalised(statements: Iterable[str]) -> list[str]:
    return sorted(" ".join(statement.split()) for statement in statements)


def _check(store: Store, table: str, name: str) -> str:
    ((made,),) = sql(store, "SELECT sql FROM sqlite_master WHERE name = :table", table=table)
    found = re.search(rf"CONSTRAINT {name} CHECK \((.*)\)", made)
    assert found is not None
    return found[1]


def _imports(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module):
            return [module or ""]
        case _:
            return []
