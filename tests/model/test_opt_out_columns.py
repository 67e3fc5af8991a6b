"""Which columns say who does not want texts, and which cells say it."""

from itertools import product

import pytest

from bulksms.model.opt_out_columns import OUR_OPT_OUTS, Heeded, heeded_columns
from bulksms.model.stop_words import WORDS

OPT_OUT, CONSENT = Heeded(0, "Opt-out", consents=False), Heeded(0, "Consent", consents=True)


def role(name: str, *cells: str) -> str | None:
    """What a column of that name is taken for."""
    found = heeded_columns([name], rows=[(cell,) for cell in cells], besides=())
    return found[0].role if found else None


@pytest.mark.parametrize(
    "name",
    [
        *("Do Not Call", "DoNotCall", "SMS Opt Out", "Mobile Opt Out", "HasOptedOutOfMobile"),
        *("et4ae5__HasOptedOutOfMobile__c", "SMS_Opt_Out__c", "SMSOptOut", "sms_opt_out"),
        *("Opted out", "Opt-out (Y/N)", "Do not text", "Don't text", "Don\u2019t contact", "DNC"),
        *("Unsubscribed", "Unsubscribed from SMS", "DND", "Email/SMS opt-out", "SMS_BLACKLISTED"),
        *("Opt-out date", "Opt Out Reason", "No texts", "Stop SMS", "Marketing opt out"),
        *("Do Not Send SMS", "Dont send texts", "Please do not text", "No marketing texts"),
        *("Replied STOP", "Said stop", "SMS suppressed", "SMS blocked", "Texts disabled"),
        *("Opt-out requested", "Cannot receive texts", "Not to be contacted", "No more SMS"),
        *("No llamar", "Dado de baja", "Ne pas contacter", "Désabonné", "לא לשלוח"),
        *("No SMS consent", "No consent", "Wants no texts", "Consent not given", "Not opted in"),
        *("SMS consent withdrawn", "Consent revoked", "Without consent", "Never subscribed"),
        *("Doesn't accept SMS", "Not OK to text", "Texts not allowed", "No consent (Y/N)"),
        *("No acepta SMS", "Sans consentement", "SMS subscription cancelled"),
    ],
)
def test_a_name_that_plainly_says_opt_out_or_no_to_a_consent_is_an_opt_out(name: str) -> None:
    """Else whoever said no is texted; and of a consent with a no, whoever agreed is not."""
    assert role(name) == "opt-out"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "SMS consent",
            "Text consent",
            "SMS Marketing Consent",
            "Consent",
            "Text OK?",
            "TxtMsgOk",
        ),
        *(
            "OK to text",
            "SMS opt-in",
            "Opted in",
            "Subscribed",
            "is_sms_subscribed",
            "Receives texts",
        ),
        *("Accepts SMS Marketing", "SMS Subscription Status", "Consent to text", "TCPA consent"),
        *("Okay to contact?", "May we call", "Permission to contact"),
        *("Acepta SMS", "Consentement SMS", "אישור הודעות"),
        *("Consent (No/Yes)", "Text OK? Yes/No", "SMS consent (yes or no)"),
    ],
)
def test_a_name_that_plainly_says_consent_is_one_also_where_it_asks_for_yes_or_no(
    name: str,
) -> None:
    assert role(name) == "consent"


@pytest.mark.parametrize(
    "name",
    [
        *("SMS Opt-In/Opt-Out", "Opt In/Out", "Opt Status", "Opted in or out", "Opt Out / Opt In"),
        *("Subscribed/Unsubscribed", "Not opted out", "Opt-out declined"),
    ],
)
def test_a_name_that_may_say_either_is_decided_by_plain_cells_alone(name: str) -> None:
    assert role(name) == "opt-in or opt-out"
    [column] = heeded_columns([name], besides=())
    assert [column.forbids(cell) for cell in ("Opted out", "out", "Opted in", "in", "")] == [
        *(True, True, False, False, False)
    ]
    assert {column.forbids(cell) for cell in ("yes", "no", "2026-06-01", "revoked")} == {None}


@pytest.mark.parametrize(
    "name",
    [
        *("Email Opt Out", "HasOptedOutOfEmail", "HasOptedOutOfFax", "Fax Opt Out", "Do not mail"),
        *("Unsubscribed from all email", "Email Unsubscribed", "Email Subscription Status"),
        *("Accepts Email Marketing", "Do not contact by e-mail", "E-mail consent"),
        *("Opted out of email: Marketing", "Newsletter opt-in", "Photo opt out", "HIPAA consent"),
        *(
            "Bus stop",
            "Stop time",
            "Message",
            "Contact no.",
            "SMS sent",
            "Text no.",
            "Subscription",
            "Can",
        ),
        *("Never contacted", "Do not send e-mail", "No marketing emails", "Disabled", "Blocked"),
        *("Email opt status", "Stop requested", "Consent form no."),
        *("Status", "Laptop outlet", "Notes", "Mobile", "Last call", "SMS consent method"),
    ],
)
def test_a_name_that_speaks_of_something_else_is_not(name: str) -> None:
    assert role(name, "yes") is None


