"""Names for contents, by which a file and a wording are known again."""

import hashlib
import json
from collections.abc import Sequence

from bulksms.model.chunks import encoded


class Fingerprint:
    """A name for the content of a table: its header and cells, whatever file holds them."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._hash = hashlib.sha256()
        self.add(encoded([name] for name in columns))

    def add(self, cells: Sequence[Sequence[str]]) -> None:
        """Take the next rows in, each as a JSON array; `cells` are theirs by column, encoded."""
        arrays = "][".join(map(", ".join, zip(*cells, strict=True)))
        self._hash.update(f"[{arrays}]".encode("utf-8", "surrogatepass"))

    @property
    def text(self) -> str:
        """The name, as hexadecimal digits."""
        return self._hash.hexdigest()


def digest(*parts: str | None) -> str:
    """A name for these texts in this order."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
