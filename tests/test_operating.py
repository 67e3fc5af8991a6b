"""The commands of docs/operating.md and the files of deploy/ do what they say."""

import configparser
import json
import os
import re
import shutil
import subprocess
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from bulksms.cli import main
from bulksms.easify.connecting import deadline
from bulksms.model.settings import DEFAULT_TIMEOUT
from bulksms.store import Store
from tests.postgres import Server, binaries
from tests.store.stage import NOW, everything, running

ROOT = Path(__file__).parent.parent
UNIT, CONTAINER = ROOT / "deploy/bulksms-worker.service", ROOT / "deploy/Containerfile"


def written(which: str) -> str:
    """The commands in the block of that mark."""
    text = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    found = re.search(f"<!-- {which} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found, which
    return found[1]


def typed(commands: str, folder: Path, **environment: str) -> None:
    """In a shell that stops at the first fault."""
    done = subprocess.run(
        ["/bin/sh", "-ec", commands],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="no sqlite3 is installed here")
def test_a_file_that_is_saved_while_it_is_written_comes_back(database: Path) -> None:
    with Store.open(str(database)) as store:
        running(store)
        typed(written("backup: sqlite"), database.parent)
        held = everything(store)
        store.campaigns.cancel(1, now=NOW, actor="operator")
    typed(written("restore: sqlite"), database.parent)
    with Store.open(str(database)) as store:
        assert everything(store) == held


def test_a_postgresql_database_comes_back_without_the_engine(
    server: Server, migrated_url: str, tmp_path: Path
) -> None:
    programs = binaries()
    assert programs is not None
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    here = {"PGHOST": str(server.folder), "PGUSER": "bulksms", "PATH": path}
    typed(f"createdb --template={make_url(migrated_url).database} texts", tmp_path, **here)
    with Store.open(server.url("texts")) as store:
        running(store)
        held = everything(store)
    server_says = "psql --quiet texts --command"
    typed(f"{server_says} 'CREATE SCHEMA IF NOT EXISTS bulksms_engine'", tmp_path, **here)
    typed(written("backup: postgresql"), tmp_path, **here)
    typed(written("restore: postgresql"), tmp_path, **here)
    with Store.open(server.url("texts")) as store:
        assert everything(store) == held
    gone = "\\dn bulksms_engine"
    typed(f"! {server_says} '{gone}' | grep bulksms_engine", tmp_path, **here)


def test_purge_asks_and_says_what_it_erased(database: Path) -> None:
    with Store.open(str(database)) as store:
        campaign = running(store)
        store.campaigns.cancel(campaign.id, now=NOW, actor="operator")
    command = ["--database", str(database), "purge", "--older-than", "1d"]
    assert CliRunner().invoke(main, command).exit_code == 2
    done = CliRunner().invoke(main, [*command, "--yes"])
    assert done.output == "The personal data of 3 rows was erased.\n"
    again = CliRunner().invoke(main, [*command, "--yes"])
    assert again.output.startswith("No campaign that ended more than 1d ago")


def test_systemd_waits_longer_than_any_answer_may_take() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    service = unit["Service"]
    assert timedelta(seconds=int(service["TimeoutStopSec"])) > deadline(DEFAULT_TIMEOUT)
    assert service["KillSignal"] == "SIGTERM"
    _, *words = service["ExecStart"].split()
    assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0


def test_every_extra_that_somebody_is_told_to_install_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = [CONTAINER, ROOT / "Makefile", ROOT / "README.md"]
    told += [*(ROOT / "docs").rglob("*.md"), *(ROOT / "bulksms").rglob("*.py")]
    for path in told:
        named = re.findall(
            r"(?:bulksms|/src|'\.|\"\.)\[([a-z,]+)\]", path.read_text(encoding="utf-8")
        )
        extras = {extra for each in named for extra in each.split(",")}
        assert extras <= set(project["optional-dependencies"]), path


def test_the_container_starts_a_command_that_there_is() -> None:
    text = CONTAINER.read_text(encoding="utf-8")
    words = json.loads(re.search(r"^CMD (.*)$", text, re.MULTILINE)[1])  # type: ignore[index]
    assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0
    copied = re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)
    assert all((ROOT / name).exists() for names in copied for name in names.split())
