from itertools import product

import pytest

from bulksms.model.states import (
    ENTRY,
    REASONS,
    TERMINAL,
    TRANSITIONS,
    Delivery,
    Move,
    PausedReason,
    Reason,
    State,
    sources,
)

CONTRACT_STATES = {
    "queued": "",
    "sending": "",
    "accepted": "",
    "failed": "invalid_recipient blacklisted invalid_country rejected not_sent gave_up",
    "unknown": "timeout connection_lost server_error bad_response interrupted",
    "skipped": "missing_number invalid_number damaged_number unsupported_country duplicate"
    " opted_out missing_value empty_message message_too_long outside_hours texted_recently"
    " same_text cancelled",
}
CONTRACT_PAUSED = (
    "operator interrupted unauthenticated subscription_ended plan_not_allowed no_credits"
    " invalid_sender repeated_failures"
)
CONTRACT_DELIVERY = "pending scheduled success delivered undelivered failed"


def test_the_states_and_reasons_are_the_contracts() -> None:
    promised = {state: set(reasons.split()) for state, reasons in CONTRACT_STATES.items()}
    assert {state.value: {*map(str, reasons)} for state, reasons in REASONS.items()} == promised


def test_the_delivery_words_are_the_contracts() -> None:
    assert {*map(str, Delivery)} == {*CONTRACT_DELIVERY.split()}


def test_a_campaign_is_paused_for_the_contracts_reasons_and_two_of_our_own() -> None:
    """A redirect is the configuration's fault, not the token's; a scheduled text is nobody's."""
    assert {*map(str, PausedReason)} == {*CONTRACT_PAUSED.split(), "wrong_address", "scheduled"}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_explains_exactly_one_state(reason: Reason) -> None:
    assert len([state for state, reasons in REASONS.items() if reason in reasons]) == 1


def test_every_state_says_which_reasons_it_needs() -> None:
    assert set(REASONS) == set(State)


def test_every_arrow_is_somebodys() -> None:
    assert all(TRANSITIONS.values())


@pytest.mark.parametrize("move", Move)
def test_every_move_has_an_arrow(move: Move) -> None:
    assert any(move in movers for movers in TRANSITIONS.values())


def test_every_state_is_reachable_from_the_load() -> None:
    reached: set[State] = set()
    waiting = list(ENTRY)
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting += [end for start, end in TRANSITIONS if start is state and end not in reached]
    assert reached == set(State)


def test_nothing_but_a_late_acceptance_leaves_a_terminal_state() -> None:
    """The text may have left before the row was skipped."""
    left = {arrow: by for arrow, by in TRANSITIONS.items() if arrow[0] in TERMINAL}
    assert left == {(State.SKIPPED, State.ACCEPTED): {Move.LATE_ANSWER}}


def test_everything_else_can_still_be_decided() -> None:
    decided = {start for (start, _), by in TRANSITIONS.items() if by - {Move.LATE_ANSWER}}
    assert decided == set(State) - TERMINAL


def test_only_a_claim_leads_to_sending() -> None:
    assert {start for start, end in TRANSITIONS if end is State.SENDING} == {State.QUEUED}
    assert TRANSITIONS[State.QUEUED, State.SENDING] == {Move.CLAIM}


def test_doubt_is_settled_only_by_an_answer_the_record_or_a_person() -> None:
    """Neither a restart nor `retry` may put back what the vendor may have taken."""
    movers = [by for (start, _), by in TRANSITIONS.items() if start is State.UNKNOWN]
    assert frozenset().union(*movers) == {Move.LATE_ANSWER, Move.RECONCILE, Move.RESOLVE}


def test_the_record_gives_nobody_up() -> None:
    """Only a person may let a row in doubt rest."""
    assert Move.RECONCILE not in TRANSITIONS[State.UNKNOWN, State.FAILED]


def test_a_late_acceptance_is_a_fact_wherever_its_row_has_gone() -> None:
    for start in (State.UNKNOWN, State.QUEUED, State.FAILED):
        assert Move.LATE_ANSWER in TRANSITIONS[start, State.ACCEPTED]


@pytest.mark.parametrize(("start", "move", "end"), list(product(State, Move, State)))
def test_sources_say_what_the_table_says(start: State, move: Move, end: State) -> None:
    assert (start in sources(move, end)) == (move in TRANSITIONS.get((start, end), ()))
