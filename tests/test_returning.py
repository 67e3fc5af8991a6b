"""The same file a second time: what is the same, and what then happens."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from bulksms.loading import Job, Wishes, check, check_among, load, prepare
from bulksms.model.errors import InputError
from bulksms.model.outcomes import Accepted
from bulksms.model.records import Campaign, ClaimedMessage, Lease, NothingQueued, Rate
from bulksms.model.restraint import Restraint
from bulksms.model.states import CampaignState, PausedReason, Reason
from bulksms.reporting import ahead, write_report
from bulksms.returning import as_wished, earlier, require_in_time
from bulksms.spreadsheet.reading import read_table
from bulksms.store import Store

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RATE = Rate(15, timedelta(seconds=60))
WISHES = Wishes(message="Hi {name}", sender="2025550100")
OTHER_WORDS = Wishes(message="Bye {name}", sender="2025550100")

ROWS = (("Name", "Phone"), ("Ann", "2025550104"), ("Bob", "2025550105"))


def write(path: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> Path:
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def fingerprint(path: Path) -> str:
    return check(prepare(read_table(path), WISHES), {}, RATE).fingerprint


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "june.csv")


@pytest.fixture
def campaign(store: Store, path: Path) -> Campaign:
    """The file's first load."""
    job = prepare(read_table(path), WISHES)
    return load(job, check(job, {}, RATE), store, rate=RATE, now=NOW)


def again(
    store: Store, path: Path, wishes: Wishes = WISHES, *, now: datetime = NOW
) -> Campaign | None:
    """What the same line finds when it is typed once more."""
    job: Job = prepare(read_table(path), wishes)
    return earlier(job, check(job, {}, RATE), store, now=now)


def start(store: Store, campaign: Campaign) -> None:
    store.campaigns.start(campaign.id, now=NOW, actor="test")


def claim_next(store: Store, campaign: Campaign, answer: Accepted | None = None) -> Lease:
    """Start, and take the next row that may be texted, if there is one; perhaps it is answered."""
    lease = store.accounts.acquire(
        "default", worker="ann:1", rate=RATE, length=timedelta(seconds=60), now=NOW
    )
    start(store, campaign)
    claimed = store.messages.claim(lease, campaign.id, NOW)
    if answer is not None:
        assert isinstance(claimed, ClaimedMessage)
        store.messages.record(claimed, answer, worker="ann:1", now=NOW)
    return lease


def finish(store: Store, campaign: Campaign) -> None:
    """Text one, and have the others opted out, so that nothing is left to send."""
    lease = claim_next(store, campaign, answer=Accepted("sms-1", 200))
    opt_everybody_out(store)
    assert store.messages.claim(lease, campaign.id, NOW) == NothingQueued()
    assert store.campaigns.settle(lease, campaign.id, now=NOW)


def opt_everybody_out(store: Store) -> None:
    numbers = [f"+1{phone}" for _, phone in ROWS[1:]]
    store.suppressions.add(numbers, reason="STOP", source="test", now=NOW)


def test_a_renamed_file_is_the_same_file(path: Path) -> None:
    before = fingerprint(path)
    assert fingerprint(path.rename(path.with_name("july.csv"))) == before


def test_a_workbook_with_the_same_cells_is_the_same_file(path: Path) -> None:
    workbook = path.with_suffix(".xlsx")
    with xlsxwriter.Workbook(workbook) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
    assert fingerprint(workbook) == fingerprint(path)


