"""« Mes données »: what is held of a person, told to her; and the proof of an erasure. Pure.

A telephone's number authenticates nobody: on the telephone no more is told than the place, a reminder and a refusal,
never a topic, never who invited. The page (/mes-donnees) tells each category with its count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assistant.journeys.progress import Progress
from assistant.offers import Offers
from assistant.reminders.spoken import dated, spoken
from assistant.storage.holdings import Held
from assistant.telling import Outcome, Teller
from assistant.turns import Channel, Message

MINE = "mes_donnees"
# The effect that only storage can have: what is held is looked up, then told.
SHOW = "show"
# What « mes données » is, among the topics.
TOPIC = "donnees_assistant"


class Show:
    """Over one Teller."""

    def __init__(self, teller: Teller, offers: Offers) -> None:
        self._teller = teller
        self._offers = offers

    def ask(self, progress: Progress, channel: Channel) -> Outcome:
        """She wants to know. What is said here stands where nothing is found."""
        choices = self._offers.way_back(progress, channel)
        told = self._teller.say(progress, channel, "mes_donnees_rien", choices=choices, intent=TOPIC)
        return replace(told, act=SHOW)

    def tell(self, outcome: Outcome, channel: Channel, held: Held, now: datetime) -> Outcome:
        """`outcome` of `ask`, with what is held said instead of « rien »."""
        if not held.anything:
            return outcome
        *before, last = outcome.reply.messages
        words = self._teller.text(MINE, outcome.progress, channel, ", ".join(self._named(outcome, channel, held, now)))
        return replace(outcome, reply=replace(outcome.reply, messages=(*before, replace(last, text=words))))

    def prove(self, outcome: Outcome, channel: Channel, proof: str, now: datetime) -> Outcome:
        """The proof of an erasure, said after it."""
        words = self._teller.text("effacer_preuve", Progress(), channel, f"{dated(now)}, {proof}")
        return replace(outcome, reply=replace(outcome.reply, messages=(*outcome.reply.messages, Message(words))))

    def _named(self, outcome: Outcome, channel: Channel, held: Held, now: datetime) -> list[str]:
        place, journey = outcome.progress, outcome.reply.journey
        names = []
        if journey:
            names.append("mes_donnees_fini" if journey.status == "done" else "mes_donnees_etape")
        names.append("mes_donnees_sujets")
        told = [self._teller.text(name, place, channel) for name in names]
        if held.reminder:
            told.append(self._teller.text("mes_donnees_rappel", place, channel, spoken(held.reminder, now)))
        if held.stopped:
            told.append(self._teller.text("mes_donnees_stop", place, channel))
        return told
