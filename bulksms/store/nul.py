"""Texts for PostgreSQL, which takes every character but one."""

from psycopg.adapt import Buffer
from psycopg.types.string import StrDumper

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class StrWithoutNul(StrDumper):
    """A text whose NULs, from a torn file or a strange answer, do not lose the row they are in."""

    def dump(self, obj: str) -> Buffer | None:
        """Into the database."""
        return super().dump(obj.replace("\0", REPLACEMENT) if "\0" in obj else obj)
