"""Holds back whoever asks too often. With Redis counts are shared; when it goes away, each process counts alone.

The page never depends on it. What costs money for each press does: it is refused kindly until Redis is back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from flask import Flask, current_app, g, request
from flask_limiter import Limiter, RequestLimit

from assistant.braking import Brake
from assistant.folding import clean, fold
from assistant.privacy.peppers import Peppers
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import Settings
from assistant.turns import Turn
from channels.limits.client import alone_here, client
from channels.limits.recent import PATIENCE, Recent
from channels.limits.rules import RULES, Rule

EXTENSION = "camille-limits"
# Three telephones of one household, or of the desk of a home for the elderly, at once.
MOST_CALLS = 3
MINUTE = 60


class Limits:
    """`met` is told the name of each limit when it is met. Off (`on` false), nothing is counted."""

    def __init__(self, settings: Settings, met: Callable[[str], None], *, on: bool = True) -> None:
        self._settings, self._met, self._on = settings, met, on
        self.recent = Recent(settings.redis_url)
        # What Redis holds is not renamed when the pepper is changed: it is over in a day.
        self._newest = Peppers(settings.peppers).newest

    def guard(self, app: Flask) -> None:
        """Have every rule looked at before anything else, forged forms too: to be called before other guards."""
        app.extensions[EXTENSION] = self
        if not self._on:
            return
        waits = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
        limiter = Limiter(
            client,
            app=app,
            strategy="moving-window",
            storage_uri=self._settings.redis_url or "memory://",
            storage_options=waits if self._settings.redis_url else {},  # type: ignore[arg-type]
            key_prefix="camille",
            in_memory_fallback_enabled=True,
            on_breach=self._breached,
        )
        gates = {rule.endpoint: _gate(rule.endpoint) for rule in RULES}
        for rule in RULES:
            limit = limiter.limit(
                rule.most, key_func=rule.whose, methods=[rule.method], exempt_when=partial(self._exempt, rule)
            )
            gates[rule.endpoint] = limit(gates[rule.endpoint])

        def look() -> None:
            if request.endpoint in gates:
                gates[request.endpoint]()

        app.before_request(look)

    @property
    def dependable(self) -> bool:
        """Whether limits hold for all processes together."""
        return not self._on or self.recent.dependable

    def brake(self) -> Brake | None:
        """What holds back the answers to one telephone that writes."""
        return Brake(self._in_a_row, self._untaken) if self._on else None

    def too_many_calls(self, who: str, call: str) -> bool:
        """Whether `who` has as many calls going on as one number may have, beside `call`."""
        if not self._on or self.recent.calling(self._newest(who), call) <= MOST_CALLS:
            return False
        self.hung_up(who, call)
        self.met("calls")
        return True

    def hung_up(self, who: str, call: str) -> None:
        """`call` is over, or as if it had not come."""
        self.recent.hung_up(self._newest(who), call)

    def met(self, name: str) -> None:
        self._met(name)

    def _in_a_row(self, turn: Turn) -> int:
        # A keyed name of the words, and of whose they are: it can be compared with the next one, and with nothing else.
        words = pseudonym("words", f"{turn.address} {fold(clean(turn.text))}", self._settings.pseudonym_pepper)
        event = sha256(turn.message_id.encode()).hexdigest()[:16]
        return self.recent.in_a_row(self._newest(turn.address), self._newest(words), event)

    def _untaken(self, turn: Turn) -> None:
        self.recent.anew(self._newest(turn.address))

    def _exempt(self, rule: Rule) -> bool:
        return rule.whose is client and alone_here()

    def _breached(self, limit: RequestLimit) -> None:
        g.retry_after = max(1, limit.reset_at - int(time.time()))
        name = next((rule.name for rule in RULES if rule.endpoint == request.endpoint), "page")
        self.met(name)


def _gate(endpoint: str) -> Callable[[], None]:
    """Something to limit in place of the view, which comes too late: Flask-Limiter knows limits by this name."""

    def gate() -> None:
        pass

    gate.__name__ = gate.__qualname__ = endpoint
    return gate


def limits() -> Limits:
    """Those of the application under way."""
    found: Limits = current_app.extensions[EXTENSION]
    return found


def retry_after() -> int:
    """Seconds after which to try again: what the limit says that was met, or a minute."""
    found: Any = g.get("retry_after", MINUTE)
    return int(found)
