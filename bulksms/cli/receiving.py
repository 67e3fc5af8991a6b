"""`receive`: what the carriers say of the accepted rows."""

import asyncio
import json
import sys
from typing import assert_never

import click
from rich.console import Console
from rich.status import Status
from rich.text import Text

from bulksms.cli.asking import Which, campaign_argument, find_campaign, json_option
from bulksms.cli.runner import UNSETTLED
from bulksms.cli.words import harmless, plural, shown, typed
from bulksms.clock import steady_clock
from bulksms.driving import client_for
from bulksms.easify import EasifyClient
from bulksms.model.notices import Waiting
from bulksms.model.records import Campaign
from bulksms.model.states import NOT_ARRIVED, State
from bulksms.pacing import read_pace
from bulksms.receiving import Progress, Received, ReceivingNotice
from bulksms.receiving import receive as receive_deliveries
from bulksms.store import Store


@click.command(epilog="Example:  bulksms receive june")
@campaign_argument
@json_option
@click.pass_obj
def receive(database: str, *, campaign: Which, as_json: bool) -> None:
    """Fetch the delivery status of every accepted row whose last word is not spoken.

    Safe at any time and as often as you like; best after the last message, for Easify may count
    these reads together with the sends. An interruption loses nothing.
    """
    with Store.open(database) as store:
        found = find_campaign(store, campaign)
        received = asyncio.run(_receive(store, found, client_for(store, found)))
        _tell(store, found, received, as_json=as_json)
    if received.trouble is not None:
        click.echo(f"It stopped early: {shown(received.trouble, 300)}", err=True)
        click.echo(f"Next:  bulksms receive {typed(found.name)}", err=True)
        sys.exit(UNSETTLED)


async def _receive(store: Store, campaign: Campaign, easify: EasifyClient) -> Received:
    console = Console(stderr=True)
    with console.status("") as line:
        async with easify:
            return await receive_deliveries(
                store,
                easify,
                campaign,
                clock=steady_clock(),
                pace=read_pace(),
                notify=_ProgressLine(console, line, campaign.name),
            )


class _ProgressLine:
    """The line of progress; where there is no terminal, only what is waited for is said."""

    def __init__(self, console: Console, line: Status, name: str) -> None:
        self._console = console
        self._line = line
        self._name = harmless(name)

    def __call__(self, notice: ReceivingNotice) -> None:
        """Show one notice."""
        match notice:
            case Progress(answered, wanted, requests):
                self._show(f"{answered:,} of {wanted:,} known, {plural(requests, 'read')}")
            case Waiting(until, why):
                line = f"waiting until {until.astimezone():%H:%M:%S}: {shown(why, 120)}"
                self._show(line)
                if not self._console.is_terminal:
                    self._console.print(Text(f"{self._name}: {line}"), soft_wrap=True)
            case _:
                assert_never(notice)

    def _show(self, text: str) -> None:
        self._line.update(Text(f"{self._name}: {text}"))


def _tell(store: Store, campaign: Campaign, received: Received, *, as_json: bool) -> None:
    accepted = store.rows.counts(campaign.id)[State.ACCEPTED]
    delivery = store.rows.deliveries(campaign.id)
    if as_json:
        numbers = {
            "campaign": campaign.name,
            "accepted": accepted,
            "delivery": delivery,
            "changed": received.changed,
            "open": received.open,
            "requests": received.requests,
            "trouble": received.trouble,
        }
        click.echo(json.dumps(numbers, ensure_ascii=False))
        return
    known = [f"{rows:,} {word}" for word, rows in delivery.items()]
    unheard = accepted - sum(delivery.values())
    known += [f"{unheard:,} without a word yet"] if unheard else []
    click.echo(
        f"{harmless(campaign.name)}: {accepted:,} accepted: {', '.join(known) or 'nothing to ask'};"
        f" {received.changed:,} changed, {plural(received.requests, 'read')}."
    )
    if not_arrived := [word for word in NOT_ARRIVED if delivery.get(word)]:
        words = "".join(f" --delivery {word}" for word in not_arrived)
        click.echo(f"Next:  bulksms report {typed(campaign.name)}{words} -o not-arrived.xlsx")
