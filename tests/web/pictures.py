"""The pages as pictures for the README, at two widths: `make pictures` (needs Chromium).

The messy sample goes the whole way against the sandbox, so the pictures show what a person sees.
"""

import os
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bulksms.model.accounts import AskedRate
from bulksms.model.settings import parse_rate
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.serving import SandboxServer
from bulksms.store import Store
from bulksms.web.serving import Address, WebServer

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"wide": 1280, "narrow": 390}
TEXT = "Hi {first_name}, your table in {city|town} is ready."
WAIT_FOR = 6
"""Answers, before the running campaign is photographed."""


def main() -> None:
    """Go the whole way, and photograph each page at both widths."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        options = SandboxOptions(port=0, rate_count=60, rate_seconds=60, latency=0.2)
        sandbox = SandboxServer(options, ready=lambda _url: None)
        threading.Thread(target=sandbox.run, daemon=True).start()
        os.environ |= {"EASIFY_BASE_URL": sandbox.url, "EASIFY_API_TOKEN": options.token}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with Store.open_or_create(f"{folder}/bulksms.db") as store:
            _story(store, browser)
        browser.close()
        sandbox.stop()


def _story(store: Store, browser: Browser) -> None:
    links: list[str] = []
    server = WebServer(
        store, AskedRate(parse_rate("60/60"), typed=False), Address(port=0), links.append
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    page = browser.new_page(viewport={"width": WIDTHS["wide"], "height": 900})
    page.goto(_first(links))
    _photograph(page, "campaigns-none")
    _go_the_way(page)
    page.goto(f"{server.url}/suppressions")
    page.get_by_label("Phone numbers").fill("+1 202 555 0143\n+1 202 555 0177")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto(f"{server.url}/suppressions")
    _photograph(page, "opt-outs")
    page.goto(f"{server.url}/account")
    _photograph(page, "account")
    page.goto(server.url)
    _schedule(page)
    page.goto(server.url)
    _photograph(page, "campaigns")
    page.close()
    server.stop()
    thread.join()


def _go_the_way(page: Page) -> None:
    page.get_by_role("link", name="Text a list of people").click()
    _photograph(page, "file")
    page.get_by_label("Your contacts").set_input_files(ROOT / "sample_data" / "messy.xlsx")
    page.get_by_role("button", name="Continue").click()
    _photograph(page, "columns")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Message", exact=True).fill(TEXT)
    page.get_by_label("Sent from").select_option(index=1)
    page.locator(".bubble").wait_for()
    _photograph(page, "message")
    page.get_by_role("button", name="Continue to the check").last.click()
    _photograph(page, "check")
    page.get_by_role("button", name="Send").click()
    page.locator("#live tbody tr").nth(WAIT_FOR - 1).wait_for()
    _photograph(page, "sending")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").wait_for()
    _photograph(page, "paused")
    page.get_by_role("link", name="See every row").click()
    _photograph(page, "report")


def _schedule(page: Page) -> None:
    """A second list, for tomorrow morning."""
    page.get_by_role("link", name="Text a list of people").click()
    page.get_by_label("Your contacts").set_input_files(ROOT / "sample_data" / "contacts.csv")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Message", exact=True).fill(TEXT)
    page.get_by_label("Sent from").select_option(index=1)
    page.get_by_text("More:").click()
    page.get_by_label("Sending hours").fill("09:00-20:00")
    page.get_by_label("Start at").fill("tomorrow 9:30")
    page.get_by_label("another campaign texted within").fill("24h")
    page.locator(".bubble").wait_for()
    _photograph(page, "more")
    page.get_by_role("button", name="Continue to the check").last.click()
    _photograph(page, "check-scheduled")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("It starts by itself").wait_for()
    _photograph(page, "scheduled")


def _photograph(page: Page, name: str) -> None:
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"{name}-{size}.png", full_page=True)
    page.set_viewport_size({"width": WIDTHS["wide"], "height": 900})


def _first(links: list[str]) -> str:
    while not links:
        threading.Event().wait(0.02)
    return links[0]


if __name__ == "__main__":
    main()
