"""The rules of plain French that a machine can check, for every text that Camille may say.

Sources of the limits: FALC (« Information for all », Inclusion Europe), W3C COGA, and what is known of older
callers' memory (docs/architecture.md, « Words »). Limits of a medium (SMS segments) are checked by its own face.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

from assistant.content.book import Book
from assistant.content.french import measure, sentences, words
from assistant.content.wording import CHANNELS, Wording
from assistant.folding import fold
from assistant.turns import Channel

LONGEST_SENTENCE = 15
# Before choices a caller must hold, twenty words; where nothing is to be held, twice that.
LONGEST_VOICE_STEP = 20
LONGEST_VOICE = 40
LEAST_KANDEL_MOLES = 65.0
ANY_ENDING = "*"
ENOUGH_WORDS = 30  # the score means nothing on less
SHELF_LIFE = timedelta(days=548)
URL = re.compile(r"\b(?:https?://|www\.)|\b[\w-]+\.(?:fr|com|org|net)\b", re.I)
MISREAD_DIGITS = re.compile(r"\d{3,}")
NOT_SPOKEN = re.compile(r"[()\[\]{}*_#/<>|\\•→\U0001F000-\U0001FAFF\u2600-\u27BF]")


@dataclass(frozen=True)
class Text:
    """One text of one channel: where it stands in the content, and in what role."""

    name: str
    role: str
    channel: Channel
    text: str
    step: bool
    holds_choices: bool


def texts(book: Book) -> Iterator[Text]:
    """Everything that Camille can say."""
    for answer in book.answers.values():
        yield from _spread(answer.name, "say", answer.say, step=False, holds=bool(answer.choices))
        if answer.simpler:
            yield from _spread(answer.name, "simpler", answer.simpler, step=False, holds=bool(answer.choices))
        if answer.more:
            yield Text(answer.name, "more", "web", answer.more, False, False)
    for journey in book.journeys.values():
        for step in journey.steps.values():
            holds = len(step.choices) > 1 and not step.pauses
            yield from _spread(step.name, "say", step.say, step=True, holds=holds)
            yield from _spread(step.name, "simpler", step.simpler, step=True, holds=holds)
            if step.pause:
                asked = Wording(step.pause, step.pause, step.pause)
                yield from _spread(step.name, "pause", asked, step=True, holds=True)


def _spread(name: str, role: str, wording: Wording, *, step: bool, holds: bool) -> Iterator[Text]:
    for channel in CHANNELS:
        yield Text(name, role, channel, wording.on(channel), step, holds)


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


def hard_to_read(book: Book) -> Iterator[tuple[str, float]]:
    """(name, Kandel-Moles score) of each answer and step under the floor, all its texts taken together."""
    together: dict[str, list[str]] = {}
    for text in texts(book):
        if text.channel != "sms":
            together.setdefault(text.name, []).append(text.text)
    for name, parts in together.items():
        measures = measure(" ".join(parts))
        if measures.words >= ENOUGH_WORDS and measures.kandel_moles < LEAST_KANDEL_MOLES:
            yield name, measures.kandel_moles


def outdated(book: Book, today: date) -> Iterator[tuple[str, str]]:
    """(name, what) where a fact was gathered, or a text checked, longer ago than its shelf life."""
    for name, facts in _based(book):
        for fact in facts:
            if book.facts[fact].gathered < today - SHELF_LIFE:
                yield name, f"le fait {fact} date du {book.facts[fact].gathered:%d/%m/%Y}"
    for name, checked in _checked(book):
        if checked < today - SHELF_LIFE:
            yield name, f"relu le {checked:%d/%m/%Y}"


def _based(book: Book) -> Iterator[tuple[str, tuple[str, ...]]]:
    for answer in book.answers.values():
        yield answer.name, answer.basis.facts
    for journey in book.journeys.values():
        for step in journey.steps.values():
            yield step.name, step.basis.facts


def _checked(book: Book) -> Iterator[tuple[str, date]]:
    for answer in book.answers.values():
        yield answer.name, answer.basis.checked
    for journey in book.journeys.values():
        for step in journey.steps.values():
            yield step.name, step.basis.checked
