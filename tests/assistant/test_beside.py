"""Who helps is spoken to as a helper: when it begins, when it ends, and what is never said to her."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.content.book import read_book
from assistant.content.entries import Text
from assistant.content.rules import banned_words, faults
from assistant.content.wording import CHANNELS
from assistant.folding import clean, fold
from assistant.guide import Guide
from assistant.journeys import engine
from assistant.journeys.model import Journey, Step
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon
from assistant.settings import ROOT
from assistant.turns import Channel, Choice
from channels.sms.segments import Segments
from channels.sms.text import written
from channels.web.screen import show

MOST_SEGMENTS = 2
MEAN_SEGMENTS = 1.2  # SMS a reply, over the steps of a journey
# Steps of a child: whoever stands there is its parent. Of a death nobody is spoken to beside.
NOT_BESIDE = re.compile(r"enfant|representant$|rattachement_enfant$|profil_deces$|proche_decede$")
HERS = re.compile(
    r"\b(?:votre|vos) (?:carte|mot de passe|espace|caisse|profil|identifiant|telephone|e mails?|sms|code|nom|droits|"
    r"acces|informations|coordonnees|anciennes|messages|documents|allergies|soignants|medecin|adresse|banque|dossier)\b"
)
# Journeys whose first step does not ask for whom: the step that asks it again of whoever says that she helps.
ASKED_AGAIN = {"documents": "documents_proche", "partager": "partager_proche", "retrouver": "retrouver_proche"}
# What has no way back, or gives something away: told to a helper, it names the person who does it.
HER_HAND = re.compile(r"\b(?:elle|ensemble)\b")
DECISIONS = (
    *("ajouter_visible", "cacher", "cacher_tout", "supprimer_moi", "copier_tout"),
    *("acces_bloquer", "acces_urgence", "acces_urgence_refus", "rdv_accord", "ecrire_repondre", "pharmacie_envoyer"),
    *("se_connecter", "code_a_ecrire", "mot_de_passe_changer", "contact_modifier", "appareils_retirer"),
    *("votre_choix", "a_vous", "decouvrir_fin"),
)
NOT = r"(?<!ne )(?<!ne l )(?<!ne les )(?<!ne le )"
TYPING = re.compile(
    NOT + r"\b(?:ecrivez|tapez|notez|gardez|choisissez|recopiez|retenez|demandez lui|prenez) (?:\w+ ){0,3}"
    r"(?:mot de passe|code|identifiant)\b"
)


@pytest.fixture(scope="module")
def activation(guide: Guide) -> Journey:
    return guide.book.journeys["activer"]


@pytest.fixture(params=["activer", "decouvrir", "documents", "partager", "retrouver"])
def journey(request: pytest.FixtureRequest, guide: Guide) -> Journey:
    """Each journey in turn."""
    return guide.book.journeys[request.param]


def worded(journey: Journey) -> Iterator[tuple[Step, Channel, str]]:
    """Every wording for a helper."""
    for step in journey.steps.values():
        for channel in CHANNELS:
            if step.beside:
                yield step, channel, step.beside.on(channel)


def standing(step: str, *, journey: str = "activer", beside: bool = True) -> Progress:
    return Progress(journey, step, "going", met=CHANNELS, last=(f"step:{step}",), beside=beside)


class TestWhenItBegins:
    def test_by_the_choice(self, guide: Guide) -> None:
        begun = guide.hear(Progress(met=CHANNELS), "web", "activer").progress
        assert not begun.beside
        assert guide.choose(begun, "web", begun.offered[2]).progress.beside
        assert not guide.choose(begun, "web", begun.offered[0]).progress.beside

    @pytest.mark.parametrize("step", ["preparer", "carte_photo", "code_choix", "mot_de_passe"])
    def test_by_saying_so_wherever_it_is_said(self, guide: Guide, step: str) -> None:
        told = guide.hear(standing(step, beside=False), "web", "activer_pour_un_proche")
        assert told.progress.beside
        assert told.progress.step == ("proche" if step == "preparer" else step)

    def test_discovering_for_somebody_else(self, guide: Guide) -> None:
        asked = guide.hear(Progress(met=CHANNELS), "web", "decouvrir").progress
        assert guide.choose(asked, "web", asked.offered[2]).progress.beside
        assert not guide.choose(asked, "web", asked.offered[0]).progress.beside

    @pytest.mark.parametrize("name", list(ASKED_AGAIN))
    def test_said_at_the_first_question_it_is_asked_again_of_the_helper(self, guide: Guide, name: str) -> None:
        journey = guide.book.journeys[name]
        here = standing(journey.start, journey=name, beside=False)
        told = guide.hear(here, "web", "activer_pour_un_proche")
        assert (told.progress.step, told.progress.beside) == (ASKED_AGAIN[name], True)
        onward = guide.choose(told.progress, "web", told.progress.offered[0])
        assert onward.progress.beside
        assert (onward.progress.journey, onward.progress.step) != (name, journey.start)

    @pytest.mark.parametrize(
        ("name", "step"), [("documents", "cacher"), ("partager", "rdv_montrer"), ("retrouver", "code_a_ecrire")]
    )
    def test_said_further_on_the_place_is_kept(self, guide: Guide, name: str, step: str) -> None:
        here = standing(step, journey=name, beside=False)
        told = guide.hear(here, "web", "activer_pour_un_proche")
        assert (told.progress.step, told.progress.beside) == (step, True)
        again = guide.hear(told.progress, "web", "reprendre").reply.messages[-1].text
        beside = guide.book.journeys[name].steps[step].beside
        assert beside
        assert again == beside.web

    def test_a_relative_who_activated_is_no_helper_beside(self, guide: Guide) -> None:
        """« Ma fille l'a fait » answers « qui l'a activé ? »."""
        here = standing("ouvert_par_autre", journey="retrouver", beside=False)
        told = guide.hear(here, "web", "activer_pour_un_proche")
        assert (told.progress.step, told.progress.beside) == ("mot_de_passe_changer", False)

    def test_it_is_kept_in_the_database_and_an_older_row_has_none(self) -> None:
        kept = standing("preparer")
        assert Progress.from_json(kept.to_json()) == kept
        assert not Progress.from_json({"journey": "activer", "step": "preparer"}).beside


class TestWhenItEnds:
    def test_begun_again(self, guide: Guide) -> None:
        assert not guide.hear(standing("preparer"), "web", "recommencer").progress.beside

    def test_back_at_the_question_for_whom(self, guide: Guide, activation: Journey) -> None:
        asked = guide.hear(Progress(met=CHANNELS), "web", "activer").progress
        helping = guide.choose(asked, "web", asked.offered[2]).progress
        back = guide.hear(helping, "web", "revenir").progress
        assert back.step == activation.start
        assert not guide.choose(back, "web", back.offered[0]).progress.beside

    def test_by_saying_that_it_is_for_oneself(self, guide: Guide) -> None:
        here = standing("mot_de_passe")
        choice = guide.behind(here)[-1]
        assert choice.goes == "move:alone"
        told = guide.choose(here, "web", choice)
        assert (told.progress.beside, told.progress.step) == (False, "mot_de_passe")
        assert "ne le dites à personne" in told.reply.messages[-1].text

    def test_who_does_it_for_herself_is_not_offered_it(self, guide: Guide) -> None:
        assert all(choice.goes != "move:alone" for choice in guide.behind(standing("preparer", beside=False)))

    def test_a_pause_still_offers_its_own_choices_only(self, guide: Guide) -> None:
        told = guide.hear(standing("carte_perdue"), "web", "reprendre")
        assert all(choice.goes != "move:alone" for choice in told.reply.choices)

    @pytest.mark.parametrize("target", ["documents/ajouter", "partager/rdv_avant", "retrouver/se_connecter"])
    def test_another_journey_leaves_it_alone(self, guide: Guide, target: str) -> None:
        name, _, step = target.partition("/")
        there = standing("preparer").in_journey(name)
        assert engine.go(guide.book.journeys[name], there, step).beside
        entered = guide.choose(standing("preparer"), "web", Choice("", "", f"journey:{target}"))
        assert (entered.progress.step, entered.progress.beside) == (step, True)
        begun = guide.choose(standing("preparer"), "web", Choice("", "", f"journey:{name}"))
        assert (begun.progress.step, begun.progress.beside) == (guide.book.journeys[name].start, True)
        assert guide.choose(begun.progress, "web", begun.progress.offered[0]).progress.beside

    def test_only_a_journey_that_asks_for_whom_forgets_it_at_its_beginning(self, guide: Guide) -> None:
        asking = {name for name, journey in guide.book.journeys.items() if journey.asks_for_whom}
        assert asking == {"activer", "decouvrir"}


class TestWords:
    @pytest.mark.parametrize("channel", CHANNELS)
    def test_the_step_is_told_in_them(self, guide: Guide, journey: Journey, channel: Channel) -> None:
        for step, on, text in worded(journey):
            if on == channel:
                here = standing(step.name, journey=journey.name)
                assert guide.hear(here, channel, "repeter").reply.messages[-1].text.endswith(text)
                alone = guide.hear(standing(step.name, journey=journey.name, beside=False), channel, "repeter")
                assert text not in alone.reply.messages[-1].text or text == step.say.on(channel)

    @pytest.mark.parametrize("channel", CHANNELS)
    def test_simpler_words_are_read_to_the_person(self, guide: Guide, journey: Journey, channel: Channel) -> None:
        assert journey.helping
        for step, _, _ in worded(journey):
            here = standing(step.name, journey=journey.name)
            told = guide.hear(here, channel, "ne_comprend_pas").reply.messages[-1].text
            assert told.endswith(f"{journey.helping.aloud.on(channel)} {step.simpler.on(channel)}")

    def test_the_facts_of_helping_are_named(self, guide: Guide) -> None:
        assert {"F18", "C13"} <= set(guide.hear(standing("preparer"), "web", "repeter").reply.messages[-1].basis)
        alone = guide.hear(standing("preparer", beside=False), "web", "repeter").reply.messages[-1].basis
        assert "F18" not in alone

    def test_every_step_that_would_speak_to_the_wrong_person_has_them(self, journey: Journey) -> None:
        wrong = [
            step.name
            for step in journey.steps.values()
            if not step.beside
            and not NOT_BESIDE.search(step.name)
            and any(HERS.search(fold(step.say.on(channel))) for channel in CHANNELS)
        ]
        assert wrong == []

    def test_there_are_some_in_every_journey(self, guide: Guide) -> None:
        counted = {
            name: sum(1 for step in journey.steps.values() if step.beside)
            for name, journey in guide.book.journeys.items()
        }
        assert counted["activer"] >= 60
        assert min(counted.values()) >= 15, counted

    def test_what_is_hers_is_never_called_the_helpers(self, journey: Journey) -> None:
        wrong = [
            f"{step.name} ({channel}): {text}"
            for step, channel, text in worded(journey)
            if HERS.search(re.sub(r"\b(?:ni|pas|ne donnez pas) votre (?:e mail|adresse)\b", "", fold(text)))
        ]
        assert wrong == []

    def test_a_helper_never_types_notes_or_keeps_a_secret(self, journey: Journey) -> None:
        asked = [journey.steps[name] for name in journey.helping.at] if journey.helping else []
        told = [*worded(journey), *((step, channel, step.say.on(channel)) for step in asked for channel in CHANNELS)]
        assert [f"{step.name} ({channel}): {text}" for step, channel, text in told if TYPING.search(fold(text))] == []

    @pytest.mark.parametrize("name", DECISIONS)
    def test_what_is_hers_to_do_is_said_to_be(self, guide: Guide, name: str) -> None:
        step = next(each.steps[name] for each in guide.book.journeys.values() if name in each.steps)
        assert step.beside
        assert all(HER_HAND.search(fold(step.beside.on(channel))) for channel in CHANNELS)

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            ("Tapez son mot de passe.", True),
            ("Notez son code.", True),
            ("Choisissez un mot de passe.", True),
            ("Ne notez pas son mot de passe.", False),
            ("Elle tape son mot de passe.", False),
        ],
    )
    def test_the_pattern_catches(self, text: str, wrong: bool) -> None:
        assert bool(TYPING.search(fold(text))) == wrong

    def test_the_password_step_says_who_chooses_and_who_keeps(self, activation: Journey) -> None:
        beside = activation.steps["mot_de_passe"].beside
        assert beside
        for channel in CHANNELS:
            assert re.search(r"elle (?:qui )?choisit et tape son mot de passe", fold(beside.on(channel)))

    def test_in_plain_french(self, journey: Journey) -> None:
        banned = banned_words(ROOT / "data")
        for step, channel, text in worded(journey):
            holds = len(step.choices) > 1 and not step.pauses
            told = Text(step.name, "beside", channel, text, True, holds)
            assert list(faults(told, banned)) == [], f"{step.name} ({channel})"

    def test_in_two_sms_at_most_and_mostly_in_one(self, guide: Guide, journey: Journey) -> None:
        counts = []
        for step, channel, _ in worded(journey):
            for move in ("repeter", "ne_comprend_pas") if channel == "sms" else ():
                sent = written(guide.hear(standing(step.name, journey=journey.name), "sms", move).reply)
                size = Segments.of(sent)
                assert (size.encoding, size.count <= MOST_SEGMENTS) == ("GSM-7", True), f"{step.name}/{move}: {sent}"
                counts.append(size.count)
        assert sum(counts) / len(counts) <= MEAN_SEGMENTS


def test_a_step_is_one_sms(guide: Guide, journey: Journey) -> None:
    """To the person and to a helper, in the first words and in simpler ones: as `camille check --table` counts."""
    places = [standing(step, journey=journey.name, beside=beside) for step in journey.steps for beside in (False, True)]
    sent = [
        written(guide.hear(place, "sms", move).reply) for place in places for move in ("repeter", "ne_comprend_pas")
    ]
    assert sum(Segments.of(text).count for text in sent) / len(sent) <= MEAN_SEGMENTS


class TestTrade:
    @pytest.mark.parametrize(
        "written",
        [
            "je suis conseiller numérique à France services",
            "Bonjour, je suis conseillère numérique",
            "chui médiatrice numérique jaide une dame",
            "je suis le conseiller numérique de la commune",
            "je suis agent France services, j'accompagne un usager",
            "je travaille à France services et j'ai une dame avec moi",
            "je suis aidante numérique",
        ],
    )
    def test_heard(self, lexicon: Lexicon, written: str) -> None:
        assert lexicon.trade.heard(fold(clean(written)))

    @pytest.mark.parametrize(
        "written",
        [
            "je suis avec le conseiller numérique",
            "je suis à France services",
            "je cherche un conseiller numérique",
            "je suis allée voir une conseillère numérique",
            "je suis conseillère numérique, comment proposer un atelier",
            "je suis médecin",
            "conseiller numérique",
            "où est France services",
        ],
    )
    def test_not_heard(self, lexicon: Lexicon, written: str) -> None:
        assert not lexicon.trade.heard(fold(clean(written)))


def broken(tmp_path: Path, change: Callable[[str], str]) -> list[str]:
    """What is told of the real content after `change` of the activation."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("nlu", "rules"))
    file = data / "journeys" / "activer.yml"
    text = file.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    return [str(problem) for problem in read_book(data)[1]]


