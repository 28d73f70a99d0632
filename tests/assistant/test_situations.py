"""What somebody says of herself in so many words: a death, no glasses, a bad line. And what only sounds like it."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
import yaml

from assistant.content.book import open_book
from assistant.content.wording import CHANNELS
from assistant.conversation import Conversation
from assistant.folding import clean, fold
from assistant.gate import look
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon
from assistant.settings import ROOT, read_settings
from assistant.situations import Situations
from assistant.storage.database import Database
from assistant.turns import Channel, Turn
from channels.sms.segments import Segments
from channels.sms.text import written

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
DEATHS = (
    "mon mari est mort le mois dernier|ma mère vient de nous quitter|maman est décédée|papa nous a quittés dimanche|"
    "mon père s'est éteint hier soir|j'ai perdu ma femme|je suis veuve|bonjour mon mari est décédé que dois-je faire|"
    "ma grand-mère est morte à l'hôpital|on vient d'enterrer ma sœur|ma femme est morte d'un cancer|mon mari é mor|"
    "Bonjour madame, ma maman est décédée il y a deux mois"
)
# A thing, a way of speaking, a question that has its own answer, somebody in danger herself.
NO_DEATH = (
    "mon téléphone est mort|le site est mort|mon mari est mort de rire|ma mère est morte d'inquiétude|j'ai perdu ma "
    "carte|j'ai perdu le numéro de ma mère|mon mari est mort, comment fermer son espace|mon mari va mieux|je suis mort|"
    "mon mari est décédé, il était ma personne à prévenir|mon chat est mort|depuis que ma femme est morte je vois plus "
    "pourquoi je reste là|mon père est mort, je suis seule et je n'ai plus envie"
)
UNREAD = (
    "je ne sais pas lire|je sais pas lire ni écrire|je lis mal|j'ai pas mes lunettes|j'ai oublié mes lunettes|"
    "j'ai du mal à lire|je suis illettré|bonjour, je ne sais pas bien lire|j'ai jamais appris à lire"
)
NOT_UNREAD = (
    "attendez je cherche mes lunettes|j'ai pas mes lunettes, je vais les chercher|je lis mal le code|ma mère ne sait "
    "pas lire|je ne peux pas lire le document|mes lunettes sont remboursées ?|j'ai lu votre message"
)
BAD_LINE = (
    "je n'entends pas bien|parlez plus fort|parlez un peu plus fort|plus fort|j'entends rien|je vous entends mal|"
    "articulez s'il vous plaît|le son est trop bas|pouvez-vous parler plus fort"
)
# Of Camille herself: who sent her, what she wants, how she can be known.
DOUBTS = (
    "vous allez me voler mes sous|j'ai reçu un sms bizarre de vous|mon docteur m'a pas parlé de vous|"
    "est-ce bien Camille ?|comment je sais que c'est vrai|qui me dit que vs etes pas un escroc|"
    "c vrm mon medecin ki ma envoyer ca|"
    "comment je peux vérifier que c'est vous|prouvez moi que vous êtes pas un voleur|je veux pas me faire avoir|"
    "c'est officiel votre truc ?|qui vous a donné mon numéro|vous voulez mon numero de carte bleue c'est ça"
)
# Another message, another doubt, an invitation that is not doubted.
NO_DOUBTS = (
    "j'ai reçu un sms de l'assurance maladie|on m'a volé mon téléphone|mon médecin m'a parlé de vous|"
    "vous êtes un robot|vous êtes bien gentille|c'est vrai que c'est gratuit ?|"
    "comment je sais que mon espace est activé|mon mari est un voleur|"
    "j'ai reçu un code, c'est pour vous ?|un faux conseiller m'a appelé|"
    "vous voulez mon numéro de sécu ?"
)
NOT_A_LINE = (
    "je suis sourd|je n'entends pas bien je suis sourde|parlez plus fort mon petit j'ai les oreilles qui vont plus du "
    "tout|j'entends très mal même avec mes appareils|mon mari n'entend plus rien|j'ai jamais entendu parler de ça|"
    "attendez, je baisse la télévision, je ne vous entends pas"
)


def heard(text: str, lexicon: Lexicon, channel: Channel = "voice") -> str:
    return look(Turn("a", channel, "test", "1", NOW, text), (), lexicon).topic


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("text", DEATHS.split("|"))
def test_a_death_is_heard(text: str, channel: Channel, lexicon: Lexicon) -> None:
    assert heard(text, lexicon, channel) == "deuil"


@pytest.mark.parametrize("text", NO_DEATH.split("|"))
def test_what_is_no_death_or_more_than_one(text: str, lexicon: Lexicon) -> None:
    assert heard(text, lexicon) != "deuil"


@pytest.mark.parametrize("text", ["mon mari est mort, je veux le rejoindre", "ma femme est morte et je veux mourir"])
def test_who_is_in_danger_herself_is_heard_first(text: str, lexicon: Lexicon) -> None:
    assert heard(text, lexicon) == "detresse"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("text", UNREAD.split("|"))
def test_who_cannot_read_is_heard(text: str, channel: Channel, lexicon: Lexicon) -> None:
    assert heard(text, lexicon, channel) == "ne_lit_pas"


@pytest.mark.parametrize("text", NOT_UNREAD.split("|"))
def test_reading_something_is_something_else(text: str, lexicon: Lexicon) -> None:
    assert heard(text, lexicon) != "ne_lit_pas"


@pytest.mark.parametrize("text", BAD_LINE.split("|"))
def test_a_bad_line_is_told_slower_and_only_on_a_line(text: str, lexicon: Lexicon) -> None:
    assert heard(text, lexicon, "voice") == "plus_lentement"
    assert heard(text, lexicon, "sms") == ""
    assert heard(text, lexicon, "web") == ""


@pytest.mark.parametrize("text", NOT_A_LINE.split("|"))
def test_who_is_deaf_keeps_her_answer(text: str, lexicon: Lexicon) -> None:
    assert heard(text, lexicon) == ""


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("text", DOUBTS.split("|"))
def test_a_doubt_about_camille_is_heard(text: str, channel: Channel, lexicon: Lexicon) -> None:
    assert heard(text, lexicon, channel) == "est_ce_camille"


@pytest.mark.parametrize("text", NO_DOUBTS.split("|"))
def test_a_doubt_about_something_else_is_left_to_the_classifier(text: str, lexicon: Lexicon) -> None:
    assert heard(text, lexicon) != "est_ce_camille"


def test_what_others_wrote_of_other_things_is_left_to_the_classifier(lexicon: Lexicon) -> None:
    """All the messages of others, and those that Camille learns from: a situation stays near its topic."""
    near = {
        "deuil": {"conservation"},
        "ne_lit_pas": {"demander_aide", "ne_comprend_pas"},
        "est_ce_camille": {"arnaque", "robot_ou_humain"},
        "plus_lentement": {"plus_lentement", "repeter", "sourd_ou_malentendant"},
    }
    messages = [*_messages("tests/nlu/dev/*.yml"), *_messages("data/nlu/*/*.yml")]
    for path in (ROOT / "tests/nlu/dev").glob("*.jsonl"):
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        messages += [(line["intent"], line["text"]) for line in lines]
    assert len(messages) > 30_000
    wrong = [
        (found, text)
        for topic, text in messages
        if (found := lexicon.situations.heard(fold(clean(text)), "voice")) and topic not in near[found]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["violences", "violences_et_detresse", "deuil", "ne_lit_pas", "est_ce_camille"])
def test_it_fits_two_sms_even_with_the_first_words(name: str, guide: Guide) -> None:
    for place in (Progress(), Progress("activer", "preparer", "going", last=("step:preparer",))):
        told = guide.hear(place, "sms", name)
        again = guide.hear(told.progress, "sms", "ne_comprend_pas")
        for reply in (told.reply, again.reply):
            size = Segments.of(written(reply))
            assert (size.encoding, size.count <= 2) == ("GSM-7", True), written(reply)


def test_a_death_pushes_nothing(guide: Guide) -> None:
    """One choice, about the one who died; a journey under way comes before it, and waits."""
    alone = guide.hear(Progress(), "web", "deuil")
    assert [choice.goes for choice in alone.reply.choices] == ["journey:retrouver/proche_decede"]
    assert (alone.progress.journey, alone.reply.intent) == ("", "conservation")
    walking = Progress("activer", "preparer", "going", met=CHANNELS, last=("step:preparer",))
    waits = guide.hear(walking, "web", "deuil")
    assert [choice.goes for choice in waits.reply.choices] == ["move:resume", "journey:retrouver/proche_decede"]
    assert (waits.progress.step, waits.progress.status) == ("preparer", "going")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", ["violences", "violences_et_detresse"])
def test_who_is_hit_is_offered_nothing_to_activate(name: str, channel: Channel, guide: Guide) -> None:
    told = guide.hear(Progress(), channel, name)
    said = told.reply.messages[-1].text.replace("1 1 9", "119")
    assert (told.reply.choices, told.reply.intent) == ((), "detresse")
    assert all(number in said for number in ("17", "39 19", "119"))
    assert ("31 14" in said) is (name == "violences_et_detresse")


def test_her_number_is_given_only_if_she_can_be_rung(guide: Guide) -> None:
    rung = Guide(open_book(ROOT / "data"), rings="09 39 98 00 01")
    asked = {channel: rung.hear(Progress(met=CHANNELS), channel, "ne_lit_pas").reply for channel in CHANNELS}
    assert "09 39 98 00 01" in asked["web"].messages[0].text
    assert "09 39 98 00 01" in asked["sms"].messages[0].text
    assert Segments.of(written(rung.hear(Progress(), "sms", "ne_lit_pas").reply)).count <= 2
    assert "09 39" not in asked["voice"].messages[0].text
    assert "téléphone :" not in guide.hear(Progress(met=CHANNELS), "web", "ne_lit_pas").reply.messages[0].text


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("rings", ["", "09 39 98 00 01"], ids=["not rung", "rung"])
def test_who_doubts_camille_is_told_what_she_can_check(rings: str, channel: Channel) -> None:
    """The address, the number that is answered if there is one, what is never asked, the doctor's own number."""
    guide = Guide(open_book(ROOT / "data"), rings=rings, home="https://www.camille-sante.example")
    for met in ((), CHANNELS):
        told = guide.hear(Progress(met=met), channel, "est_ce_camille").reply
        said = " ".join(message.text for message in told.messages)
        spoken = channel == "voice"
        address = "" if spoken and rings else "camille tiret sante point" if spoken else "www.camille-sante.example"
        for checked in (address, rings, "argent", "cabinet, au numéro que vous aviez déjà"):
            assert checked in said
        assert ("09 39" in said) is bool(rings)
        assert "https" not in said
        size = Segments.of(written(told))
        assert channel != "sms" or (size.encoding, size.count <= 2) == ("GSM-7", True), written(told)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("topic", ["arnaque", "robot_ou_humain", "recommande_par_medecin"])
