"""One-line breakages of the program; the simulator must catch every one of them.

A simulator that finds nothing may be blind. So each line here puts one mistake, of a kind that a
tired programmer makes, into a copy of the package, and stories are told with the copy until a
promise breaks. A mutant that survives is a promise that nobody watches.
"""

from tests.simulator import mutants_in_sending, mutants_in_settling

MUTANTS = (*mutants_in_sending.MUTANTS, *mutants_in_settling.MUTANTS)
"""Left out, for no story of these can break the promise by them:
a cancelled campaign in which claims go on (there is nothing to claim: a cancel skips what waits,
and what comes back is skipped in the same transaction, which has a mutant of its own);
a single look instead of two (the settling time alone covers what this vendor's record does);
report and chat history that disagree (the sandbox shows both from one ledger);
a run that does not wait for its own doubts (the operator's next `resume` settles them);
a 429 that is not held on to (the slots keep the pace; an unearned 429 is only asked again).

And for what it takes comes together in fewer than one story of a thousand, so that each has a test:
an answer that nobody waits for any more ends the writer (test_committing.py);
whoever lost the account ends the campaign of another (store/test_campaigns.py);
the same text at another time counts as absence, a record is taken from a row whose answer may
still come, a twin is counted that the record need not show yet (reconciling/test_twins.py)."""
