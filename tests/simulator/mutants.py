"""One-line breakages of the program; the simulator must catch every one of them.

A simulator that finds nothing may be blind. So each line here puts one mistake, of a kind that a
tired programmer makes, into a copy of the package, and stories are told with the copy until a
promise breaks. A mutant that survives is a promise that nobody watches.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake: `old`, which stands once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str


MUTANTS = (
    Mutant(
        "a timeout is resent",
        "easify/failures.py",
        '_SLOW = Unknown(Reason.TIMEOUT, "Easify did not answer in time.")',
        '_SLOW = NotSent("Easify did not answer in time.")',
    ),
    Mutant(
        "a lost connection is resent",
        "easify/failures.py",
        'Unknown(\n    Reason.CONNECTION_LOST, "The connection was lost before',
        'NotSent(\n    "The connection was lost before',
    ),
    Mutant(
        "a server error is resent",
        "easify/answers.py",
        "return Unknown(Reason.SERVER_ERROR, answer.sentence, answer.status)",
        "return NotSent(answer.sentence, None, answer.status)",
    ),
    Mutant(
        "an answer without an id is a refusal",
        "easify/answers.py",
        "return Unknown(Reason.BAD_RESPONSE, answer.sentence, answer.status)\n    return Accepted",
        "return Rejected(Reason.REJECTED, answer.sentence, answer.status)\n    return Accepted",
    ),
    Mutant(
        "429 fails the row",
        "easify/answers.py",
        "    return NotSent(answer.sentence, wait, answer.status)",
        "    return Rejected(Reason.REJECTED, answer.sentence, answer.status)",
    ),
    Mutant(
        "recover ends what it finds instead of calling it unknown",
        "store/messages.py",
        "                    to=State.UNKNOWN,\n                    reason=Reason.INTERRUPTED,\n"
        "                    detail=attempts.ABANDONED,",
        "                    to=State.QUEUED,",
    ),
    Mutant(
        "recover overlooks what the dead left",
        "store/attempts.py",
        'attempt.c.epoch < bindparam("the_epoch"))',
        'attempt.c.epoch > bindparam("the_epoch"))',
    ),
    Mutant(
        "record does not name its attempt",
        "store/moving.py",
        'message.c.attempt_id == bindparam("the_attempt"))',
        'message.c.attempt_id >= bindparam("the_attempt"))',
    ),
    Mutant(
        "moves are not guarded by the state",
        "store/moving.py",
        "return and_(which, message.c.state.in_(from_here))",
        "return and_(which, True)",
    ),
    Mutant(
        "the claim does not ask for the epoch",
        "store/accounts.py",
        "        account.c.epoch == _LEASES.c.epoch,\n"
        "        account.c.leased_by == _LEASES.c.worker,",
        "        account.c.epoch > 0,",
    ),
    Mutant(
        "slots count from the start of a send",
        "store/attempts.py",
        "select(attempt.c.finished_at).where(mine, attempt.c.finished_at >",
        "select(attempt.c.started_at).where(mine, attempt.c.started_at >",
    ),
    Mutant(
        "slots are forgotten at a restart",
        "store/attempts.py",
        "return in_the_air, answered",
        "return in_the_air, answered.where("
        "attempt.c.epoch == select(account.c.epoch).scalar_subquery())",
    ),
    Mutant(
        "what is in the air takes no slot",
        "model/slots.py",
        "too_many = in_the_air + len(live) - rate.count",
        "too_many = len(live) - rate.count",
    ),
    Mutant(
        "abandon stamps the beginning, not the present",
        "store/attempts.py",
        '.values(finished_at=bindparam("now"), outcome=OutcomeName.UNKNOWN',
        ".values(finished_at=attempt.c.started_at, outcome=OutcomeName.UNKNOWN",
    ),
    Mutant(
        "one slot too many",
        "model/slots.py",
        "- rate.count\n",
        "- rate.count - 1\n",
    ),
    Mutant(
        "the pace is aiolimiter's alone",
        "store/claims.py",
        "return attempts.slot(tx, lease, now)",
        "return None",
    ),
    Mutant(
        "absence is believed at once",
        "reconciling.py",
        "due = doubt.given_up_at + self.settle\n",
        "due = doubt.given_up_at\n",
    ),
    Mutant(
        "another clock's time is trusted",
        "reconciling.py",
        "return self.settle / 4 if doubt.given_up_at >= self._since else self.settle",
        "return self.settle / 4",
    ),
    Mutant(
        "what is in the air is overlooked",
        "looking.py",
        "if self.store.doubts.in_the_air(self.account_id, doubt.sender, doubt.to_number):",
        "if False:",
    ),
    Mutant(
        "absence is believed without a witness",
        "looking.py",
        "if any(not each.trouble and self._is_proven(source) for",
        "if any(not each.trouble for",
    ),
    Mutant(
        "a read that failed proves absence",
        "looking.py",
        "if any(not each.trouble and self._is_proven(source) for",
        "if any(self._is_proven(source) for",
    ),
    Mutant(
        "ids that others own are not excluded",
        "model/matching.py",
        "if item.id not in owned or item.id in foreign]",
        "]",
    ),
    Mutant(
        "an id of another conversation explains a record",
        "store/doubts.py",
        "        _BETWEEN,\n",
        '        message.c.sender == bindparam("sender"),\n',
    ),
    Mutant(
        "twins are not counted where ids are not shared",
        "model/matching.py",
        "free.remove(min(free, key=partial(_distance, at)))",
        "continue",
    ),
    Mutant(
        "the text is not compared",
        "model/matching.py",
        "return item.has_media == ours.has_media and _plain(item.text) == _plain(ours.body)",
        "return item.has_media == ours.has_media",
    ),
    Mutant(
        "the record's zone is not learnt",
        "model/matching.py",
        "early, late = known.offset - spare, known.offset + spare",
        "early, late = -spare, spare",
    ),
    Mutant(
        "a late acceptance is ignored",
        "store/attempts.py",
        "_CLOSABLE = attempt.c.outcome.is_(None) | (attempt.c.outcome == OutcomeName.UNKNOWN)",
        "_CLOSABLE = attempt.c.outcome.is_(None)",
    ),
    Mutant(
        "nobody asks whether the machine slept",
        "sending.py",
        "if self.clock() - claimed_at > self.lease.length / 2:",
        "if self.clock() - claimed_at > 9999 * self.lease.length:",
    ),
    Mutant(
        "a cancelled campaign goes on",
        "store/claims.py",
        "if standing.state != CampaignState.RUNNING:",
        "if standing.state not in {CampaignState.RUNNING, CampaignState.CANCELLED}:",
    ),
    Mutant(
        "what comes back to a cancelled campaign stays queued",
        "store/moving.py",
        "select(campaign.c.id).where(campaign.c.state == CampaignState.CANCELLED)",
        "select(campaign.c.id).where(campaign.c.state == CampaignState.DRAFT)",
    ),
    Mutant(
        "an opt-out is not obeyed at the claim",
        "store/claims.py",
        "if candidate.opted_out is not None:",
        "if candidate is None:",
    ),
    Mutant(
        "the claim is not durable",
        "store/engine.py",
        '"BEGIN" if only_reads else "BEGIN IMMEDIATE"',
        '"BEGIN" if only_reads else "SELECT 1"',
    ),
    Mutant(
        "a blocked account is a failed row",
        "easify/answers.py",
        "return AccountBlocked(BLOCKED_BY_STATUS[answer.status], answer.sentence, answer.status)",
        "return Rejected(Reason.INTERRUPTED, answer.sentence, answer.status)",
    ),
    Mutant(
        "a blocked account goes on",
        "model/troubles.py",
        "return Pause(reason, text)",
        "return None",
    ),
    Mutant(
        "a second Ctrl-C records nothing",
        "sending.py",
        'outcome = Unknown(Reason.INTERRUPTED, "Stopped by hand before an answer came.")',
        "return",
    ),
    Mutant(
        "a second Ctrl-C puts the row back",
        "sending.py",
        'outcome = Unknown(Reason.INTERRUPTED, "Stopped by hand before an answer came.")',
        'outcome = NotSent("Stopped by hand before an answer came.")',
    ),
    Mutant(
        "the record's time is rounded to a zone",
        "model/matching.py",
        "    if not WESTERNMOST - WRONG_CLOCK <= offset",
        "    offset = round(offset / timedelta(minutes=15)) * timedelta(minutes=15)\n"
        "    if not WESTERNMOST - WRONG_CLOCK <= offset",
    ),
    Mutant(
        "the same text at another time counts as absence",
        "looking.py",
        "if self._unexplained(doubt, items, None):",
        "if False:",
    ),
    Mutant(
        "a record is taken from a row whose answer may still come",
        "looking.py",
        "if len(mine) > len(rivals(mine, asleep, known=self._known, settle=self.settle)):",
        "if True:",
    ),
)
"""Left out, for no story of these can break the promise by them:
a single look instead of two (the settling time alone covers what this vendor's record does);
report and chat history that disagree (the sandbox shows both from one ledger);
a run that does not wait for its own doubts (the operator's next `resume` settles them);
a 429 that is not held on to (the slots keep the pace; an unearned 429 is only asked again)."""
