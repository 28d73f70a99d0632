"""An invitation as its patient meets it, by link, by SMS and by telephone: from the doctor's name to the last sentence.

And as it is attacked: looked at by machines, pressed twice, guessed at, used up, too old, taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from assistant.addresses import copied, spelled
from assistant.folding import fold
from assistant.guide import Guide
from assistant.inviting import Given, Inviting
from assistant.journeys.progress import Place, Progress
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import ROOT
from assistant.storage import invitations, persons, practice_months, schema
from assistant.storage.guesses import INVITATION, note
from assistant.storage.invitations import Aim, Way
from assistant.turns import Channel, Reply, Turn
from channels.app import create_app
from channels.sms.segments import Segments
from channels.sms.text import written
from tests.channels.visitor import Visitor
from tests.support.at_once import at_once
from tests.support.carrier import Caller, Ledger, Line, Phone, within_process
from tests.support.faces import BASE, NOON, Face, open_face
from tests.support.walker import Walker

MARTIN = "Le docteur Martin"
PROPOSED = f"{MARTIN} vous propose d'activer Mon espace santé."
TO_TELL = "Dites au docteur Martin"
LOST = "Je ne retrouve pas cette invitation."
LATER = "dans une heure, ou appelez le 34 22"
MOST_TURNS = 60
numbers = count(1)


@dataclass
class Surgery:
    """A service with a practice in it, and a clock that can be put forward."""

    face: Face
    inviting: Inviting
    now: datetime = NOON
    _ids: Iterator[int] = field(default_factory=count)
    _ledger: Ledger = field(default_factory=Ledger)

    def invite(self, way: Way = "print", aim: Aim = "activer", physician: str = "Martin", **more: Any) -> Given:
        return self.inviting.make(practice="cabinet", physician=physician, way=way, aim=aim, at=self.now, **more)

    def visitor(self) -> Visitor:
        return Visitor(self.face.app.test_client())

    def phone(self) -> Phone:
        return Phone(self._line(), f"+3363998{next(numbers):04d}")

    def caller(self, number: str = "") -> Caller:
        return Caller(self._line(), number or f"+3363998{next(numbers):04d}")

    def take(
        self, channel: Channel, who: str, text: str = "", key: str = "", *, opens: bool = False, network: str = ""
    ) -> Reply:
        message_id = f"{who}{next(self._ids)}"
        turn = Turn(f"p1_{who}", channel, "test", message_id, self.now, text, key, opens=opens, network=network)
        return self.face.conversation.take(turn)

    def told(self, channel: Channel, who: str, text: str, network: str = "") -> str:
        return " ".join(message.text for message in self.take(channel, who, text, network=network).messages)

    def stand(self, who: str, place: Progress, channel: Channel = "sms") -> None:
        """`who` stands at `place` already."""
        with self.face.conversation.database.transaction() as connection:
            found = persons.find(connection, f"p1_{who}")
            persons.save(connection, found, f"p1_{who}", place, Reply((), ""), self.now)

    def place(self, who: str) -> Progress:
        with self.face.conversation.database.transaction() as connection:
            return persons.find(connection, f"p1_{who}").progress

    @property
    def counted(self) -> tuple[int, int, int]:
        """Made, started, finished, over all months."""
        with self.face.conversation.database.transaction() as connection:
            found = practice_months.of(connection, "cabinet")
        return sum(one.made for one in found), sum(one.started for one in found), sum(one.finished for one in found)

    def taken(self, given: Given) -> int:
        with self.face.conversation.database.transaction() as connection:
            query = select(schema.invitations.c.taken).where(schema.invitations.c.id == given.id)
            return int(connection.execute(query).scalar_one())

    def guests(self) -> list[Any]:
        with self.face.conversation.database.transaction() as connection:
            return list(connection.execute(select(schema.guests)))

    def _line(self) -> Line:
        return Line(self._ledger, within_process(self.face.app), BASE)


@pytest.fixture
def surgery(tmp_path: Path) -> Iterator[Surgery]:
    face = open_face(tmp_path)
    made = Surgery(face, Inviting(face.settings, face.conversation.database))
    face.app = create_app(face.settings, face.conversation, lambda: made.now)
    with face.conversation.database.transaction() as connection:
        connection.execute(insert(schema.practices).values(id="cabinet", key="k", name="Cabinet", made_at=NOON))
        long = "Le docteur Marie-Antoinette de La Rochefoucauld-Montmorency"
        for name, shown_as in (("Martin", MARTIN), ("Petit", "La docteure Petit"), ("Long", long)):
            row = {"id": name, "practice": "cabinet", "subject": name, "role": "physician", "secret": ""}
            connection.execute(insert(schema.members).values(**row, shown_as=shown_as, made_at=NOON))
    yield made
    face.close()


def plain(visitor: Visitor) -> str:
    """The page's words, typed plainly."""
    return visitor.text.replace("’", "'").replace("\u00a0", " ")


