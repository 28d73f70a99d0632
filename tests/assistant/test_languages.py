"""A message in another language is told so; one in French never is, however strange."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

from assistant.content.wording import CHANNELS
from assistant.folding import clean, fold
from assistant.gate import Verdict, look
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.languages import Languages
from assistant.lexicon import Lexicon
from assistant.settings import ROOT
from assistant.turns import Channel, Turn
from channels.sms.segments import Segments, sanitise
from channels.sms.text import written

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
DEV = ROOT / "tests" / "nlu" / "dev"
WRITTEN = {
    "anglais": "hello can you help me please|I don't speak French|how can I open my account|what is this?",
    "espagnol": "no hablo francés|necesito ayuda por favor|¿cómo puedo abrir mi cuenta?",
    "portugais": "não falo francês|preciso de ajuda por favor|não tenho o cartão",
    "italien": "non parlo francese|ho bisogno di aiuto|come posso aprire questo conto",
    "allemand": "ich spreche kein Französisch|können Sie mir bitte helfen, ich brauche Hilfe",
    "turc": "fransızca bilmiyorum|yardım edin lütfen|Türkçe konuşuyorum",
    "arabe": "أنا لا أتكلم الفرنسية|مرحبا|أحتاج مساعدة Mon espace",
    "ukrainien": "Я не розмовляю французькою|мені потрібна допомога|Добрий день, я не розумію",
    "russe": "Я не говорю по-французски|помогите пожалуйста",
    "chinois": "我不会说法语|你好",
}
FRENCH = (
    "help|help pouvez-vous m'aider please|ok thanks|thank you|merci thank you|slow please, je lis lentement|hello|"
    "non non non|no comprendo rien à votre truc|gracias merci|sorry j'ai pas compris|stop sms please|j'ai bu|il a su|"
    "el me di de fair koi|c open|mon login et my password ça marche pas|é|α|👍|123|"
)


def language(text: str, lexicon: Lexicon) -> str:
    found = lexicon.languages.of(fold(clean(text)))
    return found.name if found else ""


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in WRITTEN.items() for text in texts.split("|")]
)
def test_a_language_is_known(name: str, text: str, lexicon: Lexicon) -> None:
    assert language(text, lexicon) == name


def test_all_languages_are_tried(lexicon: Lexicon) -> None:
    assert {each.name for each in lexicon.languages.all} == set(WRITTEN)


@pytest.mark.parametrize("text", FRENCH.split("|"))
def test_french_with_a_word_from_elsewhere_is_french(text: str, lexicon: Lexicon) -> None:
    assert language(text, lexicon) == ""


def test_no_message_of_others_is_taken_for_another_language(lexicon: Lexicon) -> None:
    texts = list(_dev())
    assert len(texts) > 1_000
    assert [text for text in texts if language(text, lexicon)] == []


@pytest.mark.parametrize("text", ["delete my data please", "unsubscribe me from this please", "apaga os meus dados"])
def test_a_right_is_never_turned_away(text: str, lexicon: Lexicon) -> None:
    """To be erased or left alone is heard in any language, by the classifier."""
    assert _look(text, lexicon).language is None


def test_danger_comes_first_and_keeps_its_language(lexicon: Lexicon) -> None:
    verdict = _look("I want to kill myself", lexicon)
    assert (verdict.topic, verdict.language and verdict.language.name) == ("detresse", "anglais")


def test_a_word_of_greeting_or_of_stopping_stays_what_it_is(lexicon: Lexicon) -> None:
    heard = [_look(text, lexicon).topic for text in ("hello", "stop", "help", "start")]
    assert heard == ["saluer", "arreter_messages", "demander_aide", "reprendre"]


def test_each_sentence_leaves_by_sms_as_it_is_written(guide: Guide, lexicon: Lexicon) -> None:
    """In GSM-7, with the first words and with a step under way, in two segments; no letter lost on the way."""
    places = (Progress(), Progress("activer", "preparer", "going", met=CHANNELS, last=("step:preparer",)))
    for each in lexicon.languages.all:
        assert sanitise(each.say.sms) == each.say.sms, each.name
        assert sanitise(each.danger.sms) == each.danger.sms, each.name
        for place in places:
            stands = guide.hear(place, "sms", "repeter").progress if place.step else place
            outcome = guide.hear_in(each, stands, "sms", "hors_sujet")
            size = Segments.of(written(outcome.reply))
            assert (size.encoding, size.count <= 2) == ("GSM-7", True), written(outcome.reply)
        for danger in ("urgence_medicale", "detresse", "violences", "violences_et_detresse"):
            alarm = guide.hear_in(each, Progress(), "sms", danger)
            assert Segments.of(written(alarm.reply)).count <= 2, written(alarm.reply)


@pytest.mark.parametrize("channel", CHANNELS)
def test_it_is_told_in_both_languages_with_the_numbers(channel: Channel, guide: Guide, lexicon: Lexicon) -> None:
    for each in lexicon.languages.all:
        outcome = guide.hear_in(each, Progress(), channel, "hors_sujet")
        said = outcome.reply.messages[-1].text
        assert said.startswith(each.say.on(channel))
        assert all(part in said for part in ("Je ne parle que français", "34 22"))
        assert "{" not in said
        assert "112" in each.say.on(channel).replace(" ", "")
        assert outcome.reply.intent == "hors_sujet"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(KeyError):
        Languages({"francais": "je", "droits": "", "langues": {"anglais": {"mots": "you"}}})


def _look(text: str, lexicon: Lexicon) -> Verdict:
    return look(Turn("a", "sms", "test", "1", NOW, text), (), lexicon)


def _dev() -> Iterator[str]:
    for path in sorted(DEV.glob("*.yml")):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            yield from (line.removeprefix("- ") for line in intent["examples"].splitlines())
    for path in sorted(Path(DEV).glob("*.jsonl")):
        yield from (json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines())
