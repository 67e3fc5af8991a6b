"""XML as a stream of elements, in bounded memory: no tree, no entities, no document type.

A document type declaration is where entities are defined, those of "billion laughs" among them.
No spreadsheet program writes one, so it is refused rather than understood.
"""

from collections.abc import Callable, Iterable
from xml.parsers import expat

Attributes = dict[str, str]


class MarkupError(Exception):
    """The content is no XML, or has what no spreadsheet program writes."""


class Elements:
    """Calls `start` with each element's name, without its prefix, and its attributes as they are.

    `end` and `text` may be set and taken away (None) while it reads.
    """

    def __init__(self, start: Callable[[str, Attributes], None]) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_document_type
        self._parser.StartElementHandler = lambda name, attributes: start(
            name[name.rfind(":") + 1 :], attributes
        )

    @property
    def text(self) -> Callable[[str], None] | None:
        """Who is told the text between elements."""
        return self._parser.CharacterDataHandler

    @text.setter
    def text(self, listener: Callable[[str], None] | None) -> None:
        self._parser.CharacterDataHandler = listener

    @property
    def end(self) -> Callable[[str], None] | None:
        """Who is told that an element, here with its prefix, ends."""
        return self._parser.EndElementHandler

    @end.setter
    def end(self, listener: Callable[[str], None] | None) -> None:
        self._parser.EndElementHandler = listener

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read a whole document.

        Raises:
            MarkupError: it is none.
        """
        for block in blocks:
            self.begin(block)
        self._parse(b"", last=True)

    def begin(self, block: bytes) -> None:
        """Read as far as this.

        Raises:
            MarkupError: this is not how a document goes on.
        """
        self._parse(block, last=False)

    def _parse(self, block: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(block, last)
        except (expat.ExpatError, LookupError, ValueError) as error:  # an encoding unknown
            raise MarkupError(str(error)) from error


def _refuse_document_type(*_: object) -> None:
    raise MarkupError("it has a document type declaration")
