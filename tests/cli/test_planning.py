"""The plan: every count with its row numbers and reasons, before anything irreversible."""

import re
from pathlib import Path

import pytest
import xlsxwriter

from bulksms.sandbox.faults import NO_FAULT, refuse
from tests.cli.cli_stage import JOB, SENDER, Terminal, number

REFUSED, IN_DOUBT, LOST = "+12025550151", "+12025550172", "+12025550170"
UNSETTLED = 6

MESS = (
    f"{number(1)},Ann",
    "12025550102.0,Bob",
    ",Cid",
    "1.20256E+10,Dee",
    "(202) 555-0101,Ann again",
    f"{number(6)},",
    f"{number(7)},Zoë 🎉",
    "2025550108,Ida",
)
"""Rows 2 to 9 of a file."""


def test_check_stores_and_sends_nothing(bare_terminal: Terminal) -> None:
    said = bare_terminal.done("check", bare_terminal.people(number(1)), *JOB)
    assert said.endswith("Nothing was stored or sent.\n")
    assert [path.name for path in bare_terminal.folder.iterdir()] == ["june.csv"]
    assert bare_terminal.texted == []


def test_every_row_is_counted_under_what_becomes_of_it(terminal: Terminal) -> None:
    said = _words(terminal.done("check", terminal.write(*MESS), *JOB))
    assert "june.csv: 8 rows" in said
    assert "4 rows will be texted" in said
    assert "4 rows will not" in said
    assert "missing_number 1 row 4" in said
    assert "damaged_number 1 row 5" in said
    assert f"duplicate 1 row 6 row 6: Row 2 has the same number, {number(1)}." in said
    assert "missing_value 1 row 7 row 7, name: The cell 'name' is empty" in said
    assert "damaged_number 1 row 5 row 5, phone: '1.20256E+10' has lost" in said


def test_what_was_repaired_is_shown_beside_what_it_became(terminal: Terminal) -> None:
    said = _words(terminal.done("check", terminal.write(*MESS), *JOB))
    shown = f"1 repair 12025550102.0 → {number(2)}, “decimal from Excel”, 1 row (row 3)"
    assert f"{shown} The number was saved as a decimal; its .0 was taken off." in said
    repaired = terminal.json("check", "june.csv", *JOB)["repaired"]["decimal from Excel"]
    assert (repaired["rows"], repaired["row_numbers"]) == (1, [3])
    assert repaired["sentence"] == "The number was saved as a decimal; its .0 was taken off."


def test_a_mended_lead_id_is_counted_like_a_mended_number(terminal: Terminal) -> None:
    file = terminal.write(f"{number(1)},1042.0", f"{number(2)},1043.0", header="Mobile,Lead ID")
    said = _words(terminal.done("check", file, "--message", "Hi", "--from", SENDER))
    assert "1042.0 → 1042, “lead id: decimal from Excel”, 2 rows (2, 3)" in said


def test_a_column_taken_for_its_content_is_said_to_be(terminal: Terminal) -> None:
    file = terminal.write(f"7,{number(1)}", f"8,{number(2)}", header="Number,Contact")
    said = terminal.done("check", file, "--message", "Hi", "--from", SENDER)
    assert "Columns: phone = 'Contact' (by its content); not used: Number\n" in said


def test_the_character_that_makes_a_text_unicode_is_named(terminal: Terminal) -> None:
    said = _words(terminal.done("check", terminal.write(*MESS), *JOB))
    assert "Texts: 4 texts of 1 segment; 4 segments in all" in said
    assert "ë (LATIN SMALL LETTER E WITH DIAERESIS, U+00EB) makes 1 text Unicode" in said
    assert "🎉 (PARTY POPPER, U+1F389) makes 1 text Unicode (70 characters a segment" in said


def test_a_long_text_is_measured_in_the_segments_it_takes(terminal: Terminal) -> None:
    long = ("--message", "x" * 161, "--from", SENDER)
    said = terminal.done("check", terminal.people(number(1)), *long)
    assert "Texts: 1 text of 2 segments; 2 segments in all" in said
    assert "(161 of 306 GSM-7 characters)" in said


def test_the_plan_says_when_it_will_be_done(terminal: Terminal) -> None:
    terminal.people(*(number(at) for at in range(30)))
    said = terminal.done("check", "june.csv", *JOB, "--rate", "15/60")
    assert re.search(
        r"Time: at 15/60 it takes 2 min 0 s; started now, it is done to\w+ at \d\d:\d\d\.", said
    )


