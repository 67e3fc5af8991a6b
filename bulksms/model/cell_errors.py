"""The texts that stand in a cell for "there is no value": nobody is to receive "Hi #N/A,".

Spreadsheet programs write them into a CSV as plain text, so they are known by their words.
"""

UNCALCULATED = "#UNCALCULATED!"
"""Ours, for a formula without a result: the program that wrote the file did not calculate."""

CELL_ERRORS = (
    *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"),
    *("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!"),
    *("#ERROR!", UNCALCULATED),
)
"""Excel's errors (ISO/IEC 29500-1, 18.17.3, and the later ones of Excel 365), and LibreOffice's
and Google's `#ERROR!`, which here also stands for what is none of the others."""


def is_error(text: str) -> bool:
    """Whether a cell's text is one of them."""
    return text[:1] == "#" and text in CELL_ERRORS
