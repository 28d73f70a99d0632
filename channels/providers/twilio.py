"""Twilio behind the port: twilio-python, its errors translated, nothing of it logged.

The library logs each request, and urllib3 each address, where numbers stand: both are silenced here. Exceptions of
theirs hold numbers too: ours are raised afterwards, so that none hangs on them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from requests import ConnectionError as NoConnection
from requests import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from assistant.senders import Sender
from assistant.storage.outbox import Kind
from channels.providers.errors import CarrierError, InvalidNumber, OptedOut, Refused, RetryLater, Unheard
from channels.sms.segments import sanitise

API = "https://api.twilio.com"
TIMEOUT = 10.0  # seconds
RINGING = 30  # seconds: shorter than most answering machines wait
# Seconds that a machine's greeting is listened to (59 at most); beyond, it is not known who answered.
LONGEST_GREETING = 45
# Milliseconds: people speak or hang up after two or three seconds of a dead line. Twilio's own are 1,200 and 5,000.
AFTER_HELLO, NO_HELLO = 1_000, 2_500
# Their clock is not ours, and ours may have been an hour wrong when the row was made: what it then hides is sent twice.
# What went in these hours under names that are known here is not taken for it.
CLOCKS_APART = timedelta(hours=2)
PAGE, MOST_LOOKED_AT = 50, 500
OURS = "outbound-api"  # not what a webhook replied, which is never lost this way

# https://www.twilio.com/docs/api/errors
OPTED_OUT = frozenset({21610})
INVALID = frozenset({21202, 21211, 21214, 21217, 21401, 21614, 30005, 30006})
# A fault of ours or of the account that somebody can mend meanwhile: nothing is lost while it is.
MENDABLE = frozenset({20003, 20005, 20404, 20429, 21603, 21606, 21609, 21205, 21210, 21212, 21659, 21660, 30002})
MENDABLE_STATUS = frozenset({401, 403, 404, 408, 409, 429})


class TwilioCarrier:
    """Speaks to `api`. Statuses come back to `public`/sms/status and /voice/status, calls ask `public`/voice."""

    def __init__(
        self, account: str, token: str, sender: Sender, public: str, *, api: str = API, timeout: float = TIMEOUT
    ) -> None:
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
        self._sender, self._public = sender, public
        self._client = Client(account, token, http_client=_Http(api, timeout))

    def send(self, number: str, text: str, key: str) -> str:
        callback = self._callback("/sms/status", key)
        return self._made(
            lambda: self._client.messages.create(
                to=number, from_=self._sender.text, body=text, status_callback=callback
            )
        )

    def call(self, number: str, key: str) -> str:
        if not self._sender.calls:
            raise Refused("no-caller")
        callback = self._callback("/voice/status", key)
        return self._made(
            lambda: self._client.calls.create(
                to=number,
                from_=self._sender.text,
                url=f"{self._public}/voice",
                status_callback=callback,
                timeout=RINGING,
                # Before a word is said, so that a machine hears none of a person's. It is waited for until it has
                # spoken, then told one thing. `human` comes after the « Allô ? » and the silence that follows it.
                machine_detection="DetectMessageEnd",
                machine_detection_timeout=LONGEST_GREETING,
                machine_detection_speech_end_threshold=AFTER_HELLO,
                machine_detection_silence_timeout=NO_HELLO,
            )
        )

    def found(self, kind: Kind, number: str, text: str, since: datetime, known: Collection[str]) -> str | None:
        resource = self._client.messages if kind == "sms" else self._client.calls
        sid: str | None = _heard(
            lambda: self._look(resource, kind, number, text, since - CLOCKS_APART, known), reading=True
        )
        return sid

    def _look(
        self, resource: Any, kind: Kind, number: str, text: str, since: datetime, known: Collection[str]
    ) -> str | None:
        """The newest come first. Not filtered by date on their side: what waits to be sent has no date yet."""
        wanted = sanitise(text)
        for sent in resource.stream(to=number, page_size=PAGE, limit=MOST_LOOKED_AT):
            if sent.date_created and sent.date_created < since:
                return None
            if sent.direction != OURS or sent.sid in known:
                continue
            # A trial account writes something of its own in front.
            if kind == "call" or sanitise(sent.body or "").endswith(wanted):
                return str(sent.sid)
        return None

    def _made(self, make: Callable[[], Any]) -> str:
        return str(_heard(lambda: make().sid, reading=False))

    def _callback(self, path: str, key: str) -> str:
        """With the key: it tells which row this was, should we die before we can note Twilio's own name for it."""
        return f"{self._public}{path}?{urlencode({'key': key})}"


class _Http(TwilioHttpClient):  # type: ignore[misc, unused-ignore]
    """The library's own client, to another place, silent; what went wrong on the way is told in our errors."""

    def __init__(self, api: str, timeout: float) -> None:
        # No pool: a connection kept open for hours is closed when it is needed, and then nobody knows what was sent.
        super().__init__(pool_connections=False, timeout=timeout)
        self._api = api.rstrip("/")

    def request(self, method: str, url: str, *given: Any, **named: Any) -> Any:
        if url.startswith(API):
            url = self._api + url.removeprefix(API)
        problem: CarrierError | None = None
        try:
            response = super().request(method, url, *given, **named)
        except RequestException as error:
            problem = RetryLater("unreachable") if method == "GET" or _never_left(error) else Unheard("unheard")
        finally:
            self._test_only_last_request = self._test_only_last_response = None  # they hold the number
        if problem is None and response.status_code >= 500:
            lost = RetryLater if method == "GET" else Unheard
            problem = lost(str(response.status_code))
        if problem is None and response.status_code == 429:
            problem = RetryLater("429", _seconds(response.headers.get("Retry-After", "")))
        if problem:
            raise problem
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        pass

    def log_response(self, status_code: int, response: Any) -> None:
        pass


def _heard(ask: Callable[[], Any], *, reading: bool) -> Any:
    """What `ask` returns. Raises our errors only; a success that does not read is one that was not heard."""
    try:
        return ask()
    except TwilioRestException as error:
        problem = translated(error.status, error.code)
    except (TwilioException, ValueError, KeyError, AttributeError, TypeError):
        problem = RetryLater("unreadable") if reading else Unheard("unreadable")
    raise problem


def translated(status: int, code: int | None) -> CarrierError:
    """Twilio's refusal in our words."""
    number = int(code or status)
    told = str(number)
    if number in OPTED_OUT:
        return OptedOut(told)
    if number in INVALID:
        return InvalidNumber(told)
    if number in MENDABLE or status in MENDABLE_STATUS:
        return RetryLater(told)
    if status < 400:
        return Unheard(told)
    return Refused(told)


def _never_left(error: RequestException) -> bool:
    """Whether no connection was ever made, so that nothing can have been taken."""
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, NoConnection) and error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _seconds(value: str) -> timedelta | None:
    return timedelta(seconds=int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else None
