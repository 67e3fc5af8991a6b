"""Text everyone in a spreadsheet, once, and say of every row what became of it and why."""

__version__ = "0.1.0"
