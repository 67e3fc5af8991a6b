"""One look at the account, against the sandbox: what stops a command, what only warns."""

import pytest

from bulksms.easify import EasifyClient, HttpxLine
from bulksms.model.errors import AccountProblem, InputError
from bulksms.preflight import preflight
from bulksms.sandbox.faults import ERROR_BEFORE
from tests.reconciling.reconciling_stage import SENDER, TOKEN, Stage
from tests.wire import transport_to

SECOND_SENDER, FOREIGN = "+13152935501", "+13152935599"


def look(stage: Stage, *senders: str, token: str = TOKEN) -> str | None:
    """What the look at the account says before these senders are used."""

    async def story() -> str | None:
        async with EasifyClient(token, line=HttpxLine(transport_to(stage.vendor))) as client:
            return await preflight(client, senders)

    return stage.play(story())


def test_an_account_in_order_says_nothing_and_nothing_is_sent(stage: Stage) -> None:
    assert look(stage, SENDER) is None
    assert [each.path for each in stage.vendor.arrivals] == ["phone-numbers"]


def test_a_wrong_token_needs_a_person(stage: Stage) -> None:
    with pytest.raises(AccountProblem, match=r"no token that Easify knows.*nothing was sent"):
        look(stage, SENDER, token="2|mistyped")  # noqa: S106 - of nobody at all


def test_a_lapsed_subscription_needs_a_person(stage: Stage) -> None:
    stage.account.subscribed = False
    with pytest.raises(AccountProblem, match=r"subscription has ended.*nothing was sent"):
        look(stage, SENDER)


def test_a_plan_without_the_api_needs_a_person(stage: Stage) -> None:
    stage.account.enterprise = False
    with pytest.raises(AccountProblem, match=r"does not allow the API.*nothing was sent"):
        look(stage, SENDER)


def test_a_foreign_sender_is_refused_with_the_numbers_that_the_account_has(stage: Stage) -> None:
    stage.account.numbers = (SENDER, SECOND_SENDER)
    with pytest.raises(InputError) as refused:
        look(stage, SENDER, FOREIGN)
    said = refused.value.sentence
    assert said.startswith(f"{FOREIGN} is not an active number")
    assert f"it has {SENDER}, {SECOND_SENDER}." in said
    assert f"--from {SENDER}" in (refused.value.next_command or "")


def test_a_list_that_cannot_be_read_is_a_warning(stage: Stage) -> None:
    stage.befall([ERROR_BEFORE])
    warning = look(stage, FOREIGN)
    assert (warning or "").startswith("The account could not be checked beforehand")


def test_an_empty_list_is_a_warning(stage: Stage) -> None:
    """It proves nothing: the list shows active and approved numbers only."""
    stage.account.numbers = ()
    warning = look(stage, SENDER)
    assert "lists no active number" in (warning or "")
