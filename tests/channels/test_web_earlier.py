"""« Ce qui a été dit avant »: Camille's words of this visit, the latest first, and nothing that a person wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from assistant.journeys.progress import Progress
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.purposes import PROVIDER_IDS
from assistant.privacy.retention import purge
from assistant.storage import inbox, schema
from assistant.turns import Message, Reply
from channels.web import earlier
from channels.web.typography import typeset
from tests.channels.visitor import Visitor, words
from tests.support.faces import BASE, NOON, Face, open_face, sms_form

ASKED = "Ce qui a été dit avant"
LIST = re.compile(r'<div class="earlier">.*?</div>', re.DOTALL)
ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)


@pytest.fixture
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    """A service whose clock goes on: what came last is told by the time."""
    opened = open_face(tmp_path_factory.mktemp("var"))
    seconds = count()
    services = opened.app.extensions["camille"]
    opened.app.extensions["camille"] = replace(services, clock=lambda: NOON + timedelta(seconds=next(seconds)))
    yield opened
    opened.close()


@pytest.fixture
def arrive(face: Face) -> Callable[[], Visitor]:
    return lambda: Visitor(face.app.test_client()).look()


@pytest.fixture
def on_step(arrive: Callable[[], Visitor]) -> Visitor:
    return arrive().press("Activer mon espace").press("Pour moi")


def told(visitor: Visitor) -> list[str]:
    """What is behind the line, the words of each item with its heading."""
    found = LIST.search(visitor.html)
    return [" ".join(words(item).split()) for item in ITEM.findall(found.group())] if found else []


def plain(said: str) -> str:
    return " ".join(said.split())


def address(face: Face, visitor: Visitor) -> str:
    with visitor.client.session_transaction(base_url=BASE) as session:
        return pseudonym("web", session["visit"], face.settings.pseudonym_pepper)


def test_nothing_was_said_before_the_first_word(arrive: Callable[[], Visitor]) -> None:
    assert ASKED not in arrive().text
    assert ASKED not in arrive().press("Activer mon espace").text


def test_instructions_and_answers_the_latest_first(on_step: Visitor) -> None:
    first = plain(on_step.said)
    on_step.press("J'ai tout")
    second = plain(on_step.said)
    on_step.press(on_step.choices[0])
    headings = [item.partition(" :")[0] for item in told(on_step)]
    assert headings == ["Étape 2", "Étape 1", "Étape 1"]
    assert [item.endswith(said) for item, said in zip(told(on_step), (second, first), strict=False)] == [True, True]


def test_an_answer_given_in_passing_is_found_again(arrive: Callable[[], Visitor]) -> None:
    visitor = arrive().press("Savoir si c'est utile")
    said = plain(visitor.said)
    visitor.press("Parler à quelqu’un")
    assert told(visitor) == [f"Savoir si c’est utile {said}"]


def test_what_is_on_the_screen_is_not_among_them(on_step: Visitor) -> None:
    here = plain(on_step.said)
    on_step.write("rnqsdlfk")  # not understood: the step is told again
    assert [item for item in told(on_step) if here in item] == []


def test_each_is_told_once(on_step: Visitor) -> None:
    here = plain(on_step.said)
    for _ in range(3):
        on_step.press("J'ai tout").press("Revenir")
    on_step.press("J'ai tout")
    assert len([item for item in told(on_step) if here in item]) == 1
    assert here in told(on_step)[0]


def test_what_a_person_wrote_is_not_there(on_step: Visitor) -> None:
    on_step.write("mon voisin zukiwo dit que c'est payant").press("J'ai tout")
    assert told(on_step)
    assert "zukiwo" not in on_step.html


@pytest.mark.parametrize("cry", ["au secours je fais un malaise", "je veux mourir", "mon mari me frappe"])
def test_danger_is_neither_shown_again_nor_drowned(on_step: Visitor, cry: str) -> None:
    on_step.write(cry)
    alarm = plain(on_step.said)
    assert ASKED not in on_step.text
    on_step.press("Continuer mon étape")
    assert told(on_step)
    assert [item for item in told(on_step) if alarm in item] == []
    assert [number for number in ("39 19", "3919", "31 14", "114") if number in " ".join(told(on_step))] == []


def test_the_list_is_short(on_step: Visitor) -> None:
    while "Les 6 étapes sont faites" not in on_step.text:
        on_step.press(on_step.choices[0])
    assert len(told(on_step)) == earlier.SHOWN


def test_another_visit_sees_none_of_it(arrive: Callable[[], Visitor], on_step: Visitor) -> None:
    assert told(on_step)
    assert told(arrive().press("Activer mon espace").press("Pour moi")) == told(on_step)[:1]


def test_what_was_said_by_sms_stays_there(face: Face, on_step: Visitor) -> None:
    on_step.press("Continuer ailleurs")
    code = "".join(re.findall(r'<span class="digit">(\d)</span>', on_step.html))
    face.post("/sms", sms_form(f"REPRISE {code}", sid="SMe1"))
    face.post("/sms", sms_form("1", sid="SMe2"))
    on_step.look()
    assert all(item.startswith("Étape 1") for item in told(on_step))


def test_erasing_leaves_nothing(face: Face, on_step: Visitor) -> None:
    here = address(face, on_step)
    on_step.press("Effacer mes données")
    assert ASKED not in on_step.text
    on_step.press("Oui, effacer")
    assert ASKED not in on_step.text
    assert ASKED not in on_step.look().text
    assert earlier.earlier(face.conversation, here, "") == ()


def test_erasing_by_sms_takes_the_visit_with_it(face: Face, on_step: Visitor) -> None:
    on_step.press("Continuer ailleurs")
    code = "".join(re.findall(r'<span class="digit">(\d)</span>', on_step.html))
    for index, text in enumerate((f"REPRISE {code}", "SUPPRIMER", "OUI")):
        face.post("/sms", sms_form(text, sid=f"SMs{index}"))
    assert on_step.look().title == "Bienvenue – Camille"
    assert ASKED not in on_step.text


def test_it_goes_with_the_replies_that_it_is_made_of(face: Face, on_step: Visitor) -> None:
    on_step.press("J'ai tout")
    with face.conversation.database.transaction() as connection:
        purge(connection, NOON + PROVIDER_IDS + timedelta(hours=1))
    assert ASKED not in on_step.look().text


def test_a_sentence_that_was_mended_is_not_told_any_more(face: Face, on_step: Visitor) -> None:
    here = address(face, on_step)
    place = face.conversation.look_again(here, "web").journey
    with face.conversation.database.transaction() as connection:
        old = Reply((Message("Donnez-moi votre mot de passe."),), "", journey=place)
        inbox.record(connection, "web", "x" * 22, old, NOON + timedelta(hours=1), address=here)
    assert "mot de passe" not in " ".join(told(on_step.look()))
    assert told(on_step)


def test_a_step_is_found_among_what_stands_around_it(face: Face, on_step: Visitor) -> None:
    reply = face.conversation.look_again(address(face, on_step), "web")
    around = replace(reply, messages=(Message("Merci."), *reply.messages, Message("À dire au médecin.")))
    one = earlier._told(around, face.conversation.book)
    assert one
    assert plain(typeset(one.said)) == plain(on_step.said)


def test_looking_back_stores_nothing(face: Face, on_step: Visitor) -> None:
    def everything() -> list[str]:
        with face.conversation.database.transaction() as connection:
            tables = schema.metadata.sorted_tables
            return [json.dumps([*map(str, connection.execute(select(table)).all())]) for table in tables]

    before = everything()
    on_step.look().look()
    assert everything() == before
    with on_step.client.session_transaction(base_url=BASE) as session:
        assert set(session) <= {"visit", "csrf_token", "_permanent"}


def test_words_explained_are_found_again(face: Face, on_step: Visitor) -> None:
    on_step.write("c'est quoi un identifiant ?")
    said = plain(on_step.said)
    on_step.press("Continuer mon étape")
    assert told(on_step)[0] == f"Mot expliqué {said}"


def test_every_answer_is_found_again_and_no_move_is(face: Face) -> None:
    """Every topic, in the middle of a journey: what was answered is kept in sight, what moved on is not."""
    guide, book = face.conversation.guide, face.conversation.book
    place, found = Progress("activer", "preparer", "going", met=("web",)), set[str]()
    for topic in book.topics:
        reply = guide.hear(place, "web", topic).reply
        one = earlier._told(reply, book)
        if one and not one.position:
            assert one.about == book.topics[topic].label
            found.add(topic)
    groups = {book.topics[topic].group for topic in found}
    assert not groups & {"moves", "safety"}
    assert len(found) > 40
