"""Which cells of such a column say that somebody does not want texts."""

from itertools import product

import pytest

from bulksms.model.opt_out_columns import Heeded, heeded_columns
from bulksms.model.stop_words import WORDS

OPT_OUT, CONSENT = Heeded(0, "Opt-out", consents=False), Heeded(0, "Consent", consents=True)


@pytest.mark.parametrize(
    "cell",
    [
        *("yes", "Y", " TRUE ", "1", "1.0", "x", "X", "\u2713", "\u2714\ufe0f", "checked", "Sí"),
        *("Opted out", "OPTED_OUT", "unsubscribed", "STOP", "Yes.", "yes (asked by phone)", "כן"),
        *("2026-06-01", "2026-06-01 09:00:00", "6/1/2026", "2026-05-01T10:00:00Z"),
        *("20260501T100000Z", "May 1, 2026", "1-May-26", "1 May 2026", "Friday, May 1, 2026"),
        *("Fri 5/1/2026", "May-1-2026", "Sept. 3, 2026 9:30 AM", "1-May", "3 de mayo de 2026"),
        *("3 août 2026", "opted-out", "Opt-Out", "out", "unsub", "opted out (by phone)"),
        *("Out (6/1/2026)", "opted-out - 6/1/2026", "6/1/2026 by phone", "yes - opted out since"),
        *("Opted out 5/3/26", "opted out 2026-05-01", "STOP 5/3/2026", "unsubscribed via sms"),
        *("Unsubscribed on May 3, 2026 by phone", "yes 5/3/2026", "DNC since 2026-05-01 10:00"),
        *("quit 5/3/26", "END 5/3/26", "cancel 5/3/2026", "out 5/3/26 10:00", "baja 3/5/2026"),
        *("opted out 5/3", "opted out 2026", "Opted out 05/2026", "opted out in May", "unsub 5/26"),
        *("opted out since June 2026", "unsubscribed Sept 2025 via link", "blacklisted 2025"),
        *("opted out 5/3/26 JM", "STOP 5/3/26 jm", "Opted out on May 3, 2026", "opted-out 5/3"),
        *("opted out of SMS", "Unsubscribed from all texts 5/3/26", "opted out of text messages"),
        *("opt out of everything", "opted out via website", "opted out per client request"),
        *("unsubscribed through the portal 2026", "Opted out by customer request 5/3/26 JM"),
        *("texted STOP 5/3/26", 'replied "stop"', "Sent us STOP", "replied with Quit 2026-05-03"),
        *("x 5/3/26", "Y 5/3/26", "✓ 2026-05-03", "x 5/3/26 JM", "yes via website"),
        *("QUIT", "Cancel", "END", "Stop all", "baja", "revoke", "No más", "Arrêt", "הסר"),
    ],
)
def test_a_plain_yes_to_an_opt_out_forbids(cell: str) -> None:
    assert OPT_OUT.forbids(cell) is True


@pytest.mark.parametrize("cell", ["no", "N", "FALSE", "0", "0.0", "opted in", "subscribed", "non"])
def test_a_plain_no_to_an_opt_out_forbids_nothing(cell: str) -> None:
    assert OPT_OUT.forbids(cell) is False


@pytest.mark.parametrize(
    "cell",
    [
        *("no", "N", "FALSE", "0", "opted out", "Declined", "revoked", "Withdrawn"),
        *("declined 5/3/2026", "no 5/3/2026", "not consented", "Did not consent", "stop 5/3/26"),
        *("n 5/3/26", "opted out of SMS", "declined in May", "revoked 2026", "refused 5/3/26 JM"),
        *(
            "texted STOP 5/3/26",
            "quit 5/3/26",
            "consent withdrawn via website",
            "declined all texts",
        ),
        *("UNSUBSCRIBED", "NEVER_SUBSCRIBED", "No - only e-mail", "לא", "quit", "Cancel", "END"),
    ],
)
def test_a_plain_no_to_consent_forbids(cell: str) -> None:
    assert CONSENT.forbids(cell) is True


@pytest.mark.parametrize(
    "cell", ["yes", "1", "x", "opted-in", "SUBSCRIBED", "2026-06-01T09:00", "1-May-26"]
)
def test_a_plain_yes_to_consent_forbids_nothing(cell: str) -> None:
    assert CONSENT.forbids(cell) is False


