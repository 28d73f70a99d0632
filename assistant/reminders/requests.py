"""Hears a request for a reminder in a closed pattern: the request, its moment, and nothing else but courtesy. Pure.

« Rappelez-moi demain matin » is one; « rappelez-moi mon mot de passe » is not, and is left to the classifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.phrases import Phrase, find, phrase
from assistant.reminders.hours import PARIS
from assistant.reminders.items import Item, items
from assistant.reminders.mention import Mention
from assistant.reminders.mentions import mentions
from assistant.reminders.row import SMALL
from assistant.reminders.times import Times, usual_times
from assistant.reminders.when import heard
from assistant.reminders.words import Word, words

# Who asks for a reminder is brief; a longer message tells something else as well.
MOST_WORDS = 30
# « quand ma fille sera rentrée de l'école »: as long as an event may be, beyond its first word.
LONGEST_EVENT = 9
SHORTEST_VERB = 4
# Words that may stand around a moment.
LINKS = SMALL | {"ou", "et", "mais", "plutot", "pile", "plus_tard"}
# « quand j'aurai la carte comment je fais » asks something.
ASKING = frozenset("comment pourquoi combien quel quelle quels quelles quoi qui dites dis expliquez".split())


class Requests:
    """data/lexicon/requests.yml as read. Raises KeyError with the name of a group or a family that is not there."""

    def __init__(self, groups: Mapping[str, Any]) -> None:
        families = {name: "".join(line.split()).split("|") for name, line in groups["mots"].items()}
        self._reminding, self._calling, self._beside = (
            tuple(phrase(line, families) for line in groups[name]) for name in ("rappel", "signe", "avec")
        )
        self._around = frozenset(groups["autour"].split())

    def heard(self, text: str, now: datetime, times: Times | None = None) -> bool:
        """Whether `text`, written at the aware time `now`, asks to be reminded and says nothing else.

        Who only asks to be written to or rung up must say when. Never raises, whatever is written.
        """
        said, times = words(text), times or usual_times()
        if not said or len(said) > MOST_WORDS:
            return False
        texts = [word.text for word in said]
        reminding = _places(self._reminding, texts)
        asked = reminding or _places(self._calling, texts)
        if not asked:
            return False
        found = items(text, times)
        every = mentions(found, times, now.astimezone(PARIS))
        when = heard(text, now, times)
        # Without a moment a reminder is still asked for; with one that is refused or over, none is.
        if when is None and (every or not reminding):
            return False
        told = _told(found, every) | _events(said, times) | _places(times.vague, texts, whole=True)
        told |= asked | _places(self._calling, texts) | _places(self._beside, texts)
        return all(place in told or word in self._around for place, word in enumerate(texts))


def _places(phrases: Iterable[Phrase], said: Sequence[str], *, whole: bool = False) -> set[int]:
    """Where the words of `phrases` stand; `whole`: with all that is between them."""
    there, heard_as = set(said), [frozenset({word}) for word in said]
    near = [one for one in phrases if not any(there.isdisjoint(needed) for needed in one.needed)]
    runs = [run for one in near if (run := find(one, heard_as))]
    return {place for run in runs for place in (range(min(run), max(run) + 1) if whole else run)}


def _told(found: Sequence[Item], every: Sequence[Mention]) -> set[int]:
    """The places of the words that say when, and of the small ones around them."""
    inside = {place for one in every for place in range(one.start, one.end)}
    for one in every:
        place = one.start - 1
        while place >= 0 and found[place].kind in LINKS:
            place -= 1
        if one.refused and place >= 0 and found[place].kind == "pas":
            inside.add(place)  # « jeudi, pas mercredi »
    told: set[int] = set()
    begun = 0
    for place, item in enumerate(found):
        length = len(item.text.split())
        if place in inside or item.kind in LINKS:
            told.update(range(begun, begun + length))
        begun += length
    return told


def _events(said: Sequence[Word], times: Times) -> set[int]:
    """The places of the words that name an event to come: « quand j'aurai ma carte », « après les vacances »."""
    texts, events = [word.text for word in said], times.events
    told = _places(events.phrases, texts, whole=True)
    for place, word in enumerate(said):
        openings = (len(one) for one in events.when if tuple(texts[place : place + len(one)]) == one)
        begun = place + max(openings, default=0)
        clause = [index for index in range(begun, len(said)) if said[index].clause == word.clause]
        after = [texts[index] for index in clause]
        if begun == place or len(after) > LONGEST_EVENT or not ASKING.isdisjoint(after):
            continue
        if any(len(verb) >= SHORTEST_VERB and verb.endswith(events.endings) for verb in after):
            told.update((*range(place, begun), *clause))
    return told
