"""What a person may set, and what it is when they don't."""

import re
from datetime import timedelta

from bulksms.model.errors import ConfigError
from bulksms.model.records import Rate

DEFAULT_BASE_URL = "https://backend.easify.app/api/v2"
"""The vendor's documented address (sms/send page)."""

DEFAULT_RATE = Rate(15, timedelta(seconds=60))
"""The vendor's documented limit for sms/send: 15 requests a minute per user."""

DEFAULT_TIMEOUT = timedelta(seconds=30)
"""How long to wait for the vendor's answer."""

DEFAULT_SETTLE = timedelta(seconds=120)
"""After how long, from our giving up, the absence of a message from the record is believed."""

DEFAULT_LEASE = timedelta(seconds=60)
"""After how long a silent sender's account may be taken over."""

LONGEST_LEASE_OR_WAIT = timedelta(days=1)
"""No lease and no wait is longer: one that ends later was written by a clock that was wrong."""

REFUSALS_BEFORE_PAUSE = 10
"""Refused or unclear answers in a row, without one accepted, before the campaign pauses itself."""

MAX_SEGMENTS = 10
"""A longer text is not sent: 10 x 153 characters is where carriers commonly cut or refuse."""

_RATE = re.compile(r"(\d{1,6})/(\d{1,6}(?:\.\d{1,3})?)")


def parse_rate(text: str) -> Rate:
    """`15/60` as 15 messages in 60 seconds.

    Raises:
        ConfigError: for anything else, or a rate of nothing.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0 or float(match[2]) == 0:
        raise ConfigError(
            f"The rate '{text}' cannot be read; it is messages/seconds, such as 15/60."
        )
    return Rate(int(match[1]), timedelta(seconds=float(match[2])))
