"""What a running sandbox can be told. Kept apart from `serving`, which needs the extra."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How `bulksms sandbox` plays the vendor.

    Attributes:
        token: the only token that is let in.
        numbers: the account's own numbers, E.164.
        rate_count: sends a window; a quick demonstration simply has more of them.
        rate_seconds: the window's length; reads have four times the sends, as the vendor has it.
        latency: seconds of every round trip.
        host: the address to listen on.
        port: 0 chooses a free one.
    """

    token: str = "1|sandbox"  # noqa: S105  a token for nothing but this sandbox
    numbers: tuple[str, ...] = ("+13152935500", "+13152940142", "+16465550100")
    rate_count: int = 15
    rate_seconds: float = 60.0
    latency: float = 0.0
    host: str = "127.0.0.1"
    port: int = 8025