def test_a_limit_is_what_the_time_is_reckoned_for(terminal: Terminal) -> None:
    terminal.people(*(number(at) for at in range(30)))
    said = terminal.done("check", "june.csv", *JOB, "--rate", "15/60", "--limit", "15")
    assert "Now: the first 15; the other 15 wait for a resume." in said
    assert "it takes 1 min 0 s" in said


def test_the_columns_found_and_those_not_used_are_named(terminal: Terminal) -> None:
    file = terminal.write(f"Ann,{number(1)},0042,x", header="Name,Mobile,Lead ID,Note")
    said = terminal.done("check", file, *JOB)
    assert "Columns: phone = 'Mobile', lead id = 'Lead ID'; not used: Note\n" in said
    assert f"From {SENDER}\n" in said


def test_a_column_that_says_who_opted_out_is_heeded_and_named(terminal: Terminal) -> None:
    file = terminal.write(
        *(f"{number(1)},1,0,yes", f"{number(2)},0,1,yes", f"{number(3)},,,no"),
        header="Mobile,Email Opt Out,SMS Opt Out,Text OK?",
    )
    job = ("check", file, "--message", "Hi", "--from", SENDER)
    said = _words(terminal.done(*job))
    assert (
        "phone = 'Mobile', opt-out = 'SMS Opt Out', consent = 'Text OK?'; not used: Email" in said
    )
    assert "1 row will be texted" in said
    assert "opted_out 2 rows 3, 4" in said
    assert "row 3, SMS Opt Out: The column 'SMS Opt Out' says '1'." in said
    plan = terminal.json(*job)
    assert (plan["opt_out_columns"], plan["consent_columns"]) == (["SMS Opt Out"], ["Text OK?"])
    assert plan["skipped"]["opted_out"]["examples"][1]["column"] == "Text OK?"


def test_a_sheet_of_those_who_opted_out_is_minded_where_it_is_not_read(terminal: Terminal) -> None:
    with xlsxwriter.Workbook(terminal.folder / "june.xlsx") as book:
        for at, sheet in enumerate(("June", "Opted out", "May")):
            book.add_worksheet(sheet).write_column("A1", ["phone", number(at)])
        stopped = book.add_worksheet("STOP list")
        stopped.hide()
    job = ("june.xlsx", "--message", "Hi", "--from", SENDER)
    said = terminal.done("check", *job)
    assert (
        "Mind: The sheet 'Opted out' is not read: whoever is on it would be texted, unless the"
        " suppression list has them.\n"
        "      bulksms suppress import june.xlsx --sheet 'Opted out'\n"
    ) in re.sub(r"\x1b\[[\d;]*m", "", said)
    assert terminal.json("check", *job)["unread_opt_out_sheets"] == ["Opted out", "STOP list"]
    assert "'May' is not read:" not in said


def test_the_first_text_is_shown_as_it_will_be_sent(terminal: Terminal) -> None:
    said = terminal.done("check", terminal.people(number(1)), *JOB)
    assert f"row 2 → {number(1)}  (5 of 160 GSM-7 characters)\n  “Hi P1”\n" in said


def test_an_attachment_alone_is_said_to_have_no_text(terminal: Terminal) -> None:
    job = ("--media", "https://example.com/flyer.png", "--from", SENDER)
    assert "(no text, only the attachment)" in terminal.done(
        "check", terminal.people(number(1)), *job
    )


def test_the_plan_for_scripts_has_the_same_facts(terminal: Terminal) -> None:
    plan = terminal.json("check", terminal.write(*MESS), *JOB, "--rate", "15/60")
    assert (plan["file"], plan["sheet"], plan["rows"], plan["queued"]) == ("june.csv", None, 8, 4)
    assert {reason: kind["row_numbers"] for reason, kind in plan["skipped"].items()} == {
        "missing_number": [4],
        "damaged_number": [5],
        "duplicate": [6],
        "missing_value": [7],
    }
    assert plan["skipped"]["damaged_number"]["examples"][0]["cell"] == "1.20256E+10"
    assert plan["unicode"] == {"ë": 1, "🎉": 1}
    assert plan["columns"] == {"phone": "phone"}
    assert (plan["rate"], plan["duration_seconds"], plan["segments"]) == ("15/60", 16, 4)


