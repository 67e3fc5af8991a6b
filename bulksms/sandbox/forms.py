"""The fields of a send, judged as the vendor's framework judges them before the vendor does.

Text is trimmed and empty text is nothing, so surrounding white space does not survive a send.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bulksms.sandbox.answers import UNSUPPORTED_COUNTRY, Answer, invalid
from bulksms.sandbox.numbers import COUNTRIES, e164

_TEXT_FIELDS = ("from_number", "to_number", "message", "country_code", "lead_id")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart send."""

    filename: str
    content: bytes


Fields = Mapping[str, object]
"""The decoded body: JSON values, or the parts of a form (text and `Upload`)."""


@dataclass(frozen=True, slots=True)
class SendForm:
    """A send whose fields are in order; whose numbers are good is still to be seen."""

    from_number: str
    to_number: str
    country_code: str
    message: str | None
    media: str | Upload | None
    lead_id: str | None
    force_send: bool


def recipient(fields: Fields) -> str | None:
    """Whom a send is meant for, in E.164, as far as that can be read."""
    return e164(str(fields.get("country_code")).strip(), str(fields.get("to_number")).strip())


def read_send(fields: Fields) -> SendForm | Answer:
    """The form, or the validation error that it earns."""
    values = {name: _cleaned(value) for name, value in fields.items()}
    if errors := _errors(values):
        return _refused(values, errors)
    media = values.get("media")
    return SendForm(
        from_number=str(values["from_number"]),
        to_number=str(values["to_number"]),
        country_code=str(values["country_code"]),
        message=_text(values, "message"),
        media=media if isinstance(media, Upload) else _text(values, "media"),
        lead_id=_text(values, "lead_id"),
        force_send=str(values.get("force_send")) == "1",
    )


def _cleaned(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


def _text(values: Fields, name: str) -> str | None:
    value = values.get(name)
    return None if value is None else str(value)


def _errors(values: Fields) -> dict[str, list[str]]:
    errors = {**_missing(values), **_mistyped(values)}
    country = values.get("country_code")
    if "country_code" not in errors and country not in COUNTRIES:
        errors["country_code"] = [UNSUPPORTED_COUNTRY]
    return errors


def _missing(values: Fields) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if values.get("from_number") is None:
        errors["from_number"] = ["The from number is required."]
    if values.get("to_number") is None:
        errors["to_number"] = ["The to number field is required."]
    if values.get("message") is None and values.get("media") is None:
        errors["message"] = ["The message field is required when media is not present."]
    if values.get("country_code") is None:
        errors["country_code"] = ["The country code field is required."]
    return errors


def _mistyped(values: Fields) -> dict[str, list[str]]:
    errors = {
        name: [f"The {name.replace('_', ' ')} field must be a string."]
        for name in _TEXT_FIELDS
        if not isinstance(values.get(name), str | None)
    }
    if not isinstance(values.get("media"), str | Upload | None):
        errors["media"] = ["The media field must be a file."]
    force_send = values.get("force_send") or 0
    if isinstance(values.get("force_send"), bool) or str(force_send) not in {"0", "1"}:
        errors["force_send"] = ["The force send field must be an integer."]
    return errors


def _refused(values: Fields, errors: Mapping[str, list[str]]) -> Answer:
    """Two printed oddities: a missing country is a 400, a missing sender is worded twice."""
    if list(errors) == ["country_code"] and values.get("country_code") is None:
        return invalid(errors, status=400)
    if values.get("from_number") is None:
        return invalid(errors, message="The from_number is required.")
    return invalid(errors)
