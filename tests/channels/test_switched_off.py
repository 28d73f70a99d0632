"""A channel that is switched off: a kind word to whoever arrives, and danger, STOP and erasing heard as ever."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.closing import AGAIN
from assistant.storage import schema, switches
from assistant.storage.switches import FACES
from assistant.storage.switches import Face as Channel
from tests.channels.visitor import Visitor
from tests.support.desk import Desk, open_desk
from tests.support.faces import Face, call_form, sms_form

SIDS = count(1)
PAUSED = "fais une pause"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


def switch(desk: Desk, *off: Channel) -> None:
    with desk.face.conversation.database.transaction() as connection:
        for face in FACES:
            if face in off:
                switches.switch_off(connection, face, desk.clock())
            else:
                switches.switch_on(connection, face)


def text(face: Face, words: str, number: str = "+33639980001") -> str:
    answer = face.post("/sms", sms_form(words, number=number, sid=f"SM{next(SIDS):032d}"))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows(desk: Desk, table: str) -> int:
    return len(desk.rows(table))


class TestSms:
    def test_whoever_writes_is_told_kindly_and_nothing_of_her_changes(self, desk: Desk) -> None:
        text(desk.face, "activer")
        before = desk.rows("persons"), rows(desk, "events")
        switch(desk, "sms")
        said = text(desk.face, "1")
        assert PAUSED in said
        assert "34 22" in said
        assert (desk.rows("persons"), rows(desk, "events")) == before

    def test_she_goes_on_from_the_same_step_afterwards(self, desk: Desk) -> None:
        step = text(desk.face, "activer")
        switch(desk, "sms")
        text(desk.face, "1")
        switch(desk)
        assert "Pour moi" in step
        assert "Pour moi" not in text(desk.face, "1"), "the choice that was on offer is still understood"

    def test_it_is_told_once_an_hour_since_each_answer_is_paid_for(self, desk: Desk) -> None:
        switch(desk, "sms")
        assert PAUSED in text(desk.face, "bonjour")
        assert "<Message>" not in text(desk.face, "allo")
        desk.clock.later(seconds=AGAIN.total_seconds() + 1)
        assert PAUSED in text(desk.face, "bonjour ?")

    @pytest.mark.parametrize(
        ("words", "numbers"),
        [("je fais un infarctus", ("15", "112", "114")), ("je veux mourir", ("31 14", "15", "112", "114"))],
    )
    def test_a_danger_is_heard(self, desk: Desk, words: str, numbers: tuple[str, ...]) -> None:
        switch(desk, *FACES)
        said = text(desk.face, words)
        assert PAUSED not in said
        assert [number for number in numbers if number not in said] == []

    def test_stop_is_noted_and_nothing_is_said_after_it(self, desk: Desk) -> None:
        switch(desk, "sms")
        assert "<Message>" in text(desk.face, "STOP")
        assert rows(desk, "stopped") == 1
        assert PAUSED not in text(desk.face, "merci")

    def test_a_stop_that_only_the_mind_understands_is_noted_too(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        conversation = desk.face.conversation
        heard = lambda text, place, channel: conversation.guide.hear(place, channel, "arreter_messages")  # noqa: E731
        monkeypatch.setattr(conversation.mind, "take", heard)
        switch(desk, "sms")
        assert PAUSED not in text(desk.face, "vos trucs là c'est fini pour moi")
        assert rows(desk, "stopped") == 1

    def test_erasing_is_done(self, desk: Desk) -> None:
        text(desk.face, "activer")
        switch(desk, "sms")
        text(desk.face, "effacez mes données")
        text(desk.face, "Oui, effacer")
        assert rows(desk, "persons") == 0

    def test_the_same_message_twice_is_answered_by_the_same_bytes(self, desk: Desk) -> None:
        switch(desk, "sms")
        form = sms_form("bonjour", sid="SM" + "9" * 32)
        assert desk.face.post("/sms", form).data == desk.face.post("/sms", form).data
        assert rows(desk, "inbox") == 1

    def test_what_it_costs_is_still_counted(self, desk: Desk) -> None:
        switch(desk, "sms")
        text(desk.face, "bonjour")
        assert {(row.way, row.messages) for row in desk.rows("tallies")} == {("in", 1), ("out", 1)}

    def test_other_channels_go_on(self, desk: Desk) -> None:
        switch(desk, "sms", "practice")
        assert PAUSED not in call(desk.face, opens=True)


def call(face: Face, *, opens: bool = False, sid: str = "CA" + "3" * 32, turn: int = 1, **more: str) -> str:
    path = "/voice" if opens else f"/voice/turn?n={turn}"
    answer = face.post(path, call_form(sid=sid, **more))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


class TestVoice:
    def test_who_rings_is_told_and_listened_to_once(self, desk: Desk) -> None:
        switch(desk, "voice")
        first = call(desk.face, opens=True)
        assert PAUSED in first
        assert "<Gather" in first
        assert "34, 22" in first
        last = call(desk.face, SpeechResult="je voudrais de l'aide")
        assert PAUSED in last
        assert "<Hangup" in last

    def test_a_danger_that_is_told_then_is_heard(self, desk: Desk) -> None:
        switch(desk, "voice")
        call(desk.face, opens=True)
        said = call(desk.face, SpeechResult="mon mari ne respire plus", Confidence="0.9")
        assert PAUSED not in said
        assert "raccrochez" in said

    def test_silence_ends_the_call(self, desk: Desk) -> None:
        switch(desk, "voice")
        call(desk.face, opens=True)
        assert "<Hangup" in call(desk.face)


class TestWeb:
    def visitor(self, desk: Desk) -> Visitor:
        return Visitor(desk.face.app.test_client())

    @pytest.mark.parametrize("path", ["/", "/attente", "/reprise", "/i/Q7mZ0bVn3kXyR2tLwEaHcg"])
    def test_the_page_says_so_with_every_number(self, desk: Desk, path: str) -> None:
        switch(desk, "web")
        seen = self.visitor(desk).look(path)
        assert seen.status == 503
        assert PAUSED in seen.text
        for number in ("34 22", "15", "112", "114", "31 14"):
            assert number in seen.text.replace("\N{NO-BREAK SPACE}", " ")

    @pytest.mark.parametrize("path", ["/confidentialite", "/mes-donnees", "/verifier", "/accessibilite", "/mentions"])
    def test_rights_and_trust_stay(self, desk: Desk, path: str) -> None:
        switch(desk, "web")
        assert self.visitor(desk).look(path).status == 200

    def test_a_danger_written_on_a_page_that_was_open_is_answered_and_shown(self, desk: Desk) -> None:
        visitor = self.visitor(desk).look()
        switch(desk, "web")
        visitor.write("je veux mourir")
        assert visitor.status == 200
        assert "31 14" in visitor.text.replace("\N{NO-BREAK SPACE}", " ")
        assert PAUSED not in visitor.text

    def test_anything_else_written_there_leads_to_the_pause_and_changes_nothing(self, desk: Desk) -> None:
        visitor = self.visitor(desk).look()
        visitor.press("Activer mon espace")
        before = desk.rows("persons")
        switch(desk, "web")
        assert PAUSED in visitor.press("Pour moi").text
        assert desk.rows("persons") == before
        switch(desk)
        assert "Pour moi" in visitor.look().text

    def test_erasing_can_be_asked_for_and_done(self, desk: Desk) -> None:
        visitor = self.visitor(desk).look()
        visitor.press("Activer mon espace")
        switch(desk, "web")
        visitor.press("Effacer mes données").press("Oui, effacer")
        assert rows(desk, "persons") == 0
        assert "effacé" in visitor.text


class TestPractice:
    @pytest.mark.parametrize(
        "path", ["/medecin", "/medecin/sms", "/medecin/chiffres", "/medecin/acces", "/medecin/entrer"]
    )
    def test_every_page_says_so(self, desk: Desk, path: str) -> None:
        switch(desk, "practice")
        browser = desk.browser().look(path)
        assert browser.status == 503
        assert "Camille fait une pause" in browser.main
        assert "34\N{NO-BREAK SPACE}22" in browser.main

    def test_nothing_can_be_done_there_by_a_form_that_was_open(self, desk: Desk) -> None:
        browser = desk.browser().look("/medecin")
        switch(desk, "practice")
        browser.press("Montrer")
        assert browser.status == 503
        assert rows(desk, "invitations") == 0

    def test_one_may_leave(self, desk: Desk) -> None:
        browser = desk.browser()
        browser.look("/medecin")
        switch(desk, "practice")
        browser.press("Quitter")
        assert rows(desk, "practice_sessions") == 0

    def test_without_sms_none_is_offered_to_a_practice(self, desk: Desk) -> None:
        switch(desk, "sms")
        browser = desk.browser().look("/medecin/sms")
        assert "n’envoie pas de SMS en ce moment" in browser.main

    def test_the_patients_page_goes_on(self, desk: Desk) -> None:
        switch(desk, "practice")
        assert Visitor(desk.face.app.test_client()).look().status == 200


def test_nothing_is_ever_switched_off_by_itself(desk: Desk) -> None:
    assert [desk.face.conversation.is_off(face) for face in FACES] == [False] * len(FACES)
    assert desk.rows(schema.switches.name) == []


def test_a_switch_says_whether_it_changed_anything(desk: Desk) -> None:
    at = desk.clock()
    with desk.face.conversation.database.transaction() as connection:
        assert switches.switch_off(connection, "sms", at)
        assert not switches.switch_off(connection, "sms", at)
        assert switches.off(connection) == {"sms": at}
        assert switches.switch_on(connection, "sms")
        assert not switches.switch_on(connection, "sms")
        assert connection.execute(select(schema.switches)).all() == []
