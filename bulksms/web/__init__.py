"""The web page: for the person who never opens a terminal.

Server-rendered pages over the same use cases, the same database and the same words as the command
line: a campaign that is started in one is seen and steered in the other.
Needs the extra `web`; importing its modules without it is an `ImportError`.
"""
