"""The documents' tables, made from the code, so that they cannot say anything else.

cog pastes what these functions return (`make docs-write`), and CI compares (`make docs`).
What only a person can say stands here as a literal, and each literal must name every member:
a new state, reason or CHECK without its words breaks the documents, not the reader.
"""
