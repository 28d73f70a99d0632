"""From the pretend Twilio to our webhooks: signed forms, retries with one token, duplicates, answers never heard."""

from __future__ import annotations

import http.client
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID

from flask import Flask
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.test import Client

from tests.support.carrier.ledger import Ledger

LIMIT = 15.0  # seconds: Twilio's own
RETRIES = 5
INSISTS = 10


# The answer of who has nothing to say.
NOTHING = str(MessagingResponse()).encode()


class UnheardError(Exception):
    """No answer came: nobody listened, the connection was cut, or it took too long."""


@dataclass(frozen=True)
class Heard:
    """An answer to a webhook."""

    status: int
    kind: str
    body: bytes


@dataclass
class _Late:
    """A form that will be posted again, and what was answered to it. `forgotten`: or nothing, from now on."""

    path: str
    given: dict[str, str]
    token: str
    body: bytes
    forgotten: bool = False


Transport = Callable[[str, Mapping[str, str], Mapping[str, str]], Heard]


@dataclass
class Mishaps:
    """How often what goes wrong, from 0 to 1, under a seed.

    `lost` requests never arrive, `unheard` ones arrive and their answer does not: both are retried. `doubled` ones are
    posted twice though the first was answered. `late` ones are posted again much later, after what follows.
    """

    seed: int = 0
    lost: float = 0.0
    unheard: float = 0.0
    doubled: float = 0.0
    late: float = 0.0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def happens(self, what: str) -> bool:
        return self.chance.random() < float(getattr(self, what))


@dataclass
class Line:
    """Posts to the application, whose public address is `public`, through `transport`.

    Raises AssertionError for an answer that Twilio would not take, and for a repeat that is answered otherwise.
    """

    ledger: Ledger
    transport: Transport
    public: str
    mishaps: Mishaps = field(default_factory=Mishaps)
    retries: int = RETRIES
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("lost", "unheard", "doubled", "late"), 0))
    _later: list[_Late] = field(default_factory=list)

    def post(self, path: str, form: Mapping[str, str]) -> bytes | None:
        """What `path` answers to `form`, after as many tries as it takes; None when it says nothing (204)."""
        token = str(UUID(self.ledger.sid("")))
        given = {**form, "AccountSid": self.ledger.account, "ApiVersion": "2010-04-01"}
        heard = self._until_heard(path, given, token)
        if self._befalls("doubled"):
            self._same(self._insisting(path, given, token), heard.body)
        if self._befalls("late"):
            self._later.append(_Late(path, given, token, heard.body))
        elif self._later and self.mishaps.chance.random() < 0.5:
            self.flush()
        if heard.status == 204:
            return None
        assert heard.status == 200, f"{path} answered {heard.status}"
        assert heard.kind == "text/xml", f"{path} answered {heard.kind} (11200)"
        return heard.body

    def flush(self) -> None:
        """Post what was still to come late."""
        while self._later:
            late = self._later.pop(0)
            again = self._insisting(late.path, late.given, late.token)
            if not (late.forgotten and again.body == NOTHING):
                self._same(again, late.body)

    def forgetting(self, number: str) -> None:
        """Whoever is at `number` is about to have everything erased: what she wrote before may find no answer then."""
        for late in self._later:
            late.forgotten |= late.given["From"] == number

    def once(self, path: str, given: Mapping[str, str], token: str) -> Heard:
        """One try. Raises UnheardError."""
        address = urljoin(self.public + "/", path) if "://" in path else self.public + self.below(path)
        signed = RequestValidator(self.ledger.token).compute_signature(address, dict(given))
        headers = {"X-Twilio-Signature": signed, "I-Twilio-Idempotency-Token": token}
        return self.transport(self.below(path), given, headers)

    def below(self, path: str) -> str:
        """`path` without the path that the public address already has."""
        base = urlsplit(self.public).path
        return path.removeprefix(base) if base else path

    def _until_heard(self, path: str, given: Mapping[str, str], token: str) -> Heard:
        for _ in range(self.retries):
            if self._befalls("lost"):
                continue
            try:
                heard = self.once(path, given, token)
            except UnheardError:
                continue
            if heard.status < 500 and not self._befalls("unheard"):
                return heard
        # What is tested is not whether so many tries are enough.
        return self._insisting(path, given, token)

    def _insisting(self, path: str, given: Mapping[str, str], token: str) -> Heard:
        """The same, without mishaps of ours: until an answer is heard."""
        for _ in range(INSISTS):
            try:
                heard = self.once(path, given, token)
            except UnheardError:
                continue
            if heard.status < 500:
                return heard
        raise AssertionError(f"{path} was never answered")

    def _befalls(self, what: str) -> bool:
        happens = self.mishaps.happens(what)
        self.counts[what] += happens
        return happens

    @staticmethod
    def _same(again: Heard, body: bytes) -> None:
        assert again.body == body, "a repeat was answered otherwise"


def over_http(url: str, limit: float = LIMIT) -> Transport:
    """To a server at `url`, one connection a request, `limit` seconds."""
    at = urlsplit(url)

    def post(path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Heard:
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=limit)
        typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        try:
            connection.request("POST", path, urlencode(form), typed)
            response = connection.getresponse()
            kind = response.headers.get_content_type()
            return Heard(response.status, kind, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise UnheardError from error
        finally:
            connection.close()

    return post


def within_process(app: Flask) -> Transport:
    """To `app` itself. What is no Exception passes through: a killed process answers nobody."""
    client = Client(app)

    def post(path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Heard:
        response = client.post(path, data=dict(form), headers=dict(headers))
        return Heard(response.status_code, response.mimetype, response.get_data())

    return post
