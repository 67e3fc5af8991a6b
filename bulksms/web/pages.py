"""Templates → HTML. Whatever comes from a spreadsheet is escaped, for all of it is hostile.

Nothing here marks a text as safe, and no template does: a test looks.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bulksms.model.records import Rate
from bulksms.model.states import CampaignState, Delivery, Reason, State
from bulksms.model.wording import clock_time, plural, span


def _pace(rate: Rate) -> str:
    """`15 a minute`, or `20 in 30 s`."""
    minute = rate.period == timedelta(minutes=1)
    return f"{rate.count:,} {'a minute' if minute else f'in {span(rate.period)}'}"


_ENVIRONMENT = Environment(
    loader=PackageLoader("bulksms.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "number": lambda value: f"{value:,}",
    "plural": plural,
    "span": span,
    "moment": lambda moment: clock_time(moment, datetime.now(UTC)),
    "pace": _pace,
    "time": lambda moment: f"{moment.astimezone():%H:%M:%S}",
    "day": lambda moment: f"{moment.astimezone():%-d %B %Y}",
}
_ENVIRONMENT.globals |= {
    "State": State,
    "Reason": Reason,
    "Delivery": Delivery,
    "CampaignState": CampaignState,
}


def render(template: str, values: Mapping[str, object]) -> str:
    """The text of a template; a name that it does not get is an error, never a blank."""
    return _ENVIRONMENT.get_template(template).render(values)


def render_page(template: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """As `render`, as an answer."""
    return HTMLResponse(render(template, values), status)
