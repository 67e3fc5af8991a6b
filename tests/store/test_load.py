import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from bulksms.model.chunks import cells_to_text
from bulksms.model.errors import InputError
from bulksms.model.records import Campaign, JudgedRow, NewCampaign
from bulksms.model.states import CampaignState, Reason, State
from bulksms.store import Store
from tests.store.stage import (
    FAST,
    MINUTE,
    NOW,
    acquire,
    everything,
    fresh,
    load,
    queued,
    running,
    skipped,
    sql,
)


def test_a_load_stores_a_draft_with_all_that_was_said_of_it(store: Store) -> None:
    new = NewCampaign(
        name="june",
        columns=("Näme", "Phone"),
        source_name="june.xlsx",
        fingerprint="f1",
        wording="w1",
        template="Hi {name}",
        force_send=True,
        limit=1,
    )
    rows = [skipped(2), queued(3), queued(4)]
    campaign = store.campaigns.load(new, rows, account_name="shop", rate=FAST, now=NOW)
    assert campaign == Campaign(
        id=1,
        account="shop",
        rate="1000/1",
        leased_by=None,
        leased_until=None,
        name="june",
        state=CampaignState.DRAFT,
        paused_reason=None,
        paused_detail=None,
        columns=("Näme", "Phone"),
        source_name="june.xlsx",
        fingerprint="f1",
        wording="w1",
        template="Hi {name}",
        force_send=True,
        stop_after_row=3,
        rows=3,
        created_at=NOW,
        started_at=None,
        finished_at=None,
    )
    assert fresh(store, campaign) == campaign


@pytest.mark.parametrize("good_rows", [0, 1, 2_500])
def test_an_iterator_that_raises_half_way_leaves_nothing(store: Store, good_rows: int) -> None:
    """Whatever was already handed to the database goes with it, the new account too."""
    before = everything(store)

    def rows() -> Iterator[JudgedRow]:
        yield from (queued(index) for index in range(good_rows))
        raise InputError("Row 2502 cannot be read.")

    with pytest.raises(InputError, match="Row 2502"):
        load(store, rows(), account="shop")
    assert everything(store) == before


def test_a_name_that_is_taken_gets_a_number(store: Store) -> None:
    names = [load(store, 1, name=name).name for name in ("june", "june", "june-2", "june", "jun")]
    assert names == ["june", "june-2", "june-2-2", "june-3", "jun"]


@pytest.mark.parametrize("name", ["50%", "a_b", "a/b", 'Ann\'s "list"', "июнь"])
def test_a_name_is_only_a_name(store: Store, name: str) -> None:
    load(store, 1, name="a-b")
    assert load(store, 1, name=name).name == name
    assert load(store, 1, name=name).name == f"{name}-2"


def test_a_campaign_is_found_by_its_name_and_else_by_its_id(store: Store) -> None:
    first, second = load(store, 1, name="2"), load(store, 1, name="june")
    assert store.campaigns.named("june") == second
    assert store.campaigns.named("2") == first
    assert store.campaigns.named("1") == first
    assert store.campaigns.named("3") is None
    assert store.campaigns.named("july") is None


def test_the_newest_campaign_comes_first(store: Store) -> None:
    names = [load(store, 1, name=name).name for name in ("b", "a", "c")]
    assert [campaign.name for campaign in store.campaigns.all()] == names[::-1]


def test_the_campaigns_of_a_file_are_known_by_its_content(store: Store) -> None:
    loads = [load(store, 1), load(store, 1)]
    sql(store, "UPDATE campaign SET fingerprint = 'f2' WHERE id = 2")
    third = load(store, 1)
    assert store.campaigns.of_file("f1") == [third, loads[0]]
    assert store.campaigns.of_file("f3") == []


def test_a_campaign_that_texts_nobody_is_none_of_its_file(store: Store) -> None:
    load(store, [skipped(2), skipped(3)])
    cancelled = load(store, 2)
    store.campaigns.cancel(cancelled.id, now=NOW, actor="operator")
    assert store.campaigns.of_file("f1") == []
    assert load(store, 2, first=True).fingerprint == "f1"


def test_of_two_that_load_a_file_at_once_one_is_told_of_the_other(store: Store) -> None:
    """Both were shown a plan while there was none, and both said yes."""
    begun, both_asked = threading.Event(), threading.Event()

    def slowly() -> Iterator[JudgedRow]:
        begun.set()
        both_asked.wait(0.5)  # the other one cannot tell that it waits
        yield queued(2)

    with ThreadPoolExecutor(2) as pool:
        june = pool.submit(load, store, slowly(), first=True)
        assert begun.wait(10)
        july = pool.submit(load, store, 1, name="july", first=True)
        assert june.result(30).name == "june"
        with pytest.raises(InputError, match="given to the campaign 'june' already"):
            july.result(30)
    assert load(store, 1, name="on purpose").name == "on purpose"


def test_the_campaigns_of_an_account_are_seen_in_the_order_of_their_ids(store: Store) -> None:
    """A plan takes every list up to the newest for known, and one that came late never was."""
    before = load(store, 1).id
    begun, looked = threading.Event(), threading.Event()

    def slowly() -> Iterator[JudgedRow]:
        begun.set()
        looked.wait(10)
        yield queued(2)

    with ThreadPoolExecutor(2) as pool:
        june = pool.submit(load, store, slowly(), name="june")
        assert begun.wait(10)
        july = pool.submit(load, store, 1, name="july")
        wait([july], timeout=0.5)  # it cannot tell that it waits
        seen = store.others.newest("default")
        looked.set()
        assert june.result(30).id < july.result(30).id
    assert seen == before


def test_a_campaign_shows_who_sends_on_its_account(store: Store) -> None:
    campaign = running(store)
    acquire(store, "ann:1")
    campaign = fresh(store, campaign)
    assert (campaign.leased_by, campaign.leased_until) == ("ann:1", NOW + MINUTE)


def test_campaigns_of_one_account_share_it(store: Store) -> None:
    load(store, 1)
    load(store, 1)
    load(store, 1, account="shop")
    assert sql(store, "SELECT account_id FROM campaign ORDER BY id") == [(1,), (1,), (2,)]


def test_the_load_is_one_event(store: Store) -> None:
    load(store, [queued(2), skipped(3, Reason.OPTED_OUT)])
    assert sql(store, "SELECT message_id, actor, from_state, to_state, note FROM event") == [
        (None, "load", None, "draft", "2 rows from june.csv")
    ]


def test_a_row_keeps_everything_that_was_judged(store: Store) -> None:
    row = queued(
        7,
        original=("Ann\n", "=1+1", '"'),
        lead_id="0042",
        media="https://example.org/a.png",
        segments=3,
        repeat=2,
    )
    load(store, [row])
    columns = "row_number, original, to_number, lead_id, sender, body, media, segments, repeat"
    assert sql(store, f"SELECT {columns} FROM message") == [  # noqa: S608 - the names stand one line above
        (
            7,
            '["Ann\\n","=1+1","\\""]',
            "+12025550007",
            "0042",
            "+12025550000",
            "Hi",
            "https://example.org/a.png",
            3,
            2,
        )
    ]
    assert row.state is State.QUEUED


def test_cells_are_kept_as_a_json_array() -> None:
    assert cells_to_text(("Zoë", 'a"b', "=1\n", "")) == '["Zoë","a\\"b","=1\\n",""]'
