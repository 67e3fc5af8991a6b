"""Mistakes in what is sent, and in how it is written down."""

from tests.simulator.mutant import Mutant

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
        'STILL_MINE = and_(THE_MESSAGE, message.c.attempt_id == bindparam("the_attempt"))',
        "STILL_MINE = and_(THE_MESSAGE, message.c.attempt_id > 0)",
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
        "a late acceptance is ignored",
        "store/attempts.py",
        "_CLOSABLE = attempt.c.outcome.is_(None) | (attempt.c.outcome == OutcomeName.UNKNOWN)",
        "_CLOSABLE = attempt.c.outcome.is_(None)",
    ),
    Mutant(
        "nobody asks whether the machine slept",
        "sending.py",
        "if not await may_still_leave(self._book, self.lease, self.clock, time):",
        "if not await may_still_leave(self._book, self.lease, self.clock, self.clock()):",
    ),
    Mutant(
        "what was claimed ahead of its time leaves at once",
        "sending.py",
        "await self._pace.its_time(time)",
        "pass",
    ),
    Mutant(
        "a sleep between the commit and its news is not noticed",
        "sending.py",
        "return claim, time",
        "return claim, self.clock()",
    ),
    Mutant(
        "a paused campaign goes on",
        "store/claims.py",
        "if standing.state != CampaignState.RUNNING:",
        "if standing.state not in {CampaignState.RUNNING, CampaignState.PAUSED}:",
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
        "a newer list's opt-out is not obeyed at the claim",
        "store/claims.py",
        "if candidate.opted_out_in is not None:",
        "if candidate is None:",
    ),
    Mutant(
        "the claim is not durable",
        "store/engine.py",
        '"BEGIN" if only_reads else "BEGIN IMMEDIATE"',
        '"BEGIN" if only_reads else "SELECT 1"',
        sqlite_only=True,
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
        "an abort drops what has just been claimed",
        "sending.py",
        "task.get_loop().call_soon(task.cancel)",
        "task.cancel()",
    ),
    Mutant(
        "a claim that is cancelled on its way stays claimed",
        "committing.py",
        "if isinstance(entry, Wanted) and isinstance(result, ClaimedMessage):",
        "if result is None and isinstance(entry, Wanted):",
    ),
    Mutant(
        "a run ends though a row has come back since its last claim",
        "store/campaigns.py",
        "elif limit is None or tx.execute(",
        "elif limit is not None and tx.execute(",
    ),
    Mutant(
        "the hours are not asked at the claim",
        "store/places.py",
        "return in_turn(hours, _waiting(tx, campaign_id, hours), now)",
        "return _waiting(tx, campaign_id, hours)",
    ),
    Mutant(
        "one clock inside the hours is enough",
        "model/hours.py",
        "return all(self._shows_open(at.astimezone(_zone_info(zone))) for zone in self.zones)",
        "return any(self._shows_open(at.astimezone(_zone_info(zone))) for zone in self.zones)",
    ),
)
