"""Some hundred people who lived through a month: written, called and clicked, through the real assistant, by chance.

What operators look at is then real: places, misunderstandings, opinions, reminders and segments of conversations that
took place. The same seed is the same month. Sentences are plain French; `Hears` understands those that begin a journey.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from assistant.conversation import Conversation
from assistant.journeys.progress import Progress
from assistant.privacy.pseudonyms import pseudonym
from assistant.storage import ratings
from assistant.telling import Outcome
from assistant.turns import Channel, Choice, Reply, Turn
from channels.sms.segments import Segments
from channels.sms.text import written
from tests.support.faces import NoWords

T = TypeVar("T", bound=str)
# What one says to begin each journey.
ASKS: Mapping[str, str] = {
    "activer": "je voudrais activer mon espace santé",
    "decouvrir": "à quoi ça sert mon espace santé",
    "documents": "je veux ajouter un document",
    "partager": "je veux partager un document avec mon médecin",
    "retrouver": "j'ai oublié mon mot de passe",
}
JOURNEYS = {"activer": 60, "decouvrir": 14, "documents": 12, "partager": 8, "retrouver": 6}
CHANNELS: Mapping[Channel, int] = {"web": 45, "sms": 35, "voice": 20}
# What nobody taught her: many ways to say a few things, and some that only one person says.
UNKNOWN = (
    ("comment je change la photo de mon espace", "je veux changer la photo", "changer ma photo dans mon espace"),
    ("je peux prendre rendez vous avec le docteur ici", "prendre rendez vous avec mon docteur", "rendez vous docteur"),
    ("la page reste blanche et ça tourne", "la page tourne et reste blanche", "ça tourne la page est blanche"),
    ("et pour la carte de mon mari", "la carte de mon mari marche aussi", "c'est bon avec la carte de mon mari"),
)
RARE = ("le chat est monté sur la table", "mon voisin dit le contraire", "je regarde la météo", "il pleut chez vous")
# Chances of each turn: to be puzzled, to press on the person's button, to go for good.
PUZZLED, STUCK, LEAVES = 0.12, 0.05, 0.07
# The first choice of a step leads on, most often.
ON = 0.85
MOST_TURNS = 40


class Hears(NoWords):
    """Understands what begins a journey, and nothing else."""

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        assert self.guide
        for journey, sentence in ASKS.items():
            if sentence == text:
                return self.guide.choose(place, channel, Choice("1", sentence, f"journey:{journey}"))
        return super().take(text, place, channel)


@dataclass
class Month:
    """`conversation` lives it, up to `now`; `secret` is the pepper of its settings."""

    conversation: Conversation
    now: datetime
    seed: int = 7

    def live(self, people: int) -> None:
        """`people` come, each on a day of the last four weeks, most of them lately."""
        chance = random.Random(self.seed)
        for number in range(people):
            channel, journey = _drawn(chance, CHANNELS), _drawn(chance, JOURNEYS)
            began = self.now - timedelta(days=min(27.0, 1 + chance.expovariate(1 / 9)), minutes=chance.randrange(600))
            _Person(self.conversation, chance, number, channel, journey, began).live()

    def rate(self, times: int) -> None:
        """So many opinions, on a few answers."""
        chance = random.Random(self.seed)
        abouts = ("cout", "securite", "activer/fin", "trouver_numeros")
        with self.conversation.database.transaction() as connection:
            for number in range(times):
                about, helped = chance.choice(abouts), chance.random() < 0.7
                at = self.now - timedelta(days=chance.randrange(1, 27))
                ratings.note(connection, f"lived{self.seed}-{number}", about, "web", helped=helped, at=at)


@dataclass
class _Person:
    conversation: Conversation
    chance: random.Random
    number: int
    channel: Channel
    journey: str
    at: datetime
    turns: int = 0

    def live(self) -> None:
        if self.channel != "sms":
            self._turn(opens=True)
        reply = self._turn(text=ASKS[self.journey])
        while self.turns < MOST_TURNS and self.chance.random() > LEAVES:
            drawn = self.chance.random()
            if drawn < PUZZLED:
                said = self.chance.choice(RARE if self.chance.random() < 0.2 else self.chance.choice(UNKNOWN))
                reply = self._turn(text=said)
            elif drawn < PUZZLED + STUCK:
                reply = self._turn(key="etape_bloquee") if self.channel == "web" else self._turn(text="je suis bloqué")
            else:
                if not reply.choices or (reply.journey and reply.journey.status == "done"):
                    break
                choice = reply.choices[0] if self.chance.random() < ON else self.chance.choice(reply.choices)
                reply = self._turn(key=choice.key)
        if self.channel != "web" and self.chance.random() < 0.3:
            for text in ("rappelez-moi", "dans trois semaines", "oui"):
                self._turn(text=text)

    def _turn(self, text: str = "", key: str = "", *, opens: bool = False) -> Reply:
        self.turns += 1
        self.at += timedelta(seconds=self.chance.randrange(20, 120))
        phone = self.channel != "web"
        number = f"+336399{self.number:05d}"
        pepper = self.conversation.settings.pseudonym_pepper
        turn = Turn(
            pseudonym("phone" if phone else "web", number, pepper),
            self.channel,
            "lived",
            f"{self.number}-{self.turns}",
            self.at,
            text,
            key,
            0.9 if text and self.channel == "voice" else None,
            opens,
            number=number if phone else "",
            reach=("sms", "voice") if phone else (),
        )
        return self.conversation.take(turn, _billed if self.channel == "sms" else None)


def _billed(reply: Reply) -> int:
    return Segments.of(written(reply)).count


def _drawn(chance: random.Random, weights: Mapping[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]