def walked(surgery: Surgery, channel: Channel, heard: str, answer: Callable[[str, str], str]) -> list[str]:
    """All that is heard from `heard` to the end of an activation; `answer` is given the key and the label."""
    walker, told = Walker(surgery.face.conversation.book, "activer", channel), [heard]
    for _ in range(MOST_TURNS):
        choice = walker.answer(told[-1])
        if choice is None:
            return told
        told.append(answer(choice.key, choice.label))
    raise AssertionError(f"not at the end: {told[-1]}")


class TestWholeActivations:
    """The doctor's name first, the sentence for her at the end, once; started and finished counted once."""

    def test_by_link(self, surgery: Surgery) -> None:
        given = surgery.invite()
        visitor = surgery.visitor().look(f"/i/{given.token}")
        assert MARTIN in visitor.title
        assert PROPOSED in visitor.said.replace("’", "'")
        visitor.press("Commencer avec Camille")

        assert PROPOSED in plain(visitor)
        told: list[str] = []

        def press(key: str, label: str) -> str:
            told.append(plain(visitor))
            return visitor.press(label).said

        walked(surgery, "web", visitor.said, press)
        assert [at for at, text in enumerate((*told, plain(visitor))) if TO_TELL in text] == [len(told)]
        assert "C’est terminé" in visitor.title
        assert surgery.counted == (1, 1, 1)

    def test_by_sms(self, surgery: Surgery) -> None:
        phone, given = surgery.phone(), surgery.invite()
        first = phone.text(f"bonjour {given.word.lower()} merci")
        assert PROPOSED in first
        assert first.startswith("Camille, robot non officiel.")
        told = walked(surgery, "sms", first, lambda key, _: phone.text(key))
        assert [text for text in told if TO_TELL in text] == told[-1:]
        assert [text for text in told if Segments.of(text).count > 2 or Segments.of(text).encoding != "GSM-7"] == []
        assert surgery.counted == (1, 1, 1)

    def test_by_telephone_at_the_very_first_prompt(self, surgery: Surgery) -> None:
        given, call = surgery.invite(), surgery.caller()
        call.ring()
        first = call.press(given.digits)
        assert PROPOSED in first
        told = walked(surgery, "voice", first, lambda key, _: call.press(key))
        assert [at for at, text in enumerate(told) if TO_TELL in text] == [len(told) - 1]
        assert surgery.counted == (1, 1, 1)

    def test_said_instead_of_keyed(self, surgery: Surgery) -> None:
        given, call = surgery.invite(), surgery.caller()
        call.ring()
        pairs = " ".join(given.digits[at : at + 2] for at in (0, 2, 4))
        assert PROPOSED in call.speak(pairs, 0.9)

    def test_begun_by_link_and_ended_by_telephone(self, surgery: Surgery) -> None:
        """The resume code carries who invited her."""
        given, visitor = surgery.invite(), surgery.visitor()
        visitor.look(f"/i/{given.token}").press("Commencer avec Camille").press("Pour moi")
        with visitor.client.session_transaction(base_url=BASE) as session:
            address = pseudonym("web", session["visit"], surgery.face.settings.pseudonym_pepper)
        code = surgery.face.conversation.resume_code(address, surgery.now)
        call = surgery.caller()
        call.ring()
        heard = call.speak(f"code de reprise {code}", 0.9)
        told = walked(surgery, "voice", heard, lambda key, _: call.press(key))
        assert TO_TELL in told[-1]
        assert surgery.counted == (1, 1, 1)

    def test_doing_it_all_again_says_and_counts_nothing_more(self, surgery: Surgery) -> None:
        phone, given = surgery.phone(), surgery.invite()
        told = walked(surgery, "sms", phone.text(given.word), lambda key, _: phone.text(key))
        assert TO_TELL in told[-1]
        phone.text("recommencer")
        again = walked(surgery, "sms", phone.text("répéter"), lambda key, _: phone.text(key))
        assert TO_TELL not in again[-1]
        assert surgery.counted == (1, 1, 1)


