"""The page is what was written into it, and nothing in a cell can change what it does."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bulksms.model.summary import Heading
from bulksms.spreadsheet.html_report import _BLOCK
from bulksms.spreadsheet.report_form import report_header
from bulksms.spreadsheet.writing import write_report
from tests.spreadsheet.report_rows import HOSTILE, hostile_rows

COLUMNS = ("Name", "</style><script>alert(0)</script>")
ROWS = hostile_rows()


@dataclass
class Page(HTMLParser):
    """What a browser finds: elements with their attributes, cells by row, and raw texts."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)
    inside: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; each table begins the rows anew, and the last one is the report's."""
        self.elements.append((tag, dict(attrs)))
        self.inside = tag
        if tag == "table":
            self.rows.clear()
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - html.parser's signature
        """An element ends."""
        self.inside = ""

    def handle_data(self, data: str) -> None:
        """Text, with its entities resolved where the standard has any."""
        if self.inside in {"td", "th"}:
            self.rows[-1][-1] += data
        elif self.inside in {"style", "script"}:
            self.raw[self.inside] = self.raw.get(self.inside, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of that kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_bytes().decode())
    page.close()
    return page


@pytest.fixture
def page(tmp_path: Path) -> Page:
    path = tmp_path / "report.html"
    heading = Heading(HOSTILE[1], (("File", HOSTILE[2]),))
    assert write_report(path, COLUMNS, ROWS, heading) == len(ROWS)
    return read(path)


def test_every_cell_is_there_to_the_letter(page: Page) -> None:
    header, *rows = page.rows
    names = report_header(COLUMNS)
    assert sorted(header) == sorted(names)
    assert header[:3] == ["row", "state", "Name"]
    for row, cells in zip(ROWS, rows, strict=True):
        shown = dict(zip(header, cells, strict=True))
        assert shown["Name"] == shown[COLUMNS[1]] == shown["message"] == row.original[0]
        assert (shown["row"], shown["state"]) == (str(row.row_number), row.state)
        assert (shown["detail"], shown["sms_id"]) == (row.detail or "", row.sms_id or "")


def test_no_cell_and_no_header_becomes_a_part_of_the_page(page: Page) -> None:
    assert [len(page.all(tag)) for tag in ("style", "script", "body")] == [1, 1, 1]
    assert "alert" not in page.raw["style"].replace("alert\\28 ", "")
    assert "alert" not in page.raw["script"]
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src", "href"}


def test_the_policy_allows_our_own_style_and_script_and_nothing_else(page: Page) -> None:
    policies = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    rules = dict(rule.split(" ", 1) for rule in str(policies[0]).split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'{_digest(page.raw['style'])}'",
        "script-src": f"'{_digest(page.raw['script'])}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_page_names_no_other_place(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, ("Name",), [])
    assert not re.search(r"https?:|url\(|@import|//[a-z]", path.read_text())


def test_the_counts_above_are_those_of_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, COLUMNS, ROWS)
    text = path.read_text()
    assert "2 of 11 rows accepted, 2 queued, 2 sending, 2 failed, 2 unknown, 1 skipped." in text
    assert "Accepted texts in every minute, 1 at most; 2 texts of 4 segments in all." in text


@pytest.mark.parametrize("count", [0, 1, _BLOCK, _BLOCK + 1, 3 * _BLOCK])
def test_no_row_is_lost_where_two_blocks_meet(tmp_path: Path, count: int) -> None:
    path = tmp_path / "report.html"
    rows = [ROWS[0]._replace(row_number=number) for number in range(count)]
    assert write_report(path, COLUMNS, rows) == count
    page = read(path)
    assert [cells[0] for cells in page.rows[1:]] == [str(number) for number in range(count)]
    assert len(page.all("tbody")) == -(-count // _BLOCK)


def test_the_rows_are_there_without_scripts_and_the_search_box_is_not(page: Page) -> None:
    (tools,) = [each for each in page.all("div") if each.get("id") == "tools"]
    assert "hidden" in tools
    assert len(page.rows) == len(ROWS) + 1


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