@pytest.mark.parametrize("heeded", [OPT_OUT, CONSENT])
@pytest.mark.parametrize(
    "cell",
    [
        *("", "  ", "null", "N/A", "-"),
        # what a database or Excel writes where there is no date
        *("0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "1900-01-00", "1/0/1900", "1/0/00"),
        *("12/30/1899", "30.12.1899", "1899-12-30 00:00:00", "0001-01-01T00:00:00", "1753-01-01"),
        *("1970-01-01", "1/1/1970", "1970-01-01T00:00:00Z", "12/31/1969 7:00 PM"),
    ],
)
def test_an_empty_cell_decides_nothing(heeded: Heeded, cell: str) -> None:
    assert heeded.forbids(cell) is False


FREE_TEXTS = (
    *("after 5pm", "2", "email", "yes and no", "ask Pat", "n - see Pat", "May be"),
    *("may 1 be", "until 5/1/2026", "Opted in - opted out 5/3/2026", "Opted in; STOP 5/3"),
    *("subscribed, then unsubscribed", "Opted in - revoked", "opted in (expired)"),
    *("5 May 2026 revoked", "May 5, 2026 - withdrew", "20240501 no", "Samantha 5/3/2024"),
    *("lunch 5/3/2024", "In-person", "in-store request", "In, then out", "Out-of-town"),
    *("Opted out - opted in again 5/3", "Sat 5/3/2024: declined"),
    *(
        "stop by tomorrow",
        "Stop 12",
        "opted out of email",
        "do not call after 5pm",
        "dnd until 5/3",
    ),
    *("opted out 5/3/26 opted in 6/1/26", "DNC 5/3/2026 - 6/3/2026", "stop sign 5/3/2026"),
    # another channel, or another thing
    *("opted out of calls", "opted out email", "opted out via email", "opted out of phone calls"),
    *("opted out of mail 5/3/26", "unsubscribed from website", "opted out of texts and email"),
    *("opted out of SMS reminders", "opted out of photos", "stop light 5/3/26", "x-ray 5/3/26"),
    # for a while, or no more
    *("opted out until May", "opted out 5/3 - 6/3", "opted out for 2026", "opted out 5/3 to 6/3"),
    *("do not call in May", "dnd 2026", "do not contact 5/3", "stop in May", "opted out 5/3/26 no"),
    *("opted out 5/3/26 ok", "opted out 5/3, opted in 6/1", "opted out 2025 again in 2026"),
    *("opted out of SMS by mistake", "opted out?", "opted out may be", "opted out 5/3/26 in error"),
    # words that are answers alone, or with a day beside them
    *(
        "out May 5",
        "out of town",
        "out of texts",
        "end of May",
        "end 2026",
        "quit 5/3",
        "cancel May",
    ),
    *("cancel appointment 5/3/26", "end date 5/3/26", "in 5/3/26", "out until 5/3/26"),
    *("texted", "texted STOP sign", "texted stop, then start", "texted START 5/3/26", "said yes"),
    *("y not", "x 2", "y 5/3/26 no", "x or y", "n until 5/3/26"),
    *("opted in 5/3/26", "unsubscribed from newsletter 5/3/26", "opt out until 5/3/2026"),
)


@pytest.mark.parametrize(
    ("heeded", "cell"),
    [
        *product((OPT_OUT, CONSENT), FREE_TEXTS),
        # and a remark that speaks against a text beside a plain word for it
        *((CONSENT, cell) for cell in ("yes 5/3/2026", "yes by phone")),
        *((OPT_OUT, cell) for cell in ("no 5/3/2026", "declined 5/3/2026", "not consented")),
        *((CONSENT, cell) for cell in ("y 5/3/26", "x 2026-05-03", "yes via website")),
        *((OPT_OUT, cell) for cell in ("n 5/3/26", "declined in May", "refused all texts")),
        *((CONSENT, cell) for cell in ("yes - but opted out since", "yes, until 5/3")),
        *((CONSENT, cell) for cell in ("5/3/2024 revoked", "2024-05-01 no")),
        (OPT_OUT, "no - opted out 5/3"),
    ],
)
def test_a_free_text_is_unclear(heeded: Heeded, cell: str) -> None:
    assert heeded.forbids(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        *("1/1/01", "1/1/70", "1970-01-02", "2000-01-01", "12/30/99"),
        # a yes that is written 1, in cells that are formatted as dates
        *("1900-01-01", "1/1/1900", "1/1/00", "1900-01-01 00:00:00", "12/31/1899", "31.12.1899"),
    ],
)
def test_an_early_date_is_one_all_the_same(cell: str) -> None:
    assert OPT_OUT.forbids(cell) is True


@pytest.mark.parametrize("name", ["Consent withdrawn", "No SMS consent"])
def test_consent_that_is_taken_back_is_an_opt_out_in_a_column_of_just_that(name: str) -> None:
    [column] = heeded_columns([name], besides=())
    assert column.forbids("Withdrawn") is True
    assert OPT_OUT.forbids("Withdrawn") is None


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_of_an_opt_out_is_one_in_every_such_column(word: str) -> None:
    """The plan says to name the column 'SMS Opt Out' where somebody noted one of them."""
    either = Heeded(0, "Opt status", consents=None)
    assert {each.forbids(word.upper()) for each in (OPT_OUT, CONSENT, either)} == {True}
