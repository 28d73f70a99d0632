"""The closed word lists of data/lexicon/: what is decided in so many words, before any classifier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from assistant.beside import Trade
from assistant.content.document import Document, read
from assistant.danger import Danger
from assistant.errors import ContentError
from assistant.folding import fold, sound
from assistant.invitation_keys import Words
from assistant.languages import Languages
from assistant.reminders.requests import Requests
from assistant.situations import Situations

POLITE = "politesse"
# « Arrêtez de m'envoyer tous ces messages, s'il vous plaît, merci » has eleven words; a story is no STOP.
MOST_WORDS = 24
List = TypeVar("List")


@dataclass(frozen=True)
class Lexicon:
    """`stop` and `moves` map what is said to a topic; `moves` by the whole folded message, `stop` by `_heard`."""

    stop: dict[str, str]
    moves: dict[str, str]
    dangers: Danger
    trade: Trade
    situations: Situations
    languages: Languages
    invitations: Words
    requests: Requests

    def danger(self, words: str) -> str | None:
        """The danger that folded `words` speak of, one of danger.TOLD, or None. A figure of speech is none."""
        return self.dangers.topic(words)

    def stops(self, words: str) -> str | None:
        """The topic of folded `words` made of nothing but phrases that stop or erase, and polite words; or None."""
        said = words.split()
        topics = [topic for topic in self._stops(said) if topic != POLITE] if len(said) <= MOST_WORDS else []
        return topics[0] if topics and all(topics) else None

    def holds(self, words: str, move: str) -> bool:
        """Whether folded `words` hold a line of `move`: « finalement ne me rappelez pas, merci »."""
        return any(f" {line} " in f" {words} " for line, topic in self.moves.items() if topic == move)

    def without(self, words: str, move: str) -> str:
        """Folded `words` without the lines of `move` that they hold."""
        said = f" {words} "
        for line in sorted((line for line, topic in self.moves.items() if topic == move), key=len, reverse=True):
            said = said.replace(f" {line} ", " ")
        return said.strip()

    def move(self, words: str) -> str | None:
        """The topic of folded `words` that are one move, but for polite words before and after; or None."""
        said = words.split()
        spans = ((start, end) for start in range(len(said)) for end in range(len(said), start, -1))
        for start, end in spans if len(said) <= MOST_WORDS else ():
            topic = self.moves.get(" ".join(said[start:end]))
            if topic and {*self._stops(said[:start]), *self._stops(said[end:])} <= {POLITE}:
                return topic
        return None

    def _stops(self, said: list[str]) -> Iterator[str]:
        """The topic of each phrase in turn, the longest first; "" where the words are no phrase of the list."""
        place = 0
        while place < len(said):
            for end in range(len(said), place, -1):
                topic = self.stop.get(_heard(said[place:end]))
                if topic:
                    break
            else:
                yield ""
                return
            yield topic
            place = end


def open_lexicon(folder: Path) -> Lexicon:
    """The lists of `folder`. Raises ContentError with the file and the line that cannot be read."""
    stop, moves = _lines(folder, "stop"), _lines(folder, "moves")
    return Lexicon(
        {_heard(words.split()): topic for words, topic in stop.items()},
        moves,
        _made(Danger, _read(folder, "danger")),
        _made(Trade, _read(folder, "beside")),
        _made(Situations, _read(folder, "situations")),
        _made(Languages, _read(folder, "languages")),
        invitation_words(folder),
        _made(Requests, _read(folder, "requests")),
    )


def invitation_words(folder: Path) -> Words:
    """The words of invitations. Raises ContentError for a list that cannot be read."""
    return Words(_lines(folder, "invitations"))


def _made(make: Callable[[Any], List], document: Document) -> List:
    """The list of `document`. Raises ContentError for what is missing in it, or is something else."""
    try:
        return make(document.data)
    except KeyError as error:
        raise ContentError(str(document.problem((), f"Il manque {error}."))) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise ContentError(str(document.problem((), f"Ce fichier ne se lit pas : {error}."))) from error


def _heard(said: list[str]) -> str:
    """One word as it is, several as they sound: alone, « stock » must not sound like « stop »."""
    return said[0] if len(said) == 1 else "".join(map(sound, said))


def _lines(folder: Path, name: str) -> dict[str, str]:
    """Folded lines to topics."""
    document, found = _read(folder, name), {}
    for topic, entries in document.data.items():
        for index, line in enumerate(_listed(document, topic, entries)):
            # YAML reads a bare « oui » or « 1 » as something else than a text.
            if not isinstance(line, str):
                wrong = document.problem((topic, index), "Chaque ligne est un texte (mettez des guillemets).")
                raise ContentError(str(wrong))
            found[fold(line)] = topic
    return found


def _listed(document: Document, topic: str, entries: Any) -> list[Any]:
    if entries is None or isinstance(entries, list):
        return entries or []
    raise ContentError(str(document.problem((topic,), f"« {topic} » est une liste.")))


def _read(folder: Path, name: str) -> Document:
    document, problems = read(folder / f"{name}.yml", folder.parent.parent)
    if not problems and not isinstance(document.data, dict):
        problems = [document.problem((), "Il faut ici des groupes de lignes.")]
    if problems:
        raise ContentError("\n".join(map(str, problems)))
    return document