def test_a_wording_for_helpers_without_a_channel_is_told(tmp_path: Path) -> None:
    def change(text: str) -> str:
        start = text.index("    beside:\n")
        return text[:start] + text[start:].replace("      sms:", "      smss:", 1)

    told = broken(tmp_path, change)
    assert any(re.match(r"data/journeys/activer.yml:\d+: Il manque le texte « sms »", line) for line in told)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("\nbeside:\n  at: [proche]", "\nbeside:\n  at: [prochain]", "« prochain » n'est pas une étape"),
        ("  facts: [F18, ", "  facts: [F1888, ", "Le fait « F1888 » n'existe pas"),
        ("\nbeside:\n  at: [proche]", "\nbeside:\n  att: [proche]", "Le champ « att » n'existe pas"),
    ],
)
def test_what_is_wrong_with_helping_is_told(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    told = broken(tmp_path, lambda text: text.replace(old, new, 1))
    assert any(sentence in line and re.match(r"data/journeys/activer.yml:\d+: ", line) for line in told), told


class TestPage:
    @pytest.mark.parametrize("move", ["repeter", "ne_comprend_pas"])
    def test_the_page_shows_the_helpers_words_and_no_others(self, guide: Guide, journey: Journey, move: str) -> None:
        for step, channel, _ in worded(journey):
            if channel == "web":
                reply = guide.hear(standing(step.name, journey=journey.name), "web", move).reply
                page = show(reply, guide.book)
                assert (page.said, page.on_step) == (reply.messages[-1].text, True)
                assert step.say.web not in page.first

    def test_told_again_under_other_words_it_is_still_to_the_helper(self, guide: Guide, activation: Journey) -> None:
        """« Je n'ai pas compris » keeps the step's choices: the page tells the step again."""
        page = show(guide.miss(standing("mot_de_passe"), "web").reply, guide.book)
        assert activation.steps["mot_de_passe"].beside
        assert page.said == activation.steps["mot_de_passe"].beside.web
        assert page.on_step
