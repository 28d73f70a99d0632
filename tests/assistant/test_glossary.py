"""Which word is asked about, which stand in a text, and that no other question is taken for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.content.glossary import heard
from assistant.folding import clean, fold
from assistant.gate import look
from assistant.glossary import NO_WORDS, Glossary
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon
from assistant.settings import ROOT
from assistant.turns import Channel, Choice, Turn

NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def glossary(guide: Guide) -> Glossary:
    return guide.book.glossary


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("c'est quoi un identifiant ?", "identifiant"),
        ("ça veut dire quoi pdf", "PDF"),
        ("kesako la msa", "MSA"),
        ("je comprends pas le mot profil", "profil"),
        ("C'EST QUOI UN NAVIGATEUR", "navigateur"),
        ("c koi un identifian", "identifiant"),
        ("sa veu dir koi mo de passe", "mot de passe"),
        ("PDF, kesako ?", "PDF"),
        ("un onglet, quézaco ?", "onglet"),
        ("Qu’est-ce qu’une pièce jointe ?", "pièce jointe"),
        ("qu'est-ce que c'est qu'un cookie", "cookie"),
        ("keskecé un pdf", "PDF"),
        ("que veut dire masquer", "masquer"),
        ("Bonjour, c'est quoi la MSA s'il vous plaît, merci", "MSA"),
        ("je ne comprends pas ce que veut dire représentant légal", "représentant légal"),
        ("je ne sais pas ce que c'est qu'un onglet", "onglet"),
        ("moi pas comprendre le mot caisse", "caisse"),
        ("pouvez-vous m'expliquer ce qu'est un QR code ?", "QR code"),
        ("expliquez-moi le mot cookie svp", "cookie"),
        ("définition de profil", "profil"),
        ("le mot régime je comprends pas", "régime"),
        ("attends c'est quoi déjà « identifiant »", "identifiant"),
        ("un profil c'est quoi", "profil"),
        ("quoi c'est, identifiant ?", "identifiant"),
        ("c'est quoi les conditions d'utilisation", "conditions d'utilisation"),
        ("c'est quoi un mail", "e-mail"),
        ("c'est quoi un e-mail", "e-mail"),
        ("c'est quoi se connecter", "se connecter"),
        ("c'est quoi le bouton activer", "activer"),
    ],
)
def test_a_word_is_asked_for(glossary: Glossary, written: str, name: str) -> None:
    term = glossary.asked(fold(clean(written)))
    assert term
    assert term.name == name


@pytest.mark.parametrize(
    "written",
    [
        "c'est quoi mon espace santé",
        "c'est quoi FranceConnect",
        "c'est quoi le numéro de série",
        "c'est quoi France services",
        # Hers, and lost.
        "c'est quoi mon identifiant",
        "c'est quoi mon mot de passe déjà",
        "c'est quoi mon adresse de messagerie",
        # Nothing is named.
        "c'est quoi",
        "kesako",
        "je ne comprends pas",
        "ça veut dire quoi ce mot",
        "sa ve dir koi se mo la",
        # A word, and no question.
        "identifiant",
        "mot de passe oublié",
        "je comprends pas mon identifiant est refusé",
        # A question about something else that holds the word.
        "c'est quoi le nom de l'application",
        "c'est quoi les règles pour le mot de passe",
        "c'est quoi le régime sans sel",
        "qu'est-ce qu'il faut mettre comme identifiant",
        "c'est quoi un identifiant et un mot de passe et un profil et un code et une carte et un lien",
        "",
    ],
)
def test_nothing_is_asked_for(glossary: Glossary, written: str) -> None:
    assert glossary.asked(fold(clean(written))) is None


def labelled() -> Iterator[tuple[str, str]]:
    """Every message kept out of the training, and its topic."""
    for path in sorted((ROOT / "tests" / "nlu").rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            yield from ((block["intent"], line.strip()[2:]) for line in block["examples"].splitlines())
    for path in sorted((ROOT / "tests" / "nlu").rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            yield message["intent"], message["text"]


def test_no_labelled_message_is_taken_from_its_topic(glossary: Glossary) -> None:
    messages = list(labelled())
    assert len(messages) > 1000
    taken = [(topic, text) for topic, text in messages if topic != "ne_comprend_pas" and glossary.asked(fold(text))]
    assert taken == []


def test_every_word_is_known_by_each_of_its_spellings(glossary: Glossary) -> None:
    for term in glossary.terms:
        for word in term.words:
            asked = glossary.asked(fold(f"c'est quoi {word}"))
            assert asked == (None if term.topic else term), word


def test_no_two_words_sound_alike(glossary: Glossary) -> None:
    owners: dict[str, str] = {}
    for term in glossary.terms:
        for word in term.words:
            assert owners.setdefault(heard(fold(word)), term.name) == term.name, word


def test_about_forty_words_or_more(glossary: Glossary) -> None:
    assert len(glossary.terms) >= 40


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert NO_WORDS.asked(fold(clean(text))) is None
    assert NO_WORDS.found(text) == []


class TestFound:
    def test_in_the_order_of_the_text_each_once(self, glossary: Glossary) -> None:
        text = "Écrivez votre identifiant, puis votre mot de passe. L'identifiant est sur la carte Vitale."
        assert [term.name for term in glossary.found(text)] == ["identifiant", "mot de passe", "carte Vitale"]

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            (
                "Le numéro de série, pas le numéro de sécurité sociale.",
                ["numéro de série", "numéro de sécurité sociale"],
            ),
            ("Ouvrez vos E-MAILS.", ["e-mail"]),
            ("Regardez les pièces jointes.", ["pièce jointe"]),
            ("Lisez le mot en haut de la page.", []),
            ("Un document pèse 5 Mo au plus.", ["mégaoctet"]),
            ("Le bouton peut rester bloqué.", []),
            ("Le bouton FranceConnect+ est affiché.", ["FranceConnect"]),
            ("", []),
        ],
    )
    def test_the_longest_word_wins_and_plurals_count(self, glossary: Glossary, text: str, names: list[str]) -> None:
        assert [term.name for term in glossary.found(text)] == names

    def test_the_steps_of_the_activation_hold_many(self, guide: Guide) -> None:
        steps = guide.book.journeys["activer"].steps.values()
        held = [guide.book.glossary.found(step.say.web) for step in steps]
        assert sum(1 for terms in held if terms) > len(held) / 2


class TestGate:
    def test_a_word_counts_as_not_understood(self, guide: Guide, lexicon: Lexicon) -> None:
        turn = Turn("p", "sms", "t", "m", NOON, "kesako la msa")
        verdict = look(turn, (), lexicon, glossary=guide.book.glossary)
        assert (verdict.kind, verdict.topic) == ("topic", "ne_comprend_pas")
        assert verdict.term
        assert verdict.term.name == "MSA"

    def test_a_choice_and_danger_come_before(self, guide: Guide, lexicon: Lexicon) -> None:
        glossary = guide.book.glossary
        offered = (Choice("1", "C'est quoi un profil", "step:x"),)
        turn = Turn("p", "sms", "t", "m", NOON, "c'est quoi un profil")
        assert look(turn, offered, lexicon, glossary=glossary).kind == "choice"
        turn = Turn("p", "sms", "t", "m", NOON, "au secours c'est quoi un pdf je vais me suicider")
        verdict = look(turn, (), lexicon, glossary=glossary)
        assert (verdict.topic, verdict.term) == ("detresse", None)


@pytest.mark.parametrize("channel", ["web", "sms", "voice"])
def test_every_word_waits_in_its_journey_and_is_repeated(guide: Guide, channel: Channel) -> None:
    here = Progress("activer", "conditions", "going", met=("web", "sms", "voice"), last=("step:conditions",), misses=1)
    for term in guide.book.glossary.terms:
        told = guide.define(here, channel, term)
        assert told.reply.intent == "definition"
        assert told.reply.messages[-1].text == term.say.on(channel)
        assert (told.progress.step, told.progress.status, told.progress.misses) == ("conditions", "going", 0)
        assert [choice.goes for choice in told.reply.choices] == ["move:resume"]
        again = guide.hear(told.progress, channel, "repeter")
        assert again.reply.messages[-1].text == term.say.on(channel)
        on = guide.hear(again.progress, channel, "confirmer")
        assert on.progress.last == ("step:conditions",)


def test_not_understood_after_a_word_is_about_the_step(guide: Guide) -> None:
    here = Progress("activer", "conditions", "going", met=("web",), last=("step:conditions",))
    term = guide.book.glossary.term("profil")
    assert term
    told = guide.hear(guide.define(here, "web", term).progress, "web", "ne_comprend_pas")
    assert told.reply.messages[-1].text == guide.book.journeys["activer"].steps["conditions"].simpler.web


def test_a_word_that_content_has_lost_since_breaks_nothing(guide: Guide) -> None:
    gone = Progress("activer", "conditions", "going", met=("web",), last=("term:plus là",))
    assert guide.hear(gone, "web", "repeter").reply.choices == ()
    assert guide.hear(gone, "web", "ne_comprend_pas").progress.step == "conditions"