@pytest.mark.parametrize(
    ("aim", "step", "sentence"),
    [
        ("activer", "depart", "c'est fait"),
        ("partager", "rdv_quand", "vous pouvez regarder"),
        ("ecrire", "ecrire_deja", "je lis mes messages"),
    ],
)
@pytest.mark.parametrize("channel", ["web", "sms", "voice"])
def test_each_aim_leads_to_its_step_and_ends_with_its_sentence(
    surgery: Surgery, aim: Aim, step: str, sentence: str, channel: Channel
) -> None:
    given = surgery.invite("poster", aim, "Petit")
    told = surgery.take(channel, "someone", given.word)
    assert any("La docteure Petit vous propose" in message.text for message in told.messages)
    assert told.journey
    assert (told.journey.step, told.intent) == (step, "recommande_par_medecin")
    last = {"activer": "fin", "partager": "partager_fin", "ecrire": "partager_fin"}[aim]
    name = told.journey.name
    before = next(
        (at, choice)
        for at, one in surgery.face.conversation.book.journeys[name].steps.items()
        for choice in one.choices
        if choice.goes == f"step:{last}" and "etape_faite" in choice.means
    )
    surgery.stand("someone", Progress(name, before[0], "going", met=(channel,), offered=(before[1],)))
    with surgery.face.conversation.database.transaction() as connection:
        hers = persons.find(connection, "p1_someone").id
        connection.execute(update(schema.guests).values(person=hers))
    ended = surgery.take(channel, "someone", key=before[1].key)
    assert "à la docteure Petit" in ended.messages[-1].text
    assert sentence in ended.messages[-1].text.lower()
    assert channel != "sms" or Segments.of(written(ended)).count <= 2
    assert surgery.counted == (1, 1, 1)


