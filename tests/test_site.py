"""The documents as a site: every page is reached, every link leads somewhere."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bulksms.model.errors import BulkSMSError
from bulksms.model.states import PausedReason, Reason
from docs.tables import endings, errors

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TROUBLE = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")


def test_the_site_builds_strictly(tmp_path: Path) -> None:
    """A link or an anchor that leads nowhere is an error."""
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    line = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "build/site/index.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="https?://(?!zensical\.org)[^"]*\.(js|css|woff2?)"', page)


def test_every_page_stands_in_the_navigation_once() -> None:
    project = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert sorted(_pages(project["nav"])) == sorted(pages)


def test_every_reason_pause_and_exit_code_says_what_to_do() -> None:
    codes = {number for number, _ in endings.EXIT_CODES}
    assert set(endings.REMEDIES) == set(Reason)
    assert set(endings.WHAT_TO_TYPE) == codes
    assert {kind.exit_code for kind in errors.KINDS.values()} <= codes


@pytest.mark.parametrize("reason", PausedReason)
def test_every_pause_has_a_section_of_its_own(reason: PausedReason) -> None:
    assert f"\n### `{reason}`: " in TROUBLE


def test_the_sentences_are_found_where_they_are_raised() -> None:
    found = {stop.sentence: stop for stop in errors.stops()}
    missing = found["There is no database at …: nothing was loaded here yet."]
    assert missing.exit_code == 4
    assert missing.to_type.endswith("`bulksms send FILE --message TEXT --from NUMBER`")
    assert any("is in use: … is sending on it" in each for each in found)


def test_nothing_tells_anybody_to_install_the_other_bulksms() -> None:
    """The package index has a program of somebody else under that name: ours is a folder."""
    folders = (DOCS, ROOT / "bulksms", ROOT / "deploy")
    files = [*ROOT.iterdir(), *(path for folder in folders for path in folder.rglob("*"))]
    kinds = {".md", ".py", ".html", ".toml", ".service", ""}
    for path in (each for each in files if each.is_file() and each.suffix in kinds):
        text = path.read_text(encoding="utf-8")
        wrong = re.search(r"\bpip[3x]? install\b[^`\n\\]*\bbulksms\b|\bbulksms\[\w", text)
        assert wrong is None, f"{path}: {wrong[0]}"


def test_every_error_is_of_the_tree() -> None:
    tree = {BulkSMSError, *_below(BulkSMSError)}
    assert {kind for kind in tree if kind.__module__.startswith("bulksms")} == set(
        errors.KINDS.values()
    )


def _below(kind: type[BulkSMSError]) -> set[type[BulkSMSError]]:
    return {each for direct in kind.__subclasses__() for each in (direct, *_below(direct))}


def _pages(nav: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for entry in nav:
        for what in entry.values():
            found += [what] if isinstance(what, str) else _pages(what)
    return found
