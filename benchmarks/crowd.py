"""People who write and call, drawn under a seed: what each does, and in which order it arrives.

Digits, labels and words that are decided before any model: what is measured is that nothing is lost and nothing is
done twice, not what is understood.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

ANSWERS = ("1", "1", "1", "2", "3", "oui", "non", "c'est fait", "ok", "Pour moi", "C'est fait")
ASKING = ("répéter", "retour", "aide", "plus lentement", "je ne comprends pas", "0", "recommencer", "plus tard")
# No wrong resume code among them: guesses count against everybody's limit, and here nobody may touch another's life.
STRANGE = ("", "👍", "la météo marine de demain", "1 85 12 75 108 123 42", "/restart", "x" * 500)
DANGER = "je fais un infarctus"
ERASED = "Oui, effacer"
ERASING = ("effacez mes données", ERASED)
REMINDER = ("rappelez-moi", "demain matin", "oui")
STOP, YES = "STOP", "OUI"
# What is written after a STOP: none of it is a yes, a danger or a wish to be forgotten.
AFTER_STOP = ("STOP", "stop svp", "1", "merci", "bonjour", "arrêtez", "2")
# Each is also lived once on a good line: so many are as varied as people are, and leave time for more people.
MOST_SCRIPTS = 1_000
SAID = ("oui", "non", "c'est fait", "répéter", "retour", "plus lentement", "aide", "attendez")


@dataclass(frozen=True)
class Script:
    """What one person does. `acts` of a writer are texts; of a caller ("press", "1"), ("speak", "oui"), ("wait", "")...

    They are in the order in which they arrive: `swapped` tells how many pairs arrived the wrong way round.
    """

    writes: bool
    acts: tuple[tuple[str, str], ...]
    swapped: int = 0

    @property
    def stops(self) -> bool:
        return ("text", STOP) in self.acts


def crowd(people: int, seed: int, reordered: float) -> Iterator[Script]:
    """`people` scripts; two messages in a row change places with probability `reordered`.

    Beyond MOST_SCRIPTS people, several do the same thing, each with a bad day of her own.
    """
    chance = random.Random(seed)
    drawn = [
        _writer(chance, reordered) if chance.random() < 0.7 else _caller(chance)
        for _ in range(min(people, MOST_SCRIPTS))
    ]
    for index in range(people):
        yield drawn[index % len(drawn)]


def _writer(chance: random.Random, reordered: float) -> Script:
    texts = ["Bonjour"]
    for _ in range(chance.randint(3, 9)):
        kind = chance.choices((ANSWERS, ASKING, STRANGE, (DANGER,)), (75, 17, 7, 1))[0]
        texts.append(chance.choice(kind))
    fate = chance.random()
    if fate < 0.15:
        texts += [STOP, *chance.choices(AFTER_STOP, k=chance.randint(1, 4))]
        if fate < 0.05:
            texts += [YES, "1", "répéter"]
    elif fate < 0.25:
        texts += [*REMINDER, *chance.choices((STOP, "1", "pas de rappel", "répéter"), k=2)]
    elif fate < 0.28:
        texts += [*ERASING, "Bonjour"]
    texts, swapped = _swapped(texts, chance, reordered)
    return Script(True, tuple(("text", text) for text in texts), swapped)


def _swapped(texts: list[str], chance: random.Random, reordered: float) -> tuple[list[str], int]:
    swapped, index = 0, 0
    while index + 1 < len(texts):
        if chance.random() < reordered:
            texts[index], texts[index + 1] = texts[index + 1], texts[index]
            swapped += 1
            index += 1
        index += 1
    return texts, swapped


def _caller(chance: random.Random) -> Script:
    acts = []
    for _ in range(chance.randint(4, 10)):
        kind = chance.choices(("press", "speak", "wait", "hang up"), (60, 25, 9, 6))[0]
        what = {"press": chance.choice("1112230*#"), "speak": chance.choice(SAID)}.get(kind, "")
        acts.append((kind, what))
    return Script(False, tuple(acts))
