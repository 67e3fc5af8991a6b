"""Which columns say who does not want texts."""

import pytest

from bulksms.model.opt_out_columns import OUR_OPT_OUTS, Heeded, heeded_columns


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
