"""The words of data/lexicon/times.yml: every way to say a day, an hour or a length of time, each with its meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from assistant.content.document import Document, Place, read
from assistant.errors import ContentError
from assistant.folding import fold, sound
from assistant.phrases import Phrase, phrase
from assistant.reminders.words import words

LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"
WEEK, YEAR, NEAR = 7, 12, 3
UNITS = ("minute", "heure", "jour", "semaine", "mois", "année")
LINKS = frozenset(
    "le ce de a dans en apres avant a_partir depuis naissance pas prochain suivant dernier huit quinze ou et moins "
    "demi quart pile taille quelques hier plus_tard premier weekend debut milieu fin meme_heure entre plutot mais "
    "tout_a_l_heure passe libre pour la au".split()
)
SENTENCES = ("aujourd_hui", "demain", "autre", "jour", "premier", "midi", "minuit", "une_heure", "heures", "minutes")
# A short word sounds like too many others: « mai », « soir », « mois ».
SHORTEST_HEARD = 5


class Meaning(NamedTuple):
    """What a word or several stand for. `kind` is a group of the file; `value` counts within it, or is a number."""

    kind: str
    value: int = 0


class Moment(NamedTuple):
    """A part of the day: its usual hour, those of its beginning and end, and which hours belong to it."""

    usual: time
    early: time
    late: time
    opens: time
    closes: time


class Feast(NamedTuple):
    """Its first and last (day, month), or its distance from Easter Sunday in days."""

    first: tuple[int, int]
    last: tuple[int, int]
    easter: int | None


@dataclass(frozen=True)
class Events:
    """How events without a date are said: « quand » and a verb to come, or `phrases`."""

    when: tuple[tuple[str, ...], ...]
    endings: tuple[str, ...]
    verbs: frozenset[str]
    never: tuple[tuple[str, ...], ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True)
class Times:
    """The whole file, ready to be looked up. `meanings`: by first word, the longest phrase first."""

    meanings: dict[str, list[tuple[tuple[str, ...], Meaning]]]
    sounds: dict[str, Meaning]
    after_a_number: dict[str, Meaning]
    moments: tuple[Moment, ...]
    feasts: tuple[Feast, ...]
    said_days: dict[int, int]
    follows: frozenset[str]
    polite: frozenset[str]
    asking: tuple[str, ...]
    keys: frozenset[str]
    calls: frozenset[str]
    rescue: frozenset[int]
    me: frozenset[str]
    events: Events
    vague: tuple[Phrase, ...]
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    sentences: dict[str, str]


def open_times(folder: Path) -> Times:
    """The file of `folder`. Raises ContentError with the file and the line that cannot be read."""
    document, problems = read(folder / "times.yml", folder.parent.parent)
    if problems:
        raise ContentError("\n".join(map(str, problems)))
    return _Reader(document).times()


@lru_cache(maxsize=1)
def usual_times() -> Times:
    """The file that comes with Camille, read once."""
    return open_times(LEXICON)


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._meanings: dict[tuple[str, ...], Meaning] = {}
        self._names: dict[str, Meaning] = {"prochain": Meaning("prochain")}

    def times(self) -> Times:
        weekdays, months = self._named("jours", "jour_nomme", WEEK), self._named("mois", "mois_nomme", YEAR)
        self._named("proches", "proche", NEAR)
        self._named("unites", "unite", len(UNITS), UNITS)
        moments = tuple(self._moments())
        for hour, lines in self._mapping("heures").items():
            at = self._clock(("heures", hour), hour)
            self._say(("heures", hour), lines, Meaning("heure_dite", at.hour * 60 + at.minute))
        for name, value in self._mapping("dizaines").items():
            self._say(("dizaines", name), [name], Meaning("dizaine", self._number(("dizaines", name), value)))
        feasts = tuple(self._feasts())
        links = self._mapping("liens")
        if missing := sorted(LINKS - links.keys()):
            raise self._wrong(("liens",), f"Il manque {', '.join(missing)}.")
        for name, lines in links.items():
            if name in LINKS:
                self._say(("liens", name), lines, Meaning(name))
        for index, lines in enumerate(self._list("rien")):
            self._say(("rien", index), lines, Meaning("rien"))
        rescue = self._mapping("secours")
        return Times(
            meanings=self._by_first_word(),
            sounds=self._sounds(),
            after_a_number={
                word: Meaning("unite", UNITS.index(unit))
                for unit, lines in self._mapping("unites_apres_un_nombre", UNITS).items()
                for word in self._bag(("unites_apres_un_nombre", unit), lines)
            },
            moments=moments,
            feasts=feasts,
            said_days={
                self._number(("jours_dits",), said): self._number(("jours_dits", str(said)), meant)
                for said, meant in self._mapping("jours_dits").items()
            },
            follows=self._bag(("suites",), self._group("suites")),
            polite=self._bag(("polis",), self._group("polis")),
            asking=tuple(self._bag(("demandes",), self._group("demandes"))),
            keys=self._bag(("touches",), self._group("touches")),
            calls=self._bag(("secours", "mots"), rescue.get("mots")),
            rescue=frozenset(self._number(("secours", "numeros"), each) for each in rescue.get("numeros") or ()),
            me=self._bag(("secours", "moi"), rescue.get("moi")),
            events=self._events(),
            vague=self._phrases(("vagues",), self._group("vagues")),
            weekdays=weekdays,
            months=months,
            sentences=self._sentences(),
        )

    def _named(self, group: str, kind: str, many: int, names: Sequence[str] = ()) -> tuple[str, ...]:
        """A group whose order counts: each name, and its other spellings."""
        found = self._mapping(group, names)
        if len(found) != many:
            raise self._wrong((group,), f"Il faut ici {many} noms, dans l'ordre.")
        for value, (name, lines) in enumerate(found.items()):
            self._say((group, name), [name, *self._flat((group, name), lines)], Meaning(kind, value))
            self._names[fold(str(name))] = Meaning(kind, value)
        return tuple(map(str, found))

    def _moments(self) -> Iterator[Moment]:
        for value, (name, entry) in enumerate(self._mapping("moments").items()):
            place: Place = ("moments", name)
            if not isinstance(entry, dict):
                raise self._wrong(place, "Il faut ici heure, debut, fin, de, à et mots.")
            self._say(place, [name, *self._flat((*place, "mots"), entry.get("mots"))], Meaning("moment", value))
            yield Moment(*(self._clock((*place, key), entry.get(key)) for key in ("heure", "debut", "fin", "de", "à")))

    def _feasts(self) -> Iterator[Feast]:
        for value, entry in enumerate(self._list("fetes")):
            place: Place = ("fetes", value)
            if not isinstance(entry, dict) or not ("du" in entry) ^ ("paques" in entry):
                raise self._wrong(place, "Il faut ici « du » ou « paques », et « mots ».")
            self._say((*place, "mots"), entry.get("mots"), Meaning("fete", value))
            if "paques" in entry:
                yield Feast((1, 1), (1, 1), self._number((*place, "paques"), entry["paques"]))
            else:
                first = self._day((*place, "du"), entry["du"])
                yield Feast(first, self._day((*place, "au"), entry["au"]) if "au" in entry else first, None)

    def _events(self) -> Events:
        found = self._mapping("evenements")
        missing = sorted({"quand", "futur", "present", "sauf", "phrases"} - found.keys())
        if missing:
            raise self._wrong(("evenements",), f"Il manque {', '.join(missing)}.")
        when, never = (
            tuple(tuple(fold(line).split()) for line in self._flat(("evenements", name), found[name]))
            for name in ("quand", "sauf")
        )
        return Events(
            when,
            tuple(self._flat(("evenements", "futur"), found["futur"])),
            self._bag(("evenements", "present"), found["present"]),
            never,
            self._phrases(("evenements", "phrases"), found["phrases"]),
        )

    def _sentences(self) -> dict[str, str]:
        found = self._mapping("lecture")
        for name in SENTENCES:
            if not isinstance(found.get(name), str):
                raise self._wrong(("lecture", name), f"« {name} » est un texte.")
            try:
                found[name].format(jour="", heure="", heures="", minutes="", semaine="", numero="", mois="")
            except (KeyError, IndexError, ValueError) as error:
                raise self._wrong(("lecture", name), f"Cette accolade ne se lit pas : {error}.") from error
        return dict(found)

    def _say(self, place: Place, lines: Any, meaning: Meaning) -> None:
        for line in self._flat(place, lines):
            key = tuple(word.text for word in words(line))
            if not key:
                raise self._wrong(place, f"« {line} » n'a pas de mot.")
            if self._meanings.setdefault(key, meaning) != meaning:
                raise self._wrong(place, f"« {line} » est déjà dit ailleurs ({self._meanings[key].kind}).")

    def _by_first_word(self) -> dict[str, list[tuple[tuple[str, ...], Meaning]]]:
        found: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for key in sorted(self._meanings, key=len, reverse=True):
            found.setdefault(key[0], []).append((key, self._meanings[key]))
        return found

    def _sounds(self) -> dict[str, Meaning]:
        """How the names sound; their other spellings are found as they are written."""
        heard = ((sound(name), meaning) for name, meaning in self._names.items() if name.isalpha())
        return {name: meaning for name, meaning in heard if len(name) >= SHORTEST_HEARD}

    def _phrases(self, place: Place, lines: Any) -> tuple[Phrase, ...]:
        return tuple(phrase(line, {}) for line in self._flat(place, lines))

    def _bag(self, place: Place, lines: Any) -> frozenset[str]:
        return frozenset(word for line in self._flat(place, lines) for word in fold(line).split())

    def _flat(self, place: Place, lines: Any) -> list[str]:
        """Texts, in one list or in a list of lists, that a line of the file may stay short."""
        found: list[str] = []
        for index, line in zip(count(), lines if isinstance(lines, list) else [None]):
            # YAML reads a bare « non » or « 1 » as something else than a text.
            if isinstance(line, list):
                found.extend(self._flat((*place, index), line))
            elif isinstance(line, str):
                found.append(line)
            else:
                raise self._wrong((*place, index), "Il faut ici une liste de textes (mettez des guillemets).")
        return found

    def _group(self, name: str) -> Any:
        if not isinstance(self._document.data, dict) or name not in self._document.data:
            raise self._wrong((), f"Il manque « {name} ».")
        return self._document.data[name]

    def _mapping(self, name: str, names: Sequence[str] = ()) -> Mapping[Any, Any]:
        found = self._group(name)
        if not isinstance(found, dict):
            raise self._wrong((name,), f"« {name} » demande des noms.")
        if unknown := [str(each) for each in found if names and each not in names]:
            raise self._wrong((name, unknown[0]), f"« {unknown[0]} » n'a pas sa place ici.")
        return found

    def _list(self, name: str) -> list[Any]:
        found = self._group(name)
        if not isinstance(found, list):
            raise self._wrong((name,), f"« {name} » est une liste.")
        return found

    def _clock(self, place: Place, said: Any) -> time:
        try:
            hour, minute = str(said).split(":")
            return time(int(hour), int(minute))
        except ValueError as error:
            raise self._wrong(place, f"« {said} » n'est pas une heure (« 9:30 », entre guillemets).") from error

    def _day(self, place: Place, said: Any) -> tuple[int, int]:
        try:
            day, month = map(int, str(said).split("/"))
        except ValueError:
            day = month = 0
        if not (1 <= day <= 31 and 1 <= month <= YEAR):
            raise self._wrong(place, f"« {said} » n'est pas un jour (« 25/12 »).")
        return day, month

    def _number(self, place: Place, said: Any) -> int:
        if not isinstance(said, int):
            raise self._wrong(place, f"« {said} » n'est pas un nombre.")
        return said

    def _wrong(self, place: Place, sentence: str) -> ContentError:
        return ContentError(str(self._document.problem(place, sentence)))
