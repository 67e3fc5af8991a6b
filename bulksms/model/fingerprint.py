"""Names for contents, by which a file and a wording are known again."""

import hashlib
import json
from collections.abc import Sequence
from json.encoder import encode_basestring


class Fingerprint:
    """A name for the content of a table: its header and cells, whatever file holds them."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._hash = hashlib.sha256()
        self.add(columns)

    def add(self, cells: Sequence[str]) -> None:
        """Take the next row in, as a JSON array."""
        array = f"[{', '.join(map(encode_basestring, cells))}]"
        self._hash.update(array.encode("utf-8", "surrogatepass"))

    @property
    def text(self) -> str:
        """The name, as hexadecimal digits."""
        return self._hash.hexdigest()


def digest(*parts: str | None) -> str:
    """A name for these texts in this order."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
