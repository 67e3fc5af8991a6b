"""One POST, watched from the vendor's side of a real connection on this computer."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import bulksms.easify.client
from bulksms import __version__
from bulksms.easify import EasifyClient
from bulksms.model.outcomes import Accepted, AccountBlocked, NotSent, Outcome, Rejected, Unknown
from bulksms.model.records import ClaimedMessage
from bulksms.model.states import PausedReason, Reason
from tests.loopback_vendor import (
    MESSAGE,
    TOKEN,
    Act,
    Vendor,
    accepts,
    answers_twice,
    babbles,
    breaks_off,
    drips,
    hangs_up,
    is_silent,
    never_ends,
    resets,
    says,
    vendor,
)

SOON = timedelta(milliseconds=250)
LATER = timedelta(seconds=5)


@asynccontextmanager
async def line(
    *acts: Act, patience: timedelta = LATER
) -> AsyncIterator[tuple[EasifyClient, Vendor]]:
    async with (
        vendor(*acts) as served,
        EasifyClient(TOKEN, base_url=served.url, timeout=patience) as client,
    ):
        yield client, served


def post(
    *acts: Act, message: ClaimedMessage = MESSAGE, patience: timedelta = LATER
) -> tuple[Outcome, Vendor]:
    """What one POST teaches us, and what the vendor saw of it."""

    async def scenario() -> tuple[Outcome, Vendor]:
        async with line(*acts, patience=patience) as (client, served):
            return await client.send(message), served

    return asyncio.run(scenario())


def test_the_request_is_the_documented_one() -> None:
    outcome, seen = post(accepts)
    assert outcome == Accepted("315", 200)
    assert seen.requests[0].startswith(b"POST /api/v2/sms/send HTTP/1.1\r\n")
    assert seen.fields() == {
        "from_number": "3152934444",
        "to_number": "2025550104",
        "country_code": "+1",
        "message": "Hi Ann",
    }
    head = seen.head()
    assert head["authorization"] == f"Bearer {TOKEN}"
    assert head["accept"] == "application/json"
    assert head["content-type"] == "application/json"
    assert head["user-agent"] == f"bulksms/{__version__}"


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        (replace(MESSAGE, lead_id="0042"), {"lead_id": "0042"}),
        (replace(MESSAGE, force_send=True), {"force_send": 1}),
        (replace(MESSAGE, media="HTTPS://x.example/a"), {"media": "HTTPS://x.example/a"}),
        (
            replace(MESSAGE, to_number="+447400123456"),
            {"to_number": "7400123456", "country_code": "+44"},
        ),
        (
            replace(MESSAGE, to_number="+972501234567"),
            {"to_number": "501234567", "country_code": "+972"},
        ),
        (replace(MESSAGE, sender="(315) 293-4444"), {"from_number": "3152934444"}),
        (replace(MESSAGE, sender="+4930123456"), {"from_number": "4930123456"}),
        (replace(MESSAGE, body="Grüße 🎉\n"), {"message": "Grüße 🎉\n"}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_each_field_says_what_was_asked_for(
    message: ClaimedMessage, fields: dict[str, object]
) -> None:
    _, seen = post(accepts, message=message)
    always = {"from_number", "to_number", "country_code", "message"}
    assert seen.fields().keys() == always | fields.keys()
    assert seen.fields().items() >= fields.items()
    assert seen.fields().get("force_send") is not True


def test_a_local_attachment_travels_as_a_form(tmp_path: Path) -> None:
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"\x89PNG")
    message = replace(MESSAGE, media=str(picture), body=None, force_send=True)
    outcome, seen = post(accepts, message=message)
    assert isinstance(outcome, Accepted)
    assert seen.head()["content-type"].startswith("multipart/form-data; boundary=")
    assert (
        b'name="media"; filename="cat.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG' in seen.body()
    )
    assert b'name="force_send"\r\n\r\n1\r\n' in seen.body()
    assert b'name="message"' not in seen.body()


def test_a_machine_that_slept_while_it_read_an_attachment_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one may have taken the account over, and have texted that person."""
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"\x89PNG")
    hours = itertools.count(step=3600.0)
    monkeypatch.setattr(bulksms.easify.client, "elapsed", lambda: next(hours))
    outcome, seen = post(accepts, message=replace(MESSAGE, media=str(picture)))
    assert isinstance(outcome, NotSent)
    assert seen.connections == 0


