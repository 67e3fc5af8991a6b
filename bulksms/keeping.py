"""Judged rows, kept between the plan that shows them and the load that stores them.

A few stay in memory, many go to a temporary file without a name, which vanishes with the process.
So the file is read and judged once, and what was shown is what is stored.
"""

import gc
import pickle
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import chain
from tempfile import SpooledTemporaryFile

from bulksms.model.chunks import JudgedRows
from bulksms.model.errors import StoreError
from bulksms.model.records import JudgedRow

_IN_MEMORY = 8 * 1024 * 1024


class KeptRows:
    """Rows that can be added to, and read from the first as often as wanted; `count` of them."""

    def __init__(self) -> None:
        self.count = 0
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with self
        weakref.finalize(self, self._file.close)

    def add(self, rows: JudgedRows) -> None:
        """Keep some more.

        Raises:
            StoreError: the folder for temporary files is full.
        """
        try:
            self._file.seek(0, 2)
            columns = [getattr(rows, each.name) for each in fields(rows)]
            pickle.dump(columns, self._file, pickle.HIGHEST_PROTOCOL)
            self.count += len(rows)
        except OSError as error:
            raise StoreError(
                f"The rows cannot be kept in the folder for temporary files: {error.strerror}."
            ) from error

    def chunks(self) -> Iterator[JudgedRows]:
        """The rows, as they were added."""
        end, at = self._file.seek(0, 2), 0
        while at < end:
            self._file.seek(at)
            rows = JudgedRows(*pickle.load(self._file))  # noqa: S301 - our own, written by this process
            at = self._file.tell()
            yield rows

    def __iter__(self) -> Iterator[JudgedRow]:
        return chain.from_iterable(self.chunks())


@contextmanager
def without_looking_for_cycles() -> Iterator[None]:
    """Leave the garbage collector out: rows are tuples of texts, and it took a tenth of a load."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
