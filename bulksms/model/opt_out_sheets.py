"""Sheets that list who opted out, known by their names: texts are never for those on them."""

import re

from bulksms.model.opt_out_columns import heeded_columns


def lists_opt_outs(sheet: str) -> bool:
    """Whether the sheet's name is one by which a column of opt-outs is known, or a list of such.

    What may mean something else as a column's name, "Stop" of a route, is no name of a list of
    people but this; so it is taken for a column that answers.
    """
    name = re.sub(r"(?i)[\W_]*\blist$", "", sheet.strip())
    return any(not each.consents for each in heeded_columns((name,), rows=(("yes",),), besides=()))
