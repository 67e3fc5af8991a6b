"""Every mistake of a person is one sentence, the next command, and the exit code of its kind."""

import sys
from dataclasses import replace

import pytest
import xlsxwriter

from bulksms import loading
from tests.cli.cli_stage import JOB, SENDER, Terminal, number

LATIN_ONLY = {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}
AGAIN = "the same again, once that is mended"


@pytest.mark.parametrize(
    ("arguments", "sentence", "next_command"),
    [
        (("check", "no.csv", *JOB), "no.csv is not there.", AGAIN),
        (("check", ".", *JOB), ". is a folder, not a file.", AGAIN),
        (("check", "june.csv", *JOB, "--sheet", "x"), "june.csv is a text file, which has", AGAIN),
        (("check", "june.csv", "--from", SENDER), "There is no message to send.", "… --message"),
        (("check", "june.csv", "--message", "Hi"), "There is no sender:", "… --from NUMBER"),
        (("check", "june.csv", "--message", " ", "--from", SENDER), "The message is empty.", AGAIN),
        (
            ("check", "june.csv", "--message", "Hi", "--from", "12"),
            "The sender's number cannot be used:",
            AGAIN,
        ),
        (
            ("check", "june.csv", "--message", "caf\udce9", "--from", SENDER),
            "has a character that is not UTF-8",
            AGAIN,
        ),
        (
            ("load", "june.csv", *JOB, "--account", "caf\udce9"),
            "has a character that is not UTF-8",
            AGAIN,
        ),
        (
            ("check", "june.csv", "--message", "Hi {nmae}", "--from", SENDER),
            "'nmae', which is not in the file; did you mean 'name'? The file's columns are:",
            AGAIN,
        ),
        (
            ("check", "june.csv", "--message", "Hi {name", "--from", SENDER),
            "The brace at character 4 of the message is never closed",
            AGAIN,
        ),
        (
            ("check", "june.csv", *JOB, "--message-column", "name"),
            "Both --message and --message-column are given",
            AGAIN,
        ),
        (
            ("check", "june.csv", *JOB, "--message-file", "x.txt"),
            "Both --message and --message-file are given",
            AGAIN,
        ),
        (
            ("check", "june.csv", "--from", SENDER, "--message-file", "x.txt"),
            "The message file x.txt cannot be read: No such file",
            AGAIN,
        ),
        (("check", "june.csv", *JOB, "--media", "x.png"), "The attachment x.png is not", AGAIN),
        (
            ("check", "june.csv", *JOB, "--phone-column", "tel"),
            "There is no column 'tel'; the file has 'phone', 'name'.",
            AGAIN,
        ),
        (("check", "june.csv", *JOB, "--rate", "fast"), "The rate 'fast' cannot be read", AGAIN),
        (("check", "june.csv", *JOB, "--name", " "), "The campaign's name cannot", AGAIN),
        (("load", "june.csv", *JOB, "--name", "a\x1b[31m"), "The campaign's name", AGAIN),
        (("load", "june.csv", *JOB, "--name", "--yes"), "The name '--yes' looks like an", AGAIN),
        (
            ("status", "june"),
            "There is no campaign yet.",
            "bulksms send FILE --message TEXT --from NUMBER",
        ),
        (("suppress", "add", "12"), "'12'", AGAIN),
        (("suppress", "remove", number(1)), f"{number(1)} is not on the", "bulksms suppress list"),
    ],
)
def test_what_must_be_fixed_is_said_in_a_sentence(
    terminal: Terminal, arguments: tuple[str, ...], sentence: str, next_command: str
) -> None:
    terminal.people(number(1))
    said = terminal.refused(3, *arguments).splitlines()
    assert sentence in said[0]
    assert said[0].startswith("Error: ")
    assert [line for line in said[1:] if not line.startswith("       ")] == [said[1]]
    assert said[1].startswith(f"Next:  {next_command}")


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "9" * 23),
        ("resolve", "june", "--row", "9" * 20, "--give-up"),
        ("retry", "june", "--row", "9" * 20, "--yes"),
        ("load", "july.csv", *JOB, "--limit", "9" * 20),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_number_that_no_database_can_keep_is_refused(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    terminal.people(number(2), name="july.csv")
    assert "larger than any row" in terminal.refused(3, *arguments)


def test_no_phone_column_names_the_columns_there_are(terminal: Terminal) -> None:
    said = terminal.refused(3, "check", terminal.write("x,y", header="a,b"), *JOB)
    assert "No column is named like a phone number; the file has 'a', 'b'." in said
    assert "Row 1 was taken for the header; if another one is, delete the lines above it." in said
    assert 'Next:  … --phone-column "NAME"' in said


@pytest.mark.parametrize("column", ["nmae", "city"])
def test_a_column_that_is_missing_may_be_in_another_sheet(terminal: Terminal, column: str) -> None:
    with xlsxwriter.Workbook(terminal.folder / "june.xlsx") as book:
        book.add_worksheet("June").write_column("A1", ["phone", number(1)])
        book.add_worksheet("Opted out").write_row("A1", ["phone", column])
        book.add_worksheet("Notes").write_column("A1", ["phone", number(3)])
        july = book.add_worksheet("July")
        july.write_row("A1", ["phone", column])
        july.write_row("A2", [number(2), "x"])
    line = ("check", "june.xlsx", "--message", f"Hi {{{column}}}", "--from", SENDER)
    said = " ".join(terminal.refused(3, *line).split())
    assert "Only the sheet 'June' was read; there is also 'Opted out', 'Notes', 'July'." in said
    assert 'Next: … --sheet "July"' in said


def test_who_opted_out_is_in_no_sheet_to_try_next(terminal: Terminal) -> None:
    with xlsxwriter.Workbook(terminal.folder / "june.xlsx") as book:
        for sheet, columns in (
            ("June", ("Name", "Cell")),
            ("Opted out", ("First name", "Mobile")),
            ("Prices", ("Item", "Price")),
        ):
            page = book.add_worksheet(sheet)
            page.write_row("A1", columns)
            page.write_row("A2", ("Ann", number(1)))
    line = ("check", "june.xlsx", "--message", "Hi {first name}", "--from", SENDER)
    said = " ".join(terminal.refused(3, *line).split())
    assert "there is also 'Opted out', 'Prices'." in said
    assert "Next: the same again, once that is mended" in said


def test_without_a_token_nothing_is_stored_or_sent(bare_terminal: Terminal) -> None:
    line = ("send", bare_terminal.people(number(1)), *JOB, "--yes")
    said = bare_terminal.refused(3, *line, EASIFY_API_TOKEN="")
    assert "the environment variable EASIFY_API_TOKEN is not set." in said
    assert "Next:  export EASIFY_API_TOKEN='…'" in said
    assert not bare_terminal.database.exists()


def test_a_file_of_which_nobody_can_be_texted_is_not_loaded(bare_terminal: Terminal) -> None:
    said = bare_terminal.refused(3, "send", bare_terminal.people("", "12"), *JOB, "--yes")
    assert "No row of june.csv can be texted." in said
    assert "Next:  mend the rows named above" in said
    assert not bare_terminal.database.exists()


def test_another_wording_of_a_file_on_its_way_is_refused(terminal: Terminal) -> None:
    file = terminal.people(number(1), number(2))
    terminal.done("send", file, *JOB, "--limit", "1", "--name", "june", "--yes")
    said = terminal.refused(3, "send", file, "--message", "Bye", "--from", SENDER, "--yes")
    assert "june.csv is already being sent, with another message, sender or option" in said
    assert "Next:  bulksms resume june" in said
    assert terminal.texted == [number(1)]


def test_another_wording_of_a_draft_says_that_nobody_was_texted(terminal: Terminal) -> None:
    """A resume would have texted them at once, and without the hours that were typed."""
    file = terminal.people(number(1))
    terminal.done("load", file, *JOB, "--name", "june")
    said = terminal.refused(3, "send", file, *JOB, "--hours", "09:00-10:00", "--yes")
    assert "june.csv is loaded already, with another message, sender or option" in said
    assert "the campaign 'june', by which nobody was texted yet." in said
    assert "Next:  bulksms cancel june\n       then the same line again\n" in said


def test_a_file_is_loaded_once(terminal: Terminal) -> None:
    line = ("load", terminal.people(number(1)), *JOB, "--name", "june list")
    terminal.done(*line)
    said = terminal.refused(3, *line)
    assert "june.csv is loaded already, as the campaign 'june list'." in said
    assert "Next:  bulksms resume 'june list'" in said
    said = terminal.refused(3, *line, "--limit", "1")
    assert "Next:  bulksms cancel 'june list'\n       then the same line again" in said


def test_an_unknown_campaign_is_told_which_there_are(terminal: Terminal) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    for command in (["status"], ["resume"], ["pause"], ["cancel"], ["audit"], ["retry"]):
        said = terminal.refused(3, *command, "may")
        assert "There is no campaign 'may'; there is 'june'." in said
        assert "Next:  bulksms status" in said


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nowhere/out.csv", "there is no folder nowhere"),
        ("out.docx", "its name must end in .csv, .xlsx, .html, .json"),
        ("out", "its name must end in"),
        ("folder.csv", "The report folder.csv cannot be written (Is a directory)"),
    ],
)
def test_a_report_that_cannot_be_written_says_why(
    terminal: Terminal, path: str, sentence: str
) -> None:
    terminal.done("load", terminal.people(number(1)), *JOB, "--name", "june")
    (terminal.folder / "folder.csv").mkdir()
    before = sorted(terminal.folder.iterdir())
    assert sentence in terminal.refused(3, "report", "june", "-o", path)
    assert sorted(terminal.folder.iterdir()) == before


