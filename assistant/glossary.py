"""Knows the hard words: which one a person asks about, and which stand in a text. Pure.

Only closed ways of asking count (« c'est quoi … », « ça veut dire quoi … », « … kesako »), and only when all that is
left is a word of the glossary: « c'est quoi mon espace santé » is a topic, « c'est quoi mon identifiant » is somebody
who has lost it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from assistant.content.glossary import Term, heard
from assistant.folding import fold

# A question about a word is short; beyond this the words tell a story.
MOST_WORDS = 16
WHAT = "(?:quoi|koi|kwa|qoi|koa)"
IS = "(?:c est|cest|c|ce|se|sest|s est|ces|sait)"
MEANS = "(?:(?:ca|sa|cela) )?(?:(?:veut|veu|ve|veux) (?:dire|dir)|signifie)"
THAT = "(?:que|qu|ke|k)"
WHATS = "(?:qu est ce|quest ce|qu es ce|qu est se|qu esce|quesque|kesce|keskece|keske|kesk|kes)"
KESAKO = "(?:kesako|kezako|kesaco|kezaco|quesaco|quezaco|qu es aco)"
TERM = "(?:mots?|termes?|expressions?)"
SENSE = f"(?:ce qu|ce que|ce ke|skon|c que)(?: (?:{IS}|est|veut dire|veu dire|signifie|on appelle|{THAT}))*"
NOT = (
    "(?:(?:je|j|moi|on) )?(?:(?:ne|n|me) )?"
    "(?:(?:j?comprends?|j?compren|j?connais|j?connait|j?sais|pige|ai|comprendre) )?(?:pas|rien|plus|jamais)"
    "(?: (?:bien|trop|du tout|tres bien|vraiment|compris|entendu|comprendre|connaitre))?"
)
EXPLAIN = (
    "(?:m |me |nous )?(?:expliquez|explique|expliquer|expliques|definissez|definir|dites|dire|precisez)"
    "(?: (?:moi|nous))?"
)
DEFINITION = "(?:(?:la |une )?definition|(?:le )?sens|(?:la )?signification)(?: (?:exacte|du mot|de ce mot|du terme))?"
# What comes before the word, and what after it.
WAYS = (
    (f"{IS} (?:deja |donc )?{WHAT} (?:(?:deja|donc|ca|sa|au juste|exactement) )*(?:{THAT} )?(?:vous appelez )?", ""),
    (f"{WHAT} {IS} ", ""),
    (f"vous appelez {WHAT} ", ""),
    (f"{WHATS} (?:(?:{IS}|{THAT}|ca|sa|cela|vous appelez|on appelle) )*(?:{MEANS} )?", ""),
    (f"{MEANS} {WHAT} ", ""),
    (f"(?:{THAT} )?{MEANS} ", ""),
    (f"{KESAKO} ", ""),
    (f"{NOT} (?:a |avec )?(?:le|ce|au|du|les|ces) {TERM} ", ""),
    (f"(?:{NOT}|{EXPLAIN}) (?:{SENSE}|{IS} {WHAT}) ", ""),
    (f"{EXPLAIN} (?:(?:le|ce|les|ces) {TERM}|{DEFINITION}) ", ""),
    (f"(?:donnez moi )?{DEFINITION} ", ""),
    ("", f" (?:mais )?{IS} (?:deja |donc )?{WHAT}"),
    ("", f" {WHAT} {IS}"),
    ("", f" (?:{WHATS}|{WHAT}) (?:(?:{IS}|{THAT}|ca|sa|cela) )*(?:{IS}|{MEANS})"),
    ("", f" {MEANS} {WHAT}"),
    ("", f" (?:{KESAKO}|c est a dire|definition)"),
    (f"(?:le|ce) {TERM} ", f" {NOT}"),
)
ASKED = tuple(re.compile(f"{before}(?P<word>.+?){after}") for before, after in WAYS)
# What is said around the question, and around the word itself. « mon » and « ma » are not there: whoever asks what her
# own is has lost it.
BEFORE = re.compile(
    r"^(?:et|mais|alors|donc|euh|heu|ben|bah|bonjour|bonsoir|pardon|excusez moi|attends|attendez|hein|dites|s il vous "
    r"plait|svp|merci|oh|ah|bon|ok|non|oui|desolee?|camille|au fait|d abord|pouvez vous|pourriez vous|vous pouvez|tu "
    r"peux|peux tu|est ce que vous pouvez|je (?:veux|voudrais|aimerais)(?: bien)?(?: savoir| comprendre)?)\s+"
)
AFTER = re.compile(
    r"\s+(?:svp|stp|s il vous plait|s il te plait|merci|deja|encore|exactement|au juste|en fait|alors|donc|ca|au fait|"
    r"pour vous|en clair|en francais|madame|monsieur|camille|ici|la|hein)$"
)
ARTICLE = re.compile(
    r"^(?:un|une|le|la|les|l|des|du|de|d|ce|cet|cette|ces|votre|vos|leur|leurs|au|aux|s|se|que|qu|c est|ca|boutons?|"
    rf"{TERM})\s+"
)


@dataclass(frozen=True)
class Glossary:
    """The hard words of data/lexicon/glossary.yml."""

    terms: tuple[Term, ...] = ()

    def term(self, name: str) -> Term | None:
        """The word of that name, if there is one."""
        return next((term for term in self.terms if term.name == name), None)

    def asked(self, words: str) -> Term | None:
        """The word that folded `words` ask to explain; None when they ask anything else, or a topic answers it."""
        if not 1 < len(words.split()) <= MOST_WORDS:
            return None
        said = _without(BEFORE, _without(AFTER, words))
        for pattern in ASKED:
            found = pattern.fullmatch(said)
            term = self._named(found["word"]) if found else None
            if term:
                return None if term.topic else term
        return None

    def found(self, text: str) -> list[Term]:
        """The hard words of `text`, each once, in the order in which it holds them."""
        said = [_one(word) for word in fold(text).split()]
        terms: dict[str, Term] = {}
        place = 0
        while place < len(said):
            for end in range(min(len(said), place + self._longest), place, -1):
                term = self._spelt.get(tuple(said[place:end]))
                if term:
                    terms.setdefault(term.name, term)
                    place = end - 1
                    break
            place += 1
        return list(terms.values())

    def _named(self, words: str) -> Term | None:
        """The term that `words` name, with what stands around it or without."""
        term = self._sounds.get(heard(words))
        while not term and (shorter := ARTICLE.sub("", AFTER.sub("", words))) != words:
            words = shorter
            term = self._sounds.get(heard(words))
        return term

    @cached_property
    def _sounds(self) -> dict[str, Term]:
        return {heard(fold(word)): term for term in self.terms for word in term.words}

    @cached_property
    def _spelt(self) -> dict[tuple[str, ...], Term]:
        return {tuple(map(_one, fold(word).split())): term for term in self.terms for word in term.words}

    @cached_property
    def _longest(self) -> int:
        return max((len(spelling) for spelling in self._spelt), default=0)


NO_WORDS = Glossary()


def _without(pattern: re.Pattern[str], words: str) -> str:
    while (shorter := pattern.sub("", words)) != words:
        words = shorter
    return words


def _one(word: str) -> str:
    """One and several are the same word."""
    return word.rstrip("sx") or word
