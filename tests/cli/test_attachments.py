"""Whose files a spreadsheet can have texted to strangers: none but those it was given."""

from pathlib import Path

import pytest

from tests.cli.cli_stage import SENDER, Terminal, number

TEXT = ("--message", "Hi", "--from", SENDER)
SECRET = "the secret of somebody who only opened a spreadsheet"  # noqa: S105 - made up


@pytest.fixture
def secret(terminal: Terminal) -> Path:
    """A file outside of the folder with the spreadsheet, `lists`."""
    (terminal.folder / "lists").mkdir()
    (terminal.folder / "lists" / "cat.png").write_bytes(b"\x89PNG the cat")
    path = terminal.folder / "secret.png"
    path.write_text(SECRET)
    return path


def write(terminal: Terminal, *cells: str, header: str = "phone,Image") -> str:
    rows = [f"{number(at)},{cell}" for at, cell in enumerate(cells)]
    return terminal.write(*rows, name="lists/june.csv", header=header)


def skipped(terminal: Terminal, *line: str) -> list[str]:
    """Why the rows are skipped that have an unusable value."""
    kind = terminal.json("check", *line)["skipped"].get("missing_value", {"examples": []})
    return [each["result"] for each in kind["examples"]]


def test_a_column_found_by_its_name_attaches_no_file_of_this_computer(
    terminal: Terminal, secret: Path
) -> None:
    file = write(terminal, str(secret), "../secret.png", "cat.png", "https://example.com/cat.png")
    terminal("send", file, *TEXT, "--yes")
    assert [sms.media for sms in terminal.truth] == ["https://example.com/cat.png"]
    plan = terminal.json("check", file, *TEXT)
    assert plan["skipped"]["missing_value"]["row_numbers"] == [2, 3, 4]
    said = " ".join(terminal.done("check", file, *TEXT).split())  # wrapped where the path ends
    assert "is no web address; a file of this computer is only attached" in said
    assert "--media-column" in said


def test_a_column_that_was_named_reaches_only_the_spreadsheets_folder(
    terminal: Terminal, secret: Path
) -> None:
    (terminal.folder / "lists" / "link.png").symlink_to(secret)
    (terminal.folder / "lists" / "out").symlink_to(terminal.folder)
    (terminal.folder / "lists-too").mkdir()
    (terminal.folder / "lists-too" / "cat.png").write_text(SECRET)
    escapes = (
        *("../secret.png", "cat.png/../../secret.png", str(secret), "link.png", "out/secret.png"),
        *("/etc/passwd", "../lists-too/cat.png", "file:///etc/passwd", ".", "nowhere.png"),
        *("~/secret.png", "x" * 5_000, "\\\\example.com\\share\\secret.png"),
    )
    file = write(terminal, "cat.png", *escapes)
    plan = terminal.json("check", file, *TEXT, "--media-column", "image")
    assert plan["queued"] == 1
    assert plan["skipped"]["missing_value"]["row_numbers"] == [*range(3, 3 + len(escapes))]
    terminal("send", file, *TEXT, "--media-column", "image", "--yes")
    assert [sms.receiver for sms in terminal.truth] == [number(0)]
    report = terminal.folder / "report.csv"
    terminal.done("report", "-o", str(report))
    assert SECRET not in report.read_text(encoding="utf-8-sig")


def test_a_file_in_the_folder_is_attached_from_wherever_the_campaign_goes_on(
    terminal: Terminal, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = secret.parent / "lists" / "cat.png"
    file = write(terminal, "cat.png", str(inside), "./sub/../cat.png")
    terminal.done("load", file, *TEXT, "--media-column", "Image", "--name", "june")
    monkeypatch.chdir("/")
    terminal("--database", str(terminal.database), "resume", "june", "--yes")
    uploaded = [str(sms.media).rpartition("/")[2] for sms in terminal.truth]
    assert uploaded == ["cat.png", "cat.png", "cat.png"]


def test_the_folder_may_be_another_one(terminal: Terminal, secret: Path) -> None:
    file = write(terminal, "secret.png", "cat.png")
    folder = ("--media-folder", str(secret.parent))
    plan = terminal.json("check", file, *TEXT, *folder)
    assert plan["queued"] == 1
    assert skipped(terminal, file, *TEXT, *folder) == [
        f"The attachment 'cat.png' is not in the folder {secret.parent}."
    ]
    assert "does not exist" in terminal.refused(2, "check", file, *TEXT, "--media-folder", "nope")