@pytest.mark.parametrize("debug", [False, True])
def test_a_fault_of_ours_is_one_sentence_unless_asked(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, *, debug: bool
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a wire has come loose")

    monkeypatch.setattr(loading, "check", break_down)
    line = ("check", terminal.people(number(1)), *JOB)
    result = terminal(*(("--debug",) if debug else ()), *line)
    assert result.exit_code == 1
    if debug:
        assert isinstance(result.exception, RuntimeError)
    else:
        assert "A fault of bulksms itself (RuntimeError)" in result.stderr
        assert "Next:  bulksms status" in result.stderr
        assert "Traceback" not in result.output


def test_the_traceback_of_a_mistake_is_shown_only_with_debug(terminal: Terminal) -> None:
    told = terminal.process("-m", "bulksms", "audit", "no")
    shown = terminal.process("-m", "bulksms", "--debug", "audit", "no")
    assert (told.returncode, "Traceback" in told.stderr) == (3, False)
    assert "Traceback" in shown.stderr


@pytest.mark.parametrize("port", ["70000", "-1", "x"])
def test_a_port_that_cannot_be_is_wrong_usage(terminal: Terminal, port: str) -> None:
    assert "--port" in terminal.refused(2, "sandbox", "--port", port)


def test_a_port_that_is_taken_is_said(terminal: Terminal) -> None:
    port = terminal.environment["EASIFY_BASE_URL"].split(":")[2].split("/")[0]
    said = terminal.refused(3, "sandbox", "--port", port)
    assert f"The port {port} cannot be used: Address already in use" in said
    assert "Next:  bulksms sandbox --port 0" in said


@pytest.mark.skipif(sys.platform != "linux", reason="locales are of POSIX")
def test_a_locale_without_the_letters_is_named_and_not_the_text(terminal: Terminal) -> None:
    """It is UTF-8, and was said not to be."""
    poor = replace(terminal, environment=terminal.environment | LATIN_ONLY)
    file = terminal.people(number(1))
    line = ("check", file, "--message", "Hé {name} ☕", "--from", SENDER)
    said = poor.process("-m", "bulksms", *line)
    assert said.returncode == 3
    assert "a character that this terminal's locale (LC_ALL, LANG) does not know" in said.stderr
    assert "Next:  export LC_ALL=C.UTF-8\n" in said.stderr