class TestLooking:
    """Previews of links, scanners of letters, and people who come back."""

    def test_however_often_by_whomever_it_uses_nothing_up(self, surgery: Surgery) -> None:
        given = surgery.invite()
        for _ in range(20):
            client = surgery.face.app.test_client()
            assert client.get(f"/i/{given.token}", base_url=BASE).status_code == 200
            assert client.head(f"/i/{given.token}", base_url=BASE).status_code == 200
        assert (surgery.taken(given), surgery.guests(), surgery.counted) == (0, [], (1, 0, 0))

    def test_the_page_gives_the_address_away_to_nobody(self, surgery: Surgery) -> None:
        answer = surgery.face.app.test_client().get(f"/i/{surgery.invite().token}", base_url=BASE)
        assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
        assert b'<meta name="robots" content="noindex">' in answer.data

    def test_pressed_twice_it_is_taken_up_once(self, surgery: Surgery) -> None:
        given, visitor = surgery.invite("poster"), surgery.visitor()
        visitor.look(f"/i/{given.token}")
        form = visitor._form(visitor.html.index("Commencer avec Camille"))
        for _ in range(3):
            visitor.post(f"/i/{given.token}", form)
        assert (surgery.taken(given), len(surgery.guests()), surgery.counted[1]) == (1, 1, 1)
        assert PROPOSED in plain(visitor)

    def test_who_took_it_up_may_come_back_to_it(self, surgery: Surgery) -> None:
        given, visitor = surgery.invite(), surgery.visitor()
        visitor.look(f"/i/{given.token}").press("Commencer avec Camille").press("Pour moi")
        assert MARTIN in visitor.look(f"/i/{given.token}").title
        visitor.press("Commencer avec Camille")
        assert (surgery.taken(given), surgery.counted) == (1, (1, 1, 0))
        assert "carte Vitale" in visitor.said.replace("\u00a0", " ")
        assert PROPOSED in plain(visitor)

    def test_without_our_token_nothing_is_taken(self, surgery: Surgery) -> None:
        """A button on another site presses nothing here."""
        given = surgery.invite()
        answer = surgery.face.app.test_client().post(f"/i/{given.token}", data={"id": "a" * 22}, base_url=BASE)
        assert answer.status_code == 400
        assert surgery.taken(given) == 0

    @pytest.mark.parametrize("token", ["a" * 22, "a", "%00", "../medecin", "a" * 300, "<script>", "é" * 22])
    def test_an_address_that_never_was_begins_the_journey(self, surgery: Surgery, token: str) -> None:
        visitor = surgery.visitor().look(f"/i/{token}")
        if visitor.status == 404:  # a slash in it: another page
            return
        assert LOST in visitor.said
        visitor.press("Commencer avec Camille")
        assert "Étape 1 sur 6" in visitor.text.replace("\u00a0", " ")

    def test_two_at_once_for_the_last_place(self, surgery: Surgery) -> None:
        """One is the doctor's guest; both are helped."""
        given = surgery.invite()
        told = at_once([lambda who=who: surgery.take("sms", who, given.word) for who in ("one", "two")])  # type: ignore[misc]
        words = [" ".join(message.text for message in reply.messages) for reply in told]
        assert sorted((PROPOSED in text, LOST in text) for text in words) == [(False, True), (True, False)]
        assert all(reply.journey and reply.journey.step == "depart" for reply in told)
        assert (surgery.taken(given), len(surgery.guests()), surgery.counted) == (1, 1, (1, 1, 0))


def over(surgery: Surgery, why: str) -> Given:
    """An invitation that is good no more."""
    given = surgery.invite()
    if why == "used up":
        surgery.take("sms", "another", given.word)
    elif why == "too old":
        surgery.now = given.expires_at
    elif why == "taken back":
        with surgery.face.conversation.database.transaction() as connection:
            invitations.end(connection, "cabinet", given.id, surgery.now)
    elif why == "never was":
        with surgery.face.conversation.database.transaction() as connection:
            connection.execute(update(schema.invitations).values(token="t", word="w", digits="d"))
    return given


@pytest.mark.parametrize("why", ["used up", "too old", "taken back", "never was"])
class TestOver:
    @pytest.mark.parametrize("channel", ["web", "sms", "voice"])
    def test_the_same_kind_words_and_the_journey_all_the_same(
        self, surgery: Surgery, why: str, channel: Channel
    ) -> None:
        given = over(surgery, why)
        before = surgery.taken(given)
        if channel == "voice":
            surgery.take(channel, "someone", opens=True)
        told = surgery.take(
            channel, "someone", given.word if channel != "voice" else "", given.digits * (channel == "voice")
        )
        assert LOST in " ".join(message.text for message in told.messages)
        assert (told.journey and told.journey.step) == "depart"
        assert [choice.label for choice in told.choices] == ["Pour moi", "Pour mon enfant", "Pour un proche"]
        assert channel != "sms" or Segments.of(written(told)).count <= 2
        assert surgery.taken(given) == before

    def test_nothing_is_lost_by_who_is_under_way(self, surgery: Surgery, why: str) -> None:
        given = over(surgery, why)
        surgery.stand("someone", Progress("activer", "preparer", "going", met=("sms",)))
        told = surgery.take("sms", "someone", given.word)
        assert (told.journey and told.journey.step) == "preparer"
        assert told.messages[0].text.startswith(LOST)


def test_good_until_the_second_of_its_end(surgery: Surgery) -> None:
    given = surgery.invite("poster")
    surgery.now = given.expires_at - timedelta(seconds=1)
    assert PROPOSED in surgery.take("sms", "early", given.word).messages[1].text
    surgery.now = given.expires_at
    assert LOST in surgery.take("sms", "late", given.word).messages[1].text


