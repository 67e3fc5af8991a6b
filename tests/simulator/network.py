"""The way between a process and the vendor, on the world's timeline, with the vendor's own judge.

A request travels, arrives and is judged in one step, and the answer travels back, whether or not
the process that asked still lives, sleeps, or has given up. Every trip is remembered, so that the
judge can compare what arrived with what the program believes.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qsl

import httpx

from bulksms.sandbox.accounts import Account
from bulksms.sandbox.answers import REFUSALS, SERVER_ERROR, Answer
from bulksms.sandbox.faults import NO_FAULT, Fault
from bulksms.sandbox.limits import Allowance, FixedWindow, Limits, SlidingWindow
from bulksms.sandbox.vendor import Vendor
from tests.simulator.fate import Fate, Record, draw_read_fault, draw_send_fault
from tests.simulator.world import Killed, Moment, Process, World
from tests.virtual_time import START

TOKEN = "1|world"  # noqa: S105 - of the world's own vendor
SENDER = "+13152935500"
TOO_MANY = 429
NOT_FOUND = Answer(404, "<html>Not Found</html>")
NEVER = timedelta(days=3650)
OUTAGES = (replace(REFUSALS["plan_not_allowed"]), NOT_FOUND, SERVER_ERROR)


@dataclass
class Post:
    """One POST on its way: seconds of the world. `given_up_at` is when nobody waited any more.

    `heard` is the answer that its sender was given, if it lived to hear one.
    """

    number: int
    process: Process
    to_number: str
    text: str
    sent_at: float
    arrived_at: float | None = None
    given_up_at: float | None = None
    status: int | None = None
    heard: Answer | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """A request on its way; `post` is None for a read, `what` is what the story calls it."""

    what: str
    request: httpx.Request
    post: Post | None
    answered: "asyncio.Future[Answer]"


class Network:
    """All trips of a story.

    Attributes:
        calm: no misfortunes any more.
        outage: what every read gets instead of an answer.
    """

    def __init__(self, world: World, fate: Fate) -> None:
        self.world = world
        self.fate = fate
        self.calm = False
        self.outage = world.dice.choice(OUTAGES) if fate.record is Record.REFUSED else None
        self.posts: list[Post] = []
        silent = fate.record is Record.SILENT
        allowance = Allowance(fate.rate.count, fate.rate.period)
        self.vendor = Vendor(
            [Account(TOKEN, (SENDER,))],
            limits=Limits(
                sends=allowance,
                windows=(FixedWindow, SlidingWindow),
                shared=fate.shared_limits,
            ),
            quirks=replace(fate.quirks, record_lag=NEVER) if silent else fate.quirks,
        )

    def transport(self, process: Process) -> "Transport":
        """A process's way out."""
        return Transport(self, process)

    def trip(self) -> tuple[float, float]:
        """Seconds there and back."""
        dice, fate = self.world.dice, self.fate
        there, back = dice.uniform(0, fate.latency), dice.uniform(0, fate.latency)
        if not self.calm and dice.random() < fate.slow_rate:
            back += dice.choice((2.0, 10.0, 20.0, 40.0))
        if not self.calm and fate.longest_way and dice.random() < 0.5:
            there += dice.uniform(0, fate.longest_way)
        return there, back

    def answer(self, trip: Trip) -> Answer:
        """The vendor's, at this very moment."""
        if trip.post is not None:
            return self._judged(json.loads(trip.request.content), trip.post)
        answer, fault = self._read(trip.request)
        self.world.tell("vendor", f"{trip.what} arrives: {_shown(answer)}{fault}")
        return answer

    def _read(self, request: httpx.Request) -> tuple[Answer, str]:
        now = START + timedelta(seconds=self.world.now)
        params = dict(parse_qsl(request.url.query.decode()))
        path = request.url.path.removeprefix("/api/v2/")
        read = {
            "sms/chat-history": self.vendor.chat_history,
            "sms/report": self.vendor.report,
            "sms/status": self.vendor.status,
            "phone-numbers": self.vendor.phone_numbers,
        }[path]
        name = " (no record)"
        if self.outage is not None:
            self.vendor.faults.reads.append(Fault(handled=False, reply=self.outage))
        else:
            name = self._befall(
                self.fate.read_fault_rate, self.vendor.faults.reads.append, read=True
            )
        answer = read(TOKEN, params, now)
        self.vendor.faults.reads.clear()
        return answer, name

    def _judged(self, fields: dict[str, object], post: Post) -> Answer:
        post.arrived_at = self.world.now
        if post.given_up_at is None and post.process.dead:
            self.world.figures["arrived after a kill"] += 1
        name = self._befall(self.fate.fault_rate, self.vendor.faults.script.append, read=False)
        truth, before = self.vendor.truth, len(self.vendor.truth)
        answer = self.vendor.send(TOKEN, fields, START + timedelta(seconds=self.world.now))
        self.vendor.faults.script.clear()
        post.status = answer.status
        self.world.figures["429s"] += answer.status == TOO_MANY
        taken = f"accepted as {truth[-1].id}" if len(truth) > before else "not accepted"
        self.world.tell("vendor", f"POST {post.number} arrives: {answer.status}, {taken}{name}")
        self._wake_at_the_worst_moment(post)
        post.process.pass_by(Moment.ARRIVING)
        return answer

    def _wake_at_the_worst_moment(self, post: Post) -> None:
        """Whoever sleeps on a claim of the same number may wake while this one travels."""
        world = self.world
        for sleeper in world.processes:
            if sleeper is post.process or not sleeper.asleep:
                continue
            claimed = {move.row for move in world.moves if move.actor == f"claim: {sleeper.name}"}
            numbers = {each.number for each in self.fate.people if each.row in claimed}
            if post.to_number in numbers and world.dice.random() < self.fate.dooms.waking_rate:
                sleeper.thaw()

    def _befall(self, chance: float, order: Callable[[Fault], None], *, read: bool) -> str:
        dice = self.world.dice
        if self.calm or dice.random() >= chance:
            order(NO_FAULT)
            return ""
        name, fault = draw_read_fault(dice) if read else draw_send_fault(dice, self.fate)
        self.world.figures[f"fault: {name}"] += 1
        order(fault)
        return f" ({name})"


