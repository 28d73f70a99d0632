"""Beside those who write, while everything breaks: somebody on the page, and somebody who telephones all the time.

Whatever they do, they get an answer at their first try: the right one, or the honest one with the 34 22.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, cast
from xml.etree.ElementTree import ParseError

import requests

from benchmarks.crowd import DANGER
from benchmarks.faults.house import House
from benchmarks.faults.ledger import HONEST, Came, Ledger, Row
from tests.channels.visitor import Visitor
from tests.support.browsing import Browser
from tests.support.carrier import Caller, Line
from tests.support.carrier.line import Heard, UnheardError
from tests.support.twiml import parsed

PACE = 1.0  # seconds between two things that somebody does: a visit has its limits, in a minute of a wrong clock too
MOST_OF_A_CALL = 10
ENDS_WITHIN = 30.0
SORRY = "ennui"
EMERGENCY = "le 15"
# The call is over, whatever is answered.
PUT_DOWN, NOBODY_LISTENS = "/voice/status", Heard(204, "", b"")


@contextmanager
def beside(house: House, ledger: Ledger, row: Row) -> Iterator[None]:
    """Both, until the block ends; what they were told stands in the row. Each is answered well once more at the end."""
    over = threading.Event()
    with ExitStack() as stack:
        for name, life in (("web", _visits), ("voice", _calls)):
            telling = Telling(ledger, row, name)
            thread = threading.Thread(target=_lives, args=(name, life, house, telling, over), daemon=True)
            thread.start()
            stack.callback(_ended, thread, telling)
        stack.callback(over.set)
        yield


class Telling:
    """Notes what came back to one of them. An answer that is neither right nor honest is dishonest."""

    def __init__(self, ledger: Ledger, row: Row, channel: str) -> None:
        self._ledger, self.row, self._channel = ledger, row, channel
        self.last: Came = "not taken"

    def came(self, came: Came, seconds: float, told: str = "") -> None:
        self.last = came
        if came == "not taken":
            self.row.dishonest += 1
            self.row.wrong.append(f"{self._channel}: {told}")
        self._ledger.note(
            self.row, who="beside", channel=self._channel, kind="act", came=came, seconds=round(seconds, 2)
        )


class Near(requests.Session):
    """Sends its cookies in http too, as browsers do on their own machine."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        answer = super().send(request, **given)
        for cookie in self.cookies:
            cookie.secure = False
        return answer


Life = Callable[[House, Telling], Iterator[None]]


def _lives(name: str, life: Life, house: House, telling: Telling, over: threading.Event) -> None:
    """Go on until it is over, and then until one answer was right: everything is whole again by then."""
    end = 0.0
    try:
        for _ in life(house, telling):
            if end:
                if telling.last == "reply":
                    return
                if time.monotonic() > end:
                    telling.row.wrong.append(f"{name}: nothing was answered any more")
                    return
            elif over.is_set():
                end = time.monotonic() + ENDS_WITHIN  # what came before it counts no more
            time.sleep(PACE)
    except Exception as error:
        telling.row.wrong.append(f"{name}: {type(error).__name__}: {error}")


def _ended(thread: threading.Thread, telling: Telling) -> None:
    thread.join(2 * ENDS_WITHIN)
    telling.row.check(not thread.is_alive(), "somebody beside was never answered")


def _visits(house: House, telling: Telling) -> Iterator[None]:
    """On the page, without JavaScript: the first choice each time; where something broke, a danger."""
    visitor = Visitor(cast(Any, Browser(house.deployment.url, Near())))
    still_open = ""
    while True:
        begun, in_danger = time.monotonic(), bool(still_open) and telling.last == "honest"
        try:
            if in_danger:
                visitor.html, still_open = still_open, ""
                visitor.write(DANGER)
                told = visitor.plain
                # Where every face is gone nginx cannot read what was written: it tells everybody.
                telling.row.check(EMERGENCY in told, f"a danger on the page was told {visitor.status} {told[:300]!r}")
            elif telling.last == "reply" and visitor.choices:
                visitor.press(visitor.choices[0])
            else:
                visitor.look()
        except requests.RequestException as error:
            telling.came("not taken", time.monotonic() - begun, type(error).__name__)
        else:
            telling.came(*_on_the_page(visitor, time.monotonic() - begun))
            still_open = visitor.html if 'name="text"' in visitor.html else still_open
        yield


def _on_the_page(visitor: Visitor, seconds: float) -> tuple[Came, float, str]:
    if SORRY in visitor.text and HONEST in visitor.plain:
        return "honest", seconds, ""
    in_danger = EMERGENCY in visitor.plain
    if in_danger or (visitor.status == requests.codes.ok and visitor.said):
        return "reply", seconds, ""
    return "not taken", seconds, f"{visitor.status} {visitor.text[:200]!r}"


def _calls(house: House, telling: Telling) -> Iterator[None]:
    """One call after the other; what is on offer first is pressed. The provider asks once: a dead line stays dead."""

    def once(path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Heard:
        begun = time.monotonic()
        try:
            heard = house.line.transport(path, form, headers)
            if path == PUT_DOWN:
                return NOBODY_LISTENS
        except UnheardError:
            telling.came("not taken", time.monotonic() - begun, f"{path} was not answered")
            raise
        telling.came(*_by_telephone(path, heard, time.monotonic() - begun))
        return heard

    line = Line(house.line.ledger, once, house.line.public)
    while True:
        caller = Caller(line, house.number())
        yield from _until_put_down(caller)


def _until_put_down(caller: Caller) -> Iterator[None]:
    caller.ring()
    for _ in range(MOST_OF_A_CALL):
        yield
        if caller.ended:
            return
        caller.press("1")
    caller.hang_up()
    yield


def _by_telephone(path: str, heard: Heard, seconds: float) -> tuple[Came, float, str]:
    try:
        words = "".join(parsed(heard.body).itertext()) if heard.status == requests.codes.ok else ""
    except ParseError:
        words = ""
    if not words:
        return "not taken", seconds, f"{path} answered {heard.status}"
    return ("honest" if SORRY in words and HONEST in words else "reply"), seconds, ""
