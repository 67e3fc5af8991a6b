"""The only door to httpx: one POST a person, what its answer teaches us, and the vendor's record.

`client` speaks, `exchange` is how, `answers` reads what came back, `failures` judges what did not
come back, `reads` asks for the vendor's record, `pages` reads what it shows, `line` serves many
accounts.
"""

from bulksms.easify.answers import read_answer
from bulksms.easify.client import EasifyClient
from bulksms.easify.connecting import HttpxLine
from bulksms.easify.exchange import Line
from bulksms.easify.sharing import shared_line

__all__ = ["EasifyClient", "HttpxLine", "Line", "read_answer", "shared_line"]
