"""Who gets in: whoever has the link, once; no other name, no other site, no other address."""

import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bulksms.cli.web import web
from bulksms.model.errors import ConfigError
from bulksms.sandbox.serving import SandboxServer
from bulksms.spreadsheet.reading import MAX_BYTES
from bulksms.store import Store
from bulksms.web.app import create_app
from bulksms.web.guarding import SECURITY_HEADERS, SMALL_FORM
from bulksms.web.serving import Address, listen
from tests.web.web_stage import NOBODY, Browser, serving

PATHS = ["/", "/new", "/account", "/suppressions", "/nowhere"]


@pytest.mark.parametrize("path", PATHS)
def test_without_the_link_nothing_is_shown(browser: Browser, path: str) -> None:
    answer = httpx.get(browser.url + path, verify=NOBODY)
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "Open this page by its link" in answer.text


def test_a_link_works_once_and_a_used_one_prints_another(browser: Browser) -> None:
    used = browser.link
    with _stranger(browser) as stranger:
        assert "This link was used already" in stranger.get(used).text
        assert "Open this page by its link" in stranger.get("/").text
        assert browser.link != used
        assert "Campaigns" in stranger.get(browser.link).text


def test_a_wrong_key_neither_opens_nor_spends_the_link(browser: Browser) -> None:
    with _stranger(browser) as stranger:
        stranger.get(browser.link)  # used: a new one is printed
        fresh, printed = browser.link, len(browser.links)
        for key in ("", "wrong", "%ff%00", "x" * 5000):
            assert stranger.get(f"/open?key={key}").status_code == httpx.codes.FORBIDDEN
        assert len(browser.links) == printed
        assert stranger.get(fresh).status_code == httpx.codes.OK


def test_the_session_is_a_cookie_that_no_script_and_no_other_site_gets(browser: Browser) -> None:
    browser.http.get(browser.link)
    httpx.get(browser.link, verify=NOBODY)
    answer = httpx.get(browser.link, verify=NOBODY)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_a_made_up_cookie_opens_nothing(browser: Browser) -> None:
    (name,) = browser.http.cookies.keys()
    answer = httpx.get(browser.url, cookies={name: "made-up"}, verify=NOBODY)
    assert answer.status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8040", "127.0.0.1", "localhost:1"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(browser: Browser, host: str) -> None:
    """DNS rebinding: the browser would send another site's requests, under its name, to us."""
    answer = browser.http.get("/", headers={"Host": host})
    assert answer.status_code == httpx.codes.MISDIRECTED_REQUEST
    assert "Campaigns" not in answer.text


def test_localhost_is_this_machine_too(browser: Browser) -> None:
    port = browser.url.rpartition(":")[2]
    assert (
        browser.http.get("/", headers={"Host": f"localhost:{port}"}).status_code == httpx.codes.OK
    )


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", None])
def test_a_post_from_another_site_is_refused(browser: Browser, origin: str | None) -> None:
    """Even with the cookie and the form's token, as if another hole had given them away."""
    headers = {"Origin": origin} if origin else {}
    fields = {"form_token": browser.form_token(), "numbers": "+12025550104"}
    answer = browser.http.post("/suppressions/add", data=fields, headers=headers)
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert list(browser.store.suppressions.all()) == []


@pytest.mark.parametrize("given", ["", "0" * 64, "\xff\x00"])
def test_a_form_without_the_sessions_token_does_nothing(browser: Browser, given: str) -> None:
    fields = {"form_token": given, "numbers": "+12025550104"}
    answer = browser.http.post("/suppressions/add", data=fields, headers={"Origin": browser.url})
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "another session" in answer.text
    assert list(browser.store.suppressions.all()) == []


def test_no_form_of_all_does_anything_without_its_token(browser: Browser) -> None:
    """The routes are read off the application, so that a new one is tried as well."""
    posts = [route for route in _routes() if "POST" in (route.methods or ())]
    assert len(posts) > 15
    for route in posts:
        path = re.sub(r"{\w+(:int)?}", "1", route.path)
        headers = {"Origin": browser.url}
        answer = browser.http.post(path, data={"form_token": "0" * 64}, headers=headers)
        assert (answer.status_code, path) == (httpx.codes.BAD_REQUEST, path)
        assert "another session" in answer.text


