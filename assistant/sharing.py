"""One telephone, several persons: « Qui tient le téléphone ? » No name is kept: each is told by her place. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.journeys.progress import Progress
from assistant.ladders import UNSURE
from assistant.offers import Offers
from assistant.telling import Outcome, Teller
from assistant.turns import Channel, Choice

PERSON = "person:"
NEW = f"{PERSON}new"
# As many as there may be choices. On one telephone there are seldom more.
ORDINALS = ("qui_premiere", "qui_deuxieme", "qui_troisieme")


class Share:
    """Over one Teller."""

    def __init__(self, teller: Teller, offers: Offers) -> None:
        self._teller = teller
        self._offers = offers

    def ask(self, progress: Progress, channel: Channel, persons: Mapping[str, Progress]) -> Outcome:
        """Who is it? `persons` are those known at this telephone by their id, in order."""
        choices = [
            Choice("", self._place(ordinal, there, channel), f"{PERSON}{name}")
            for ordinal, (name, there) in zip(ORDINALS, persons.items(), strict=False)
        ]
        if len(choices) < len(ORDINALS):
            new = self._teller.book.answers["qui_autre"].say.on(channel)
            choices.append(Choice("", new, NEW, ("nouvelle personne", "une autre personne", "moi")))
        return self._teller.say(progress, channel, "qui_parle", choices=choices, intent=UNSURE)

    def welcome(self, progress: Progress, channel: Channel) -> Outcome:
        """To somebody new on a telephone that others use."""
        return self._offers.menu(progress, channel, before="qui_bienvenue")

    def _place(self, ordinal: str, there: Progress, channel: Channel) -> str:
        journey = self._teller.journey(there)
        position = journey.position(there.step, there.status) if journey else None
        who = self._teller.text(ordinal, there, channel)
        return f"{who}, {self._teller.text('qui_place', there, channel, position.stage)}" if position else who
