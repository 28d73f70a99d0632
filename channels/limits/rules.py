"""What may be asked how often, one line an address. Generous: a whole village may share one address of its operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channels.limits.client import client, whoever_visits


@dataclass(frozen=True)
class Rule:
    """At most `most` (« 60 per minute; 600 per hour ») at `endpoint`, for each name that `whose` gives.

    `method`: only that one. `name` is what is counted when the limit is met.
    """

    name: str
    endpoint: str
    method: str
    whose: Callable[[], str]
    most: str


def _rules(name: str, endpoints: str, method: str, most: str, visit: str = "") -> list[Rule]:
    return [
        Rule(name, endpoint, method, whose, limit)
        for endpoint in endpoints.split()
        for whose, limit in ((client, most), (whoever_visits, visit))
        if limit
    ]


RULES: tuple[Rule, ...] = (
    # A person reads before she presses; a script sends one a second for hours.
    *_rules("page", "web.act", "POST", "300 per minute; 6000 per hour", "60 per minute; 600 per hour"),
    *_rules("opinion", "web.give_opinion", "POST", "120 per minute; 1200 per hour", "20 per minute; 120 per hour"),
    # Each press makes a code, of which there are ten thousand, and each visit may hold one for a week: one network has
    # a quarter of them at most. A library, or a house of public services, sends fewer people home with one.
    *_rules("resume", "web.give_code", "POST", "60 per hour; 300 per day", "6 per minute; 60 per hour"),
    # 128 bits are guessed by nobody; that somebody tries is worth knowing, and worth stopping.
    *_rules("link", "web.look_at_link", "GET", "60 per minute; 600 per hour"),
    *_rules("link", "web.take_here", "POST", "60 per minute; 600 per hour"),
    *_rules("invitation", "inviting.look", "GET", "120 per minute; 1200 per hour"),
    *_rules("invitation", "inviting.take", "POST", "120 per minute; 1200 per hour"),
    # Besides the guesses that are counted for each access (assistant/one_time_codes.py).
    *_rules("sign_in", "codes.enter codes.prove codes.take door.leave_for", "POST", "20 per minute; 200 per hour"),
    *_rules("sign_in", "door.come_back", "GET", "20 per minute; 200 per hour"),
    # The same for those who run the service; each guess at a password takes 40 ms of a processor as well.
    *_rules(
        "steering", "steering_door.come_in steering_door.prove steering_door.take", "POST", "10 per minute; 60 per hour"
    ),
    # A PDF takes half a second of a processor; that of a practice is made anew each time.
    *_rules("paper", "paper.file practice_paper.leaflet_file practice_paper.poster_file", "GET", "30 per minute"),
    # Beside its own caps (assistant/inviting_by_sms.py), which are in the database.
    *_rules("texting", "texting.send", "POST", "30 per minute"),
)
