"""What outcomes in a row say about the account and the service."""

from datetime import UTC, datetime

from bulksms.model.outcomes import Accepted, Unknown
from bulksms.model.settings import REFUSALS_BEFORE_PAUSE
from bulksms.model.states import Reason
from bulksms.model.troubles import Troubles

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SILENCE = Unknown(Reason.TIMEOUT, "Silence.")


def test_attempts_that_were_all_of_one_row_name_it() -> None:
    """It was proven absent and went back each time; nothing is known of other messages."""
    troubles = Troubles()
    troubles.weigh(SILENCE, NOW, 2)
    troubles.weigh(Accepted("sms-1", 200), NOW, 3)
    for _ in range(REFUSALS_BEFORE_PAUSE):
        assert troubles.pause_after(SILENCE) is None
        troubles.weigh(SILENCE, NOW, 12)
    pause = troubles.pause_after(SILENCE)
    assert pause is not None
    assert pause.detail == (
        f"{REFUSALS_BEFORE_PAUSE} attempts in a row were not accepted,"
        " all of them of row 12: Silence."
    )