class TestGuessing:
    def wrong(self, given: Given) -> Iterator[str]:
        word, number = given.word.split()
        return (f"{word} {(int(number) + step) % 1000:03d}" for step in count(1))

    def test_after_too_many_the_right_word_is_not_looked_at_for_an_hour(self, surgery: Surgery) -> None:
        given = surgery.invite("poster")
        wrong = self.wrong(given)
        for _ in range(INVITATION.most):
            surgery.take("sms", "guesser", next(wrong))
        assert LATER in surgery.take("sms", "guesser", given.word).messages[0].text
        assert surgery.taken(given) == 0
        surgery.now += INVITATION.window
        assert PROPOSED in surgery.take("sms", "guesser", given.word).messages[0].text

    def test_from_ever_new_visits_they_are_limited_too(self, surgery: Surgery) -> None:
        given = surgery.invite("poster")
        wrong = self.wrong(given)
        for index in range(INVITATION.most_of_all):
            surgery.take("web", f"visit{index}", next(wrong))
        assert LATER in " ".join(message.text for message in surgery.take("web", "last", given.word).messages)
        assert surgery.taken(given) == 0

    def test_one_network_stops_no_leaflet_elsewhere(self, surgery: Surgery) -> None:
        given = surgery.invite("poster")
        wrong = self.wrong(given)
        for index in range(INVITATION.most_of_all):
            surgery.take("web", f"visit{index}", next(wrong), network="p1_here")
        assert surgery.told("web", "neighbour", given.word, network="p1_here").count(LATER) == 1
        assert PROPOSED in surgery.told("web", "elsewhere", given.word, network="p1_there")
        assert PROPOSED in surgery.told("sms", "telephone", given.word)

    @pytest.mark.parametrize("channel", ["web", "sms", "voice"])
    def test_the_holder_of_a_good_one_is_not_told_that_it_is_none(self, surgery: Surgery, channel: Channel) -> None:
        """While it cannot be looked at: come again in an hour, or call; and the journey begins all the same."""
        given = surgery.invite("poster")
        with surgery.face.conversation.database.transaction() as connection:
            for _ in range(INVITATION.most):
                note(connection, INVITATION, "p1_someone", "", surgery.now)
        if channel == "voice":
            surgery.take(channel, "someone", opens=True)
        key = given.digits if channel == "voice" else ""
        told = surgery.take(channel, "someone", given.word if channel != "voice" else "", key)
        words = " ".join(message.text for message in told.messages)
        assert LOST not in words
        assert "34 22" in words
        assert "dans une heure" in words
        assert (told.journey and told.journey.step) == "depart"
        assert channel != "sms" or Segments.of(written(told)).count <= 2
        assert surgery.taken(given) == 0

    def test_they_do_not_close_the_door_of_resume_codes(self, surgery: Surgery) -> None:
        given = surgery.invite()
        surgery.take("sms", "owner", "activer")
        wrong = self.wrong(given)
        for _ in range(INVITATION.most + 3):
            surgery.take("web", "guesser", next(wrong))
        code = surgery.face.conversation.resume_code("p1_owner", surgery.now)
        assert "retrouvé votre place" in surgery.take("web", "guesser", f"reprise {code}").messages[0].text

    def test_nor_do_wrong_resume_codes_close_that_of_invitations(self, surgery: Surgery) -> None:
        given = surgery.invite()
        for number in range(INVITATION.most + 3):
            surgery.take("sms", "someone", f"reprise {number:04d}")
        assert PROPOSED in surgery.take("sms", "someone", given.word).messages[0].text

    def test_a_link_is_never_counted_as_a_guess(self, surgery: Surgery) -> None:
        visitor, given = surgery.visitor(), surgery.invite()
        for _ in range(INVITATION.most + 1):
            visitor.look(f"/i/{'x' * 22}").press("Commencer avec Camille")
        visitor.look(f"/i/{given.token}").press("Commencer avec Camille")
        assert surgery.taken(given) == 1


