"""Whether a delivery event was signed with the webhook's secret, as the vendor documents it.

`base64(hex(HMAC-SHA256(secret, payload)))`: 88 characters, for PHP's `hash_hmac` gives hexadecimal
text and that text is what is encoded (https://easify.app/docs/api/sms/webhooks).
The page signs the raw body in words and a re-encoded one in its code, so both are tried.
The time is not in what is signed: it keeps out old captures only if they are not re-stamped.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

WINDOW = timedelta(minutes=15)
"""How far the stamp may be from now: the vendor's example."""


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether the signature is the body's, as it came or as PHP would have written it."""
    if _same(body, signature, secret):
        return True
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return _same(as_php(payload), signature, secret)


def is_timely(stamp: str, now: datetime) -> bool:
    """Whether a UNIX time is about now."""
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):  # noqa: PLR2004 - year 5138
        return False
    return abs(now - datetime.fromtimestamp(int(stamp), UTC)) <= WINDOW


def sign(payload: bytes, secret: str) -> str:
    """The vendor's signature of a payload."""
    digest = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def as_php(payload: Any) -> bytes:  # noqa: ANN401 - whatever JSON holds
    r"""What PHP's `json_encode` makes of it: no spaces, `\/`, `\uXXXX`, the keys in their order."""
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=True)
    return text.replace("/", r"\/").replace(r"\u007f", "\x7f").encode()


def _same(payload: bytes, signature: str, secret: str) -> bool:
    given = signature.encode("utf-8", "surrogateescape")
    return hmac.compare_digest(sign(payload, secret).encode(), given)
