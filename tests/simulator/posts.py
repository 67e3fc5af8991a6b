"""What the vendor must never see: a POST too early, too late, or after somebody said stop.

Only the wire is looked at here: when each request left and arrived, and what was said before.
A process that was frozen may post what it had claimed for half of its lease (`docs/sending.md`).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bulksms.model.hours import RECIPIENT, Hours
from bulksms.model.states import CampaignState
from bulksms.sandbox.answers import REFUSALS, Answer
from bulksms.sandbox.limits import busiest
from tests.simulator.broken import Broken
from tests.simulator.network import Post
from tests.simulator.step_loop import THREADS
from tests.simulator.story import Story
from tests.virtual_time import START

MOMENT = 0.01
"""Seconds between a claim and its POST that nobody would notice."""
ABOUT_THE_ACCOUNT = frozenset({302, 401, 402, 403, 404})
"""Statuses that are not about one message (`docs/wire.md`)."""


def sent_wrongly(story: Story) -> Iterator[Broken]:
    """Every POST that ought not to have left when it did."""
    yield from _too_fast(story)
    yield from _after_opting_out(story)
    yield from _outside_the_hours(story)
    yield from _while_nothing_runs(story)
    yield from _after_the_account_was_refused(story)


def says_accepted(answer: Answer) -> bool:
    """Whether the answer proves an acceptance: it has an id."""
    data = answer.body.get("data") if isinstance(answer.body, Mapping) else None
    return isinstance(data, Mapping) and "sms_id" in data


def _spare(story: Story, post: Post) -> float:
    """How long before its POST a message may have been claimed."""
    asleep = story.fate.lease.total_seconds() / 2 if post.process.was_frozen else 0.0
    gathering = story.fate.gathering
    ahead = 0.0 if gathering is None else max(3 * gathering, *THREADS)
    return MOMENT + ahead + asleep


def _too_fast(story: Story) -> Iterator[Broken]:
    """Every POST that arrived counts, refused ones too.

    Only one that arrived after its sender had given it up is outside the proof
    (`docs/sending.md`): a second Ctrl-C, while the request was still on its way.
    """
    rate = story.fate.rate
    arrived = []
    for post in story.network.posts:
        if post.arrived_at is None:
            continue
        if post.given_up_at is not None and post.arrived_at > post.given_up_at:
            story.world.figures["arrived after giving up"] += 1
            continue
        arrived.append(START + timedelta(seconds=post.arrived_at))
    most = busiest(sorted(arrived), rate.period)
    if most > rate.count:
        yield Broken("rate", f"{most} POSTs arrived within {rate.period.total_seconds():g} s")


def _after_opting_out(story: Story) -> Iterator[Broken]:
    for opt_out in story.opt_outs:
        for post in story.network.posts:
            late = post.sent_at > opt_out.at + _spare(story, post)
            if post.to_number == opt_out.number and late:
                yield Broken("opt-out", f"{opt_out.number} was texted after opting out")


def _outside_the_hours(story: Story) -> Iterator[Broken]:
    """By the clocks where the recipient may be, which the story knows better than the number."""
    hours = story.fate.hours
    if hours is None:
        return
    zones = {each.number: each.zones for each in story.fate.people}
    for post in story.network.posts:
        its = zones[post.to_number] if hours.timezone == RECIPIENT else (hours.timezone,)
        claimed_at = post.sent_at - _spare(story, post)
        inside = (_is_inside(hours, its, at) for at in (post.sent_at, claimed_at))
        if not any(inside):
            yield Broken("hours", f"{post.to_number} was texted at {post.sent_at:.3f} s")


def _is_inside(hours: Hours, zones: tuple[str, ...], at: float) -> bool:
    """Whether the clocks of all the zones show a time between opening and closing."""
    for zone in zones:
        local = (START + timedelta(seconds=at)).astimezone(ZoneInfo(zone))
        since = (local.hour * 60 + local.minute - hours.opens) % (24 * 60)
        opened = local - timedelta(minutes=since)
        length = (hours.closes - hours.opens) % (24 * 60) or 24 * 60
        if since >= length or opened.weekday() not in hours.days:
            return False
    return True


def _while_nothing_runs(story: Story) -> Iterator[Broken]:
    """A pause, a cancel or the end of a run: nothing new is claimed then."""
    turns = [(move.at, move.after) for move in story.world.moves if move.row is None]
    runs = [
        (begin, end)
        for (begin, state), (end, _) in pairwise([*turns, (story.world.now, "")])
        if state == CampaignState.RUNNING
    ]
    for post in story.network.posts:
        claimed_at = post.sent_at - _spare(story, post)
        if not any(begin <= post.sent_at and claimed_at <= end for begin, end in runs):
            yield Broken("stopped", f"POST {post.number} left though the campaign did not run")


def _after_the_account_was_refused(story: Story) -> Iterator[Broken]:
    """Whoever hears that the account is refused claims nothing more."""
    for refused in story.network.posts:
        if refused.heard is None or not _is_about_the_account(refused.heard):
            continue
        for post in story.network.posts:
            heard_at = refused.given_up_at or 0.0
            late = post.sent_at > heard_at + _spare(story, post)
            if post.process is refused.process and late:
                yield Broken("stopped", f"POST {post.number} left after the account was refused")


def _is_about_the_account(answer: Answer) -> bool:
    said = [REFUSALS[name].body for name in ("no_credits", "invalid_sender")]
    return answer.status in ABOUT_THE_ACCOUNT or answer.body in said
