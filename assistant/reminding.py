"""Reminders, from « rappelez-moi » to the promise: asked when, read back, agreed to in a closed word. Pure.

Only what somebody asked for is ever sent (W3C COGA: reminders on request), at the hours of assistant/reminders/hours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Literal

from assistant.journeys.progress import Progress
from assistant.offers import Offers
from assistant.reminders.hours import allowed
from assistant.reminders.spoken import spoken
from assistant.reminders.when import When
from assistant.telling import Outcome, Teller
from assistant.turns import Channel

RECALL, NO_RECALL = "rappelez_moi", "pas_de_rappel"
ASKS_WHEN = "when"
# What is said to a moment that cannot be one: see assistant/reminders/when.py.
UNFIT = {"event": "rappel_jours", "vague": "rappel_jours", "far": "rappel_trop_loin"}
AGREED = "move:remind"


class Remind:
    """Over one Teller."""

    def __init__(self, teller: Teller, offers: Offers) -> None:
        self._teller = teller
        self._offers = offers

    def ask(self, progress: Progress, channel: Channel) -> Outcome:
        """When? Or, where nobody can be written to or rung up, how to come back."""
        paused = progress.paused()
        if not progress.reach:
            choices = self._offers.way_back(paused, channel)
            return self._teller.say(paused, channel, RECALL, choices=choices, ending="goodbye")
        return self._when(paused, channel, "rappel_quand")

    def hear(self, progress: Progress, channel: Channel, when: When | None, now: datetime) -> Outcome:
        """A moment was named, or something that is none: read it back, or ask again otherwise."""
        if not progress.reach:
            return self.ask(progress, channel)
        if when is None or when.at is None:
            return self._when(progress, channel, UNFIT[when.reason] if when and when.reason else "rappel_redire")
        at = allowed(max(when.at, now))
        told = replace(progress.paused(), asks=ASKS_WHEN, due=at.isoformat(), promise=spoken(at, now))
        choices = self._teller.book.answers["rappel_confirmer"].choices
        return self._teller.say(told, channel, "rappel_confirmer", choices=choices, intent=RECALL)

    def agreed(self, progress: Progress, channel: Channel) -> Outcome:
        """« Oui » to the day that was read back: it is promised."""
        if not progress.due or not progress.reach:
            return self.ask(progress, channel)
        name = f"rappel_note_{way(progress)}"
        choices = self._offers.way_back(progress, channel)
        outcome = self._teller.say(progress, channel, name, choices=choices, intent=RECALL, ending="goodbye")
        return replace(outcome, act="remind")

    def called_off(self, progress: Progress, channel: Channel) -> Outcome:
        """« Pas de rappel »: the first of the three ways to be left in peace."""
        freed = replace(progress, due="", promise="")
        choices = self._offers.way_back(freed, channel)
        outcome = self._teller.say(freed, channel, "rappel_annule", choices=choices)
        return replace(outcome, act="call_off")

    def offered(self, progress: Progress, channel: Channel) -> bool:
        """Whether a good-bye on `channel` should propose a reminder: where one can be had, and none is promised."""
        return channel == "voice" and progress.under_way and bool(progress.reach) and not progress.due

    def _when(self, progress: Progress, channel: Channel, name: str) -> Outcome:
        asking = replace(progress, asks=ASKS_WHEN, due="", promise="")
        choices = self._teller.book.answers["rappel_quand"].choices
        return self._teller.say(asking, channel, name, choices=choices, intent=RECALL)


def way(progress: Progress) -> Literal["sms", "voice"]:
    """How a reminder reaches her: an SMS where one arrives, else a call."""
    return "sms" if "sms" in progress.reach else "voice"


def due(progress: Progress) -> datetime:
    """When she is to be reminded, in UTC."""
    return datetime.fromisoformat(progress.due).astimezone(timezone.utc)
