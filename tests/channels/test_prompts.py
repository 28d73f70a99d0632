"""What the telephone says, spoken: nothing keeps anybody listening for long, numbers are read as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assistant.content.wording import CHANNELS
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.turns import Reply
from channels.voice.reading import sentences
from channels.voice.speech import goodbye, listening
from tests.support.voice import phonemes, seconds

LONGEST = 25.0
# Longer than this and the shape of the document is wrong, whatever is said in it.
FEWEST = 300


def everything_by_voice(guide: Guide) -> Iterator[tuple[str, Reply]]:
    """Steps, answers, phrases and explained words, in both wordings, to somebody who has met Camille."""
    met = Progress(met=CHANNELS)
    for journey in guide.book.journeys.values():
        for name in journey.steps:
            here = Progress(journey.name, name, "going", met=CHANNELS, last=(f"step:{name}",))
            yield name, guide.hear(here, "voice", "repeter").reply
            yield f"{name}/simpler", guide.hear(here, "voice", "ne_comprend_pas").reply
            yield f"{name}/back", guide.open(here, "voice").reply
    for topic in guide.book.topics:
        told = guide.hear(met, "voice", topic)
        yield topic, told.reply
        yield f"{topic}/simpler", guide.hear(told.progress, "voice", "ne_comprend_pas").reply
    for name in guide.book.answers:
        if name not in guide.book.topics and not name.startswith("silence_"):
            yield name, guide.phrase(met, "voice", name).reply
    silent = Progress("activer", guide.book.journeys["activer"].start, "going", met=CHANNELS)
    for time in range(3):
        told = guide.silence(silent, "voice")
        silent = told.progress
        yield f"silence {time + 1}", told.reply
    for term in guide.book.glossary.terms:
        yield f"« {term.name} »", guide.define(met, "voice", term).reply


@pytest.fixture(scope="module")
def spoken(guide: Guide) -> dict[str, float]:
    """Seconds of each text, its choices offered as they are in a call."""
    documents: dict[str, str] = {}
    for name, reply in everything_by_voice(guide):
        twiml = goodbye(reply) if reply.ending == "goodbye" else listening(reply, "/voice/turn?n=1")
        documents.setdefault(twiml, name)
    return dict(zip(documents.values(), seconds(documents), strict=True))


def test_everything_is_spoken(spoken: dict[str, float]) -> None:
    assert len(spoken) >= FEWEST
    assert [name for name, lasts in spoken.items() if not lasts] == []


def test_nothing_lasts_long(spoken: dict[str, float]) -> None:
    long = {name: round(lasts, 1) for name, lasts in spoken.items() if lasts > LONGEST}
    assert dict(sorted(long.items(), key=lambda item: -item[1])) == {}


def test_the_first_words_end_before_patience_does(guide: Guide) -> None:
    """Who speaks, that it is no person, the keys, and the menu: the longest thing anybody hears, once."""
    opening = listening(guide.open(Progress(), "voice").reply, "/voice/turn?n=1")
    (lasts,) = seconds([opening])
    assert lasts <= LONGEST


KEY = re.compile(
    r"(?:tapez|faites|appuyez sur|choisissez) (?:la |le |une )?(?:touche )?(zéro|étoile|dièse|touche|\d\b(?! \d))"
    r"|\b(zéro|étoile|dièse) pour\b",
    re.IGNORECASE,
)


def midway(guide: Guide) -> Iterator[tuple[str, Reply]]:
    """In the middle of a journey: all that may be asked, what is not understood, silence, a call of ours."""
    yield "first words", guide.open(Progress(), "voice").reply
    for journey in guide.book.journeys.values():
        here = Progress(journey.name, journey.start, "going", met=CHANNELS, last=(f"step:{journey.start}",))
        yield f"{journey.name}, rung", guide.open(here, "voice", asked_for=True).reply
        for topic in guide.book.topics:
            told = guide.hear(here, "voice", topic)
            yield f"{journey.name}, {topic}", told.reply
            yield f"{journey.name}, {topic}, simpler", guide.hear(told.progress, "voice", "ne_comprend_pas").reply
        for go_wrong in (guide.miss, guide.silence, lambda place, channel: guide.hear(place, channel, "confirmer")):
            place = here
            for time in range(4):
                told = go_wrong(place, "voice")
                place = told.progress
                yield f"{journey.name}, wrong {time + 1}", told.reply


def test_each_key_is_told_once(guide: Guide) -> None:
    """By the choice that it stands for: « tapez une touche » before « tapez 1 » is the same thing twice, for nothing.

    Nor is a person offered by zero and by another key. What was not heard is told again by the star, or after silence.
    """
    wrong = []
    for name, reply in (*everything_by_voice(guide), *midway(guide), ("are you there", guide.are_you_there())):
        said = " ".join(message.text for message in reply.messages)
        keys = [(one or other).casefold() for one, other in KEY.findall(said)]
        offered = [choice.key for choice in reply.choices] if reply.ending != "goodbye" else []
        to_a_person = any(choice.goes == "topic:parler_a_quelqu_un" for choice in reply.choices)
        told = [*keys, *offered]
        if len(set(told)) < len(told) or ("touche" in keys and offered) or ("zéro" in keys and to_a_person):
            wrong.append((name, told, said))
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Appelez le 34 22.", "appelez le trente-quatre, vingt-deux."),
        ("Le 36 46.", "le trente-six, quarante-six."),
        ("De 8h30 à 17 h.", "de huit heures trente à dix-sept heures."),
        ("Étape 2 sur 6.", "étape deux sur six."),
        ("Le 06 39 98 00 01.", "le zéro six, trente-neuf, quatre-vingt-dix-huit, zéro zéro, zéro un."),
        ("C'est 0 €.", "c'est zéro euros."),
        ("n° 3", "numéro trois"),
        ("15 jours", "quinze jours"),
    ],
)
def test_numbers_are_read_as_people_read_them(written: str, read: str) -> None:
    assert phonemes(" ".join(sentences(written))) == phonemes(read)


@pytest.mark.parametrize("written", ["34 22", "36 46", "39 19"])
def test_a_short_number_is_two_pairs_and_not_thousands(written: str) -> None:
    together = written.replace(" ", "")
    assert phonemes(" ".join(sentences(written))) != phonemes(together)
    assert "mil" not in phonemes(" ".join(sentences(written)))


def test_no_text_holds_a_number_that_is_read_in_thousands(guide: Guide) -> None:
    """3422 in one piece would be « trois mille quatre cent vingt-deux ». A year is read so, and is not dialled."""
    found = [
        f"{name}: {word}"
        for name, reply in everything_by_voice(guide)
        for message in reply.messages
        for sentence in sentences(message.text)
        for word in sentence.split()
        if word.strip(".,;:!?").isdigit() and len(word.strip(".,;:!?")) > 3 and not word.startswith(("19", "20"))
    ]
    assert found == []