CANNOT_BE_PUT = "The number, text or attachment cannot be put into a request."


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (
            replace(MESSAGE, media="no/such.png"),
            "The attachment no/such.png cannot be read: No such",
        ),
        (replace(MESSAGE, media="."), "The attachment . cannot be read: "),
        (replace(MESSAGE, media="a\0b"), CANNOT_BE_PUT),
        (replace(MESSAGE, body="\ud800"), CANNOT_BE_PUT),
        (replace(MESSAGE, to_number="+4930123456"), CANNOT_BE_PUT),
    ],
    ids=["missing", "a folder", "no path", "no text", "no country"],
)
def test_what_cannot_be_posted_is_rejected_and_nothing_is_written(
    message: ClaimedMessage, why: str
) -> None:
    outcome, seen = post(accepts, message=message)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.http_status) == (Reason.NOT_SENT, None)
    assert outcome.text.startswith(why)
    assert seen.connections == 0


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (is_silent, Reason.TIMEOUT),
        (drips, Reason.TIMEOUT),
        (hangs_up, Reason.CONNECTION_LOST),
        (resets, Reason.CONNECTION_LOST),
        (breaks_off, Reason.CONNECTION_LOST),
        (babbles, Reason.CONNECTION_LOST),
        (never_ends, Reason.BAD_RESPONSE),
        (says("200 OK", b"\xff", b"Content-Encoding: gzip"), Reason.BAD_RESPONSE),
        (says("503 Service Unavailable"), Reason.SERVER_ERROR),
    ],
)
def test_a_request_that_got_no_clear_answer_is_unknown_and_posted_once(
    act: Act, reason: Reason
) -> None:
    patience = SOON if reason is Reason.TIMEOUT else LATER
    outcome, seen = post(act, patience=patience)
    assert isinstance(outcome, Unknown)
    assert outcome.reason is reason
    assert len(seen.requests) == 1


def test_a_request_that_could_not_be_written_whole_is_unknown(tmp_path: Path) -> None:
    """A vendor that stops reading in the middle may still act on what it has."""
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(20_000_000))

    async def scenario() -> Outcome:
        over = asyncio.Event()

        async def read_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await over.wait()
            writer.transport.abort()

        server = await asyncio.start_server(read_nothing, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, EasifyClient(TOKEN, base_url=url, timeout=SOON) as client:
            outcome = await client.send(replace(MESSAGE, media=str(film)))
            over.set()
            return outcome

    outcome = asyncio.run(scenario())
    assert isinstance(outcome, Unknown)
    assert outcome.reason is Reason.TIMEOUT


def test_an_answer_too_many_is_nobodys() -> None:
    """A gateway gave up, and passed the real answer on: the next row was called refused."""

    async def scenario() -> tuple[Outcome, Outcome, Vendor]:
        async with line(answers_twice("504 Gateway Timeout"), accepts) as (client, seen):
            seen.second.set()
            return await client.send(MESSAGE), await client.send(MESSAGE), seen

    first, second, seen = asyncio.run(scenario())
    assert isinstance(first, Unknown)
    assert second == Accepted("315", 200)
    assert (len(seen.requests), seen.connections) == (2, 2)


def test_a_connection_that_swallows_a_request_is_not_tried_again_by_the_library() -> None:
    async def scenario() -> tuple[Outcome, Vendor]:
        async with line(accepts, hangs_up) as (client, seen):
            await client.send(MESSAGE)
            return await client.send(MESSAGE), seen

    outcome, seen = asyncio.run(scenario())
    assert isinstance(outcome, Unknown)
    assert outcome.reason is Reason.CONNECTION_LOST
    assert len(seen.requests) == 2


def test_a_redirect_is_not_followed() -> None:
    outcome, seen = post(says("307 Temporary Redirect", b"", b"Location: /elsewhere"))
    assert isinstance(outcome, AccountBlocked)
    assert outcome.reason is PausedReason.WRONG_ADDRESS
    assert len(seen.requests) == 1


def test_a_vendor_that_echoes_the_token_does_not_get_it_into_an_outcome() -> None:
    outcome, _ = post(says("401 Unauthorized", f'{{"message": "Bad token {TOKEN}!"}}'.encode()))
    assert outcome == AccountBlocked(PausedReason.UNAUTHENTICATED, "Bad token ***!", 401)


def test_an_interruption_passes_through() -> None:
    async def scenario() -> None:
        async with line(is_silent) as (client, seen):
            sending = asyncio.create_task(client.send(MESSAGE))
            await seen.asked.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending

    asyncio.run(scenario())
