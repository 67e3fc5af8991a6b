"""What names of columns say, each with its verdict beside it."""

import pytest

from bulksms.model.opt_out_names import consents

OPT_OUTS = (
    *("Opt Out (Y=Yes, N=No)", "DNC / No SMS", "DNC/No Call", "DNC - No Contact", "Unsubscribed"),
    *("Do Not Call / No SMS", "Do not text, no calls", "Opted out (no SMS)", "No SMS (opt out)"),
    *("Opted out/no contact", "No SMS / Do Not Text", "No SMS (STOP)", "Opt Out - No Calls/Texts"),
    *("Mobile No. DNC", "Contact No. DNC", "Cell No. Do Not Text", "Opt out phone no"),
    *("Phone no. opted out", "Patient No. Opt Out", "No llamar / No SMS", "Dado de baja (no SMS)"),
    *("Opt-Out No Contact", "Do Not Contact - No Calls/Texts", "Opt out: no SMS/no calls"),
)
CONSENTS = (
    *("SMS Consent (Y=Yes, N=No)", "Opt In (Y = Yes, N = No)", "SMS opt in (no email)", "Consent"),
    *("SMS consent, no calls", "Text ok - no calls", "OK to text, no calls", "Subscribed/No"),
    *("SMS consent no marketing", "SMS Consent - No", "Opt in (no = no texts)", "Text OK? No"),
    *("Opt in (N = no texts)", "Consent no.", "Phone no. consent", "Mobile no consent"),
    *("Consent/No consent", "No consent, given", "No calls OK to text"),
    *("No email OK to text", "No marketing OK to text", "No email text OK"),
)
PLAIN_NOES = (
    *("No SMS consent", "No consent", "Wants no texts", "No texts wanted", "Without consent"),
    *("Not opted in", "Doesn't want texts", "Does not accept SMS", "No longer wants texts"),
    *("Never consented to texts", "No_SMS_Consent__c", "No consent given", "No consent (Y/N)"),
    *(
        "No SMS consent (Y=Yes, N=No)",
        "No SMS/MMS consent",
        "No email/SMS consent",
        "SMS not allowed",
        "SMS blocked",
    ),
    *("Consent withdrawn", "Consent revoked", "SMS consent expired", "Consent not given"),
    *("Refused SMS consent", "Consent withdrawn date", "Replied STOP", "Do Not Send SMS"),
)
EITHER = (
    *("SMS Consent (Y) Refused (N)", "SMS Allowed Blocked", "SMS consent (N) refused"),
    *("Consent (Yes/Refused)", "Consent: Yes / Declined", "Consent (given/declined)"),
    *("Consent status (given/withdrawn)", "Consented/Declined", "Opted in / Declined"),
    *("Opt-In Status (Opted In/Declined)", "SMS permission (yes/denied)", "SMS accepted/declined"),
    *("OK to text (no = do not text)", "Consent (N = do not text)", "Can/Can't text"),
    *("May or may not text", "Do/Do not text", "Consent given date / withdrawn date"),
    *(
        "Consent given or withdrawn",
        "Non-SMS consent",
        "No consent withdrawn",
        "Consent not withdrawn",
    ),
    *("SMS Opt-In/Opt-Out", "Opt In/Out", "Opt Status", "SMS enabled/disabled"),
)
NEITHER = ("No photo consent", "No email consent", "Consent requested")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        *((name, (False,)) for name in OPT_OUTS + PLAIN_NOES),
        *((name, (True,)) for name in CONSENTS),
        *((name, (None,)) for name in EITHER),
        *((name, ()) for name in NEITHER),
    ],
)
def test_a_name_has_its_verdict(name: str, verdict: tuple[bool | None, ...]) -> None:
    """Read the wrong way round, whoever said no is texted, and whoever agreed is not."""
    assert consents(name) == verdict
