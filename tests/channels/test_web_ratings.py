"""« Cela m'a aidé » and « Non »: under what answers, once a visit, of nobody, with no effect on anything else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.conversation import Conversation
from assistant.figures import LEAST
from assistant.guide import SAFETY, Guide
from assistant.journeys.progress import Progress
from assistant.storage import persons, ratings, schema
from assistant.storage.ratings import Rating
from assistant.turns import Message, Reply
from channels.web.once import one_time_id
from channels.web.screen import show
from tests.channels.visitor import Visitor
from tests.support.faces import BASE, NOON, Face, open_face

ASKED = "Cette réponse vous a aidé\N{NO-BREAK SPACE}?"
THANKED = "Merci. Votre avis est noté, sans votre nom."


@pytest.fixture
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    opened = open_face(tmp_path_factory.mktemp("var"))
    yield opened
    opened.close()


@pytest.fixture
def reader(face: Face) -> Visitor:
    """Somebody who was just told what it is for."""
    return Visitor(face.app.test_client()).look().press("Savoir si c'est utile")


def counted(face: Face) -> list[Rating]:
    with face.conversation.database.transaction() as connection:
        return ratings.told(connection, NOON - timedelta(days=1))


def places(conversation: Conversation) -> list[tuple[object, ...]]:
    """All that is stored of persons and their turns."""
    with conversation.database.transaction() as connection:
        tables = (schema.persons, schema.events, schema.addresses)
        return [tuple(row) for table in tables for row in connection.execute(select(table))]


@pytest.mark.parametrize(("button", "helped"), [("Cela m’a aidé", True), ("Non", False)])
def test_an_answer_is_rated_by_one_press(face: Face, reader: Visitor, button: str, helped: bool) -> None:
    said, before = reader.said, places(face.conversation)
    assert ASKED in reader.text
    reader.press(button)
    assert counted(face) == [Rating("a_quoi_ca_sert", int(helped), int(not helped))]
    assert THANKED in reader.text
    assert ASKED not in reader.text
    assert reader.said == said
    assert places(face.conversation) == before
    assert THANKED in reader.look().text, "a reload thanks too, and does not ask again"


def test_a_press_is_answered_by_a_redirection(face: Face, reader: Visitor) -> None:
    answer = reader.client.post("/avis", data=rating_form(reader), base_url="https://camille.example")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/#avis")


def rating_form(visitor: Visitor, helped: str = "oui") -> dict[str, str]:
    at = visitor.html.index('action="/avis"')
    within = visitor.html[at : visitor.html.index("</form>", at)]
    return {**dict(re.findall(r'name="(\w+)" value="([^"]*)"', within)), "helped": helped}


def test_a_double_click_and_a_replay_count_once(face: Face, reader: Visitor) -> None:
    form = rating_form(reader)
    for _ in range(3):
        reader.post("/avis", form)
    assert THANKED in reader.text
    assert counted(face) == [Rating("a_quoi_ca_sert", 1, 0)]


def test_a_later_answer_is_asked_about_again(face: Face, reader: Visitor) -> None:
    reader.press("Cela m’a aidé").press(reader.choices[0])
    assert THANKED not in reader.text


def test_another_tab_is_thanked_and_the_page_shown_still_asks(face: Face, reader: Visitor) -> None:
    old = rating_form(reader)
    reader.press("Parler à quelqu’un").post("/avis", old)
    assert THANKED in reader.text
    assert counted(face) == [Rating("a_quoi_ca_sert", 1, 0)]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"about": "urgence_medicale"}, id="safety"),
        pytest.param({"about": "confirmer"}, id="a move"),
        pytest.param({"about": "activer/preparer"}, id="a step that ends nothing"),
        pytest.param({"about": "<script>"}, id="script"),
        pytest.param({"about": "x" * 5000}, id="long"),
        pytest.param({"about": ""}, id="nothing"),
        pytest.param({"helped": "peut-être"}, id="neither yes nor no"),
        pytest.param({"helped": ""}, id="no press"),
        pytest.param({"about": "cout"}, id="an answer that was not given here"),
    ],
)
def test_what_we_did_not_ask_is_not_counted(face: Face, reader: Visitor, changed: dict[str, str]) -> None:
    said = reader.said
    reader.post("/avis", {**rating_form(reader), **changed})
    assert reader.status == 200
    assert reader.said == said
    assert THANKED not in reader.text
    assert counted(face) == []


def test_another_site_cannot_rate(face: Face, reader: Visitor) -> None:
    reader.post("/avis", {**rating_form(reader), "csrf_token": ""})
    assert reader.status == 400
    assert counted(face) == []


def test_one_visit_is_one_opinion_of_an_answer(face: Face, reader: Visitor) -> None:
    """Eleven are eleven people: as many forms as one likes count once, and nobody changes her mind eleven times."""
    form = rating_form(reader)
    for number in range(2 * LEAST):
        reader.post("/avis", {**form, "id": one_time_id(), "helped": ("oui", "non")[number // LEAST]})
        assert THANKED in reader.text
    assert counted(face) == [Rating("a_quoi_ca_sert", 1, 0)]
    other = Visitor(face.app.test_client()).look().press("Savoir si c'est utile").press("Non")
    assert THANKED in other.text
    assert counted(face) == [Rating("a_quoi_ca_sert", 1, 1)]


def test_who_was_told_nothing_rates_nothing(face: Face, reader: Visitor) -> None:
    """A script that begins a visit for each of its opinions would have to read the answer in each."""
    newcomer, form = Visitor(face.app.test_client()).look(), rating_form(reader)
    newcomer.post("/avis", {**form, "csrf_token": newcomer.form("parler_a_quelqu_un")["csrf_token"]})
    assert newcomer.status == 200
    assert THANKED not in newcomer.text
    assert counted(face) == []


def test_what_counts_once_leads_to_nobody(face: Face, reader: Visitor) -> None:
    """It is made of the visit's number, which stands in her browser and in none of our tables."""
    reader.press("Cela m’a aidé")
    with reader.client.session_transaction(base_url=BASE) as kept:
        number = kept["visit"]
    with face.conversation.database.transaction() as connection:
        (once,) = connection.execute(select(schema.inbox.c.message_id).where(schema.inbox.c.provider == "rating")).one()
        held = [str(row) for table in schema.metadata.sorted_tables for row in connection.execute(select(table))]
    assert once == hashlib.sha256(f"once:v1:{number}:rating:a_quoi_ca_sert".encode()).hexdigest()
    assert held
    assert [row for row in held if number in row] == []