def test_many_rows_of_a_kind_are_counted_and_not_all_listed(terminal: Terminal) -> None:
    said = terminal.done("check", terminal.write(*[",x"] * 20, f"{number(1)},y"), *JOB)
    assert "missing_number     20  rows 2, 3, 4, 5, 6, 7, 8, 9 …\n" in said


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_message_file_with_a_mark_is_read_by_it(terminal: Terminal, encoding: str) -> None:
    (terminal.folder / "text.txt").write_text("Hi Zoë\r\nbye\r\n", encoding=encoding, newline="")
    job = ("--message-file", "text.txt", "--from", SENDER)
    assert "“Hi Zoë⏎bye”" in terminal.done("check", terminal.people(number(1)), *job)
    (terminal.folder / "text.txt").write_bytes(b"Hi Zo\xeb")
    said = terminal.refused(3, "check", "june.csv", *job)
    assert "is not UTF-8 text" in said
    assert "Next:" in said


def test_a_message_file_is_read_without_its_last_line_end(terminal: Terminal) -> None:
    Path("text.txt").write_bytes(b"\xef\xbb\xbfHi {name}\r\nBye\r\n")
    job = ("--message-file", "text.txt", "--from", SENDER)
    said = terminal.done("check", terminal.people(number(1)), *job)
    assert "  “Hi P1⏎Bye”\n" in said


def test_a_column_may_hold_each_rows_own_text(terminal: Terminal) -> None:
    file = terminal.write(f"{number(1)},Hello Ann", f"{number(2)},", header="phone,text")
    job = ("--message-column", "text", "--from", SENDER)
    said = terminal.done("check", file, *job)
    assert "“Hello Ann”" in said
    assert "empty_message      1  row 3\n" in said


@pytest.mark.parametrize(("wish", "queued"), [("skip", 1), ("keep", 2)])
def test_duplicates_are_skipped_unless_they_are_kept(
    terminal: Terminal, wish: str, queued: int
) -> None:
    file = terminal.people(number(1), number(1))
    assert terminal.json("check", file, *JOB, "--duplicates", wish)["queued"] == queued


def test_the_suppression_list_is_obeyed_in_the_plan(terminal: Terminal) -> None:
    terminal.done("suppress", "add", number(1), "--reason", "asked by phone")
    said = terminal.done("check", terminal.people(number(1), number(2)), *JOB)
    assert "opted_out      1  row 2" in said
    assert "(asked by phone)" in said


def _words(text: str) -> str:
    return " ".join(text.split())


def test_an_edited_list_is_told_of_the_campaign_that_its_people_are_in(terminal: Terminal) -> None:
    rows = [f"{number(last)},P{last}" for last in (1, 2, 3)]
    terminal.done("send", terminal.write(*rows), *JOB, "--limit", "2", "--yes")
    edited = terminal.write(*reversed(rows), name="edited.csv")
    said = _words(terminal.done("check", edited, *JOB))
    (name,) = [each["campaign"] for each in terminal.json("check", edited, *JOB)["overlaps"]]
    assert (
        f"Mind: 2 of these numbers were texted by '{name}' in the last 7 days, with this very text."
        " --not-if-texted-within 7d leaves them out" in said
    )
    assert (
        f"Mind: 1 of these numbers waits to be texted by '{name}', which is paused."
        f" bulksms resume {name} goes on with it instead; bulksms cancel {name} leaves them to"
        " this one" in said
    )
    left = terminal.json("check", edited, *JOB, "--not-if-texted-within", "7d")["overlaps"]
    assert [(each["texted"], each["waiting"]) for each in left] == [(0, 1)]


def test_a_report_of_who_did_not_get_it_leaves_doubts_out_and_says_what_settles_them(
    terminal: Terminal,
) -> None:
    """Both may have got it: the one that was given up too."""
    terminal.vendor.faults.reads.extend([NO_FAULT, *[refuse("plan_not_allowed")] * 20])
    file = terminal.people(REFUSED, IN_DOUBT, LOST)
    assert terminal("send", file, *JOB, "--name", "june", "--yes").exit_code == UNSETTLED
    terminal.done("resolve", "june", "--row", "4", "--give-up")
    states = ("--state", "failed", "--state", "unknown")
    terminal.done("report", "june", *states, "-o", "rest.csv")
    said = _words(terminal.done("check", "rest.csv", *JOB))
    assert "1 row will be texted" in said
    assert (
        "Mind: Row 3 of 'june' is in doubt, and left out here: it may have been texted."
        " bulksms reconcile june asks Easify's record" in said
    )
    assert (
        "Mind: Row 4 of 'june' was given up in doubt, and left out here: it may have been texted."
        " bulksms retry june --row 4 texts the person again, whatever happened: only if it"
        " certainly did not arrive" in said
    )


