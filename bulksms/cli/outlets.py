"""Output whose reader is gone: what is done goes on, and ends with the exit code of what was done.

A closed window, `| head`, `| less` that was left: Python would end the run in mid-air, and a
campaign that is finished would have failed.
"""

import errno
import io
import sys
from typing import Any, TextIO

from bulksms.model.errors import BulkSMSError

_NOBODY_READS = {errno.EPIPE, errno.EIO}
"""The pipe has no reader any more, or the terminal was closed (write(2))."""


STDERR = 2


class _Outlet(io.FileIO):
    """A stream of the system, which takes whatever nobody reads any more.

    Standard error also what a full disk does not: a log must not stop a campaign.
    """

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - whatever has a buffer
        """So many bytes are dealt with.

        Raises:
            BulkSMSError: a full disk does not take what was to be shown.
        """
        try:
            return super().write(data)
        except OSError as error:
            if error.errno in _NOBODY_READS or self.fileno() == STDERR:
                return memoryview(data).nbytes
            raise BulkSMSError(
                f"What is to be shown cannot be written: {error.strerror}."
                " What was recorded is kept.",
                next_command="mend that, then\nbulksms status",
            ) from error


def bear_readers_that_go() -> None:
    """Do so for standard output and standard error from now on.

    Letters that a terminal or a pipe lacks are written as their numbers, which is no fault either.
    """
    sys.stdout, sys.stderr = _borne(sys.stdout, sys.__stdout__), _borne(sys.stderr, sys.__stderr__)


def _borne(stream: TextIO, own: TextIO | None) -> TextIO:
    """The same stream, if it is the process's own, and takes bytes.

    Somebody may have put another in its place, and a console of Windows takes letters.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if stream is not own or not isinstance(getattr(own.buffer, "raw", own.buffer), io.FileIO):
        stream.reconfigure(errors="backslashreplace")
        return stream
    stream.flush()
    outlet = _Outlet(stream.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(
        outlet if stream.write_through else io.BufferedWriter(outlet),  # as Python makes it
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
