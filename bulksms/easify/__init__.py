"""The only door to httpx: one POST a person, and what its answer teaches us.

`client` speaks, `answers` reads what came back, `failures` judges what did not come back.
"""

from bulksms.easify.answers import read_answer
from bulksms.easify.client import EasifyClient

__all__ = ["EasifyClient", "read_answer"]
