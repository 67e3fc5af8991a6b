"""The report as a page: every row is found, by whatever one knows of it, forwards and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.model.records import Campaign, JudgedRow, NewCampaign
from bulksms.model.settings import DEFAULT_RATE
from bulksms.model.states import Reason, State
from bulksms.store import Store
from bulksms.store.watching import LOOKED_THROUGH, Filter
from tests.web.web_stage import SENDER, Browser

REASONS = [Reason.INVALID_NUMBER, Reason.DUPLICATE, Reason.OPTED_OUT]


def rows(count: int) -> Iterator[JudgedRow]:
    """Every third is skipped, for one reason after another; every seventh row number is missing."""
    numbers = [at for at in range(2, 2 * count) if at % 7][:count]
    for at, row_number in enumerate(numbers):
        skipped = at % 3 == 0
        yield JudgedRow(
            row_number=row_number,
            original=(f"{row_number}", f"Person {row_number}", "50% off"),
            state=State.SKIPPED if skipped else State.QUEUED,
            reason=REASONS[at // 3 % 3] if skipped else None,
            detail=f"Why row {row_number} is left out." if skipped else None,
            to_number=f"+1202{5550000 + row_number}",
            sender=SENDER,
            body=f"Hi Person {row_number}",
            segments=1,
        )


def loaded(browser: Browser, count: int, name: str = "june") -> Campaign:
    new = NewCampaign(name, ("Phone", "Name", "Offer"), f"{name}.csv", name, name, None)
    return browser.store.campaigns.load(
        new, rows(count), account_name="default", rate=DEFAULT_RATE, now=browser.now()
    )


def shown(page: str) -> list[int]:
    """The numbers of the rows on a page."""
    return [int(row) for row in re.findall(r'<th scope="row"><a href="[^"]*">(\d+)</a>', page)]


def link(page: str, says: str) -> str | None:
    found = re.search(rf'<a href="([^"]*)"[^>]*>{says}', page)
    return found and found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    "which", ["", "?state=queued", "?state=skipped", "?state=skipped&reason=duplicate"]
)
def test_paging_shows_every_row_once_forwards_and_back(browser: Browser, which: str) -> None:
    loaded(browser, 5, "before")
    campaign = loaded(browser, 260)
    loaded(browser, 5, "later")
    kind = re.findall(r"=(\w+)", which)
    wanted = [
        row.row_number
        for row in browser.store.rows.report(campaign.id)
        if all(each in {row.state, row.reason} for each in kind)
    ]
    pages, address = [], f"/campaigns/{campaign.id}/rows{which}"
    while True:
        page = browser.open(address)
        pages.append(shown(page))
        following = link(page, "Next")
        if following is None:
            break
        address = following
    assert [row for each in pages for row in each] == wanted
    for expected in reversed(pages[:-1]):
        before = link(page, "Previous")
        assert before is not None
        page = browser.open(before)
        assert shown(page) == expected


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("+12025550030", [30]),
        ("(202) 555-0030", [30]),
        ("30", [30]),
        ("person 30", [30]),
        ("left out", None),
        ("50% off", None),
        ("50_ off", []),
        ("nobody", []),
    ],
)
def test_a_row_is_found_by_whatever_one_knows_of_it(
    browser: Browser, search: str, found: list[int] | None
) -> None:
    campaign = loaded(browser, 90)
    got = shown(browser.http.get(f"/campaigns/{campaign.id}/rows", params={"search": search}).text)
    if found is None:
        assert len(got) > 1
    else:
        assert got == found


def test_a_search_reads_so_many_rows_and_says_where_it_stopped(
    browser: Browser, store: Store, tmp_path: Path
) -> None:
    campaign = loaded(browser, 30_000)
    assert tmp_path.is_dir()
    page = store.watching.after(campaign.id, Filter(search="Person 33333"), 0, 50)
    assert (page.rows, page.looked_until) == ((), LOOKED_THROUGH)
    page = store.watching.after(campaign.id, Filter(search="Person 33333"), LOOKED_THROUGH, 50)
    assert [row.row_number for row in page.rows] == [33_333]


@pytest.mark.parametrize("state", State)
def test_only_rows_that_can_be_mended_are_called_so(browser: Browser, state: State) -> None:
    """To hand the accepted rows in again is to text them again."""
    campaign = loaded(browser, 5)
    said = browser.read(f"/campaigns/{campaign.id}/rows?state={state}")
    assert "Only these rows: xlsx , html , csv , json ." in said
    mended = "The xlsx or the csv can be mended and handed in again." in said
    assert mended == (state in {State.FAILED, State.SKIPPED})


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "reason=duplicate",
        "after=x",
        "after=99999999999999",
        "before=%00",
        "search=%",
    ],
)
def test_a_made_up_address_is_no_fault(browser: Browser, query: str) -> None:
    campaign = loaded(browser, 5)
    browser.open(f"/campaigns/{campaign.id}/rows?{query}")


@pytest.mark.parametrize("ending", ["exe", "html/../csv", "csv%00", ".."])
def test_there_is_no_report_of_another_kind(browser: Browser, ending: str) -> None:
    campaign = loaded(browser, 5)
    browser.open(f"/campaigns/{campaign.id}/report.{ending}", status=404)
