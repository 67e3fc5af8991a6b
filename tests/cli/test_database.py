"""The database: where there is none, an old one, another program's, one in use; `migrate`."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.model.settings import DEFAULT_LEASE, DEFAULT_RATE
from bulksms.store import Store, migrating
from tests.cli.cli_stage import JOB, TOKEN, Terminal, number

LOOKS = ["status", "resume", "retry", "pause", "cancel", "audit", "suppress list"]
NEWER = """
revision, down_revision = "{after}", "{before}"


def upgrade():
    pass
"""


@pytest.mark.parametrize("command", LOOKS)
def test_without_a_database_a_look_says_so_and_makes_none(
    bare_terminal: Terminal, command: str
) -> None:
    said = bare_terminal.refused(4, *command.split())
    missing = bare_terminal.database.absolute()
    assert f"There is no database at {missing}: nothing was loaded here yet." in said
    assert said.endswith(
        "Next:  go to the folder that you sent from, or\n"
        "       bulksms --database PATH status\n"
        "       or, if nothing was ever sent,\n"
        "       bulksms send FILE --message TEXT --from NUMBER\n"
    )
    assert not bare_terminal.database.exists()


@pytest.mark.parametrize("command", ["load", "send"])
def test_a_database_that_will_be_new_is_told_in_the_plan(terminal: Terminal, command: str) -> None:
    """It knows neither whom another folder's has texted nor who opted out there."""
    told = f"A new database is made at {terminal.folder / 'x.db'}; if you have sent before"
    line = ("--database", "x.db", command, terminal.people(number(1)), *JOB)
    first = terminal(*line, *(["--yes"] if command == "send" else [])).stdout
    assert f"Note: {told} from another folder, go there first" in first
    assert "new database" not in terminal(*line, "--again").stdout


def test_a_database_that_was_new_is_among_the_notes_of_a_script(terminal: Terminal) -> None:
    made = terminal.json("--database", "x.db", "load", terminal.people(number(1)), *JOB)
    assert any(str(terminal.folder / "x.db") in note for note in made["notes"])


def test_a_database_in_a_folder_that_is_not_there_is_not_made(bare_terminal: Terminal) -> None:
    line = ("--database", "nowhere/x.db", "load", bare_terminal.people(number(1)), *JOB)
    said = bare_terminal.refused(4, *line)
    assert "The folder nowhere for the database is not there." in said
    assert "Next:  the same again, once that is mended\n" in said


@pytest.mark.parametrize("location", [".", "june.csv", "nosuch://x", "http:// /"])
def test_what_is_no_database_is_said_in_a_sentence(terminal: Terminal, location: str) -> None:
    terminal.people(number(1))
    said = terminal.refused(4, "--database", location, "status")
    sentence, *what_is_next = said.splitlines()
    assert sentence.startswith("Error: ")
    assert what_is_next[0].startswith("Next:  ")
    assert "database" in said or "installation" in said


@pytest.mark.parametrize("location", [":memory:", "sqlite://", "sqlite:///:memory:"])
def test_nothing_is_kept_where_it_would_be_forgotten(
    bare_terminal: Terminal, location: str
) -> None:
    """Whoever was texted by the first command would be texted by the second."""
    line = ("--database", location, "load", bare_terminal.people(number(1)), *JOB)
    assert "A database in memory is forgotten when the command ends" in bare_terminal.refused(
        4, *line
    )


def test_another_programs_database_is_left_alone(bare_terminal: Terminal) -> None:
    with closing(sqlite3.connect("other.db")) as other, other:
        other.execute("CREATE TABLE recipe (name TEXT)")
    before = Path("other.db").read_bytes()
    for command in (["status"], ["migrate"]):
        said = bare_terminal.refused(4, "--database", "other.db", *command)
        assert "belongs to another program: it has the tables recipe." in said
    assert Path("other.db").read_bytes() == before


def test_migrate_makes_a_new_database_and_then_has_nothing_to_do(bare_terminal: Terminal) -> None:
    revision = migrating.newest_revision()
    said = bare_terminal.done("migrate")
    assert said == f"The database is now of revision {revision}.\n"
    said = bare_terminal.done("migrate")
    assert said == f"The database is up to date (revision {revision}).\n"


def test_an_older_database_is_refused_until_it_is_migrated(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer program is made real: its migrations folder holds one revision more."""
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    before, newer = migrating.newest_revision(), terminal.folder / "newer"
    after = f"{int(before) + 1:04}"
    shutil.copytree(migrating.migrations_folder(), newer)
    migration = newer / "versions" / f"{after}_more.py"
    migration.write_text(NEWER.format(after=after, before=before))
    monkeypatch.setattr(migrating, "migrations_folder", lambda: newer)

    for line in (["status"], ["load", "june.csv", *JOB], ["send", "june.csv", *JOB, "--yes"]):
        said = terminal.refused(4, *line)
        assert f"is of an older version (revision {before}; this program needs {after})." in said
        assert "Next:  bulksms migrate" in said
    assert terminal.texted == []

    said = terminal.done("migrate")
    assert f"The database as it was is kept in bulksms.db.{before}.bak." in said
    assert f"The database is now of revision {after}." in said
    assert terminal.json("status", "june")["rows"] == 1

    monkeypatch.undo()
    monkeypatch.chdir(terminal.folder)
    assert "is of a newer version" in terminal.refused(4, "status")


def hold_elsewhere(now: datetime) -> None:
    """Have another machine take the default account."""
    with Store.open("bulksms.db") as store:
        store.accounts.acquire(
            "default", worker="office:4711", rate=DEFAULT_RATE, length=DEFAULT_LEASE, now=now
        )


def test_a_busy_account_names_its_holder_and_until_when(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    now = datetime.now(UTC).replace(microsecond=0)
    hold_elsewhere(now)
    said = terminal.refused(4, "resume", "june", "--yes")
    until = now + DEFAULT_LEASE
    assert "The account 'default' is in use: office:4711 is sending on it" in said
    assert f"holds it until {until:%H:%M:%S} UTC." in said
    assert terminal.texted == []


def test_what_was_stored_before_the_account_was_found_busy_is_named(terminal: Terminal) -> None:
    hold_elsewhere(datetime.now(UTC))
    said = terminal.refused(4, "send", terminal.people(number(1)), *JOB, "--name", "june", "--yes")
    assert "Next:  bulksms resume june\n       once it is free" in said
    assert terminal.json("status", "june")["state"] == "draft"


def test_an_account_is_taken_over_once_its_lease_has_lapsed(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    hold_elsewhere(datetime.now(UTC) - DEFAULT_LEASE - timedelta(seconds=1))
    terminal.done("resume", "june", "--yes")
    assert terminal.texted == [number(1)]


def test_an_account_of_another_name_is_free_at_the_same_time(terminal: Terminal) -> None:
    hold_elsewhere(datetime.now(UTC))
    terminal.done("accounts", "add", "second", "--token-variable", "SECOND_TOKEN")
    line = ("send", terminal.people(number(1)), *JOB, "--account", "second", "--yes")
    terminal.done(*line, SECOND_TOKEN=TOKEN, EASIFY_API_TOKEN="1|its-own")  # noqa: S106 - nobody's
    assert terminal.texted == [number(1)]
