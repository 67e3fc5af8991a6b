"""The whole story in a real browser: the messy sample, from the file to the report taken home.

Each page on the way is given to axe-core, which knows what a screen reader stumbles over
(https://github.com/dequelabs/axe-core). Skipped where there is no Chromium.
"""

import signal
import time
from pathlib import Path

from click.testing import CliRunner
from playwright.sync_api import Browser

from bulksms.cli import main
from bulksms.model.states import State
from bulksms.sandbox.serving import SandboxServer
from bulksms.store import Store
from tests.web.browser_stage import Person, Program, needs_chromium
from tests.web.pictures import WIDTHS
from tests.web.web_stage import wait_for

MESSAGE = "Hi {first_name}, your table in {city|town} is ready."
GOOD_ROWS = 20

pytestmark = needs_chromium


def test_the_whole_story(chromium: Browser, program: Program, surroundings: SandboxServer) -> None:
    with chromium.new_context(accept_downloads=True) as context:
        person = Person(context.new_page())
        person.page.goto(program.start("1/2"))
        assert program.said[0].startswith("Note: a new database was made at ")
        _check(person)
        assert surroundings.vendor.truth == []
        _send_and_pause(person)
        assert len(surroundings.vendor.truth) < GOOD_ROWS
        person.press("Resume")
        person.page.get_by_role("button", name="Pause").wait_for()
        program.end(signal.SIGKILL)

        person.page.goto(program.start("20/1"))
        assert sum("a new database" in line for line in program.said) == 1
        _go_on(person)
        receivers = [sms.receiver for sms in surroundings.vendor.truth]
        assert len(receivers) == len(set(receivers)) == GOOD_ROWS
        _take_home(person, program.folder / "page.csv")
    program.end(signal.SIGINT)

    written = CliRunner().invoke(main, ["report", "-o", str(program.folder / "cli.csv")])
    assert written.exit_code == 0, written.output
    assert (program.folder / "page.csv").read_bytes() == (program.folder / "cli.csv").read_bytes()
    assert CliRunner().invoke(main, ["audit"]).exit_code == 0
    assert person.errors == []
    assert person.flaws == []


def _check(person: Person) -> None:
    """To the check, with a look at the next row; reload and back send nothing."""
    page = person.page
    person.look()
    person.write("messy.xlsx", MESSAGE)
    assert "Hi Anna, your table in New York is ready." in page.locator("#preview").inner_text()
    person.press("Next")
    page.get_by_text("Hi Bob").wait_for()
    person.look()
    person.press("Continue to the check")
    assert page.locator("h1").inner_text() == f"{GOOD_ROWS} will be texted · 10 will not"
    person.look()
    page.reload()
    page.go_back()
    page.go_forward()


def _send_and_pause(person: Person) -> None:
    person.press(f"Send {GOOD_ROWS} messages")
    person.page.locator("#live tbody tr").nth(1).wait_for()
    person.look()
    person.press("Pause")
    person.page.get_by_role("button", name="Resume").wait_for()
    person.look()


def _go_on(person: Person) -> None:
    """After the program was killed and started again."""
    person.follow("messy")
    assert "It was interrupted" in person.page.locator("main").inner_text()
    person.press("Resume")
    person.page.get_by_text("finished").wait_for()


def _take_home(person: Person, file: Path) -> None:
    page = person.page
    person.follow("See every row")
    person.look()
    with page.expect_download() as download:
        person.follow("CSV")
    download.value.save_as(file)
    for name in ("Opt-outs", "Account"):
        person.follow(name)
        person.look()


def test_ctrl_c_in_the_window_pauses_what_runs(
    chromium: Browser, program: Program, surroundings: SandboxServer
) -> None:
    person = Person(chromium.new_page())
    person.page.goto(program.start("4/1"))
    person.write("contacts.csv", "Hi")
    person.press("Continue to the check")
    person.press("Send")
    wait_for(lambda: len(surroundings.vendor.truth) >= 2)
    person.page.close()  # closing the browser stops nothing
    seen = len(surroundings.vendor.truth)
    wait_for(lambda: len(surroundings.vendor.truth) > seen)
    began = time.monotonic()
    program.end(signal.SIGINT)
    assert time.monotonic() - began < 10
    with Store.open(str(program.folder / "bulksms.db")) as store:
        (campaign,) = store.campaigns.all()
        assert (campaign.state, campaign.paused_reason) == ("paused", "interrupted")
        assert store.rows.counts(campaign.id)[State.ACCEPTED] == len(surroundings.vendor.truth)


def test_on_a_telephone_both_columns_to_choose_from_are_in_sight(
    chromium: Browser, program: Program
) -> None:
    odd = b"First name,City,Mobile,Zip,Home phone\nAnn,York,555-0104,10001,2025550104\n"
    page = chromium.new_page(viewport={"width": WIDTHS["narrow"], "height": 844})
    page.goto(program.start("4/1"))
    page.goto(f"{page.url.rstrip('/')}/new")
    page.get_by_label("Your contacts").set_input_files(
        {"name": "june.csv", "mimeType": "text/csv", "buffer": odd}
    )
    page.get_by_role("button", name="Continue").click()
    for name in ("Mobile", "Home phone"):
        menu = page.get_by_label(name, exact=True).bounding_box()
        assert menu is not None
        assert menu["x"] + menu["width"] <= WIDTHS["narrow"], (name, menu)