def test_how_to_check_is_one_reply_away_from_what_is_near(topic: str, channel: Channel, guide: Guide) -> None:
    told = guide.hear(Progress(met=CHANNELS), channel, topic)
    (offer,) = (choice for choice in told.progress.offered if choice.goes == "move:genuine")
    after = guide.choose(told.progress, channel, offer)
    assert "cabinet, au numéro que vous aviez déjà" in after.reply.messages[-1].text
    assert after.reply.intent == "arnaque"
    for reply in (told.reply, guide.hear(Progress(), channel, topic).reply):
        assert channel != "sms" or Segments.of(written(reply)).count <= 2


@pytest.mark.parametrize("channel", CHANNELS)
def test_who_asks_whether_it_is_a_fraud_is_told_of_camille_too(channel: Channel, guide: Guide) -> None:
    said = " ".join(message.text for message in guide.hear(Progress(met=CHANNELS), channel, "arnaque").reply.messages)
    assert "34 22" in said
    assert ("à moi." in said) or ("Moi, Camille, je ne demande jamais" in said)


@pytest.mark.parametrize(("sid", "told"), [("", False), ("AC" + "0" * 32, True)])
def test_the_number_comes_from_the_settings(sid: str, told: bool, tmp_path: object) -> None:
    """As on the page: a number that nobody answers is not given."""
    given = {"CAMILLE_VAR": str(tmp_path), "SECRET_KEY": "k" * 40, "PSEUDONYM_PEPPER": "p" * 40}
    real = {"TWILIO_ACCOUNT_SID": sid, "TWILIO_AUTH_TOKEN": "t" * 32, "TWILIO_SENDER": "+33939980001"} if sid else {}
    settings = read_settings(given | real)
    database = Database(settings.database_url)
    database.upgrade()
    conversation = Conversation(settings, database)
    reply = conversation.take(Turn("web-1", "web", "test", "1", NOW, text="je ne sais pas lire"))
    conversation.close()
    assert ("09 39 98 00 01" in reply.messages[-1].text) is told


@pytest.mark.parametrize("groups", [{}, {"mots": {}}, {"mots": {}, "autour": "", "deuil": {"dit": ["@inconnue"]}}])
def test_what_is_missing_is_named(groups: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        Situations(groups)


def _messages(pattern: str) -> list[tuple[str, str]]:
    return [
        (intent["intent"], line.removeprefix("- "))
        for path in sorted(ROOT.glob(pattern))
        for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in intent["examples"].splitlines()
    ]
