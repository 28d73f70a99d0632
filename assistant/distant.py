"""The same understanding, asked of a service on a private network (`camille understand`): this process loads no Rasa.

What crosses the network is what Rasa would be given here: masked words, and where the person stands. Nothing says who
she is. The service keeps nothing, so that any of several may answer, and asking twice is harmless.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, NoReturn, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ReadTimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from assistant.doors import doors
from assistant.errors import ModelError
from assistant.journeys.progress import Progress
from assistant.mind import Ranking, State
from assistant.telling import Outcome
from assistant.turns import Channel

log = logging.getLogger("camille")
T = TypeVar("T")

# Seconds. A caller thinks the line is dead after a few of silence; to reach a machine nearby takes none of them.
CONNECT, ANSWER = 0.5, 4.0
EVERY = 2.0


class Again(Retry):
    """Asks again, but never what took too long: it would take as long again, and somebody waits."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        *rest: Any,
        **named: Any,
    ) -> Again:
        if isinstance(error, ReadTimeoutError):
            raise error
        return super().increment(method, url, response, error, *rest, **named)


NOT_READY = (502, 503, 504)
# A service that restarts behind its balancer refuses one of these; another one answers the next.
AGAIN = Again(
    total=3, connect=3, read=1, status=3, backoff_factor=0.1, status_forcelist=NOT_READY, allowed_methods=None
)
CONNECTIONS = 32
# A service that starts with this process is ready by then. One that is not may be away for long: people go on without.
SOON = 60.0
# Connections lead to whom they were made to: made anew, they reach whoever joined since.
KEPT = 10.0


class DistantMind:
    """What `Mind` is to a conversation. `ready` follows the service: it is looked at every few seconds."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key
        self._born = self._since = monotonic()
        self._session = self._connections()
        self._looking: threading.Thread | None = None
        self._closed = threading.Event()
        self._met = threading.Event()
        # What else is sent with a question, for who follows a turn from one process to another.
        self.headers: Callable[[], Mapping[str, str]] = dict
        self.state: State = "waiting"
        self.problem = ""

    @property
    def ready(self) -> bool:
        return self.state == "ready"

    def prepare(self, train: Callable[[], None] | None = None) -> None:
        """Wait for the service once. Raises ModelError when it does not answer. It has its own training."""
        self._look()

    def prepare_behind(self, train: Callable[[], None] | None = None) -> threading.Thread:
        """Follow the service until closed; the thread returned ends when it was ready a first time."""
        if self._looking is None:
            self._looking = threading.Thread(target=self._follow, name="understanding", daemon=True)
            self._looking.start()
        waits = threading.Thread(target=self._met.wait, name="prepare", daemon=True)
        waits.start()
        return waits

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        """One turn. Raises ModelError when it fails there; when nobody answers, it is not ready until seen again."""
        asked = {"text": text, "place": place.to_json(), "channel": channel}
        return self._ask("/understand", asked, Outcome.from_json)

    def parse(self, text: str) -> Ranking:
        """What `text` may mean, without a conversation. Raises ModelError when nobody answers."""
        return self._ask("/parse", {"text": text}, lambda found: tuple((str(n), float(c)) for n, c in found["ranking"]))

    def close(self) -> None:
        self._closed.set()
        self._met.set()
        self._session.close()

    def _connections(self) -> requests.Session:
        made = requests.Session()
        made.trust_env = False  # no proxy of the machine between two services of ours
        made.headers["Authorization"] = f"Bearer {self._key}"
        made.mount(self._url, HTTPAdapter(max_retries=AGAIN, pool_connections=1, pool_maxsize=CONNECTIONS))
        return made

    def _ask(self, path: str, asked: dict[str, Any], read: Callable[[dict[str, Any]], T]) -> T:
        try:
            answer = self._sent("POST", path, json=asked, headers=self.headers())
            if answer.status_code == requests.codes.ok:
                return read(answer.json())
        except requests.RequestException as error:
            self._lost(type(error).__name__)
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"The understanding service said what cannot be read: {type(error).__name__}") from error
        raise ModelError(f"The understanding service refused: HTTP {answer.status_code}")

    def _sent(self, method: str, path: str, **what: Any) -> requests.Response:
        """The answer of whoever is ready. Raises requests.RequestException when nobody is."""
        what |= {"timeout": (CONNECT, ANSWER), "allow_redirects": False}
        try:
            return self._session.request(method, self._url + path, **what)
        except requests.exceptions.RetryError:
            # Docker's names lead also to one that starts, which may be drawn each time while another one is ready.
            for door in doors(self._url):
                with suppress(requests.ConnectionError):
                    answer = self._session.request(method, door + path, **what)
                    if answer.status_code not in NOT_READY:
                        return answer
            raise

    def _follow(self) -> None:
        while not self._closed.is_set():
            if monotonic() - self._since > KEPT:
                # Whoever is asking ends on the old ones, which go with the last of them.
                self._session, self._since = self._connections(), monotonic()
            try:
                self._look()
            except ModelError as error:
                self.problem = str(error)
            self._closed.wait(EVERY)

    def _look(self) -> None:
        try:
            answer = self._sent("GET", "/readyz")
        except requests.RequestException as error:
            self._lost(type(error).__name__)
        if answer.status_code != requests.codes.ok:
            self._lost(f"HTTP {answer.status_code}")
        if not self.ready:
            log.info("The understanding service answers.")
        self.state, self.problem = "ready", ""
        self._met.set()

    def _lost(self, why: str) -> NoReturn:
        if self.ready:
            log.error("The understanding service does not answer: %s", why)
        expected = not self._met.is_set() and monotonic() - self._born < SOON
        self.state = "waiting" if expected else "away"
        raise ModelError(f"UNDERSTANDING_URL : le service qui comprend les phrases ne répond pas ({why}).")
