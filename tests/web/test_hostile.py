"""Everything in a spreadsheet is hostile: its name, its header, its cells, and what it asks for."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.model.errors import InputError
from bulksms.web.uploads import KEPT, Uploads
from bulksms.web.writing import MORE
from tests.web.test_the_way import upload, written
from tests.web.web_stage import SENDER, Browser

SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"'><img src=x onerror=alert(2)>"


def test_a_script_in_a_cell_a_header_or_a_name_is_only_text(browser: Browser) -> None:
    quoted = QUOTES.replace('"', '""')
    evil = f'Name,Mobile,"{SCRIPT}"\n"{SCRIPT}",2025550104,{{x}}\n"{quoted}",12,y\n'
    where = upload(browser, evil.encode(), f"{QUOTES}.csv")
    pages = [browser.open(f"{where}/columns")]
    browser.post(f"{where}/columns", {"role-1": "phone"})
    browser.post(f"{where}/message", {"message": f"{QUOTES} {{name}}", "sender": SENDER})
    pages += [browser.open(f"{where}/message"), browser.open(f"{where}/check")]
    browser.post(f"{where}/send", {"count": "1"})
    (campaign,) = browser.store.campaigns.all()
    browser.until_idle(campaign.id)
    paths = ["/", "", "/rows", "/rows/2", "/rows/3", "/rows?search=%3Cscript%3E&state=queued"]
    pages += [
        browser.open(f"/campaigns/{campaign.id}{each}" if each != "/" else "/") for each in paths
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert" in page or "&lt;img" in page


def test_a_script_in_any_field_is_only_text(browser: Browser) -> None:
    """Another site cannot post them; whoever is talked into pasting one is not hurt either."""
    where = written(browser)
    for field in ("message", "sender", "account", *MORE):
        evil = f"{QUOTES}{SCRIPT}"
        given = {"message": "Hi", "sender": SENDER, field: evil}
        headers = {"Origin": browser.url}
        form = given | {"form_token": browser.form_token()}
        answers = [
            browser.http.post(f"{where}/message", data=form, headers=headers),
            browser.http.get(f"{where}/message"),
            browser.http.get(f"{where}/check"),
            browser.http.post(f"{where}/preview", data=form, headers=headers),
        ]
        for answer in answers:
            assert answer.status_code in {200, 400, 422}
            assert "<script>alert" not in answer.text
            assert "<img" not in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.csv",
        "..\\..\\evil.csv",
        "/etc/passwd",
        "C:\\evil.csv",
        "x\x00.csv",
        "\n",
        "a" * 999,
    ],
)
def test_the_name_of_a_file_is_never_a_path(browser: Browser, name: str) -> None:
    before = {path for path in browser.folder.rglob("*") if "uploads" not in str(path)}
    where = upload(browser, name=name)
    (kept,) = browser.uploads.iterdir()
    assert {path.name for path in kept.iterdir()} == {"content", "choices.json"}
    assert {
        path for path in browser.folder.rglob("*") if "uploads" not in str(path)
    } <= before | set(browser.folder.glob("bulksms.db-*"))
    assert "/" not in browser.read(f"{where}/columns").partition(": 3 rows")[0].rpartition("? ")[2]


@pytest.mark.parametrize("id_", ["..", "%2e%2e", "../..", "x" * 22, "a/b", "", "choices.json"])
def test_an_uploads_address_reaches_nothing_else(browser: Browser, id_: str) -> None:
    upload(browser)
    answer = browser.http.get(f"/uploads/{id_}/columns")
    assert answer.status_code in {400, 404}


@pytest.mark.skipif(os.name != "posix", reason="the modes of POSIX")
def test_uploads_are_kept_where_only_this_user_looks(browser: Browser) -> None:
    upload(browser)
    for path in [browser.uploads, *browser.uploads.iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) == stat.S_IRWXU


def test_a_file_goes_with_its_campaign_or_on_demand_or_in_time(browser: Browser) -> None:
    browser.post(f"{written(browser)}/send", {"count": "2"})
    assert list(browser.uploads.iterdir()) == []
    browser.post(f"{upload(browser)}/delete")
    assert list(browser.uploads.iterdir()) == []
    upload(browser)
    Uploads(browser.uploads).open(browser.now() + KEPT / 2)
    assert len(list(browser.uploads.iterdir())) == 1
    Uploads(browser.uploads).open(browser.now() + KEPT + timedelta(minutes=1))
    assert list(browser.uploads.iterdir()) == []


def test_a_spreadsheet_cannot_have_this_computers_files_texted(browser: Browser) -> None:
    """Who sends somebody a list could name any file as its attachment, and themselves in a row."""
    secret = browser.folder / "secret.txt"
    secret.write_text("secret")
    evil = f"Mobile,Media\n2025550104,{secret}\n".encode()
    where = upload(browser, evil)
    browser.post(f"{where}/columns", {"role-0": "phone"})
    browser.post(f"{where}/message", {"message": "Hi", "sender": SENDER})
    browser.post(f"{where}/send", {"count": "1"})
    (campaign,) = browser.store.campaigns.all()
    browser.until_idle(campaign.id)
    assert [sms.media for sms in browser.vendor.truth] == [None]
    where = upload(browser, evil + b"2025550105,http://example.org/a.png\n")
    browser.post(f"{where}/columns", {"role-0": "phone", "role-1": "media_column"})
    said = browser.post(f"{where}/message", {"message": "Hi", "sender": SENDER}, status=422)
    assert "which is no web address" in said
    said = browser.post(
        f"{where}/message", {"message": "Hi", "sender": SENDER, "media": str(secret)}, status=422
    )
    assert "must be a web address" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "june.csv is empty."),
        (b"\x89PNG\r\n", "june.csv is not a spreadsheet: it is a picture."),
        (b"PK\x03\x04broken", "june.csv is damaged"),
        (b"Name,Mobile\n", "has no rows under its header"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_is_not_kept(
    browser: Browser, content: bytes, sentence: str
) -> None:
    said = browser.post("/new", file=("june.csv", content), status=422)
    assert sentence in said
    assert str(browser.uploads) not in said
    assert list(browser.uploads.iterdir()) == []


def test_a_taken_upload_is_given_back_by_an_error(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    uploads.folder.mkdir()
    with (tmp_path / "x").open("wb+") as file:
        kept = uploads.keep("june.csv", file)
    with pytest.raises(InputError, match="already"), uploads.taken(kept.id), uploads.taken(kept.id):
        pass
    with uploads.taken(kept.id):
        pass
    with pytest.raises(InputError, match="not here any more"):
        uploads.find(kept.id)