@pytest.mark.parametrize(
    "rows",
    [
        (("Name", "Phone"), ("Ann", "2025550104"), ("Bob", "2025550106")),
        (("Name", "Mobile"), *ROWS[1:]),
        (ROWS[0], ROWS[2], ROWS[1]),
        (*ROWS, ("Cay", "2025550106")),
        (("Name", "Phone"), ("Ann2025550104", ""), ("Bob", "2025550105")),
    ],
    ids=["a cell", "a header", "the order", "a row more", "where a cell ends"],
)
def test_another_cell_is_another_file(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    assert fingerprint(write(path.with_name("other.csv"), rows)) != fingerprint(path)


def test_a_file_that_nobody_loaded_is_new(store: Store, path: Path) -> None:
    assert again(store, path) is None


def test_an_unfinished_campaign_is_gone_on_with(
    store: Store, path: Path, campaign: Campaign
) -> None:
    found = again(store, path)
    assert found is not None
    assert found.id == campaign.id
    start(store, campaign)
    store.campaigns.pause(campaign.id, PausedReason.OPERATOR, now=NOW, actor="test")
    paused = again(store, path)
    assert paused is not None
    assert paused.id == campaign.id


@pytest.mark.usefixtures("campaign")
def test_another_name_or_limit_is_the_same_line(store: Store, path: Path) -> None:
    wishes = Wishes(message="Hi {name}", sender="2025550100", name="july", limit=1)
    assert again(store, path, wishes) is not None


@pytest.mark.usefixtures("campaign")
def test_a_sender_written_otherwise_is_the_same_sender(store: Store, path: Path) -> None:
    assert again(store, path, Wishes(message="Hi {name}", sender="+1 (202) 555-0100")) is not None


TOMORROW = NOW + timedelta(days=1)


def in_time(
    store: Store,
    path: Path,
    limit: int | None = None,
    start_at: datetime | None = None,
    now: datetime = NOW,
) -> Campaign:
    """What the same line with these finds, once it is seen that they do not come too late."""
    job = prepare(read_table(path), replace(WISHES, limit=limit, start_at=start_at))
    known = earlier(job, check(job, {}, RATE), store, now=NOW)
    assert known is not None
    require_in_time(job, store, known, now=now)
    return as_wished(job, store, known, now)


@pytest.mark.usefixtures("campaign")
def test_a_draft_gets_the_limit_and_the_time_of_the_line(store: Store, path: Path) -> None:
    """They were dropped, and everybody was texted at once."""
    wished = in_time(store, path, limit=1, start_at=TOMORROW)
    assert (wished.stop_after_row, wished.start_at) == (2, TOMORROW)
    assert wished.state is CampaignState.SCHEDULED
    assert ahead(store, wished) == (1, 0)
    assert in_time(store, path, start_at=TOMORROW) == wished
    assert in_time(store, path, limit=2).stop_after_row == 3


def test_a_draft_keeps_the_limit_of_its_load_where_the_line_has_none(
    store: Store, path: Path
) -> None:
    job = prepare(read_table(path), replace(WISHES, limit=1))
    load(job, check(job, {}, RATE), store, rate=RATE, now=NOW)
    assert ahead(store, in_time(store, path)) == (1, 0)
    assert ahead(store, in_time(store, path), limit=2) == (2, 0)


@pytest.mark.usefixtures("campaign")
def test_another_time_than_the_one_that_is_waited_for_is_refused(store: Store, path: Path) -> None:
    """Whoever waits already would begin at the earlier one."""
    in_time(store, path, start_at=TOMORROW)
    with pytest.raises(
        InputError, match=r"to start .* and at no other time; nobody was"
    ) as refusal:
        in_time(store, path, start_at=TOMORROW + timedelta(hours=1))
    assert refusal.value.next_command == "bulksms cancel june-2026-01-05\nthen the same line again"


def test_what_was_begun_since_the_question_gets_neither_limit_nor_time(
    store: Store, path: Path, campaign: Campaign
) -> None:
    job = prepare(read_table(path), replace(WISHES, limit=1, start_at=TOMORROW))
    claim_next(store, campaign)
    with pytest.raises(InputError, match="was begun, or set another time, by somebody else"):
        as_wished(job, store, campaign, NOW)
    begun = store.campaigns.now(campaign.id)
    assert (begun.stop_after_row, begun.start_at) == (None, None)


@pytest.mark.parametrize(
    ("late", "why"),
    [
        ((1, None), "has begun, and no other limit can be set any more"),
        ((None, TOMORROW), "has begun, and cannot start at another time any more"),
    ],
)
def test_what_comes_too_late_for_a_campaign_is_refused(
    store: Store,
    path: Path,
    campaign: Campaign,
    late: tuple[int | None, datetime | None],
    why: str,
) -> None:
    claim_next(store, campaign, answer=Accepted("sms-1", 200))
    with pytest.raises(InputError) as refusal:
        in_time(store, path, *late)
    said = f"'june-2026-01-05' {why}; a resume texts the other 1 message now."
    assert refusal.value.sentence == said
    assert refusal.value.next_command == "bulksms resume june-2026-01-05"


def test_the_same_limit_goes_on_until_it_is_reached(store: Store, path: Path) -> None:
    job = prepare(read_table(path), replace(WISHES, limit=1))
    first = load(job, check(job, {}, RATE), store, rate=RATE, now=NOW)
    lease = claim_next(store, first)
    assert ahead(store, in_time(store, path, limit=1)) == (0, 1)
    later = NOW + timedelta(minutes=2)
    lease = store.accounts.acquire(
        "default", worker="bob:2", rate=RATE, length=timedelta(seconds=60), now=later
    )
    store.messages.recover(lease, later)
    assert ahead(store, in_time(store, path, limit=1)) == (0, 1)
    assert store.campaigns.settle(lease, first.id, now=later)
    with pytest.raises(InputError, match="rests at its limit; a resume texts the other 1 message"):
        in_time(store, path, limit=1)
    store.campaigns.start(first.id, now=NOW, actor="test", lift_limit=False)
    assert store.campaigns.now(first.id).stop_after_row == 2
    assert ahead(store, in_time(store, path)) == (0, 1)


def test_the_same_limit_is_the_same_whoever_opted_out_since(store: Store, path: Path) -> None:
    """It was counted in a new plan, which leaves out whom the campaign has texted or lost."""
    write(path, (*ROWS, ("Cay", "2025550106"), ("Dan", "2025550107")))
    job = prepare(read_table(path), replace(WISHES, limit=3))
    plan = check(job, {"+12025550104": "STOP"}, RATE)
    first = load(job, plan, store, rate=RATE, now=NOW)
    assert first.stop_after_row == 5
    later = NOW + timedelta(seconds=5)
    start(store, first)
    store.suppressions.add(["+12025550105"], reason="STOP", source="test", now=later)
    lease = store.accounts.acquire(
        "default", worker="ann:1", rate=RATE, length=timedelta(seconds=60), now=later
    )
    assert isinstance(store.messages.claim(lease, first.id, later), ClaimedMessage)
    assert ahead(store, in_time(store, path, limit=3)) == (1, 1)
    for other in (1, 4):
        with pytest.raises(InputError, match="no other limit can be set any more"):
            in_time(store, path, limit=other)


@pytest.mark.usefixtures("campaign")
def test_the_time_that_was_waited_for_is_no_other_time(store: Store, path: Path) -> None:
    """Whoever was interrupted after it types the same line."""
    scheduled = in_time(store, path, start_at=TOMORROW)
    later = TOMORROW + timedelta(minutes=5)
    assert in_time(store, path, start_at=TOMORROW, now=later) == scheduled
    start(store, scheduled)
    for now in (NOW, later):
        assert in_time(store, path, start_at=TOMORROW, now=now).id == scheduled.id
    assert in_time(store, path, start_at=NOW, now=later).id == scheduled.id


@pytest.mark.parametrize(
    "wishes",
    [
        OTHER_WORDS,
        Wishes(message="Hi {name}", sender="2025550199"),
        Wishes(message="Hi {name}", sender="2025550100", duplicates="keep"),
        Wishes(message="Hi {name}", sender="2025550100", account="second"),
    ],
    ids=["words", "sender", "duplicates", "account"],
)
def test_other_wording_is_refused_while_the_first_goes_on(
    store: Store, path: Path, campaign: Campaign, wishes: Wishes
) -> None:
    """Otherwise everyone would get both texts."""
    with pytest.raises(InputError, match=r"is loaded already, with another .* nobody was") as first:
        again(store, path, wishes)
    assert first.value.next_command == "bulksms cancel june-2026-01-05\nthen the same line again"
    start(store, campaign)
    with pytest.raises(InputError, match=r"already being sent.*'june-2026-01-05'") as refusal:
        again(store, path, wishes)
    assert "bulksms resume june-2026-01-05" in str(refusal.value.next_command)


@pytest.mark.parametrize("wishes", [WISHES, OTHER_WORDS], ids=["same words", "other words"])
def test_a_finished_file_is_refused_and_its_campaign_named(
    store: Store, path: Path, campaign: Campaign, wishes: Wishes
) -> None:
    finish(store, campaign)
    with pytest.raises(InputError, match=r"already sent.*'june-2026-01-05' of 2026-01-05") as no:
        again(store, path, wishes)
    assert "--again" in str(no.value.next_command)


def test_a_campaign_that_could_text_nobody_frees_the_file(
    store: Store, path: Path, campaign: Campaign
) -> None:
    """As after a wrong --phone-column: the same file with the right one is no second time."""
    opt_everybody_out(store)
    assert store.campaigns.settle(claim_next(store, campaign), campaign.id, now=NOW)
    assert again(store, path) is None


@pytest.mark.parametrize("started", [False, True])
def test_a_campaign_cancelled_before_its_first_text_frees_the_file(
    store: Store, path: Path, campaign: Campaign, *, started: bool
) -> None:
    if started:
        start(store, campaign)
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    assert again(store, path) is None
    assert again(store, path, OTHER_WORDS) is None


def test_a_campaign_cancelled_after_its_first_text_does_not(
    store: Store, path: Path, campaign: Campaign
) -> None:
    """Even while that text is in the air: it may have been accepted."""
    claim_next(store, campaign)
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    with pytest.raises(InputError, match="sent and cancelled"):
        again(store, path)


def test_the_line_that_is_advised_reaches_back_to_the_oldest_campaign_of_the_file(
    store: Store, path: Path, campaign: Campaign
) -> None:
    """Thirty days, as it once said, texted everybody twice whose text was older than that."""
    store.accounts.release(claim_next(store, campaign, Accepted("1", 200)))
    store.campaigns.cancel(campaign.id, now=NOW, actor="test")
    job, soon = prepare(read_table(path), OTHER_WORDS), NOW + timedelta(days=20)
    second = load(job, check(job, {}, RATE), store, rate=RATE, now=soon, again=True)
    claim_next(store, second)
    store.campaigns.cancel(second.id, now=soon, actor="test")
    later = NOW + timedelta(days=40)
    with pytest.raises(InputError, match="sent and cancelled") as no:
        again(store, path, now=later)
    advised = re.search(r"--not-if-texted-within (\w+) as well", str(no.value.next_command))
    assert advised is not None
    job = prepare(read_table(path), replace(WISHES, restraint=Restraint.parse(advised[1], None)))
    plan = check_among(store, job, {}, RATE, later + timedelta(hours=20))
    assert plan.skipped[Reason.TEXTED_RECENTLY].rows == 1


def test_a_file_loaded_again_on_purpose_is_found_by_its_newest_campaign(
    store: Store, path: Path, campaign: Campaign
) -> None:
    finish(store, campaign)
    job = prepare(read_table(path), OTHER_WORDS)
    second = load(job, check(job, {}, RATE), store, rate=RATE, now=NOW, again=True)
    assert second.name == "june-2026-01-05-2"
    found = again(store, path, OTHER_WORDS)
    assert found is not None
    assert found.id == second.id


def in_dollars(path: Path, digits: str = "$#,##0.00") -> Path:
    """The same people with what they owe, as a spreadsheet program shows it."""
    with xlsxwriter.Workbook(path) as book:
        sheet, money = book.add_worksheet(), book.add_format({"num_format": digits})
        sheet.write_row(0, 0, (*ROWS[0], "Owes"))
        for number, row in enumerate(ROWS[1:], start=1):
            sheet.write_row(number, 0, row)
            sheet.write(number, 2, 1234.5, money)
    return path


def test_a_format_an_option_and_a_report_make_no_new_file(store: Store, tmp_path: Path) -> None:
    """By what was shown it was another file with each of them, and everybody was texted again."""
    path = in_dollars(tmp_path / "june.xlsx")
    wishes = replace(WISHES, message="Hi {name}, {owes}")
    job = prepare(read_table(path), wishes)
    first = load(job, check(job, {}, RATE), store, rate=RATE, now=NOW)
    body = next(row.message for row in store.rows.report(first.id))
    assert body == "Hi Ann, $1,234.50"
    for same in (
        again(store, in_dollars(tmp_path / "other.xlsx", "0"), wishes),
        again(store, in_dollars(tmp_path / "plain.xlsx", "General"), wishes),
    ):
        assert same == first
    with pytest.raises(InputError, match=f"the campaign '{first.name}'"):
        again(store, path, replace(wishes, lead_id_column="Owes"))
    report = tmp_path / "report.csv"
    write_report(store, first, report, now=NOW)
    assert again(store, report, wishes) == first


def test_a_whole_report_with_a_row_in_doubt_makes_no_new_file(
    store: Store, path: Path, campaign: Campaign
) -> None:
    """Nobody was texted for certain, and still it is no list of those who are to be texted."""
    claim_next(store, campaign)
    report = path.with_name("report.csv")
    write_report(store, campaign, report, now=NOW)
    assert [name for _, (name, _) in read_table(report).rows()] == ["Bob"]
    found = again(store, report)
    assert found is not None
    assert found.id == campaign.id
