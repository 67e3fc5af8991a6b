"""What a cell may name as its row's attachment: a web address, and else nothing unasked.

A spreadsheet that somebody sent must not make this computer text its own files to strangers.
"""

from typing import NamedTuple

_WEB = ("http://", "https://")


class Unattachable(NamedTuple):
    """A cell whose attachment is refused, and why, for a person."""

    detail: str


def is_web_address(text: str) -> bool:
    """Whether the vendor fetches it, instead of us reading it from this computer."""
    return text.lower().startswith(_WEB)


def web_addresses_only(cell: str) -> str | Unattachable:
    """What is attached where nobody said that files of this computer may be."""
    if is_web_address(cell):
        return cell
    return Unattachable(
        f"The attachment '{cell[:80]}' is no web address; a file of this computer is only attached"
        " if its column is named with --media-column."
    )
