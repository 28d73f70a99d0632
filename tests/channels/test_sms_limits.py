"""How many SMS one telephone is answered, and what is answered always."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy.exc import OperationalError

from assistant.braking import A_DAY, AN_HOUR, SAME
from assistant.storage import inbox
from channels.app import create_app
from tests.support.faces import NOON, Face, open_face, sms_form

PERSON, OTHER = "+33639980011", "+33639980012"
# Each is left alone by the gate: the mind of the tests understands none of them.
LONG = "je suis absent jusqu au lundi et je vous lirai a mon retour"


@dataclass
class Phone:
    """A telephone that writes to the service, at a time of the test's own."""

    face: Face
    now: datetime = NOON
    sent: int = 0
    said: list[str] = field(default_factory=list)

    def write(self, text: str, number: str = PERSON) -> str:
        """What is answered; "" for silence."""
        self.sent += 1
        return self.post(sms_form(text, number=number, sid=f"SM{self.sent:04d}"))

    def post(self, form: dict[str, str]) -> str:
        answer = self.face.post("/sms", form)
        assert answer.status_code == 200
        (found,) = [[verb.text or "" for verb in ElementTree.fromstring(answer.get_data())]]  # noqa: S314 - ours
        self.said.append("".join(found))
        return self.said[-1]

    def until_the_hour_is_full(self) -> None:
        for number in range(AN_HOUR):
            assert self.write(f"phrase {number} que personne ne comprend")


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    face = open_face(tmp_path)
    made = Phone(face)
    face.app = create_app(face.settings, face.conversation, lambda: made.now)
    yield made
    face.close()


def paused(text: str) -> bool:
    return "Je fais une pause" in text


class TestAnHour:
    def test_the_pause_is_told_once_then_nothing(self, phone: Phone) -> None:
        phone.until_the_hour_is_full()
        assert not any(map(paused, phone.said))
        assert paused(phone.write("encore une phrase"))
        assert [phone.write(f"et encore {number}") for number in range(3)] == ["", "", ""]

    def test_an_hour_later_it_goes_on_where_it_was(self, phone: Phone) -> None:
        assert "1 = Activer mon espace" in phone.write("Bonjour")
        assert "Étape 1/" in phone.write("1")
        phone.now += timedelta(hours=2)
        phone.until_the_hour_is_full()
        phone.write("encore une phrase")
        phone.now += timedelta(hours=1, seconds=1)
        again = phone.write("répéter")
        assert "Étape 1/" in again
        assert "1 = Pour moi" in again

    def test_nobody_else_is_held_back(self, phone: Phone) -> None:
        phone.until_the_hour_is_full()
        assert paused(phone.write("encore une phrase"))
        assert "assistant automatique" in phone.write("Bonjour", OTHER)

    def test_the_same_message_again_is_the_same_pause(self, phone: Phone) -> None:
        phone.until_the_hour_is_full()
        form = sms_form("encore une phrase", number=PERSON, sid="SMagain")
        assert phone.post(form) == phone.post(form) != ""

    def test_several_processes_count_together(self, phone: Phone) -> None:
        phone.until_the_hour_is_full()
        phone.face.app = create_app(phone.face.settings, phone.face.conversation, lambda: phone.now)
        assert paused(phone.write("encore une phrase"))


class TestAlways:
    @pytest.fixture
    def full(self, phone: Phone) -> Phone:
        phone.until_the_hour_is_full()
        assert paused(phone.write("encore une phrase"))
        return phone

    def test_stop_is_confirmed_and_holds(self, full: Phone) -> None:
        assert full.write("STOP")
        assert full.write("STOP") == ""

    @pytest.mark.parametrize("words", ["je veux mourir", "mon mari ne respire plus", "au secours il me frappe"])
    def test_danger_is_answered_each_time(self, full: Phone, words: str) -> None:
        answers = [full.write(words) for _ in range(SAME + 3)]
        assert "" not in answers
        assert not any(map(paused, answers))

    def test_erasing_is_asked_and_done(self, full: Phone) -> None:
        assert "effacer" in full.write("SUPPRIMER").lower()
        done = full.write("oui, effacer")
        assert done
        assert not paused(done)


def test_a_day_has_its_limit_too(phone: Phone) -> None:
    for number in range(A_DAY):
        phone.now += timedelta(minutes=4)
        assert not paused(phone.write(f"phrase {number} que personne ne comprend"))
    phone.now += timedelta(minutes=4)
    assert paused(phone.write("encore une phrase"))
    phone.now += timedelta(hours=2)
    assert phone.write("toujours là") == ""
    phone.now += timedelta(days=1)
    assert phone.write("toujours là")


class TestTheSameWords:
    def test_after_five_in_a_row_nothing_is_answered(self, phone: Phone) -> None:
        answers = [phone.write(LONG) for _ in range(SAME + 2)]
        assert all(answers[:SAME])
        assert answers[SAME:] == ["", ""]

    def test_case_and_accents_do_not_make_other_words(self, phone: Phone) -> None:
        answers = [phone.write(LONG.upper() if turn % 2 else LONG) for turn in range(SAME + 1)]
        assert answers[-1] == ""

    def test_other_words_begin_a_new_row(self, phone: Phone) -> None:
        for _ in range(SAME):
            phone.write(LONG)
        assert phone.write("qui est là dites moi")
        assert phone.write(LONG)

    def test_an_answering_machine_in_english(self, phone: Phone) -> None:
        words = "Hello, I am out of the office and will read your message next week"
        assert [bool(phone.write(words)) for _ in range(SAME + 1)] == [True] * SAME + [False]

    def test_the_right_answer_may_be_one_each_time(self, phone: Phone) -> None:
        phone.write("Bonjour")
        assert all(phone.write("1") for _ in range(SAME + 3))

    def test_a_retry_is_no_repetition(self, phone: Phone) -> None:
        form = sms_form(LONG, number=PERSON, sid="SMretry")
        assert len({phone.post(form) for _ in range(SAME + 3)}) == 1
        assert phone.write(LONG)

    def test_who_is_asked_to_write_again_is_no_machine(self, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
        """Reading is well and storing is not, as when the disk is full."""

        def full(*_: Any, **__: Any) -> None:
            raise OperationalError("INSERT", {}, Exception())

        phone.write("Bonjour")
        with monkeypatch.context() as patched:
            patched.setattr(inbox, "record", full)
            assert all("ennui" in phone.write(LONG) for _ in range(SAME + 2))
        answers = [phone.write(LONG) for _ in range(SAME + 1)]
        assert [bool(answer) for answer in answers] == [True] * SAME + [False]

    def test_two_telephones_are_two_rows(self, phone: Phone) -> None:
        assert all(phone.write(LONG, number) for _ in range(SAME) for number in (PERSON, OTHER))


def test_words_are_not_kept_to_compare_them(phone: Phone) -> None:
    phone.write(LONG)
    recent = phone.face.app.extensions["camille-limits"].recent
    assert recent._rows
    assert "absent" not in str(recent._rows)
    assert PERSON not in str(recent._rows)
