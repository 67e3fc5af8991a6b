"""A browser without a screen against the real pages on loopback, and a vendor to text with."""

import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx

from bulksms.model.accounts import AskedRate
from bulksms.model.settings import parse_rate
from bulksms.sandbox.faults import order
from bulksms.sandbox.vendor import Vendor
from bulksms.store import Store
from bulksms.store.engine import sqlite_file
from bulksms.web.serving import Address, WebServer
from bulksms.web.uploads import NOTHING_SAID, Choices

TOKEN = "4711|token-of-the-web-tests"  # noqa: S105 - made up, for the sandbox only
SENDER = "+13152935500"
QUICK = "6000/1"
PATIENCE = 20.0
NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Whom a browser trusts that speaks http; to read whom the world trusts takes 40 ms each time."""


@dataclass
class Browser:
    """What a person does with a page: opens it, follows it, fills a form in.

    Attributes:
        url: where the pages are.
        link: what the program printed last.
    """

    url: str
    store: Store
    vendor: Vendor
    links: list[str]
    http: httpx.Client
    server: WebServer
    address: str = "/"

    @property
    def link(self) -> str:
        """The newest link that was printed."""
        return self.links[-1]

    def fresh_link(self) -> str:
        """A link that nobody has used yet."""
        httpx.get(self.link, verify=NOBODY)  # a used one makes the program print another
        return self.link

    def open(self, path: str, status: int = 200) -> str:
        """The page at a path, once it came with that status."""
        answer = self.http.get(path)
        assert answer.status_code == status, (answer.status_code, words(answer.text))
        return answer.text

    def read(self, path: str, status: int = 200) -> str:
        """The same page as it is read: no tags, one space between two words."""
        return words(self.open(path, status))

    def post(
        self,
        path: str,
        fields: Mapping[str, str | list[str]] | None = None,
        *,
        file: tuple[str, bytes] | None = None,
        status: int = 200,
    ) -> str:
        """Post a form of ours and follow where it leads; that page as it is read."""
        given = {"form_token": self.form_token(), **(fields or {})}
        files = {"file": file} if file else None
        answer = self.http.post(path, data=given, files=files, headers={"Origin": self.url})
        assert answer.status_code == status, (answer.status_code, words(answer.text))
        self.address = answer.url.path
        return words(answer.text)

    def live(self, campaign_id: int) -> str:
        """Where the live part of the campaign's page, as it is now, comes from."""
        found = re.search(r'data-from="([^"]+)"', self.open(f"/campaigns/{campaign_id}"))
        assert found is not None
        return unescape(found[1])

    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)

    def until_idle(self, campaign_id: int) -> None:
        """Wait for the worker to be done with a campaign."""
        assert self.server.worker is not None
        work = self.server.worker.work_on(campaign_id)
        assert work is not None
        work.join(PATIENCE)
        assert not work.is_on()

    def end_with_a_doubt(self, campaign_id: int) -> None:
        """Send a campaign to its end: one answer is lost, and the record cannot be read."""
        lost = order("error_before")
        self.vendor.faults.script.append(lost)
        self.vendor.faults.reads.extend([lost] * 40)
        self.post(f"/campaigns/{campaign_id}/resume")
        self.until_idle(campaign_id)

    @property
    def folder(self) -> Path:
        """The test's own."""
        database = sqlite_file(self.store.engine.url)
        assert database is not None
        return database.parent

    @property
    def uploads(self) -> Path:
        """Where files wait."""
        return self.folder / "bulksms.db-uploads"

    def form_token(self) -> str:
        """What every form of this session carries."""
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', self.open("/new"))
        assert found is not None
        return found[1]


@contextmanager
def serving(
    store: Store,
    vendor: Vendor,
    rate: str = QUICK,
    *,
    works: bool = True,
    defaults: Choices = NOTHING_SAID,
) -> Iterator[Browser]:
    """The pages on a free port, and a browser that has opened the link."""
    links: list[str] = []
    address = Address(port=0)
    asked = AskedRate(parse_rate(rate), typed=False)
    server = WebServer(store, asked, address, links.append, works=works, defaults=defaults)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with httpx.Client(
            base_url=server.url, verify=NOBODY, follow_redirects=True, timeout=20
        ) as http:
            browser = Browser(server.url, store, vendor, links, http, server)
            browser.open("/static/page.css")
            assert http.get(browser.link).status_code == httpx.codes.OK
            yield browser
    finally:
        server.stop()
        thread.join(timeout=20)


def words(page: str) -> str:
    """The text of a page."""
    body = re.sub(r"<(script|style|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def wait_for(condition: Callable[[], bool]) -> None:
    """Look again and again, for a bounded time: the worker has threads of its own."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