class TestUnderWay:
    def test_she_keeps_her_place_in_the_same_journey(self, surgery: Surgery) -> None:
        surgery.stand("someone", Progress("activer", "preparer", "going", met=("sms",)))
        told = surgery.take("sms", "someone", surgery.invite().word)
        assert told.messages[0].text.startswith(MARTIN)
        assert (told.journey and told.journey.step) == "preparer"
        assert surgery.counted == (1, 1, 0)

    def test_another_aim_is_as_if_she_had_asked_for_it(self, surgery: Surgery) -> None:
        """The place in the first journey waits."""
        surgery.stand("someone", Progress("activer", "preparer", "going", met=("sms",)))
        told = surgery.take("sms", "someone", surgery.invite(aim="partager").word)
        assert told.journey
        assert (told.journey.name, told.journey.step) == ("partager", "rdv_quand")
        assert Place("activer", "preparer", "going") in surgery.place("someone").left

    def test_who_has_done_it_already_is_told_so_and_counted_nowhere(self, surgery: Surgery) -> None:
        surgery.stand("someone", Progress("activer", "fin", "done", met=("sms",)))
        told = surgery.take("sms", "someone", surgery.invite().word)
        words = [message.text for message in told.messages]
        assert words[0].startswith(PROPOSED)
        assert TO_TELL in words[-1]
        assert [choice.label for choice in told.choices] == ["La refaire", "Poser une question"]
        assert surgery.counted == (1, 0, 0)

    def test_whose_turn_it_is_on_a_shared_telephone_stays(self, surgery: Surgery) -> None:
        call = surgery.caller()
        call.ring()
        call.speak("une autre personne", 0.9)
        call.press("2")
        heard = call.speak("invitation " + surgery.invite().digits, 0.9)
        assert PROPOSED in heard
        surgery.now += timedelta(days=1)
        call.hang_up()
        again = surgery.caller(call.number)
        again.ring()
        assert MARTIN in again.press(surgery.invite("show").digits)
        # Both leaflets are of the one whose turn it was.
        assert [len(surgery.guests()), len({guest.person for guest in surgery.guests()})] == [2, 1]

    def test_two_doctors_are_both_told_of_it_in_their_figures(self, surgery: Surgery) -> None:
        phone = surgery.phone()
        phone.text(surgery.invite().word)
        surgery.now += timedelta(minutes=1)
        first = phone.text(surgery.invite(physician="Petit").word)
        told = walked(surgery, "sms", first, lambda key, _: phone.text(key))
        assert "Dites à la docteure Petit" in told[-1]
        assert surgery.counted == (2, 2, 2)


class TestNotCounted:
    def test_by_the_box_on_the_page(self, surgery: Surgery) -> None:
        given, visitor = surgery.invite(), surgery.visitor()
        visitor.look(f"/i/{given.token}")
        assert "Je ne veux pas que ma venue soit comptée" in visitor.text
        assert 'type="checkbox"' in visitor.html
        assert "checked" not in visitor.html
        form = visitor._form(visitor.html.index("Commencer avec Camille"))
        visitor.post(f"/i/{given.token}", {**form, "uncounted": "1"})
        walked(surgery, "web", visitor.said, lambda _, label: visitor.press(label).said)
        assert TO_TELL in plain(visitor)
        assert surgery.counted == (1, 0, 0)

    def test_with_the_word_itself(self, surgery: Surgery) -> None:
        surgery.take("sms", "someone", f"{surgery.invite().word}, ne me comptez pas")
        assert ([guest.counted for guest in surgery.guests()], surgery.counted) == ([False], (1, 0, 0))

    @pytest.mark.parametrize("channel", ["web", "sms", "voice"])
    @pytest.mark.parametrize("said", ["ne me comptez pas", "Je ne veux pas être comptée, merci", "me comptez pas svp"])
    def test_afterwards_nothing_more_is_counted_and_that_is_said(
        self, surgery: Surgery, channel: Channel, said: str
    ) -> None:
        surgery.take(channel, "someone", surgery.invite().word)
        assert surgery.counted == (1, 1, 0)
        told = surgery.take(channel, "someone", said)
        assert "déjà compté" in told.messages[-1].text
        assert surgery.place("someone").step == "depart"
        walker = Walker(surgery.face.conversation.book, "activer", channel)
        reply = surgery.take(channel, "someone", "continuer")
        for _ in range(MOST_TURNS):
            choice = walker.answer(" ".join(message.text for message in reply.messages))
            if choice is None:
                break
            reply = surgery.take(channel, "someone", key=choice.key)
        assert TO_TELL in reply.messages[-1].text
        assert surgery.counted == (1, 1, 0)


