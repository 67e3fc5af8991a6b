"""One text for everyone, filled in from each row's own cells.

A template names columns in braces: `Hi {first_name}, …`, `{first_name|there}` for an empty cell,
`{{` and `}}` for braces. It is scanned by hand and never given to `str.format`,
which would let a template reach into objects; nobody receives "Hi ,".
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bulksms.model.cell_errors import is_error
from bulksms.model.errors import ColumnMissing, InputError


def column_key(name: str) -> str:
    """What two spellings of a column have in common: "First Name", "first_name", "FIRST-NAME".

    Case, compatibility forms (NFKC), spaces, `_`, dashes and invisible characters do not count.
    """
    visible = "".join(c for c in name if not _is_invisible(c))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    return "".join(c for c in folded if not (c.isspace() or c == "_" or _is_dash(c)))


@dataclass(frozen=True, slots=True)
class MissingValue:
    """The row's cell has nothing to write; `column` as the file spells it.

    It is empty and the template has no fallback, or it is in error: `error` is what it says.
    """

    column: str
    error: str | None = None

    @property
    def sentence(self) -> str:
        """Why the row is not texted."""
        if self.error is None:
            return f"The cell '{self.column}' is empty, and the message has no fallback for it."
        return f"The cell '{self.column}' holds the error {self.error}."


@dataclass(frozen=True, slots=True)
class Field:
    """`{column|fallback}`; without a fallback, a row with an empty cell is not texted."""

    column: str
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with fields, read but not yet matched with a file's columns."""

    parts: tuple[str | Field, ...]

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Read a template; names and fallbacks are taken without the spaces around them.

        Raises:
            InputError: a brace is not closed or stands alone, or a field has no name.
        """
        return cls(tuple(_parts(text)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names used, as the template spells them first, in order of appearance."""
        names: dict[str, str] = {}
        for part in self.parts:
            if isinstance(part, Field):
                names.setdefault(column_key(part.column), part.column)
        return tuple(names.values())

    def bind(self, columns: Sequence[str]) -> "BoundTemplate":
        """Match the fields with a file's columns, once for all of its rows.

        Raises:
            InputError: a column is not in the file, or two of the file's columns match one name.
        """
        keys = [column_key(column) for column in columns]
        indexes = {column_key(name): _index_of(name, keys, columns) for name in self.columns}
        return BoundTemplate(
            tuple(
                part if isinstance(part, str) else _slot(part, indexes, columns)
                for part in self.parts
            )
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """A field that knows where in a row its cell stands; `column` as the file spells it."""

    index: int
    column: str
    fallback: str | None

    def written(self, cell: str) -> str | MissingValue:
        """What a row's text says in this place; a cell that looks filled may not be."""
        value = _value(cell) or self.fallback
        if value is None:
            return MissingValue(self.column)
        return MissingValue(self.column, value) if is_error(value) else value


@dataclass(frozen=True)
class BoundTemplate:
    """A template matched with a file's columns."""

    parts: tuple[str | Slot, ...]

    def fill(self, cells: Sequence[str]) -> str | MissingValue:
        """Write one row's text; `cells` are in the order of the bound columns, as many as they."""
        [text] = self.fill_all([[cell] for cell in cells], rows=1)
        return text

    def fill_all(self, columns: Sequence[Sequence[str]], *, rows: int) -> list[str | MissingValue]:
        """Write the texts of so many rows, whose cells are given by column.

        What a field makes of a cell is found out once for each different cell.
        """
        values: list[list[str | MissingValue]] = []
        for slot in self._slots:
            known = {cell: slot.written(cell) for cell in set(columns[slot.index])}
            values.append([known[cell] for cell in columns[slot.index]])
        if not values:
            return [self._form % ()] * rows
        texts: list[str | MissingValue] = list(map(self._form.__mod__, zip(*values, strict=True)))
        for column in reversed(values):  # of two that are missing, the first is told
            for at, value in enumerate(column) if MissingValue in set(map(type, column)) else ():
                if isinstance(value, MissingValue):
                    texts[at] = value
        return texts

    def as_written(self, columns: Sequence[str]) -> list[str]:
        """What reads like a field of another program and names a column, but is only text.

        `{{name}}` is a name in braces for us, and the column's cell for many others.
        """
        keys = {column_key(column) for column in columns}
        plain = "".join(part if isinstance(part, str) else "\n" for part in self.parts)
        return [each[0] for each in _FOREIGN.finditer(plain) if column_key(each[1]) in keys]

    @property
    def used(self) -> set[int]:
        """The positions of the columns that fill it."""
        return {slot.index for slot in self._slots}

    @cached_property
    def _slots(self) -> list[Slot]:
        return [part for part in self.parts if isinstance(part, Slot)]

    @cached_property
    def _form(self) -> str:
        """The template for `%`."""
        texts = (part.replace("%", "%%") if isinstance(part, str) else "%s" for part in self.parts)
        return "".join(texts)

    def index_of(self, missing: MissingValue) -> int:
        """Where in a row the cell stands that was empty."""
        return next(slot.index for slot in self._slots if slot.column == missing.column)


_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}|]*)(?:\|(?P<fallback>[^{}]*))?\}|[{}]")
_FOREIGN = re.compile(r"[{\[<«%]{1,2}([^{}\[\]<>«»%\n]{1,60})[}\]>»%]{1,2}")
_BRACES = {"{{": "{", "}}": "}"}
_EXCERPT = 20
_LONGEST_LIST = 40