class Transport(httpx.AsyncBaseTransport):
    """For one process's client."""

    def __init__(self, network: Network, process: Process) -> None:
        self.network = network
        self.process = process

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As a real connection: refused, too slow, lost, or an answer."""
        if self.process.dead:
            raise Killed
        network, world = self.network, self.network.world
        await request.aread()
        if not network.calm and world.dice.random() < network.fate.fault_rate / 10:
            world.figures["fault: no connection"] += 1
            raise httpx.ConnectError("The vendor is not reachable.", request=request)
        trip = self._set_out(request)
        there, back = network.trip()
        world.at(world.now + there, lambda: self._arrive(trip, back))
        try:
            async with asyncio.timeout(request.extensions["timeout"]["read"]):
                answer = await trip.answered
        except TimeoutError as late:
            self._give_up(trip, "waits no longer for")
            raise httpx.ReadTimeout("No answer in time.", request=request) from late
        except asyncio.CancelledError:
            self._give_up(trip, "is told to drop")
            raise
        if trip.post is not None:
            trip.post.given_up_at = world.now
            trip.post.heard = None if answer.dropped else answer
        heard = "the connection is lost" if answer.dropped else str(answer.status)
        world.tell(self.process.name, f"hears of {trip.what}: {heard}")
        if answer.dropped:
            raise httpx.ReadError("The connection was lost.", request=request)
        return _response(answer, request)

    def _set_out(self, request: httpx.Request) -> Trip:
        world, posts = self.network.world, self.network.posts
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if request.method != "POST":
            world.figures["reads"] += 1
            what = f"GET {world.figures['reads']}"
            target = request.url.raw_path.decode().removeprefix("/api/v2/")
            world.tell(self.process.name, f"{what} {target}")
            return Trip(what, request, None, answered)
        fields = json.loads(request.content)
        to_number = f"{fields['country_code']}{fields['to_number']}"
        post = Post(len(posts) + 1, self.process, to_number, fields["message"], world.now)
        posts.append(post)
        world.figures["posts"] += 1
        world.tell(self.process.name, f"POST {post.number} to {to_number}")
        self.process.pass_by(Moment.LEAVING)
        return Trip(f"POST {post.number}", request, post, answered)

    def _give_up(self, trip: Trip, how: str) -> None:
        if self.process.dead:
            return
        self.network.world.tell(self.process.name, f"{how} {trip.what}")
        if trip.post is not None:
            trip.post.given_up_at = self.network.world.now

    def _arrive(self, trip: Trip, back: float) -> None:
        world = self.network.world
        answer = self.network.answer(trip)
        world.at(world.now + answer.delay + back, lambda: self._deliver(trip.answered, answer))

    def _deliver(self, answered: "asyncio.Future[Answer]", answer: Answer) -> None:
        if not self.process.ended and not answered.done():
            answered.set_result(answer)


def _shown(answer: Answer) -> str:
    """The status, and the ids of the messages that a read shows."""
    data = answer.body.get("data") if isinstance(answer.body, Mapping) else None
    if not isinstance(data, list):
        return str(answer.status)
    ids = ", ".join(str(item.get("id") or item.get("sms_id")) for item in data)
    return f"{answer.status}, {f'shows {ids}' if ids else 'shows nothing'}"


def _response(answer: Answer, request: httpx.Request) -> httpx.Response:
    if answer.location is not None:
        return httpx.Response(answer.status, headers={"location": answer.location}, request=request)
    if isinstance(answer.body, str):
        headers = {"content-type": answer.media_type}
        return httpx.Response(answer.status, text=answer.body, headers=headers, request=request)
    return httpx.Response(answer.status, json=answer.body, request=request)
