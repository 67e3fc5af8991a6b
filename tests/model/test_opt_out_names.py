"""What names of columns say, each with its verdict beside it."""

import pytest

from bulksms.model.opt_out_names import consents, hints_at_an_opt_out

OPT_OUTS = (
    *("Opt Out (Y=Yes, N=No)", "DNC / No SMS", "DNC/No Call", "DNC - No Contact", "Unsubscribed"),
    *("Do Not Call / No SMS", "Do not text, no calls", "Opted out (no SMS)", "No SMS (opt out)"),
    *("Opted out/no contact", "No SMS / Do Not Text", "No SMS (STOP)", "Opt Out - No Calls/Texts"),
    *("Mobile No. DNC", "Contact No. DNC", "Cell No. Do Not Text", "Opt out phone no"),
    *("Phone no. opted out", "Patient No. Opt Out", "No llamar / No SMS", "Dado de baja (no SMS)"),
    *("Internal DNC", "State DNC", "Wireless DNC", "Litigator DNC", "Federal/State DNC"),
    *("State Do Not Call", "Internal Do Not Call List", "Internal_DNC__c", "I have opted out"),
    *("Do not send me texts", "Stop sending texts", "Stop texting me", "Please stop sending SMS"),
    *(
        "Requested no SMS",
        "Requests no texts",
        "Opted out of SMS since",
        "Stop sending texts (Y/N)",
    ),
    *("Opt-Out No Contact", "Do Not Contact - No Calls/Texts", "Opt out: no SMS/no calls"),
)
CONSENTS = (
    *("SMS Consent (Y=Yes, N=No)", "Opt In (Y = Yes, N = No)", "SMS opt in (no email)", "Consent"),
    *("SMS consent, no calls", "Text ok - no calls", "OK to text, no calls", "Subscribed/No"),
    *("SMS consent no marketing", "SMS Consent - No", "Opt in (no = no texts)", "Text OK? No"),
    *("Opt in (N = no texts)", "Consent no.", "Phone no. consent", "Mobile no consent"),
    *("Consent/No consent", "No consent, given", "No calls OK to text"),
    *("I agree to receive text messages", "I consent to SMS", "I want texts", "Opted in since"),
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
    *("I do not want to receive text messages", "I don't want texts", "I do not consent to SMS"),
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
    *("I have not opted out of texts", "I did not opt out", "Not on state DNC", "Removed from DNC"),
    *("Do not stop sending texts", "Don't stop texting me", "Never requested no SMS"),
    *("I want texts (yes) / I do not want texts (no)", "I do not want no texts"),
    *("SMS Opt-In/Opt-Out", "Opt In/Out", "Opt Status", "SMS enabled/disabled"),
)
NEITHER = (
    *("No photo consent", "No email consent", "Consent requested", "State", "Internal notes"),
    *("DNC State", "Opt-in state", "Consent state", "Wireless", "Litigator", "No state DNC"),
    *("Stop sending", "Requested no calls", "Customer since", "I do not mind texts"),
    *("Stop sending e-mails", "Do not send me e-mail", "I do not want e-mail", "I do want texts"),
    *("I do not want texts to stop", "I do not want to opt out of texts", "Bus stop sending texts"),
    *("I do not want to stop receiving texts", "Stop sending texts (Y) or keep sending (N)"),
)


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


@pytest.mark.parametrize("name", ["DNC State", "DNC hit", "Photo opt out", "TCPA litigator"])
def test_a_name_with_the_words_of_an_opt_out_hints_at_one_that_it_does_not_plainly_say(
    name: str,
) -> None:
    assert consents(name) == ()
    assert hints_at_an_opt_out(name)


@pytest.mark.parametrize("name", ["State", "Wireless", "Last reply", "Stop", "Consent state"])
def test_a_name_without_them_does_not(name: str) -> None:
    assert not hints_at_an_opt_out(name)