def test_whatever_changes_something_is_a_form() -> None:
    """A GET never changes anything: no route takes both, and none takes any other method."""
    methods = {frozenset(route.methods or ()) for route in _routes()}
    assert methods == {frozenset({"GET", "HEAD"}), frozenset({"POST"})}


@pytest.mark.parametrize("path", [*PATHS, "/static/page.css", "/open"])
def test_every_answer_carries_the_strict_headers(browser: Browser, path: str) -> None:
    answer = browser.http.get(path)
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_form_larger_than_any_of_ours_is_cut_off(browser: Browser) -> None:
    body = b"numbers=" + b"1" * SMALL_FORM
    headers = {"Origin": browser.url, "Content-Type": "application/x-www-form-urlencoded"}
    for content in (body, iter([body, body])):  # announced, and in pieces of unknown length
        answer = browser.http.post("/suppressions/add", content=content, headers=headers)
        assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


def test_a_file_larger_than_any_that_is_read_is_cut_off(
    store: Store, surroundings: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what it announces, and by what comes; nothing of it is kept."""
    (guard,) = _nobodys_app().user_middleware
    assert guard.kwargs["largest"] == MAX_BYTES
    monkeypatch.setattr("bulksms.web.app.MAX_BYTES", 4 * SMALL_FORM)
    with serving(store, surroundings.vendor) as browser:
        browser.post("/new", file=("june.csv", b"x" * 2 * SMALL_FORM), status=422)
        large = {"file": ("june.csv", b"x" * 5 * SMALL_FORM)}
        form = httpx.Request("POST", browser.url, files=large)
        headers = {"Origin": browser.url, "Content-Type": form.headers["Content-Type"]}
        body = form.read()
        for content in (body, iter([body[:SMALL_FORM], body[SMALL_FORM:]])):
            answer = browser.http.post("/new", content=content, headers=headers)
            assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
        assert list(browser.uploads.iterdir()) == []


def test_a_stranger_may_not_even_send_a_file(browser: Browser) -> None:
    files = {"file": ("june.csv", b"x" * (SMALL_FORM + 1))}
    answer = httpx.post(
        f"{browser.url}/new", files=files, headers={"Origin": browser.url}, verify=NOBODY
    )
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


def test_only_this_computer_reaches_what_nobody_has_set_otherwise() -> None:
    with listen(Address(port=0)) as found:
        assert found.getsockname()[0] == "127.0.0.1"
    options = {each.name: each.default for each in web.params}
    assert (options["host"], options["receipts_host"]) == ("127.0.0.1", "127.0.0.1")


EVERYWHERE = "0.0.0.0"  # noqa: S104 - what must be refused


@pytest.mark.parametrize("host", [EVERYWHERE, "192.0.2.7", "example.org", "::"])
def test_another_address_needs_a_certificate_or_a_persons_word(host: str) -> None:
    with pytest.raises(ConfigError, match="could read along"):
        listen(Address(host=host, port=0))


def test_with_a_persons_word_it_listens_elsewhere() -> None:
    listen(Address(host=EVERYWHERE, port=0, plain=True)).close()


def test_a_taken_port_is_one_sentence(browser: Browser) -> None:
    port = int(browser.url.rpartition(":")[2])
    with pytest.raises(ConfigError, match="cannot be used"):
        listen(Address(port=port))


def _stranger(browser: Browser) -> httpx.Client:
    return httpx.Client(base_url=browser.url, follow_redirects=True, verify=NOBODY)


def _routes() -> list[Route]:
    """Every address of the pages; they are the same whatever the site is made of."""
    return [each for each in _nobodys_app().routes if isinstance(each, Route)]


def _nobodys_app() -> Starlette:
    nobodys: Any = SimpleNamespace(sessions=None, cookie="")
    return create_app(nobodys, [])
