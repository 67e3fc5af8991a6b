"""A fleet for whole worker processes: an account a client, a campaign an account, one vendor."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from subprocess import Popen

from bulksms.model.records import Campaign, Rate
from bulksms.model.states import CampaignState, State
from bulksms.sandbox.accounts import Account
from bulksms.sandbox.limits import busiest
from bulksms.sandbox.options import SandboxOptions
from bulksms.store import Store
from tests.running_sandbox import running
from tests.story.story_stage import SENDER, TOKEN, Stage, wait_for

ACCOUNTS = int(os.environ.get("BULKSMS_CLUSTER", "4"))
FEW = ACCOUNTS < 100
LEASE, PEOPLE = (3.0, 12) if FEW else (10.0, 20)
RATE = Rate(4, timedelta(seconds=1)) if FEW else Rate(15, timedelta(seconds=60))
SETTLE = 1 if FEW else 10
"""Each account looks for its doubts so often."""
PATIENCE = 120.0 if FEW else 300.0
"""Long enough for a machine that is busy with other tests: only what is stuck should fail."""
DONE = {CampaignState.FINISHED}
FIRST_EXCHANGE = 200
"""The digits after 212 in the numbers of the first account's people; the next has the next."""


@contextmanager
def a_fleet(stage: Stage, host: str = "127.0.0.1") -> Iterator[Stage]:
    """The stage with a vendor that knows all of the clients, and limits less."""
    options = SandboxOptions(
        *(TOKEN, (SENDER,)), rate_count=500, rate_seconds=1, latency=0.2, host=host, port=0
    )
    tokens = {f"CLIENT_{at}": f"{at}|token-of-a-client" for at in range(ACCOUNTS)}
    with running(options) as vendor:
        vendor.vendor.accounts |= {each: Account(each, (SENDER,)) for each in tokens.values()}
        here = {
            "EASIFY_BASE_URL": vendor.url,
            "BULKSMS_RATE": str(RATE),
            "BULKSMS_LEASE": str(LEASE),
            "BULKSMS_SETTLE": str(SETTLE),
        }
        yield replace(stage, vendor=vendor.vendor, environment=stage.environment | here | tokens)


def at_database(stage: Stage, url: str) -> Stage:
    """The same with another database."""
    return replace(stage, environment=stage.environment | {"BULKSMS_DATABASE": url})


def opened(stage: Stage) -> Store:
    default = str(stage.folder / "bulksms.db")
    return Store.open(stage.environment.get("BULKSMS_DATABASE", default))


def load(stage: Stage) -> None:
    """A started campaign an account, each with people of its own."""
    clients = [f"client-{at},CLIENT_{at}" for at in range(ACCOUNTS)]
    (stage.folder / "clients.csv").write_text("\n".join(["name,token_env", *clients]) + "\n")
    imported = stage.look("accounts", "import", str(stage.folder / "clients.csv"))
    assert imported.exit_code == 0, imported.output
    for at in range(ACCOUNTS):
        numbers = [f"212{FIRST_EXCHANGE + at}{1000 + person}" for person in range(PEOPLE)]
        (stage.folder / "some.csv").write_text("\n".join(["Mobile", *numbers]) + "\n")
        loaded = stage.look(
            *("load", str(stage.folder / "some.csv"), "--message", "Hi", "--from", SENDER),
            *("--name", f"of-{at}", "--account", f"client-{at}", "--rate", str(RATE)),
        )
        assert loaded.exit_code == 0, loaded.output
    with opened(stage) as store:
        for campaign in store.campaigns.all():
            store.campaigns.start(campaign.id, now=datetime.now(UTC), actor="operator")


def begin(stage: Stage, workers: int) -> list[Popen[str]]:
    processes = []
    for _ in range(workers):
        with (stage.folder / f"worker-{len(stage.started)}.log").open("w") as log:
            processes.append(
                stage.start("worker", "--accounts", str(ACCOUNTS * 2 // 3), stderr=log)
            )
    return processes


def campaigns(stage: Stage) -> list[Campaign]:
    with opened(stage) as store:
        return store.campaigns.all()


def held_by(stage: Stage, process: Popen[str]) -> set[str]:
    return {
        each.account
        for each in campaigns(stage)
        if (each.leased_by or "").endswith(f":{process.pid}")
    }


def a_holder(stage: Stage, processes: list[Popen[str]]) -> int:
    """Which of them has the most accounts, once the vendor has heard of some."""
    wait_for(lambda: len(stage.vendor.truth) >= ACCOUNTS * 2, PATIENCE)
    held = [len(held_by(stage, process)) for process in processes]
    assert max(held), "nobody holds an account"
    return held.index(max(held))


def all_finish(stage: Stage) -> None:
    wait_for(lambda: {each.state for each in campaigns(stage)} <= DONE, PATIENCE)


def nobody_twice_nobody_forgotten(stage: Stage) -> None:
    texted = Counter(sms.receiver for sms in stage.vendor.truth)
    assert max(texted.values()) == 1
    with opened(stage) as store:
        for campaign in store.campaigns.all():
            counts = store.rows.counts(campaign.id)
            assert counts[State.ACCEPTED] + counts[State.UNKNOWN] == PEOPLE
            audit = stage.look("audit", campaign.name)
            assert audit.exit_code == 0, audit.output
        accepted = sum(store.rows.counts(each.id)[State.ACCEPTED] for each in campaigns(stage))
    assert accepted <= len(texted) <= ACCOUNTS * PEOPLE
    no_account_over_its_rate(stage)


def no_account_over_its_rate(stage: Stage) -> None:
    """By the vendor's own times, in any window: it limits less here, so it would not tell."""
    arrived = defaultdict(list)
    for arrival in stage.vendor.arrivals:
        if arrival.to_number is not None:
            arrived[arrival.to_number.removeprefix("+1212")[:3]].append(arrival.at)
    assert len(arrived) == ACCOUNTS
    assert max(busiest(times, RATE.period) for times in arrived.values()) <= RATE.count