def test_the_end_of_a_journey_is_rated_and_its_steps_are_not(face: Face) -> None:
    visitor = Visitor(face.app.test_client()).look().press("Activer mon espace").press("Pour moi")
    while "Les 6 étapes sont faites" not in visitor.text:
        assert ASKED not in visitor.text, visitor.title
        visitor.press(visitor.choices[0])
    visitor.press("Cela m’a aidé")
    assert counted(face) == [Rating("activer/fin", 1, 0)]


@pytest.mark.parametrize("words", ["au secours je fais un malaise", "je veux mourir", "mon mari me frappe"])
def test_nobody_in_danger_is_asked_for_an_opinion(reader: Visitor, words: str) -> None:
    assert ASKED not in reader.write(words).text


def test_the_simpler_words_of_an_answer_are_rated_too(face: Face, reader: Visitor) -> None:
    reader.press("Expliquez autrement").press("Non")
    assert counted(face) == [Rating("a_quoi_ca_sert", 0, 1)]


def test_every_answer_can_be_rated_and_nothing_else(guide: Guide) -> None:
    """Every topic at the start and in the middle of a journey."""
    book, rated = guide.book, set()
    for place in (Progress(met=("web",)), Progress("activer", "preparer", "going", met=("web",))):
        for topic in book.topics:
            about = show(guide.hear(place, "web", topic).reply, book).about
            assert about in ("", topic), topic
            rated |= {topic} if about else set()
    answered = {name for name, topic in book.topics.items() if topic.group not in ("moves", "safety")}
    answered &= set(book.answers)
    assert SAFETY.isdisjoint(rated)
    assert len(answered - rated) <= 4, sorted(answered - rated)  # those that always begin a journey


def test_a_death_told_under_another_name_is_not_rated(guide: Guide) -> None:
    told = guide.hear(Progress(met=("web",)), "web", "conservation").reply
    assert show(told, guide.book).about == "conservation"
    mourning = replace(told, messages=(Message("Je suis désolée pour vous."),))
    assert show(mourning, guide.book).about == ""


def test_silence_is_not_rated(guide: Guide) -> None:
    assert show(Reply((), "conservation"), guide.book).about == ""


def test_erasing_leaves_nothing_to_link(face: Face, reader: Visitor) -> None:
    reader.press("Cela m’a aidé").press("Effacer mes données").press("Oui, effacer")
    with face.conversation.database.transaction() as connection:
        assert connection.execute(select(persons.persons.c.id)).all() == []
    assert counted(face) == [Rating("a_quoi_ca_sert", 1, 0)]


def test_what_is_kept_is_told(reader: Visitor) -> None:
    assert "400 jours" in reader.look("/confidentialite").plain
