"""The number that texts come from: one of the account's own."""

from bulksms.model.phone import BadPhone, Country, Phone, read_phone


def read_sender(text: str, country: Country) -> Phone | BadPhone:
    """One without `+` is of `country`, or else of the United States.

    Whoever texts another country's people does so from a number that Easify lets in the United
    States (the samples of sms/send, `from_number`). The account's own list is asked before the
    first text. Never raises.
    """
    read = read_phone(text, country)
    if isinstance(read, Phone):
        return read
    american = read_phone(text, Country.US)
    return american if isinstance(american, Phone) else read
