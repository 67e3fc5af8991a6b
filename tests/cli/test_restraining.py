"""`resume` and `retry` beside other campaigns, which may have texted the same people since."""

from datetime import UTC, datetime, timedelta

import pytest

from bulksms.model.restraint import NONE_ASKED
from bulksms.model.settings import DEFAULT_RATE
from bulksms.store import Store
from tests.cli.cli_stage import JOB, Terminal, number

REFUSED = "+12025550151"
UNSETTLED = 6


@pytest.fixture
def june(terminal: Terminal) -> Terminal:
    """June rests after its first of three people; july, the same list edited, texted them all."""
    people = [number(last) for last in (1, 2, 3)]
    june = (*JOB, "--name", "june", "--limit", "1", "--yes")
    terminal.done("send", terminal.people(*people), *june)
    edited = terminal.people(*people, number(4), name="july.csv")
    terminal.done("send", edited, *JOB, "--name", "july", "--yes")
    return terminal


TOLD = (
    "Mind: 2 of these numbers were texted by 'july' since this campaign was loaded, with this very"
    " text."
)
LEAVES = "--not-if-same-text-within 1h leaves them out"


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_resume_says_whom_another_campaign_has_texted_since(june: Terminal) -> None:
    assert f"{TOLD} the same with {LEAVES}" in words(june.refused(2, "resume", "june"))
    known = ("send", "june.csv", *JOB)
    assert f"{TOLD} bulksms resume june {LEAVES}" in words(june.refused(2, *known))


def test_with_yes_it_is_said_and_not_refused(june: Terminal) -> None:
    result = june("resume", "june", "--yes", "--json")
    assert result.exit_code == 0
    assert TOLD in words(result.stderr)
    assert len(june.texted) == 7


def test_who_was_texted_since_is_left_out_when_it_is_asked_for(june: Terminal) -> None:
    asked = ("resume", "june", "--not-if-same-text-within", "1h")
    assert f"{TOLD} They will be left out." in words(june.refused(2, *asked))
    status = june.json(*asked, "--yes")
    assert (status["counts"]["accepted"], status["counts"]["skipped"]) == (1, 2)
    (july,) = status["overlaps"]
    assert (july["campaign"], july["texted"], july["left_out"]) == ("july", 2, 2)
    assert len(june.texted) == 5
    assert june.json("audit", "june")["holds"]


def test_the_file_beside_the_database_says_nothing_of_a_campaign_that_is_there(
    june: Terminal,
) -> None:
    """It would loosen what was asked for when that was loaded."""
    (june.folder / "bulksms.toml").write_text('not-if-texted-within = "7d"\n', encoding="utf-8")
    assert TOLD + " the same with" in words(june.refused(2, "resume", "june"))


def test_a_retry_says_whom_the_report_that_came_back_has_texted(terminal: Terminal) -> None:
    file = terminal.people(number(1), REFUSED)
    assert terminal("send", file, *JOB, "--name", "june", "--yes").exit_code == UNSETTLED
    del terminal.vendor.faults.by_number[REFUSED]
    terminal.done("report", "june", "--state", "failed", "-o", "rest.csv")
    terminal.done("send", "rest.csv", *JOB, "--name", "rest", "--yes")
    said = words(terminal.refused(2, "retry", "june"))
    assert "Mind: 1 of these numbers was texted by 'rest' since this campaign was loaded" in said
    terminal.done("retry", "june", "--not-if-same-text-within", "1h", "--yes")
    assert terminal.texted == sorted([number(1), REFUSED])


def test_a_resume_that_is_turned_away_changes_nothing(june: Terminal) -> None:
    """Else whoever is sending would skip by what somebody else has typed."""
    with Store.open(str(june.database)) as store:
        now = datetime.now(UTC)
        lease = store.accounts.acquire(
            "default", worker="elsewhere:1", rate=DEFAULT_RATE, length=timedelta(hours=1), now=now
        )
        june.refused(4, "resume", "june", "--not-if-texted-within", "24h", "--yes")
        found = store.campaigns.named("june")
        store.accounts.release(lease)
    assert found is not None
    assert found.restraint == NONE_ASKED


def test_a_whole_report_is_the_file_it_was_made_from_before_anybody_is_texted(
    terminal: Terminal,
) -> None:
    """Whom july leaves alone is left out of a list, but whoever waits there must not wait twice."""
    terminal.done("send", terminal.people(number(1)), *JOB, "--name", "spring", "--yes")
    july = terminal.people(*(number(at) for at in (1, 3, 4)), name="july.csv")
    restrained = (*JOB, "--not-if-texted-within", "7d")
    terminal.done("load", july, *restrained, "--name", "july")
    terminal.done("report", "july", "-o", "whole.csv")
    said = terminal.refused(3, "load", "whole.csv", *JOB, "--name", "again")
    assert "it has the same rows as the campaign 'july'" in words(said)
    terminal.done("send", "whole.csv", *restrained, "--yes")
    assert terminal.texted == [number(at) for at in (1, 3, 4)]
