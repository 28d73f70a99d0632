"""« Rappelez-moi demain matin », without any model; and what only begins like it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.gate import look
from assistant.lexicon import Lexicon
from assistant.reminders.hours import PARIS
from assistant.reminders.requests import MOST_WORDS, Requests
from assistant.reminders.when import heard
from assistant.settings import ROOT
from assistant.turns import Choice, Turn

REQUESTS = Requests(yaml.safe_load((ROOT / "data/lexicon/requests.yml").read_text(encoding="utf-8")))
THURSDAY = datetime(2026, 11, 26, 11, 7, tzinfo=PARIS)
STEP = (
    Choice("1", "C'est fait", "step:suivant", means=("etape_faite", "confirmer")),
    Choice("2", "Je ne trouve pas", "step:aide", means=("etape_bloquee", "refuser")),
)
# What is asked for, and the moment that is then read back.
WHEN = {
    "2026-11-27 09:30": (
        "rappelez-moi demain matin|Rappelez moi demain matin svp|rappelle moi demain matin stp|"
        "RAPPELEZ-MOI DEMAIN MATIN|vous pouvez me rappeler demain matin ?|"
        "là je peux pas, rappelez-moi demain matin|rapelez moi demin matin|"
        "euh oui rappelez-moi plutôt demain matin|un rappel demain matin s'il vous plaît|rappel demain matin|"
        "je voudrais être rappelée demain matin|j'ai pas le temps, rappelez-moi demain matin"
    ),
    "2026-11-27 10:00": (
        "envoyez moi un sms demain|envoyez-moi un petit message demain|appelez-moi demain|écrivez-moi demain|"
        "recontactez-moi demain|faites-moi signe demain|fais-moi penser demain|relancez-moi demain pour que j'y pense|"
        "mettez-moi un rappel pour demain|passez-moi un coup de fil demain|rappelez-moi demain vers 10h|"
        "merci de me rappeler demain|je suis occupée, rappelez-moi demain|je conduis, appelez-moi demain|"
        "il faudrait me rappeler demain|rappelez-moi demain, bonne journée"
    ),
    "2026-12-03 10:00": (
        "rappelle moi jeudi vers 10h|rappelez-moi jeudi à 10 heures|rappelez moi jeudi, pas mercredi|"
        "je ne peux pas mercredi, rappelez-moi jeudi|est-ce que vous pouvez me rappeler jeudi ?|"
        "je préfère que vous me rappeliez jeudi|rappelez-moi dans une semaine|rappelez lundi non jeudi"
    ),
    "2026-11-26 18:00": "rappelez-moi ce soir|tu peux me rappeler ce soir|envoyez-moi un texto ce soir",
    "2026-11-29 10:00": "rappelez-moi dans trois jours|retéléphonez-moi dans 3 jours|envoyez un sms dans trois jours",
}
# A reminder without a day: asked for, and then asked when.
NO_DAY = (
    "quand j'aurai ma carte, rappelez-moi|rappelez-moi quand j'aurai ma carte|rappelez-moi après les vacances|"
    "rappelez-moi quand ma fille sera là|vous pourriez me rappeler plus tard ?|rappelez-moi un autre jour|"
    "je veux bien être rappelé|mettez-moi un rappel|vous pouvez me rappeler ?|rappelez-moi quand vous voulez"
)
OTHERWISE = (
    # Something else is wanted back.
    "rappelez-moi mon mot de passe|rappelle-moi ce que c'est|rappelez-moi le code|rappelez-moi l'heure du rendez-vous|"
    "rappelez-moi à quelle heure vous ouvrez demain|vous pouvez me rappeler mes codes|rappelle-moi l'étape|"
    "rappelez-moi quand on a activé mon espace|rappelez-moi mon rendez-vous de demain|rappelez-moi le 34 22|"
    "rappelez-moi ce que je dois faire demain|envoyez-moi le code par sms demain|rappelez-moi comment on fait lundi|"
    # It is told, of the past or of others.
    "vous m'avez rappelé hier|vous deviez me rappeler lundi|on m'a rappelé ce matin|je vous rappelle demain|"
    "mon médecin me rappelle demain|je rappellerai jeudi|ça me rappelle le mois dernier|il va me rappeler jeudi|"
    "j'ai un rappel de vaccin demain|mon rappel est lundi|j'ai reçu un rappel hier|ma fille m'appelle ce soir|"
    # It is refused.
    "ne me rappelez pas demain|rappelez-moi pas demain|pas de rappel demain|ne m'appelez plus le soir|"
    "je ne veux pas que vous me rappeliez lundi|annulez le rappel de demain|"
    # It is for somebody else, or about something more.
    "rappelez ma mère demain|envoyez un sms à ma fille demain|appelez le 15|appelez-moi madame|écrivez-moi ici|"
    "rappelez-moi demain et dites-moi comment avoir le code|rappelez-vous demain|"
    "rappelez-moi quand j'aurai ma carte comment je fais pour le code|prévenez-moi quand mon vaccin sera à refaire"
)


def asks(text: str, lexicon: Lexicon) -> bool:
    return lexicon.requests.heard(text, THURSDAY)


def test_the_table_is_long() -> None:
    asked = [*"|".join(WHEN.values()).split("|"), *NO_DAY.split("|")]
    others = OTHERWISE.split("|")
    assert len(asked) + len(others) >= 60
    assert len(others) * 3 >= len(asked) + len(others)


@pytest.mark.parametrize(
    ("text", "expected"), [(text, expected) for expected, texts in WHEN.items() for text in texts.split("|")]
)
def test_a_request_and_its_moment(text: str, expected: str, lexicon: Lexicon) -> None:
    verdict = look(Turn("a", "sms", "test", "1", THURSDAY, text), STEP, lexicon)
    assert (verdict.kind, verdict.topic) == ("topic", "rappelez_moi")
    when = heard(text, THURSDAY)
    assert when is not None
    assert when.at is not None
    assert f"{when.at.astimezone(PARIS):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize("text", NO_DAY.split("|"))
def test_a_request_without_a_day(text: str, lexicon: Lexicon) -> None:
    assert look(Turn("a", "voice", "test", "1", THURSDAY, text), STEP, lexicon).topic == "rappelez_moi"
    when = heard(text, THURSDAY)
    assert when is None or when.at is None


@pytest.mark.parametrize("text", OTHERWISE.split("|"))
def test_what_is_no_request(text: str, lexicon: Lexicon) -> None:
    assert not asks(text, lexicon)
    assert look(Turn("a", "sms", "test", "1", THURSDAY, text), STEP, lexicon).topic != "rappelez_moi"


@pytest.mark.parametrize("text", ["STOP", "je veux mourir demain, rappelez-moi", "effacez mes données"])
def test_what_goes_first_still_does(text: str, lexicon: Lexicon) -> None:
    assert look(Turn("a", "sms", "test", "1", THURSDAY, text), STEP, lexicon).topic not in ("rappelez_moi", "")


def test_a_sms_without_a_moment_is_the_step_by_sms(lexicon: Lexicon) -> None:
    assert look(Turn("a", "voice", "test", "1", THURSDAY, "envoyez-moi un sms"), STEP, lexicon).topic == "par_sms"


def test_what_others_wrote_of_other_things_is_left_to_the_classifier(lexicon: Lexicon) -> None:
    """All that others wrote, and what Camille learns from: nothing is taken that is not of this topic."""
    messages = [
        (intent["intent"], line.removeprefix("- "))
        for pattern in ("tests/nlu/dev/*.yml", "data/nlu/*/*.yml")
        for path in sorted(ROOT.glob(pattern))
        for intent in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]
        for line in intent["examples"].splitlines()
    ]
    for path in (ROOT / "tests/nlu/dev").glob("*.jsonl"):
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        messages += [(line["intent"], line["text"]) for line in lines]
    assert len(messages) > 30_000
    taken = [(topic, text) for topic, text in messages if asks(text, lexicon)]
    assert [each for each in taken if each[0] != "rappelez_moi"] == []
    assert len(taken) > 100


def test_a_story_is_no_request(lexicon: Lexicon) -> None:
    assert asks("oui " * (MOST_WORDS - 3) + "rappelez-moi demain", lexicon)
    assert not asks("oui " * MOST_WORDS + "rappelez-moi demain", lexicon)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*" ".join(WHEN.values()).replace("|", " ").split(), "12/", "99", "\u200b", "[x]"])),
    st.text(),
)
def test_it_never_raises(said: list[str], anything: str) -> None:
    REQUESTS.heard(" ".join(said), THURSDAY)
    REQUESTS.heard(f"rappelez-moi {anything}", THURSDAY)


@pytest.mark.parametrize("groups", [{}, {"mots": {}}, {"mots": {}, "rappel": ["@inconnue"], "signe": [], "avec": []}])
def test_what_is_missing_is_named(groups: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        Requests(groups)
