"""What the vendor knows, what the database says, and whether the promise holds between the two.

Nothing here asks the program why it did something: what was really accepted, and when each request
really arrived, is compared with the report a person would read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from bulksms.auditing import audit
from bulksms.model.errors import LeaseLost
from bulksms.model.phone import dialling_parts
from bulksms.model.records import ReportRow
from bulksms.model.states import ENDED, State
from bulksms.store.engine import reading
from bulksms.store.limits import LIMIT_REACHED
from bulksms.store.schema import event
from bulksms.witnesses import WITNESSES
from tests.simulator.broken import Broken
from tests.simulator.fate import CLASHING_IDS, Record
from tests.simulator.network import SENDER
from tests.simulator.posts import says_accepted, sent_wrongly
from tests.simulator.story import Story

Group = tuple[str, str]
"""A number and a text: what a person would call the same message."""


def judge(story: Story) -> list[Broken]:
    """Everything that breaks the promise at the end of a story."""
    rows = list(story.store.rows.report(story.campaign_id))
    return [
        *_faults(story),
        *_unexplained(story, rows),
        *_doubled_or_lied(story, rows),
        *_failed_unrefused(story, rows),
        *_lost(story, rows),
        *_rested_unasked(story),
        *_heard_and_forgotten(story, rows),
        *sent_wrongly(story),
        *_audited(story),
    ]


def _audited(story: Story) -> Iterator[Broken]:
    """Where the vendor itself gives one id to two messages, the audit is right to say so."""
    clashing = story.fate.quirks.record_id_offset == CLASHING_IDS
    for found in audit(story.store, story.campaign):
        if not (clashing and "and so was" in found.sentence):
            yield Broken("audit", found.sentence)


def _faults(story: Story) -> Iterator[Broken]:
    for process in story.world.processes:
        if process.fault is not None and not isinstance(process.fault, LeaseLost):
            yield Broken("fault", f"{process.name} ended with {process.fault!r}")
        if process.ended_at is None:
            yield Broken("fault", f"{process.name} never ended")
    for sentence in story.left_open:
        yield Broken("unheard", sentence)


def _unexplained(story: Story, rows: list[ReportRow]) -> Iterator[Broken]:
    if [row.row_number for row in rows] != [person.row for person in story.fate.people]:
        yield Broken("unexplained", "the report does not hold every row of the file once")
    for row in rows:
        needs_reason = row.state in {State.FAILED, State.UNKNOWN, State.SKIPPED}
        if needs_reason and not (row.reason and row.detail):
            yield Broken("unexplained", f"row {row.row_number} is {row.state} without a reason")
        if row.state is State.ACCEPTED and not row.sms_id:
            yield Broken("unexplained", f"row {row.row_number} is accepted without an id")


def _doubled_or_lied(story: Story, rows: list[ReportRow]) -> Iterator[Broken]:
    """Rows of one number and one text stand for each other, so they are counted together."""
    offset = story.fate.quirks.record_id_offset
    truth: defaultdict[Group, set[int]] = defaultdict(set)
    for sms in story.network.vendor.truth:
        truth[sms.receiver, sms.message or ""].add(sms.id)
    told: defaultdict[Group, list[ReportRow]] = defaultdict(list)
    for row in rows:
        told[row.to_number or "", row.message or ""].append(row)
    for group in truth.keys() | told.keys():
        ids, of_it = truth[group], told[group]
        states = Counter(row.state for row in of_it)
        where = f"{group[0]} ({', '.join(f'row {r.row_number} {r.state}' for r in of_it)})"
        if len(ids) > len(of_it):
            yield Broken("doubled", f"{where} was texted {len(ids)} times")
        elif len(ids) > states[State.ACCEPTED] + states[State.UNKNOWN] + states[State.SENDING]:
            yield Broken("lie", f"{where} was texted {len(ids)} times, more than is told")
        elif len(ids) < states[State.ACCEPTED]:
            yield Broken("lie", f"{where} was texted {len(ids)} times, less than is told")
        claimed = [row.sms_id for row in of_it if row.state is State.ACCEPTED]
        real = {str(each) for each in ids} | {str(each + offset) for each in ids}
        if not set(claimed) <= real or len(set(claimed)) < len(claimed):
            yield Broken("lie", f"{where} has ids {claimed}, but the vendor has {sorted(ids)}")


def _failed_unrefused(story: Story, rows: list[ReportRow]) -> Iterator[Broken]:
    """A row fails only by the vendor's word about that row, not about the account or the pace."""
    refused = {post.to_number for post in story.network.posts if post.status in {400, 422}}
    for row in rows:
        if row.state is State.FAILED and row.to_number not in refused:
            yield Broken("lost", f"row {row.row_number} is failed, and nobody refused it")


def _lost(story: Story, rows: list[ReportRow]) -> Iterator[Broken]:
    """When the troubles are over, only what nobody could know may be left in doubt."""
    if story.campaign.state not in ENDED:
        yield Broken("lost", f"the campaign is still {story.campaign.state}")
    for row in rows:
        if row.state in {State.QUEUED, State.SENDING}:
            yield Broken("lost", f"row {row.row_number} is still {row.state}")
        if row.state is State.UNKNOWN:
            if _is_honest(story, row):
                story.world.figures["unknown left, honestly"] += 1
            else:
                yield Broken("lost", f"row {row.row_number} is left unknown: {row.detail}")


def _rested_unasked(story: Story) -> Iterator[Broken]:
    """No story has a limit: a run that rests at one has called itself done too early."""
    of_it = (event.c.campaign_id == story.campaign_id, event.c.note == LIMIT_REACHED)
    with reading(story.store.engine) as tx:
        for rested in tx.execute(select(event).where(*of_it)):
            yield Broken("lost", f"{rested.actor} rested at a limit that nobody asked for")


def _is_honest(story: Story, row: ReportRow) -> bool:
    """Whether nobody could know what became of a row, for the reason that it gives."""
    if story.fate.record is not Record.SHOWS or not _has_a_witness(story, row):
        return True
    said = row.detail or ""
    namesakes = [each.text for each in story.fate.people if each.number == row.to_number]
    if "not at the time of the attempt" in said or "once more than is accounted for" in said:
        processes = story.world.processes
        return len({each.off for each in processes}) > 1 or any(p.was_frozen for p in processes)
    if "perhaps for another row" in said:
        return namesakes.count(row.message or "") > 1
    if "another text to this number" in said:
        return len(set(namesakes)) > 1
    return False


def _has_a_witness(story: Story, row: ReportRow) -> bool:
    """Whether the record must show one of the newest accepted to that country, and it alone."""
    there, _ = dialling_parts(row.to_number or "")
    alike = Counter((person.number, person.text) for person in story.fate.people)
    newest = story.store.doubts.witnesses(1, SENDER, there, most=WITNESSES)
    return any(alike[each.to_number, each.body] == 1 for each in newest)


def _heard_and_forgotten(story: Story, rows: list[ReportRow]) -> Iterator[Broken]:
    """An acceptance that a process heard, however late, and lived to write down."""
    heard: Counter[Group] = Counter()
    for post in story.network.posts:
        if post.heard is not None and says_accepted(post.heard) and not post.process.killed:
            heard[post.to_number, post.text] += 1
    accepted = Counter(
        (row.to_number or "", row.message or "") for row in rows if row.state is State.ACCEPTED
    )
    for group, count in heard.items():
        if count > accepted[group]:
            yield Broken(
                "unheard",
                f"{group[0]} was heard to be accepted {count} times, {accepted[group]} are",
            )
