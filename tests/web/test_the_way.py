"""The whole way by forms alone, as a browser without JavaScript goes it."""

import csv
import io
import re
from datetime import UTC, datetime

import httpx
import openpyxl
import pytest

from bulksms import reporting
from bulksms.model.states import CampaignState, State
from bulksms.spreadsheet.problems import what_to_mend
from tests.web.web_stage import SENDER, Browser, wait_for

PEOPLE = b"Name,Mobile,Town\nAda,(202) 555-0104,York\nGrace,202-555-0105,\nBad,12,Rome\n"


def upload(browser: Browser, content: bytes = PEOPLE, name: str = "june.csv") -> str:
    """Hand a file in; where its pages are."""
    browser.post("/new", file=(name, content))
    return browser.address.removesuffix("/columns")


def menus(page: str) -> dict[str, str]:
    """What every menu of a page stands on."""
    chosen = {}
    for name, options in re.findall(
        r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        selected = re.search(r'<option value="([\w/]*)" selected', options)
        chosen[name] = selected[1] if selected else ""
    return chosen


def written(browser: Browser, content: bytes = PEOPLE, message: str = "Hi {name}") -> str:
    """Hand a file in, with its columns as they are understood, and a message."""
    where = upload(browser, content)
    browser.post(f"{where}/columns", menus(browser.open(f"{where}/columns")))
    browser.post(f"{where}/message", {"message": message, "sender": SENDER})
    assert browser.address == f"{where}/check"
    return where


def test_who_is_in_the_wrong_folder_sees_that_nobody_is_known_here(browser: Browser) -> None:
    said = browser.open("/")
    assert "Nobody was texted from here yet." in said
    assert str(browser.folder / "bulksms.db") in said


def test_a_file_becomes_texts_and_a_report(browser: Browser) -> None:
    where = written(browser)
    check = browser.read(f"{where}/check")
    assert "2 will be texted · 1 will not" in check
    assert "Fix 1 phone number" in check
    assert "Send 2 messages" in check
    browser.post(f"{where}/send", {"count": "2"})
    (campaign,) = browser.store.campaigns.all()
    assert browser.address == f"/campaigns/{campaign.id}"
    wait_for(lambda: browser.store.campaigns.now(campaign.id).state is CampaignState.FINISHED)
    assert sorted(f"{sms.message}" for sms in browser.vendor.truth) == ["Hi Ada", "Hi Grace"]
    assert "finished" in browser.read(browser.address)
    assert "2 of 2 done" in browser.read(browser.address)


def test_a_column_that_says_who_opted_out_is_heeded_and_named(browser: Browser) -> None:
    people = b"Name,Mobile,Do not text\nAda,2025550104,yes\nGrace,2025550105,\n"
    where = upload(browser, people)
    page = browser.open(f"{where}/columns")
    assert "Whoever has a yes in <bdi>Do not text</bdi> is not texted." in page
    browser.post(f"{where}/columns", menus(page))
    browser.post(f"{where}/message", {"message": "Hi {name}", "sender": SENDER})
    check = browser.read(f"{where}/check")
    assert "1 will be texted · 1 will not" in check
    assert "Opt-outs in Do not text" in check
    assert "The column 'Do not text' says 'yes'." in check


def test_what_is_perhaps_not_meant_is_told_before_the_button(browser: Browser) -> None:
    people = b"Name,Mobile,Home phone,DNC\nnull,2025550104,,ask Pat\nGrace,,2025550105,\n"
    where = written(browser, people)
    page = browser.open(f"{where}/check")
    assert "1 of the rows without a number has one in &#39;Home phone&#39;" in page
    assert f'href="{where}/to-mend.xlsx" download' in page
    check = browser.read(f"{where}/check")
    assert "1 row says neither yes nor no in 'DNC', but 'ask Pat' (row 2)" in check
    assert "1 text has 'null' in it, from the column 'Name' (row 2)" in check


def test_the_download_is_the_command_lines_report(browser: Browser) -> None:
    where = written(browser)
    browser.post(f"{where}/send", {"count": "2"})
    (campaign,) = browser.store.campaigns.all()
    wait_for(lambda: browser.store.campaigns.now(campaign.id).state is CampaignState.FINISHED)
    for ending in ("csv", "json"):
        got = browser.http.get(f"/campaigns/{campaign.id}/report.{ending}")
        own = browser.folder / f"cli.{ending}"
        reporting.write_report(browser.store, campaign, own, now=datetime.now(UTC))
        assert got.content == (browser.folder / f"cli.{ending}").read_bytes()
        assert f'filename="{campaign.name}-report.{ending}"' in got.headers["content-disposition"]
    page = browser.http.get(f"/campaigns/{campaign.id}/report.html")
    assert "attachment" in page.headers["content-disposition"]
    assert "Hi Grace" in page.text
    skipped = browser.http.get(f"/campaigns/{campaign.id}/report.csv?state=skipped")
    rows = list(csv.DictReader(io.StringIO(skipped.content.decode("utf-8-sig"))))
    assert [row["state"] for row in rows] == [State.SKIPPED]
    wait_for(lambda: not list(browser.uploads.glob("*")))  # removed once the answer has gone out


def test_of_two_clicks_on_send_one_counts(browser: Browser) -> None:
    where = written(browser)
    browser.post(f"{where}/send", {"count": "2"})
    said = browser.post(f"{where}/send", {"count": "2"}, status=400)
    assert "not here any more" in said
    assert len(browser.store.campaigns.all()) == 1


def test_a_get_never_sends(browser: Browser) -> None:
    where = written(browser)
    for path in (f"{where}/send", f"{where}/delete", "/suppressions/add"):
        assert browser.http.get(path).status_code == httpx.codes.METHOD_NOT_ALLOWED
    browser.open(f"{where}/check")
    browser.open(f"{where}/check?count=2&form_token={browser.form_token()}")
    assert browser.store.campaigns.all() == []


def test_another_number_than_the_buttons_is_not_sent(browser: Browser) -> None:
    """Somebody opted out between the page and the click: the person must see the new number."""
    where = written(browser)
    browser.post("/suppressions/add", {"numbers": "+12025550104"})
    said = browser.post(f"{where}/send", {"count": "2"}, status=400)
    assert "The numbers have changed" in said
    assert "1 will be texted" in browser.read(f"{where}/check")
    browser.post(f"{where}/send", {"count": "1"})


def test_the_same_list_is_texted_again_only_on_purpose(browser: Browser) -> None:
    browser.post(f"{written(browser)}/send", {"count": "2"})
    (first,) = browser.store.campaigns.all()
    wait_for(lambda: browser.store.campaigns.now(first.id).state is CampaignState.FINISHED)
    where = written(browser, message="Bye {name}")
    assert "This list was given to a campaign before" in browser.read(f"{where}/check")
    said = browser.post(f"{where}/send", {"count": "2"}, status=400)
    assert f"'{first.name}' already" in said
    browser.until_idle(first.id)
    browser.post(f"{where}/send", {"count": "2", "again": "yes"})
    second = browser.store.campaigns.all()[0]
    wait_for(lambda: browser.store.campaigns.now(second.id).state is CampaignState.FINISHED)
    assert len(browser.vendor.truth) == 4


def test_an_edited_list_is_told_of_the_campaign_that_its_people_are_in(browser: Browser) -> None:
    browser.post(f"{written(browser)}/send", {"count": "2"})
    (first,) = browser.store.campaigns.all()
    wait_for(lambda: browser.store.campaigns.now(first.id).state is CampaignState.FINISHED)
    header, *rows = PEOPLE.splitlines(keepends=True)
    edited = b"".join([header, *reversed(rows)])
    said = browser.read(f"{written(browser, edited)}/check")
    assert f"2 of these numbers were texted by '{first.name}' in the last 7 days" in said


def test_a_wrong_token_stops_the_click_and_keeps_the_file(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = written(browser)
    monkeypatch.setenv("EASIFY_API_TOKEN", "1|wrong")
    said = browser.post(f"{where}/send", {"count": "2"}, status=409)
    assert "There is no token that Easify knows" in said
    assert browser.store.campaigns.all() == []
    assert "Send 2 messages" in browser.read(f"{where}/check")


def test_the_rows_to_mend_can_be_handed_in_again(browser: Browser) -> None:
    where = written(browser)
    file = browser.http.get(f"{where}/to-mend.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
    told = [f"{line[2]}" for line in sheet.iter_rows(values_only=True)]
    assert told == [
        what_to_mend("Mobile"),
        "Row 4: '12' is not a valid US phone number: it has too few digits.",
    ]
    again = upload(browser, file, "mended.xlsx")
    page = browser.read(f"{again}/columns")
    assert "1 row" in page
    assert f"column '{what_to_mend('Mobile')}' was left out" in page
