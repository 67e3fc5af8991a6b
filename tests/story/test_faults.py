"""Trouble on the way to the vendor: it is gone, it is somebody else, it does not let us in."""

import os
import signal
import time
from pathlib import Path

import pytest

from bulksms.sandbox.answers import FORBIDDEN_PAGE, SERVER_ERROR, Answer
from bulksms.sandbox.faults import NO_FAULT, Fault
from tests.story.faults_stage import answering_with_a_page, serving
from tests.story.story_stage import TOKEN, Stage, wait_for

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")


def test_a_record_that_is_switched_off_resends_no_doubt(stage: Stage) -> None:
    """The first read is the look at the account; every other one is refused, one way or another."""
    stage.write_contacts(1, "2025550170")
    pages = FORBIDDEN_PAGE, Answer(404, "<html>Not Found</html>"), SERVER_ERROR
    refused = [Fault(handled=False, reply=page) for page in pages]
    stage.vendor.faults.reads.extend([NO_FAULT, *refused * 40])
    process = stage.send()
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 6, errors
    assert len(stage.vendor.truth) == 2
    [_, doubt] = stage.report()
    assert doubt["state"] == "unknown"
    assert "could not be read" in doubt["detail"]
    for said in (output, stage.look("status", "june").output):
        assert "bulksms reconcile june" in said
        assert "bulksms resolve june" in said
    stage.compare_with_truth()


def test_a_vendor_that_goes_and_comes_back_needs_nobody(stage: Stage) -> None:
    stage.write_contacts(30)
    with serving() as first:
        stage.vendor = first.vendor
        stage.environment["EASIFY_BASE_URL"] = first.url
        port = int(first.url.rpartition(":")[2].partition("/")[0])
        process = stage.send()
        stage.until_accepted(5)
    time.sleep(4)
    assert process.poll() is None
    with serving(port=port, ledger=first.vendor.ledger):
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        assert "connection refused" in errors
        stage.compare_with_truth()
    assert len(stage.vendor.truth) == 30


def test_a_token_revoked_in_mid_run_pauses_and_what_is_left_goes_on_later(stage: Stage) -> None:
    stage.write_contacts(30)
    process = stage.send()
    stage.until_accepted(5)
    account = stage.vendor.accounts.pop(TOKEN)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 5, errors
    assert "EASIFY_API_TOKEN" in errors
    assert stage.status()["paused_reason"] == "unauthenticated"
    assert stage.run("resume", "june", "--yes")[0] == 5
    stage.vendor.accounts[TOKEN] = account
    code, _, errors = stage.run("resume", "june", "--yes")
    assert code == 0, errors
    assert len(stage.vendor.truth) == 30
    stage.compare_with_truth()


@pytest.mark.parametrize("status", [200, 302])
def test_a_page_instead_of_the_vendor_texts_nobody_and_says_so(stage: Stage, status: int) -> None:
    """A hotel's login page, a proxy's error: nobody can tell it from a vendor gone mad."""
    stage.write_contacts(2)
    with answering_with_a_page(status) as stage.environment["EASIFY_BASE_URL"]:
        process = stage.send()
        _, errors = process.communicate(timeout=30)
    assert process.returncode in {5, 6}, errors
    assert "Traceback" not in errors
    assert not stage.vendor.truth
    if process.returncode == 6:  # it had been loaded by then
        assert {row["state"] for row in stage.report()} <= {"queued", "unknown"}


@pytest.mark.parametrize(
    ("scheme", "host", "why"),
    [
        ("https", "", "no secure (TLS) connection"),
        ("https", "nobody.invalid", "name lookup failed"),
    ],
    ids=["tls", "dns"],
)
def test_an_unreachable_vendor_is_waited_for_until_ctrl_c(
    stage: Stage, tmp_path: Path, scheme: str, host: str, why: str
) -> None:
    plain = stage.environment["EASIFY_BASE_URL"].partition("://")[2]
    stage.environment["EASIFY_BASE_URL"] = f"{scheme}://{host or plain}"
    stage.write_contacts(3)
    with (tmp_path / "errors.txt").open("w+", encoding="utf-8") as said:
        process = stage.send(stderr=said)
        wait_for(lambda: "waiting until" in (tmp_path / "errors.txt").read_text())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    errors = (tmp_path / "errors.txt").read_text()
    assert process.returncode == 130, errors
    assert (
        f"Warning: The account could not be checked beforehand: Easify could not be reached: {why}"
        in errors
    )
    assert {row["state"] for row in stage.report()} == {"queued"}
    assert not stage.vendor.truth