def _parts(text: str) -> Iterator[str | Field]:
    end = 0
    for token in _TOKEN.finditer(text):
        if end < token.start():
            yield text[end : token.start()]
        yield _part(token)
        end = token.end()
    if end < len(text):
        yield text[end:]


def _part(token: re.Match[str]) -> str | Field:
    if token[0] in _BRACES:
        return _BRACES[token[0]]
    if token[0] == "{":
        raise _mistake(token, "is never closed; write {{ where a brace is meant")
    if token[0] == "}":
        raise _mistake(token, "closes nothing; write }} where a brace is meant")
    name, fallback = token["name"].strip(), token["fallback"]
    if not column_key(name):
        raise _mistake(token, "names no column")
    return Field(name, None if fallback is None else fallback.strip())


def _mistake(token: re.Match[str], complaint: str) -> InputError:
    start = token.start()
    around = token.string[max(0, start - _EXCERPT) : start + _EXCERPT]
    excerpt = " ".join(around.split())
    return InputError(
        f"The brace at character {start + 1} of the message {complaint}: … {excerpt} …"
    )


def _index_of(name: str, keys: Sequence[str], columns: Sequence[str]) -> int:
    wanted = column_key(name)
    matches = [index for index, key in enumerate(keys) if key == wanted]
    if not matches:
        raise _no_such_column(name, keys, columns)
    if len(matches) > 1:
        both = " and ".join(f"'{columns[index]}' (column {index + 1})" for index in matches[:2])
        raise InputError(
            f"The message's {{{name}}} matches two columns of the file, {both}; rename one."
        )
    return matches[0]


def _no_such_column(name: str, keys: Sequence[str], columns: Sequence[str]) -> InputError:
    """`keys` are those of the file's columns, of which two may be alike."""
    close = difflib.get_close_matches(column_key(name), keys, n=1)
    guess = f"; did you mean '{columns[keys.index(close[0])]}'?" if close else "."
    listed = ", ".join(f"'{column}'" for column in columns[:_LONGEST_LIST])
    more = f" and {len(columns) - _LONGEST_LIST} more" if len(columns) > _LONGEST_LIST else ""
    return ColumnMissing(
        f"The message names a column '{name}', which is not in the file{guess} "
        f"The file's columns are: {listed or 'none'}{more}."
    )


def _slot(field: Field, indexes: dict[str, int], columns: Sequence[str]) -> Slot:
    index = indexes[column_key(field.column)]
    return Slot(index, columns[index], field.fallback)


def _value(cell: str) -> str:
    """The cell without the spaces around it; a cell of invisible characters is as good as empty."""
    stripped = cell.strip()
    if stripped.isascii() or not all(c.isspace() or _is_invisible(c) for c in stripped):
        return stripped
    return ""


def _is_invisible(character: str) -> bool:
    """Zero width, direction marks, the byte order mark: Unicode's "format" characters."""
    return unicodedata.category(character) == "Cf"


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) == "Pd"
