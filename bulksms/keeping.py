"""Judged rows, kept between the plan that shows them and the load that stores them.

A few stay in memory, many go to a temporary file without a name, which vanishes with the process.
So the file is read and judged once, and what was shown is what is stored.
"""

import gc
import pickle
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile

from bulksms.model.errors import StoreError
from bulksms.model.records import JudgedRow

_IN_MEMORY = 8 * 1024 * 1024
_ROWS_AT_ONCE = 1_000


class KeptRows:
    """Rows that can be added to, and read from the first as often as wanted."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with self
        self._waiting: list[JudgedRow] = []
        weakref.finalize(self, self._file.close)

    def add(self, row: JudgedRow) -> None:
        """Keep one more.

        Raises:
            StoreError: the folder for temporary files is full.
        """
        self._waiting.append(row)
        if len(self._waiting) == _ROWS_AT_ONCE:
            self._write_down()

    def __iter__(self) -> Iterator[JudgedRow]:
        self._write_down()
        end, at = self._file.seek(0, 2), 0
        while at < end:
            self._file.seek(at)
            rows = pickle.load(self._file)  # noqa: S301 - our own, written by this process
            at = self._file.tell()
            yield from map(JudgedRow._make, rows)

    def _write_down(self) -> None:
        try:
            self._file.seek(0, 2)
            plain = list(map(tuple, self._waiting))  # half the time of pickling the class
            pickle.dump(plain, self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise StoreError(
                f"The rows cannot be kept in the folder for temporary files: {error.strerror}."
            ) from error
        self._waiting = []


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