@pytest.mark.parametrize(
    ("name", "cells", "taken_for"),
    [
        ("Stop", ("", "x", "yes"), "opt-out"),
        ("Stop", ("1", "2", "3", "4"), None),
        ("Stop", ("1", "2"), None),
        ("Stop", ("1", "0"), "opt-out"),
        ("Stop", ("yes", "ask Pat"), "opt-out"),
        ("Texts", ("0", "0", "1", "2"), None),
        ("SMS messages", ("0", "1.0", "-1"), "consent"),
        ("SMS", ("yes", "yes", "2025550104"), "consent"),
        ("Stop", ("",), None),
        ("No contact", ("x", ""), "opt-out"),
        ("No contact", ("2025550104", "2025550105"), None),
        ("Text?", ("Y", "N"), "consent"),
        ("Text reminders", ("Yes", "no"), "consent"),
        ("SMS status", ("unsubscribed", "SUBSCRIBED"), "consent"),
        ("SMS status", ("delivered", "failed"), None),
        ("Text?", ("Come by tomorrow", "Call us"), None),
        ("Text", ("Hi Ann, come by tomorrow", "Yes"), "consent"),
        ("Text", ("Hi Ann, come by tomorrow", "Hi Bob", "Yes"), None),
        ("SMS", ("(202) 555-0104", "2025550105", ""), None),
        ("SMS", ("12025550104", "+12025550105", "1"), None),
        ("SMS", ("In", "Out", "out"), None),
        ("Text", ("in", "out"), None),
        ("Text status", ("Out", "Out", "In"), None),
        ("Stop", ("20240501", "20251231"), None),
        ("Stop", ("5 May", "End", "6 May"), None),
        ("No contact", ("20240501",), None),
        ("No contact", ("2024-05-01",), "opt-out"),
    ],
)
def test_a_name_that_may_mean_something_else_needs_cells_that_say_yes_or_no(
    name: str, cells: tuple[str, ...], taken_for: str | None
) -> None:
    assert role(name, *cells) == taken_for


@pytest.mark.parametrize(
    ("name", "taken_for"),
    [
        *((each, "opt-out") for each in ("STOP (Y/N)", "Stop - yes/no", "no_contact", "No-SMS?")),
        *(
            (each, "consent")
            for each in ("sms_status", "SMS-Status", "SMS_Status__c", "SMSStatus", "text_reminders")
        ),
        *((each, "consent") for each in ("Text Reminders (Y/N)", "Text Messages?", "Text Alerts?")),
        *((each, "consent") for each in ("SMS Marketing Status", "SMS", "Texting", "Send SMS")),
    ],
)
def test_such_a_name_is_known_however_it_is_written(name: str, taken_for: str) -> None:
    assert role(name, "Y", "n") == taken_for
    assert role(name, "2025550104", "Main Street", "7") is None


def test_a_column_counts_by_all_of_its_cells_however_late_the_first_one_is_filled() -> None:
    """Who wrote STOP is one in a hundred, and may be the last."""
    assert role("Stop", *[""] * 5_000, "yes") == "opt-out"
    assert role("Stop", "Main St", *[""] * 5_000, "yes", "x") == "opt-out"


def test_a_file_of_ours_says_so_in_a_column_that_is_heeded_whatever_else_is_in_it() -> None:
    assert role(OUR_OPT_OUTS, "", "?", "?") == "opt-out"


def test_the_column_of_the_numbers_is_never_heeded() -> None:
    assert heeded_columns(["SMS opt in", "Opt-out"], besides=(0, None)) == (
        Heeded(1, "Opt-out", consents=False),
    )


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
    *("opted in 5/3/26", "unsubscribed from newsletter 5/3/26", "opt out until 5/3/2026"),
)


@pytest.mark.parametrize(
    ("heeded", "cell"),
    [
        *product((OPT_OUT, CONSENT), FREE_TEXTS),
        # and a remark that speaks against a text beside a plain word for it
        *((CONSENT, cell) for cell in ("yes 5/3/2026", "yes by phone")),
        *((OPT_OUT, cell) for cell in ("no 5/3/2026", "declined 5/3/2026", "not consented")),
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