def test_a_field_of_another_program_and_rounded_numbers_are_minded(terminal: Terminal) -> None:
    rows = [f"202{first}0000,Ann" for first in (555, 556, 557)]
    job = ("check", terminal.write(*rows), "--message", "Hi {{name}}", "--from", SENDER)
    said = _words(terminal.done(*job))
    assert "Mind: {name} is texted as it stands. to fill in a column" in said
    assert "Mind: 3 numbers end in 0000 (rows 2, 3, 4)." in said
    plan = terminal.json(*job)
    assert (plan["as_written"], plan["rounded"]) == (["{name}"], [2, 3, 4])


def test_what_is_perhaps_not_meant_is_minded_with_what_to_do(terminal: Terminal) -> None:
    file = terminal.write(
        f"Ann,,{number(1)},",
        f"null,{number(2)},,after 5pm",
        f"Bob,{number(3)},,",
        header="First Name,Mobile,Home phone,Text OK?",
    )
    job = ("check", file, "--message", "Hi {first_name}", "--from", SENDER)
    said = _words(terminal.done(*job))
    assert (
        "Mind: 1 of the rows without a number has one in 'Home phone' (row 2). to text them there,"
        " with the message, the sender and the other options of this line for each …:"
        " bulksms check june.csv … -o june-rest.xlsx"
        " bulksms send june-rest.xlsx … --phone-column 'Home phone'" in said
    )
    assert "Mind: 1 row says neither yes nor no in 'Text OK?', but 'after 5pm' (row 3)." in said
    assert "they are texted; write no there to leave somebody out" in said
    assert "Mind: 1 text has 'null' in it, from the column 'First Name' (row 3)." in said
    assert {each["what"]: each["row_numbers"] for each in terminal.json(*job)["minded"]} == {
        "number_elsewhere": [2],
        "unclear_consent": [3],
        "left_behind": [3],
    }


def test_a_column_that_may_say_either_leaves_out_who_opted_out_and_minds_a_yes(
    terminal: Terminal,
) -> None:
    rows = [f"{number(1)},Opted out,yes", f"{number(2)},Opted in,no", f"{number(3)},yes,"]
    file = terminal.write(*rows, header="phone,SMS Opt-In/Opt-Out,No consent")
    job = ("check", file, "--message", "Hi", "--from", SENDER)
    said = _words(terminal.done(*job))
    assert "opt-in or opt-out = 'SMS Opt-In/Opt-Out', opt-out = 'No consent'" in said
    assert (
        "Mind: 1 row says neither opted in nor opted out in 'SMS Opt-In/Opt-Out', but 'yes'"
        " (row 4). that leaves nobody out; write opted out there to do so" in said
    )
    plan = terminal.json(*job)
    assert (plan["queued"], plan["skipped"]["opted_out"]["rows"]) == (2, 1)


def test_an_opt_out_that_nobody_heeds_is_minded_with_what_to_type(terminal: Terminal) -> None:
    file = terminal.write(f"{number(1)},STOP", f"{number(2)},Thanks", header="phone,Last reply")
    job = ("check", file, "--message", "Hi", "--from", SENDER)
    assert (
        "Mind: 1 row says 'STOP' in 'Last reply', which is not heeded (row 2). they are texted;"
        " to leave them out, give the column the name 'SMS Opt Out' in the file, or put their"
        " numbers on the list of opt-outs: bulksms suppress add NUMBER …"
        in _words(terminal.done(*job))
    )
    [minded] = terminal.json(*job)["minded"]
    assert (minded["what"], minded["column"], minded["rows"]) == (
        "opt_out_elsewhere",
        "Last reply",
        1,
    )


def test_a_file_in_which_nobody_can_be_texted_says_where_the_numbers_are(
    terminal: Terminal,
) -> None:
    file = terminal.write(f"Ann,,{number(1)}", header="Name,Mobile,Phone")
    said = terminal.done("check", file, *JOB, "--phone-column", "Mobile")
    assert "Mind: 1 of the rows without a number has one in 'Phone' (row 2)." in said
