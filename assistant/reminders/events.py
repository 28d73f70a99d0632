"""Hears who waits for an event without a date, or for some day: « quand j'aurai ma carte », « plus tard »."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from assistant.phrases import Phrase, find
from assistant.reminders.times import Times

# « quand la dame de la mairie m'aura rappelée »: how far the verb may stand.
REACH = 8
SHORTEST_VERB = 4


def waited(said: Sequence[str], times: Times) -> Literal["event", "vague"] | None:
    """What folded words wait for, when they give no date."""
    if _waits_for_a_verb(said, times) or _finds(said, times.events.phrases):
        return "event"
    return "vague" if _finds(said, times.vague) else None


def _finds(said: Sequence[str], phrases: Sequence[Phrase]) -> bool:
    there = set(said)
    near = [one for one in phrases if not any(there.isdisjoint(needed) for needed in one.needed)]
    heard = [frozenset({word}) for word in said] if near else []
    return any(find(one, heard) for one in near)


def _waits_for_a_verb(said: Sequence[str], times: Times) -> bool:
    events = times.events
    for place, word in enumerate(said):
        for opening in events.when:
            if word != opening[0] or tuple(said[place : place + len(opening)]) != opening:
                continue
            after = said[place + len(opening) : place + len(opening) + REACH]
            if any(tuple(after[: len(never)]) == never for never in events.never):
                continue
            verbs = (one for one in after if one in events.verbs or len(one) >= SHORTEST_VERB)
            if any(one in events.verbs or one.endswith(events.endings) for one in verbs):
                return True
    return False
