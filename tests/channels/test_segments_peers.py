"""Our segment counter beside three that others wrote: gsm0338, smsutil, and Twilio's own in JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import gsm0338
import pytest
import smsutil
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.content.book import Book
from assistant.content.entries import texts
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.turns import Choice, Message, Reply
from channels.sms.segments import GSM, Segments, sanitise
from channels.sms.text import written
from tests.support.node_segments import Calculator

FRENCH = "abcdefghijklmnopqrstuvwxyz ABCDEÉÀÇÊŒéèàùçâêîôûëïœæ0123456789,.:;!?'-\n"
TYPOGRAPHY = "«»“”‘’–—…•·°→×€[]{}~\\^|\u00a0\u202f\u2009\u2011\t"
EMOJI = ["👍", "😀", "🎉", "👍🏽", "❤️", "1️⃣", "👨‍👩‍👧", "🇫🇷"]
COMBINING = ["e\u0301", "a\u0300", "c\u0327", "o\u0302", "\u0301"]
MIXED = st.lists(
    st.one_of(
        st.text(st.sampled_from(sorted(GSM - {"\r"})), max_size=90),
        st.text(FRENCH, max_size=90),
        st.text(TYPOGRAPHY, max_size=6),
        st.sampled_from(EMOJI + COMBINING),
    ),
    max_size=10,
).map("".join)
ONE_UNIT = st.text(st.sampled_from(FRENCH + TYPOGRAPHY + "".join(sorted(GSM - {"\r"}))), max_size=500)
MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
codec = gsm0338.Codec()


@pytest.fixture(scope="module")
def calculator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calculator]:
    opened = Calculator(tmp_path_factory.mktemp("node"))
    yield opened
    opened.close()


def septets(text: str) -> int | None:
    """How many septets `text` takes; None when a character is outside the alphabet."""
    try:
        return len(codec.encode(text)[0])
    except UnicodeEncodeError:
        return None


@MANY
@given(MIXED)
def test_the_alphabet_and_the_septets_are_those_of_gsm0338(text: str) -> None:
    ours, theirs = Segments.of(text), septets(text)
    assert (ours.encoding == "GSM-7") == (theirs is not None)
    if theirs is not None:
        assert ours.units == theirs


@MANY
@given(MIXED.filter(bool))
@example("a" * 152 + "€" + "a" * 152)
@example("😀" * 67)
def test_the_count_is_that_of_smsutil(text: str) -> None:
    ours, theirs = Segments.of(text), smsutil.split(text)
    assert ours.encoding == {"gsm0338": "GSM-7", "utf_16_be": "UCS-2"}[theirs.encoding]
    assert ours.count == len(theirs.parts)


@MANY
@given(ONE_UNIT.filter(bool))
@example("a" * 152 + "€" + "a" * 152)
@example("ç" * 135)
def test_the_count_is_that_of_twilio(calculator: Calculator, text: str) -> None:
    ours = Segments.of(text)
    assert (ours.encoding, ours.count) == calculator.count(text)


@MANY
@given(MIXED.filter(bool))
def test_with_pictures_twilio_never_counts_less(calculator: Calculator, text: str) -> None:
    """It keeps the parts of one picture together, where a telephone network does not."""
    ours, (encoding, count) = Segments.of(text), calculator.count(text)
    assert ours.encoding == encoding
    assert ours.count <= count


@MANY
@given(MIXED)
@example("L’œuvre « À bientôt » … " * 20)
def test_what_is_sent_costs_what_everybody_counts(calculator: Calculator, text: str) -> None:
    clean = sanitise(text)
    ours = Segments.of(clean)
    if clean:
        assert (ours.encoding, ours.count) == calculator.count(clean)
        assert ours.count == len(smsutil.split(clean).parts)


@MANY
@given(MIXED)
def test_no_surprise(text: str) -> None:
    """UCS-2 is only ever left where it costs no more than plain letters would."""
    clean = sanitise(text)
    ours = Segments.of(clean)
    if ours.encoding == "UCS-2":
        bare = sanitise(clean.translate({ord(letter): "e" for letter in set(clean) - GSM}))
        assert septets(bare) is not None
        assert ours.count <= Segments.of(bare).count
    assert ours.count <= Segments.of(text).count or "œ" in text or "…" in text or "½" in text


def everything_by_sms(book: Book) -> Iterator[tuple[str, Reply]]:
    """Every SMS text of the book with the choices that go with it."""
    choices: dict[tuple[str, bool], tuple[Choice, ...]] = {}
    for answer in book.answers.values():
        choices[answer.name, False] = answer.choices
    for journey in book.journeys.values():
        for step in journey.steps.values():
            choices[step.name, True] = step.choices
    for text in texts(book):
        if text.channel == "sms":
            offered = choices[text.name, text.step]
            numbered = tuple(Choice(str(key), choice.label, choice.goes) for key, choice in enumerate(offered, 1))
            yield f"{text.name}/{text.role}", Reply((Message(text.text, numbered),), "x")


def test_every_text_of_the_book_is_counted_alike(guide: Guide, calculator: Calculator) -> None:
    """Written in the book with ç and circumflexes, sent as they are cheapest, and never in more than two segments."""
    found = list(everything_by_sms(guide.book))
    assert len(found) > 300
    dear = []
    for name, reply in found:
        sent = written(reply)
        ours = Segments.of(sent)
        assert (ours.encoding, ours.count) == calculator.count(sent), name
        assert ours.count == len(smsutil.split(sent).parts), name
        if ours.count > 2 or (ours.encoding == "UCS-2" and ours.count > 1):
            dear.append(f"{name}: {ours.count} segments, {ours.encoding}")
    assert dear == []


def test_a_step_costs_little(guide: Guide) -> None:
    """Steps with their place and choices, as people get them: 1.3 segments a reply is the aim."""
    counts = []
    for journey in guide.book.journeys.values():
        for name in journey.steps:
            here = Progress(journey.name, name, "going", met=("sms",), last=(f"step:{name}",))
            counts.append(Segments.of(written(guide.hear(here, "sms", "repeter").reply)).count)
    assert max(counts) <= 2
    assert sum(counts) / len(counts) <= 1.3