def test_erasing_forgets_who_invited_her(surgery: Surgery) -> None:
    phone = surgery.phone()
    phone.text(surgery.invite("poster").word)
    phone.text("SUPPRIMER")
    assert len(surgery.guests()) == 1
    phone.text("oui")
    assert (surgery.guests(), surgery.counted) == ([], (21 - 20, 1, 0))


def test_nothing_of_the_key_is_stored(surgery: Surgery) -> None:
    given = surgery.invite()
    surgery.take("sms", "someone", given.word)
    surgery.take("sms", "other", "cerise 999")
    with surgery.face.conversation.database.transaction() as connection:
        everything = "".join(
            str(connection.execute(select(table)).all()) for table in schema.metadata.sorted_tables
        ).lower()
    word, number = given.word.lower().split()
    assert [
        one for one in (word, given.token.lower(), given.digits, "cerise", f"{word}{number}") if one in everything
    ] == []


class TestTheTelephone:
    def gather(self, call: Caller) -> dict[str, str]:
        return dict(call._listening().attrib)

    def test_without_invitations_one_key_is_passed_on_at_once(self, surgery: Surgery) -> None:
        call = surgery.caller()
        call.ring()
        assert self.gather(call)["numDigits"] == "1"

    def test_with_them_the_first_prompt_takes_six_digits_or_one_key(self, surgery: Surgery) -> None:
        surgery.invite()
        call = surgery.caller()
        call.ring()
        assert (self.gather(call)["numDigits"], self.gather(call)["finishOnKey"]) == ("6", "")
        assert "Pour qui activez-vous" in call.press("1")
        assert self.gather(call)["numDigits"] == "1"

    @pytest.mark.parametrize("keys", ["11", "111", "11111"])
    def test_an_impatient_finger_chooses_once(self, surgery: Surgery, keys: str) -> None:
        surgery.invite()
        call = surgery.caller()
        call.ring()
        assert "Pour qui activez-vous" in call.press(keys)

    def test_a_silence_is_listened_through_once_without_a_word(self, surgery: Surgery) -> None:
        """As long as elsewhere before she is asked whether she is there: the line waits half as long, twice."""
        given, call = surgery.invite(), surgery.caller()
        call.ring()
        assert call.wait() == ""
        assert self.gather(call)["numDigits"] == "6"
        assert PROPOSED in call.press(given.digits)
        other = surgery.caller()
        other.ring()
        other.wait()
        assert "Je ne vous ai pas entendu" in other.wait()

    def test_digits_that_come_too_slowly_are_asked_for_again(self, surgery: Surgery) -> None:
        given, call = surgery.invite(), surgery.caller()
        call.ring()
        # The same digit twice is no impatient finger where it is none of the keys on offer.
        assert "Tapez les six chiffres" in call.press(given.digits[0] * 2)
        assert PROPOSED in call.press(given.digits)

    def test_a_wrong_digit_may_be_put_right(self, surgery: Surgery) -> None:
        given, call = surgery.invite(), surgery.caller()
        call.ring()
        wrong = given.digits[:5] + str((int(given.digits[5]) + 1) % 10)
        assert LOST in call.press(wrong)
        assert PROPOSED in call.press(given.digits)

    def test_when_she_says_that_her_doctor_gave_her_a_leaflet(self, surgery: Surgery, guide: Guide) -> None:
        surgery.stand("someone", Progress(met=("voice",)))
        outcome = guide.hear(Progress(met=("voice",)), "voice", "recommande_par_medecin")
        assert "six chiffres" in outcome.reply.messages[-1].text
        assert outcome.progress.asks == "invite"

    def test_no_digit_of_hers_is_in_an_address(self, surgery: Surgery) -> None:
        given, call = surgery.invite(), surgery.caller()
        call.ring()
        call.press(given.digits[:3])
        assert given.digits[:3] not in self.gather(call)["action"].partition("s=")[0]
        assert set(self.gather(call)["action"].partition("?")[2].replace("=", "&").split("&")[::2]) <= set("nslwi")


