"""A test: the text of one row on one's own phone, before everybody else gets theirs.

It is a campaign of its own with a single row, sent by the same run as any other:
pace, preflight and doubts are those of every message, and no other campaign counts it.
"""

from dataclasses import dataclass
from datetime import datetime

from bulksms.loading import Job
from bulksms.model.errors import InputError
from bulksms.model.fingerprint import digest
from bulksms.model.phone import BadPhone, read_phone
from bulksms.model.plan import Plan
from bulksms.model.records import Campaign, JudgedRow, NewCampaign, Rate
from bulksms.model.states import State
from bulksms.store import Store

COLUMNS = ("tested file", "tested row")


@dataclass(frozen=True, slots=True)
class Trial:
    """A row's text, and the phone it goes to instead of the row's own."""

    number: str
    row: JudgedRow


def choose_trial(job: Job, plan: Plan, number: str, row_number: int | None) -> Trial:
    """What is to be tried: the named row's text, else that of the first row to be texted.

    Raises:
        InputError: the number cannot be texted, or the row will not be.
    """
    phone = read_phone(number, job.wishes.country)
    if isinstance(phone, BadPhone):
        raise InputError(f"The phone for the test cannot be texted: {phone.detail}")
    for row in plan.kept:
        if row.row_number == row_number or (row_number is None and row.state is State.QUEUED):
            if row.state is State.QUEUED:
                return Trial(phone.e164, row)
            raise InputError(
                f"Row {row_number} will not be texted, so there is nothing to try: {row.detail}"
            )
    if row_number is None:
        raise InputError(f"No row of {job.table.source_name} would be texted: there is no test.")
    raise InputError(f"There is no row {row_number} in {job.table.source_name} to try.")


def load_trial(store: Store, job: Job, trial: Trial, *, rate: Rate, now: datetime) -> Campaign:
    """Store it as a draft; the recipient's cells and lead stay out: the phone is not theirs."""
    name, row = job.wishes.name or job.table.source_name, trial.row
    account = job.wishes.account
    new = NewCampaign(
        name=f"test of {name}",
        columns=COLUMNS,
        source_name=job.table.source_name,
        fingerprint=digest("test", job.wording, trial.number, str(row.row_number)),
        wording=job.wording,
        template=None,
        force_send=job.wishes.force_send,
        knows_of=store.others.newest(account),
    )
    tried = JudgedRow(
        row_number=row.row_number,
        original=(job.table.source_name, str(row.row_number)),
        state=State.QUEUED,
        to_number=trial.number,
        sender=row.sender,
        body=row.body,
        media=row.media,
        segments=row.segments,
    )
    return store.campaigns.load(new, [tried], account_name=account, rate=rate, now=now)


def is_trial_of(campaign: Campaign, job: Job) -> bool:
    """Whether the campaign is a test of this very wording of the file."""
    of_file = campaign.source_name == job.table.source_name and campaign.columns == COLUMNS
    return of_file and campaign.wording == job.wording
