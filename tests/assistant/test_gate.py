"""What the gate decides before any classifier, and what it leaves alone. It never raises, and never keeps a secret."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.content.book import open_book
from assistant.folding import LONGEST, fold
from assistant.gate import BUTTONS, Verdict, look, look_for_choice
from assistant.lexicon import Lexicon, open_lexicon
from assistant.settings import ROOT
from assistant.turns import Channel, Choice, Turn
from tests.assistant.private_numbers import nirs, spaced

LEXICON: Lexicon = open_lexicon(ROOT / "data" / "lexicon")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
STEP = (
    Choice("1", "C'est fait", "step:suivant", words=("fait", "j'ai fini"), means=("etape_faite", "confirmer")),
    Choice(
        "2",
        "Je ne trouve pas",
        "step:aide",
        words=("introuvable", "je ne le vois pas"),
        means=("etape_bloquee", "refuser"),
    ),
    Choice("3", "L'application", "step:appli", words=("appli", "sur l'application")),
)
ERASING = (
    Choice("1", "Oui, effacer", "move:erase", means=("confirmer",)),
    Choice("2", "Non, garder", "move:keep", means=("refuser",)),
)


def heard(
    text: str = "", offered: tuple[Choice, ...] = STEP, asks: str = "", channel: Channel = "sms", key: str = ""
) -> Verdict:
    return look(Turn("p1_x", channel, "test", "m1", NOW, text, key), offered, LEXICON, asks)


# STOP.


@pytest.mark.parametrize(
    "written",
    (
        "STOP|stop|Stop.|ARRÊT|ARRÊT !!|arret|Arrêtez|stop svp|STOP SVP 🙏|stop merci|Stop, merci.|S.T.O.P|"
        "stoppp|stopp|STOOOOP|stop stop stop|🛑 STOP 🛑|« STOP »|stop\n|ＳＴＯＰ|s\u200btop|arretez de m'ecrire|"
        "Arrêtez de m’écrire !|arrété de mecrire|arreter de m ecrire svp|ne m'écrivez plus|ne m'ecrivé plus|"
        "je ne veux plus de SMS|je veux plus recevoir de messages|plus de messages svp|Désabonnez-moi|"
        "désabonnement|me désinscrire|fin|FIN|laissez-moi tranquille|Bonjour, STOP SVP. Ne m'écrivez plus !|"
        "stop sms|SMS STOP|unsubscribe|STOPALL|arrêtez tout s'il vous plaît|ok stop|stop maintenant"
    ).split("|"),
)
def test_stop_as_people_write_it(written: str) -> None:
    verdict = heard(written)
    assert (verdict.kind, verdict.topic) == ("topic", "arreter_messages")


@pytest.mark.parametrize(
    "written",
    (
        "je n'arrête pas d'essayer|ça s'arrête à la page 2|le SMS s'arrête là|stop pour aujourd'hui|stop covid|"
        "mon arrêt maladie|mon arrêt de travail|l'appli s'arrête toute seule|la page stoppe|non stop|stock|stp|"
        "à la fin de la page|c'est la fin du mois|j'ai fini|fini|il ne faut pas arrêter|arrêt du bus|"
        "stop je ne comprends pas|bonjour|merci|bonjour merci|stopper le traitement|on arrête pour aujourd'hui|"
        "plus de messages dans ma boîte, c'est normal ?|comment arrêter l'application"
    ).split("|"),
)
def test_what_only_looks_like_stop(written: str) -> None:
    assert heard(written).topic not in ("arreter_messages", "effacer_mes_donnees")


@pytest.mark.parametrize(
    "written",
    (
        "EFFACER|effacez mes données|Effacez tout !|supprimez mes données svp|oubliez-moi|droit à l'oubli|"
        "effacez tout ce que vous savez de moi|bonjour, supprimez mon numéro"
    ).split("|"),
)
def test_erase_as_people_write_it(written: str) -> None:
    assert heard(written).topic == "effacer_mes_donnees"


def test_stop_wins_over_a_choice_of_the_step() -> None:
    ending = (Choice("1", "Fin", "step:fin", words=("stop", "arreter")),)
    for written in ("fin", "stop", "arrêter", "STOP svp"):
        assert heard(written, ending).topic == "arreter_messages"


def test_erasing_does_not() -> None:
    """« Effacé » also tells of a number that has worn off a card."""
    worn = (Choice("1", "Le numéro est effacé", "step:guichet", words=("efface",)),)
    assert heard("effacé", worn).choice == worn[0]
    assert heard("effacé", ()).topic == "effacer_mes_donnees"


# Danger first.


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        pytest.param("STOP je veux mourir", "detresse", id="over STOP"),
        pytest.param("j'arrête tout, je vais me tuer", "detresse", id="over stopping"),
        pytest.param("mon mari ne respire plus, 1 85 05 78 006 084 36", "urgence_medicale", id="over a secret"),
        pytest.param(
            "au secours mon code est 482913 et mon mari est inconscient", "urgence_medicale", id="over a code"
        ),
        pytest.param("1 au secours il saigne beaucoup", "urgence_medicale", id="over a choice"),
        pytest.param("bonjour " * 400 + "mon mari ne respire plus", "urgence_medicale", id="at the end of a long text"),
    ],
)
def test_danger_wins(written: str, topic: str) -> None:
    verdict = heard(written)
    assert (verdict.kind, verdict.topic) == ("topic", topic)
    assert not re.search(r"\d{3}", verdict.masked.text)


@pytest.mark.parametrize("asks", ["erase", "code", ""])
@pytest.mark.parametrize("offered", [STEP, ERASING, ()], ids=["step", "erasing", "nothing"])
def test_danger_is_heard_wherever_the_person_stands(asks: str, offered: tuple[Choice, ...]) -> None:
    assert heard("j'ai avalé toute la boîte de cachets", offered, asks).topic in ("urgence_medicale", "detresse")


# Choices.


@pytest.mark.parametrize(
    ("written", "key"),
    [
        *[
            (written, "1")
            for written in ("1", "1.", "1)", " 1 ", "1 svp", "un", "UN", "le 1", "la 1", "réponse 1", "1️⃣", "１")
        ],
        *[
            (written, "1")
            for written in ("le premier", "la première", "1er", "n°1", "numéro 1", "touche 1", "je tape 1")
        ],
        *[
            (written, "2")
            for written in ("2", "le deux", "Deux", "réponse 2", "deuxième", "la seconde", "2eme", "2 merci")
        ],
        *[
            (written, "2")
            for written in ("euh le deux", "je prends la réponse 2 s'il vous plaît", "option 2", "c'est la 2")
        ],
        *[(written, "3") for written in ("3", "trois", "troisième", "la 3e", "choix 3")],
        *[
            (written, "1")
            for written in ("C'est fait", "c est fait", "cest fait", "C’EST FAIT !", "fait", "j'ai fini", "jai fini")
        ],
        *[(written, "2") for written in ("je ne trouve pas", "Introuvable", "je ne le vois pas")],
        *[
            (written, "3")
            for written in ("L'application", "l application", "application", "lapplication", "appli", "l'appli svp")
        ],
        *[(written, "1") for written in ("oui", "OUI", "d'accord", "ok", "oui merci")],
        *[(written, "2") for written in ("non", "Non merci", "nan")],
    ],
)
def test_choices_by_number_word_label_and_meaning(written: str, key: str) -> None:
    verdict = heard(written)
    assert verdict.kind == "choice"
    assert verdict.choice == next(choice for choice in STEP if choice.key == key)
    assert look_for_choice(written, STEP) == verdict.choice


@pytest.mark.parametrize(
    "written",
    (
        "4|12|1 ou 2|1 et 2|pas 1|ni 1 ni 2|1 fois|étape 1|un code|deux codes|le un et le deux|11|fait pas|"
        "c'est pas fait|je ne trouve pas le code|👍|1234567|oui et non|1/2"
    ).split("|"),
)
def test_what_is_no_choice(written: str) -> None:
    assert heard(written).kind != "choice"


def test_the_words_of_a_choice_come_before_its_number() -> None:
    both = (Choice("1", "L'e-mail", "step:a"), Choice("2", "Le mobile", "step:b"), Choice("3", "Les deux", "step:c"))
    assert heard("les deux", both).choice == both[2]
    assert heard("le deux", both).choice == both[1]
    assert heard("les deux").kind != "choice"


def test_every_choice_that_camille_offers_is_heard_by_its_own_words() -> None:
    book = open_book(ROOT / "data")
    offers = [step.choices for journey in book.journeys.values() for step in journey.steps.values()]
    offers += [answer.choices for answer in book.answers.values()]
    for choices in offers:
        offered = tuple(replace(choice, key=str(index)) for index, choice in enumerate(choices, 1))
        for choice in offered:
            for written in (choice.label, *choice.words):
                assert look_for_choice(written, offered) == choice, written
                assert LEXICON.stops(fold(written)) != "arreter_messages", written


@pytest.mark.parametrize(
    ("key", "topic"),
    [
        ("0", "parler_a_quelqu_un"),
        ("*", "repeter"),
        ("#", "demander_aide"),
        *[(name, name) for name in sorted(BUTTONS)],
    ],
)
def test_keys_that_mean_the_same_everywhere(key: str, topic: str) -> None:
    assert heard(key=key).topic == topic


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        *[(written, "parler_a_quelqu_un") for written in ("0", "zéro")],
        *[(written, "repeter") for written in ("*", "étoile")],
        *[(written, "demander_aide") for written in ("#", "dièse", "aide")],
        *[(written, "confirmer") for written in ("oui", "ok", "d'accord")],
        ("non", "refuser"),
        ("c'est fait", "etape_faite"),
        ("bonjour", "saluer"),
        ("plus tard", "plus_tard"),
        ("bonjour, je suis bloquée svp", "etape_bloquee"),
        ("c'est fait merci", "etape_faite"),
        ("ok merci", "confirmer"),
        ("merci au revoir", "prendre_conge"),
    ],
)
def test_moves_said_in_so_many_words(written: str, topic: str) -> None:
    assert heard(written, offered=()).topic == topic


@pytest.mark.parametrize("key", ["1", "2", "3"])
def test_a_key_takes_the_choice_on_offer(key: str) -> None:
    assert heard(key=key).choice == next(choice for choice in STEP if choice.key == key)


@pytest.mark.parametrize("key", ["9", "opted_in", "nimporte", "1;DROP", "/restart", "é" * 1000])
def test_an_unknown_key_is_nothing(key: str) -> None:
    assert heard(key=key) == Verdict("empty")


@given(nirs().filter(str.isdigit))
def test_a_social_security_number_typed_on_the_telephone_is_not_kept(number: str) -> None:
    verdict = heard(key=number, channel="voice")
    assert verdict.topic == "donnee_sensible"
    assert number not in repr(verdict)


# Nothing, or nothing with a meaning.


@pytest.mark.parametrize(
    "written",
    ("|   |👍|😀😀|...|?|!!!|\x00|\x07\x1b|\u200b\u200d|\u202e|\ufeff|🙏🏽|-|\n\n|\ud800|/|//|／|\\|…|( )|❤️|💀☠️").split(
        "|"
    ),
)
def test_no_words(written: str) -> None:
    assert heard(written).kind == "empty"


@pytest.mark.parametrize(
    ("written", "kind"), [("", "silence"), ("  ", "silence"), ("\u200b", "silence"), ("...", "empty")]
)
def test_silence_is_for_the_telephone(written: str, kind: str) -> None:
    assert heard(written, channel="voice").kind == kind


@pytest.mark.parametrize(
    "written",
    (
        '/restart|//restart|／restart| / restart|\u200b/restart|/\\/restart|/saluer{"x": "y"}|///////////a|'
        "/stop la commande|\\/restart maintenant"
    ).split("|"),
)
def test_no_command_reaches_rasa(written: str) -> None:
    verdict = heard(written)
    assert verdict.kind == "free"
    assert not verdict.masked.text.startswith(("/", "\\", " "))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param('{"text": "oui"}', id="JSON"),
        pytest.param("'; DROP TABLE persons; --", id="SQL"),
        pytest.param("<script>alert(1)</script>", id="HTML"),
        pytest.param("${jndi:ldap://x} {{7*7}}", id="templates"),
        pytest.param("a" * 100_000, id="one long word"),
        pytest.param("mot " * 30_000, id="many words"),
        pytest.param("ﷺ" * 2000, id="a sign that unfolds"),
        pytest.param("e\u0301" * 5000, id="combining accents"),
        pytest.param("\u202eerèitnorf", id="right to left"),
        pytest.param("これはテストです", id="another script"),
    ],
)
def test_strange_texts_are_only_text(written: str) -> None:
    verdict = heard(written)
    assert verdict.kind == "free" or verdict.language
    assert verdict.too_long is (len(written) > LONGEST)
    assert len(verdict.masked.text) <= LONGEST


# Resume codes and erasing: what is read back.


@pytest.mark.parametrize(
    "written",
    ["reprise 2580", "REPRISE 2580", "Reprise: 2 5 8 0", "code de reprise 2580", "code 2580", "reprendre 2580"],
)
@pytest.mark.parametrize("asks", ["", "code"])
def test_a_resume_code_is_heard_at_any_time(written: str, asks: str) -> None:
    verdict = heard(written, asks=asks)
    assert (verdict.kind, verdict.code) == ("code", "2580")
    assert "2580" not in verdict.masked.text


@pytest.mark.parametrize(
    "written",
    [
        "2580",
        "2 5 8 0",
        "25 80",
        "2-5-8-0",
        "c'est 2580",
        "le code est 2580",
        "deux cinq huit zéro",
        "vingt-cinq quatre-vingts",
        "25.80 merci",
    ],
)
def test_four_digits_are_a_resume_code_when_asked_for(written: str) -> None:
    assert heard(written, asks="code").code == "2580"
    assert heard(key="2580", asks="code", channel="voice").code == "2580"


@pytest.mark.parametrize(
    "written", ["258", "25801", "482913", "2580 2580", "je n'ai pas de code", "le 12/03 à 14h", "34 22 65", "oui"]
)
def test_anything_else_is_no_resume_code(written: str) -> None:
    assert heard(written, asks="code").kind != "code"


def test_four_digits_alone_are_a_secret_when_not_asked_for() -> None:
    assert heard("2580").topic == "donnee_sensible"


@pytest.mark.parametrize(
    "written", ["oui", "OUI", "Oui !", "oui effacer", "Oui, effacer", "oui effacez", "je confirme", "1", "le 1"]
)
def test_erasing_is_confirmed_by_the_plain_word(written: str) -> None:
    assert heard(written, ERASING, "erase").choice == ERASING[0]


@pytest.mark.parametrize("asks", ["erase", ""])
@pytest.mark.parametrize(
    "written",
    (
        "ok|d'accord|👍|ouais|si|oui merci|bien sûr|...||volontiers|effacer|je veux effacer|wi|oui mais non|"
        "oui je veux activer|ok effacer|😀|2|non|garder"
    ).split("|"),
)
def test_nothing_else_erases(written: str, asks: str) -> None:
    verdict = heard(written, ERASING, asks)
    assert verdict.choice is None or verdict.choice.goes != "move:erase"
    assert verdict.topic != "confirmer"


@pytest.mark.parametrize("written", ["ok", "d'accord", "ouais", "oui merci"])
def test_a_loose_yes_to_erasing_is_asked_again(written: str) -> None:
    assert heard(written, ERASING, "erase").topic == "effacer_mes_donnees"


@pytest.mark.parametrize("written", ["non", "Non merci", "2", "non garder", "surtout pas"])
def test_a_no_keeps(written: str) -> None:
    assert heard(written, ERASING, "erase").choice == ERASING[1]


# Whatever is written.

ANYTHING = st.one_of(
    st.text(), st.text(st.characters(exclude_categories=())), st.from_regex(r"[/\\ ]{0,4}\w{0,8}", fullmatch=True)
)
OFFERED = st.sampled_from([STEP, ERASING, ()])
ASKS = st.sampled_from(["", "code", "erase"])


@given(ANYTHING, OFFERED, ASKS, st.sampled_from(["sms", "web", "voice"]))
def test_the_gate_never_fails(text: str, offered: tuple[Choice, ...], asks: str, channel: Channel) -> None:
    verdict = heard(text, offered, asks, channel)
    verdict.masked.text.encode("utf-8")
    if verdict.kind == "free":
        assert not verdict.masked.text.startswith("/")
        assert verdict.masked.text.strip()
    assert (verdict.kind == "topic") == bool(verdict.topic)
    assert (verdict.kind == "choice") == (verdict.choice is not None)
    assert (verdict.kind == "code") == bool(verdict.code)


@given(ANYTHING, OFFERED, ASKS)
def test_nor_for_a_key(key: str, offered: tuple[Choice, ...], asks: str) -> None:
    heard(offered=offered, asks=asks, key=key)


WORDS = (
    "bonjour je voudrais activer mon espace numéro est le merci au secours stop oui non code reprise 1 / respire plus"
).split()


@settings(max_examples=300)
@given(
    spaced(nirs()),
    st.lists(st.sampled_from(WORDS), max_size=6),
    st.lists(st.sampled_from(WORDS), max_size=6),
    OFFERED,
    ASKS,
)
def test_a_social_security_number_is_in_no_field(
    number: str, before: list[str], after: list[str], offered: tuple[Choice, ...], asks: str
) -> None:
    verdict = heard(" ".join([*before, number, *after]), offered, asks)
    told = " ".join(repr(getattr(verdict, field.name)) for field in fields(verdict) if field.name != "choice")
    typed = re.sub(r"\D", "", number)
    assert verdict.choice is None
    assert not any(typed[place : place + 3] in re.sub(r"\W", "", told) for place in range(len(typed) - 2))


def test_the_lists_do_not_contradict_one_another() -> None:
    """No move is also a STOP, or taken for danger."""
    assert not [line for line in LEXICON.moves if LEXICON.danger(line)]
    assert not [line for line in LEXICON.moves if LEXICON.stops(line)]