class TestLongNames:
    def test_the_name_is_kept_and_the_step_is_one_reply_away(self, surgery: Surgery) -> None:
        phone = surgery.phone()
        first = phone.text(surgery.invite(physician="Long").word)
        assert "Rochefoucauld-Montmorency vous propose d'activer" in first
        assert first.endswith("1 = Commencer")
        assert Segments.of(first).count <= 2
        told = walked(surgery, "sms", phone.text("1"), lambda key, _: phone.text(key))
        assert Segments.of(told[-1]).count <= 2
        assert "Dites a" in told[-1].replace("à", "a")

    @pytest.mark.parametrize("length", range(1, 121, 7))
    def test_whatever_the_length_two_segments(self, surgery: Surgery, length: int) -> None:
        name = ("Le docteur " + "Martinelli " * 12)[:length].strip()
        guide = surgery.face.conversation.guide
        aims: tuple[Aim, ...] = ("activer", "partager", "ecrire")
        for aim in aims:
            for met in ((), ("sms",)):
                told = guide.propose.come(Progress(met=met), "sms", name, aim)
                assert Segments.of(written(told.reply)).count <= 2
                assert name in " ".join(message.text for message in told.reply.messages)


@pytest.mark.parametrize("channel", ["web", "sms", "voice"])
def test_a_physician_is_told_how_to_propose_it_and_where_to_sign_in(surgery: Surgery, channel: Channel) -> None:
    guide = surgery.face.conversation.guide
    for place in (Progress(), Progress(met=("web", "sms", "voice"))):
        told = guide.hear(place, channel, "je_suis_soignant")
        if told.reply.choices[0].label == "Lire la réponse":
            told = guide.choose(told.progress, channel, told.reply.choices[0])
        words = " ".join(message.text for message in told.reply.messages)
        address = "camille point example, barre oblique, médecin" if channel == "voice" else "camille.example/medecin"
        assert address in words
        assert channel != "sms" or Segments.of(written(told.reply)).count <= 2
        assert "://" not in words


def test_the_longest_address_still_fits(surgery: Surgery) -> None:
    home = "https://" + "a" * 60 + ".example"
    guide = Guide(surgery.face.conversation.book, home=home)
    met = Progress(met=("sms",))
    assert Segments.of(written(guide.hear(met, "sms", "je_suis_soignant").reply)).count <= 2


def test_the_privacy_page_tells_of_it(surgery: Surgery) -> None:
    text = surgery.visitor().look("/confidentialite").text.replace("\u00a0", " ")
    assert "Si un médecin vous a invité" in text
    assert "ne me comptez pas" in text


def test_the_speciality_of_a_doctor_is_nowhere() -> None:
    """Neither in what is said to patients who were invited, nor in a column of a table."""
    said = fold((ROOT / "data/answers/invitations.yml").read_text(encoding="utf-8"))
    assert [word for word in ("specialite", "specialiste", "generaliste", "psychiatre", "cancer") if word in said] == []
    columns = {column.name for table in schema.metadata.sorted_tables for column in table.c}
    assert columns & {"speciality", "specialty", "profession"} == set()


@pytest.mark.parametrize(
    ("url", "copied_as", "spelled_as"),
    [
        ("https://camille.example/medecin", "camille.example/medecin", "camille point example, barre oblique, médecin"),
        ("https://ma-ville.example", "ma-ville.example", "ma tiret ville point example"),
        (
            "http://127.0.0.1:8000/medecin",
            "http://127.0.0.1:8000/medecin",
            "127 point 0 point 0 point 1 deux points 80 00, barre oblique, médecin",
        ),
    ],
)
def test_an_address_is_copied_and_spelled(url: str, copied_as: str, spelled_as: str) -> None:
    assert (copied(url), spelled(url)) == (copied_as, spelled_as)
