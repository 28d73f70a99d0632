"""Reads the hard words and their explanations: data/lexicon/glossary.yml."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.content.document import Document, Problem
from assistant.content.wording import Basis, Form, Wording
from assistant.folding import fold, sound

AS_IT_IS = 4
FIELDS = ("words", "say", "topic", "facts", "ours", "checked")


@dataclass(frozen=True)
class Term:
    """One hard word. `words` are the ways people write it, its name first.

    `topic`, where it is set, answers « c'est quoi … » in its own way: the question is left to it, and the word is only
    explained beside a text that holds it.
    """

    name: str
    words: tuple[str, ...]
    say: Wording
    topic: str
    basis: Basis


def read_glossary(document: Document, problems: list[Problem]) -> tuple[Term, ...]:
    """Every word, in the order of the file; what is wrong is added to `problems`."""
    terms = []
    taken: dict[str, str] = {}
    for name, data in Form(document, (), document.data, problems).data.items():
        form = Form(document, (name,), data, problems)
        form.allow(*FIELDS)
        words = (str(name), *form.words("words"))
        for word in words:
            owner = taken.setdefault(heard(fold(word)), str(name))
            if owner != name:
                form.wrong(f"« {word} » est déjà une façon de dire « {owner} ».", "words")
        say = form.wording("say") or Wording("", "", "")
        terms.append(Term(str(name), words, say, form.text("topic", default=""), form.basis()))
    return tuple(terms)


def heard(words: str) -> str:
    """How folded `words` sound, without spaces: « idantifian » is « identifiant », « mo de passe » « mot de passe ».

    A short word is taken as it is: « mot » must not sound like « Mo ».
    """
    return words if len(words) <= AS_IT_IS else "".join(map(sound, words.split()))
