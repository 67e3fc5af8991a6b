"""Figures for whoever operates a worker, asked for over HTTP as Prometheus asks."""

import asyncio
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bulksms.metrics import published
from bulksms.model.errors import ConfigError
from bulksms.store import Store
from tests.store.stage import NOW, REJECTED, acquire, answer, claim, load

Figures = dict[tuple[str, ...], float]


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}") as found:
            return found.status, found.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()


async def asked(store: Store, path: str, trouble: str | None = None) -> tuple[int, str]:
    """While the loop turns, a minute after the campaign began."""
    loop, later = asyncio.get_running_loop(), lambda: NOW + timedelta(seconds=59)
    with published(store, later, loop, lambda: trouble, host="127.0.0.1", port=0) as port:
        return await asyncio.to_thread(ask, port, path)


def figures(store: Store) -> Figures:
    status, text = asyncio.run(asked(store, "/metrics"))
    assert status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_each_row_under_way_is_counted_by_account_state_and_reason(store: Store) -> None:
    campaign = load(store, 4)
    store.campaigns.start(campaign.id, now=NOW, actor="operator")
    lease = acquire(store)
    answer(store, claim(store, lease, campaign), REJECTED)
    claim(store, lease, campaign)
    found = figures(store)
    rows = {key[2:]: value for key, value in found.items() if key[0] == "bulksms_rows"}
    assert rows == {("", "queued"): 2, ("", "sending"): 1, (str(REJECTED.reason), "failed"): 1}
    assert found["bulksms_answers_last_minute", "default"] == 1
    assert found["bulksms_limit_a_minute", "default"] > 0
    assert found["bulksms_oldest_queued_seconds", "default"] == 59


def test_a_database_that_is_away_is_one_sentence(database: Path) -> None:
    """And no page of traceback for every scrape."""
    with Store.open(str(database)) as store:
        store.engine.dispose()
        database.write_bytes(b"no database any more")
        for path in ("/metrics", "/healthz"):
            status, text = asyncio.run(asked(store, path))
            assert status == 503
            assert text.count("\n") == 1
            assert "database" in text


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_this_machines_is_named(store: Store, host: str) -> None:
    """RFC 5737: 192.0.2.1 is nobody's."""
    loop = asyncio.new_event_loop()
    at_nobodys = published(store, lambda: NOW, loop, lambda: None, host=host, port=0)
    with pytest.raises(ConfigError, match=host), at_nobodys:
        pass
    loop.close()


def test_what_is_finished_is_not_counted(store: Store) -> None:
    load(store, 2)  # a draft
    assert not [key for key in figures(store) if key[0] == "bulksms_rows"]


def test_it_is_well_while_its_loop_turns_and_its_database_answers(store: Store) -> None:
    assert asyncio.run(asked(store, "/healthz")) == (200, "ok\n")
    assert asyncio.run(asked(store, "/"))[0] == 404


def test_it_says_why_its_work_does_not_go_on(store: Store) -> None:
    said = asyncio.run(asked(store, "/healthz", trouble="The disk is full."))
    assert said == (503, "The disk is full.\n")


def test_it_says_what_is_wrong_with_its_database(store: Store, database: Path) -> None:
    store.engine.dispose()
    database.write_bytes(b"no database" * 1000)
    status, said = asyncio.run(asked(store, "/healthz"))
    assert status == 503
    assert str(database) in said
