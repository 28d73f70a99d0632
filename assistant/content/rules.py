"""The rules of plain French that a machine can check, for every text that Camille may say.

Sources of the limits: FALC (« Information for all », Inclusion Europe), W3C COGA, and what is known of older
callers' memory (docs/architecture.md, « Words »). Limits of a medium (SMS segments) are checked by its own face.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import yaml

from assistant.content.entries import Entry, Text
from assistant.content.facts import Fact
from assistant.content.french import sentences, syllables, words
from assistant.folding import fold

LONGEST_SENTENCE = 15
LONGEST_MEAN_SENTENCE = 10.0
# Before choices a caller must hold, twenty words; where nothing is to be held, twice that.
LONGEST_VOICE_STEP = 20
LONGEST_VOICE = 40
# No name is spared, and no entry excused: with « Mon espace santé » and « sécurité sociale » in it, a text of short
# sentences about one thing still reaches the floor. One that cannot says too much at a time.
LEAST_KANDEL_MOLES = 80.0
MOST_LIX = 40.0
MOST_LIX_ON_AVERAGE = 32.0
# How many of an entry's heaviest words are named to whoever must mend it.
NAMED = 5
ANY_ENDING = "*"
SHELF_LIFE = timedelta(days=548)
URL = re.compile(r"\b(?:https?://|www\.)|\b[\w-]+\.(?:fr|com|org|net)\b", re.I)
MISREAD_DIGITS = re.compile(r"\d{3,}")
NOT_SPOKEN = re.compile(r"[()\[\]{}*_#/<>|\\•→\U0001F000-\U0001FAFF\u2600-\u27BF]")


def banned_words(data: Path) -> dict[str, str]:
    """Folded banned words and what to say instead."""
    listed = yaml.safe_load((data / "lexicon" / "banned.yml").read_text(encoding="utf-8"))
    return {fold(word) + (ANY_ENDING if word.endswith(ANY_ENDING) else ""): instead for word, instead in listed.items()}


def faults(text: Text, banned: dict[str, str]) -> Iterator[str]:
    """What is wrong with one text, in sentences that a writer understands."""
    for sentence in sentences(text.text):
        count = len(words(sentence))
        if count > LONGEST_SENTENCE:
            yield f"phrase de {count} mots (au plus {LONGEST_SENTENCE}) : « {sentence} »"
    plain = f" {fold(text.text)} "
    for word, instead in banned.items():
        if f" {word.removesuffix(ANY_ENDING)}" + ("" if word.endswith(ANY_ENDING) else " ") in plain:
            yield f"« {word} » : dites plutôt « {instead} »"
    if text.channel == "voice":
        yield from _voice_faults(text)


def _voice_faults(text: Text) -> Iterator[str]:
    for found in URL.findall(text.text):
        yield f"« {found} » ne se dit pas : « mon espace santé, tout attaché, sans accent, point F R »"
    for found in MISREAD_DIGITS.findall(text.text):
        yield f"« {found} » se lirait mal : écrivez les chiffres deux par deux, ou en lettres"
    for found in sorted(set(NOT_SPOKEN.findall(re.sub(r"\{\w+\}", "", text.text)))):
        yield f"« {found} » ne se dit pas"
    count = len(words(text.text))
    most = LONGEST_VOICE_STEP if text.step and text.holds_choices else LONGEST_VOICE
    if count > most:
        yield f"{count} mots à dire d'un trait (au plus {most})"


def hard_to_read(entry: Entry) -> Iterator[str]:
    """What makes an answer or a step hard, all its texts taken together; nothing on a few words."""
    if not entry.long_enough:
        return
    found = entry.measures
    if found.kandel_moles < LEAST_KANDEL_MOLES:
        yield (
            f"se lit difficilement : {_figure(found.kandel_moles)} sur l'échelle de Kandel-Moles "
            f"(au moins {LEAST_KANDEL_MOLES:.0f}). Mots à remplacer : {_heaviest(entry)}"
        )
    if found.lix > MOST_LIX:
        yield (
            f"a trop de mots longs : LIX de {_figure(found.lix)} (au plus {MOST_LIX:.0f}). "
            f"Mots à remplacer : {_heaviest(entry)}"
        )
    if found.mean > LONGEST_MEAN_SENTENCE:
        yield (
            f"a des phrases de {_figure(found.mean)} mots en moyenne (au plus {LONGEST_MEAN_SENTENCE:.0f}) : "
            "coupez les plus longues"
        )


def hard_on_average(content: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    """The hardest entry and what to say of it, when all content together is harder than its aim."""
    measured = sorted((entry for entry in content if entry.long_enough), key=lambda entry: -entry.measures.lix)
    mean = sum(entry.measures.lix for entry in measured) / max(1, len(measured))
    if mean > MOST_LIX_ON_AVERAGE:
        yield (
            measured[0],
            f"est le texte le plus dur, et tous ensemble le sont trop : LIX de {_figure(mean)} en moyenne "
            f"(au plus {MOST_LIX_ON_AVERAGE:.0f}). Commencez par lui : {_heaviest(measured[0])}",
        )


def outdated(entry: Entry, facts: dict[str, Fact], today: date) -> Iterator[str]:
    """Which facts were gathered, or whether its texts were checked, longer ago than their shelf life."""
    for name in entry.basis.facts:
        fact = facts.get(name)
        if fact and fact.gathered < today - SHELF_LIFE:
            yield f"est à relire : le fait {name} date du {fact.gathered:%d/%m/%Y}"
    if entry.basis.checked < today - SHELF_LIFE:
        yield f"est à relire : relu le {entry.basis.checked:%d/%m/%Y}"


def review(
    entry: Entry, banned: dict[str, str], facts: dict[str, Fact], today: date
) -> Iterator[tuple[Text | None, str]]:
    """Each fault of `entry`, with the text it is in; None where it is of all its texts together."""
    for text in entry.texts:
        for fault in faults(text, banned):
            yield text, fault
    for fault in (*hard_to_read(entry), *outdated(entry, facts, today)):
        yield None, fault


def _heaviest(entry: Entry) -> str:
    """The words that weigh most: their syllables beyond two, as often as they are said."""
    weights: dict[str, int] = {}
    for word in entry.words():
        heard = word.lower().split("'")[-1]
        weights[heard] = weights.get(heard, 0) + max(0, syllables(heard) - 2)
    heavy = sorted((word for word in weights if weights[word]), key=lambda word: (-weights[word], word))
    return ", ".join(f"« {word} »" for word in heavy[:NAMED])


def _figure(value: float) -> str:
    """As a French reader writes it. Not rounded: 79.96 must not be told as 80."""
    return f"{int(value * 10) / 10:.1f}".replace(".", ",")
