"""All that Camille can say, as she says it: read by `camille check`, three choices at most, and nothing asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import get_args

import pytest

from assistant.content.book import Book
from assistant.content.entries import texts
from assistant.content.wording import CHANNELS
from assistant.folding import fold
from assistant.guide import SAFETY, Guide
from assistant.journeys.progress import Progress
from assistant.telling import Outcome
from assistant.turns import Channel, Reply
from channels.cli.check import _review
from channels.sms.segments import Segments
from channels.sms.text import written

# The day this content was last read as a whole: a test must not begin to fail because time goes by.
READ_ON = date(2026, 11, 23)
MOST_CHOICES = 3
PEACE = ("return", "effacer_mes_donnees", "arreter_messages", *SAFETY)
SECRET = r"(?:numero|code|mot de passe|date de naissance|identifiant|adresse e mail|nom de famille|carte)"
# After a negation the same words are a warning: « ne m'envoyez jamais de code ».
NOT = r"(?<!ne )(?<!n )(?<!ne me )(?<!ne m )(?<!ne les )(?<!ne le )(?<!ne la )"
ASKING = [
    re.compile(pattern)
    for pattern in (
        NOT + r"\bdonnez moi (?:votre|vos|le|les|la|un)\b",
        NOT
        + r"\b(?:envoyez|ecrivez|dites|indiquez|tapez|communiquez|precisez|dictez|epelez) moi (?:\w+ ){0,2}"
        + SECRET,
        NOT + r"\benvoyez (?:le|votre|ce|les|un|vos) (?:\w+ ){0,1}" + SECRET,
        r"\bquel(?:le)? est (?:votre|ton|le|la) (?:\w+ ){0,1}" + SECRET,
        r"\bdites moi (?:votre|quand|ou) (?:\w+ ){0,2}(?:date|ne|nee|naissance)\b",
        r"\b(?:quand|ou) etes vous nee?\b",
        r"\bvotre " + SECRET + r" ?, s il vous plait\b",
        r"\bj ai besoin de votre " + SECRET,
        r"\b(?:pouvez|pourriez) vous me (?:donner|dire|envoyer|communiquer) (?:votre|le|ce|la|vos)\b",
        NOT + r"\brepondez (?:par|avec) (?:votre|le|ce) " + SECRET,
        r"\b(?:photo|image) (?:de|du) (?:\w+ ){0,2}(?:carte|code|numero) (?:ici|par sms|a camille)\b",
    )
]


def steps(book: Book) -> Iterator[tuple[str, Progress]]:
    """Each step of each journey, with somebody standing at it who has met Camille."""
    for journey in book.journeys.values():
        for name in journey.steps:
            yield name, Progress(journey.name, name, "going", met=CHANNELS, last=(f"step:{name}",))


def everything_said(guide: Guide) -> Iterator[tuple[str, Channel, Reply]]:
    """Steps told and told again, every topic for a stranger, an acquaintance and somebody under way, every phrase."""
    for channel in CHANNELS:
        for name, here in steps(guide.book):
            for move in ("repeter", "ne_comprend_pas", "etape_bloquee", "plus_lentement", "plus_tard", "revenir"):
                yield f"{name}/{move}", channel, guide.hear(here, channel, move).reply
        name, going = next(steps(guide.book))
        ended = Progress("activer", "fin", "done", met=CHANNELS, last=("step:fin",))
        for topic in guide.book.topics:
            for label, place in {
                "new": Progress(),
                "met": Progress(met=CHANNELS),
                "going": going,
                "done": ended,
            }.items():
                told = guide.hear(place, channel, topic)
                yield f"{topic}/{label}", channel, told.reply
                yield f"{topic}/{label}/simpler", channel, guide.hear(told.progress, channel, "ne_comprend_pas").reply
        yield from ((label, channel, told.reply) for label, told in conversation(guide, channel, going))


def conversation(guide: Guide, channel: Channel, going: Progress) -> Iterator[tuple[str, Outcome]]:
    """What is said when nothing was understood, heard or written."""
    for label, place in {"new": Progress(), "going": going}.items():
        for name in ("sans_mots", "trop_long", "en_preparation", "panne", "code_faux", "code_bloque"):
            yield f"{name}/{label}", guide.phrase(place, channel, name)
        yield f"open/{label}", guide.open(place, channel)
        yield f"back/{label}", guide.back_after(place, channel, "code_trouve")
        yield f"return/{label}", guide.ask_to_return(place, channel)
        missed = silent = place
        for time in range(3):
            told = guide.miss(missed, channel)
            missed = told.progress
            yield f"miss {time}/{label}", told
            told = guide.silence(silent, channel)
            silent = told.progress
            yield f"silence {time}/{label}", told
        yield f"which/{label}", guide.miss(place, channel, ["cout", "securite", "vaccins"])


@pytest.fixture(scope="module")
def said(guide: Guide) -> list[tuple[str, Channel, Reply]]:
    return list(everything_said(guide))


def test_camille_check_finds_nothing(guide: Guide) -> None:
    assert [str(problem) for problem in _review(guide.book, READ_ON)] == []


def test_nothing_offers_more_than_three_choices(said: list[tuple[str, Channel, Reply]]) -> None:
    """At each step and answer, on each channel, as the guide composes them with the way back."""
    many = [f"{name} ({channel})" for name, channel, reply in said if len(reply.choices) > MOST_CHOICES]
    assert many == []


def test_choices_are_numbered_from_one_and_named_differently(said: list[tuple[str, Channel, Reply]]) -> None:
    for name, channel, reply in said:
        keys = [choice.key for choice in reply.choices]
        labels = [fold(choice.label) for choice in reply.choices]
        assert keys == [str(number) for number in range(1, len(keys) + 1)], f"{name} ({channel})"
        assert all(labels), f"{name} ({channel})"
        assert len(set(labels)) == len(labels), f"{name} ({channel}): {labels}"


def test_no_choice_is_named_by_the_words_of_another(guide: Guide) -> None:
    """« oui » must not be a synonym of the first choice and of the second."""
    for name, here in steps(guide.book):
        offered = guide.hear(here, "sms", "repeter").reply.choices
        known = [{fold(word) for word in (choice.label, *choice.words)} for choice in offered]
        shared = {word for index, one in enumerate(known) for other in known[index + 1 :] for word in one & other}
        assert shared == set(), f"{name}: {shared}"


def test_everybody_has_a_way_on(said: list[tuple[str, Channel, Reply]]) -> None:
    """A reply that neither ends the talk nor asks for words offers something.

    Who said STOP is left in peace; who is in danger is offered nothing else to do.
    """
    free = {"code_demander"}
    stuck = [
        f"{name} ({channel}) {reply.intent}"
        for name, channel, reply in said
        if not reply.choices
        and not reply.ending
        and reply.listening != "code"
        and reply.intent not in free
        and not name.startswith(PEACE)
        and "/done" not in name
    ]
    assert stuck == []


def test_nothing_is_left_blank(said: list[tuple[str, Channel, Reply]]) -> None:
    for name, channel, reply in said:
        assert reply.messages, f"{name} ({channel})"
        for message in reply.messages:
            assert message.text.strip(), f"{name} ({channel})"
            assert "{" not in message.text + message.more, f"{name} ({channel}): {message.text}"
            assert "  " not in message.text, f"{name} ({channel}): {message.text}"


def test_every_sms_fits(said: list[tuple[str, Channel, Reply]]) -> None:
    """Also what `camille check` does not compose: what is said when stuck, lost, silent or back."""
    dear = {
        name: f"{size.count} {size.encoding}: {written(reply)}"
        for name, channel, reply in said
        if channel == "sms" and ((size := Segments.of(written(reply))).count > 2 or size.encoding != "GSM-7")
    }
    assert dear == {}


def test_the_first_words_are_said_to_every_stranger(guide: Guide) -> None:
    """Who speaks must be said first (AI Act, article 50); danger alone comes before."""
    first = guide.book.answers["premiers_mots"].say
    before_all = {"urgence_medicale", "detresse", "arreter_messages", "effacer_mes_donnees"}
    for channel in get_args(Channel):
        for topic in set(guide.book.topics) - before_all:
            reply = guide.hear(Progress(), channel, topic).reply
            assert reply.messages[0].text == first.on(channel), f"{topic} ({channel})"


@pytest.mark.parametrize(
    "text",
    [
        "Donnez-moi votre numéro.",
        "Envoyez le code par SMS.",
        "Envoyez-moi le code reçu.",
        "Quel est votre numéro de sécurité sociale ?",
        "Dites-moi votre date de naissance.",
        "Quelle est votre date de naissance ?",
        "Écrivez-moi votre mot de passe.",
        "Pouvez-vous me donner le code ?",
        "Quand êtes-vous née ?",
        "Répondez avec votre code.",
    ],
)
def test_the_list_of_turns_of_phrase_catches(text: str) -> None:
    assert any(pattern.search(fold(text)) for pattern in ASKING)


@pytest.mark.parametrize(
    "text",
    [
        "Ne m'envoyez jamais le code.",
        "Ne me dites jamais votre mot de passe.",
        "Écrivez le code sur le site.",
        "Avez-vous votre code ?",
        "Je ne demande jamais de numéro.",
    ],
)
def test_the_list_of_turns_of_phrase_lets_through(text: str) -> None:
    assert not any(pattern.search(fold(text)) for pattern in ASKING)


def test_nothing_asks_for_a_number_a_code_a_password_or_a_birth_date(guide: Guide) -> None:
    """The promise of the first words. The one exception is Camille's own resume code, which opens a step name."""
    own = {"code_demander", "code_faux", "code_bloque"}
    asking = [
        f"{text.name} ({text.role}, {text.channel}): {text.text}"
        for text in texts(guide.book)
        if text.name not in own and any(pattern.search(fold(text.text)) for pattern in ASKING)
    ]
    assert asking == []


def test_no_label_asks_either(guide: Guide) -> None:
    labels = [topic.label for topic in guide.book.topics.values()]
    labels += [choice.label for answer in guide.book.answers.values() for choice in answer.choices]
    labels += [c.label for each in guide.book.journeys.values() for s in each.steps.values() for c in s.choices]
    assert [label for label in labels if any(pattern.search(fold(label)) for pattern in ASKING)] == []
