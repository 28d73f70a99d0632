"""A writer changes a file while Camille speaks: it is said from the next turn on, and a broken file changes nothing."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from assistant.content import fresh
from assistant.content.fresh import Fresh
from assistant.conversation import Conversation
from assistant.errors import ContentError
from assistant.journeys.progress import Progress
from assistant.lexicon import open_lexicon
from assistant.settings import ROOT, Settings
from assistant.storage.database import Database
from assistant.telling import Outcome
from assistant.turns import Channel, Reply, Turn
from tests.support.faces import NoWords

MENU = "Que voulez-vous faire ?"
CHANGED = "Que voulez-vous faire maintenant ?"
BROKEN = "\n  say: {web: [\n"


@dataclass
class Writer:
    """Somebody with a copy of data/ and a text editor."""

    data: Path

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.data / name).read_text(encoding="utf-8")
        assert old in text, f"{name} no longer says « {old} »"
        self.save(name, text.replace(old, new))

    def save(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text, encoding="utf-8")
        stamp = time.time_ns()  # a disk's own clock may tick every four milliseconds only
        os.utime(path, ns=(stamp, stamp))


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("nlu", "rules"))
    return Writer(tmp_path / "data")


@dataclass
class Reading:
    """A reading that is counted, and fails when told to. `now` is the clock, in seconds."""

    now: float = 0.0
    times: int = 0
    wrong: str = ""

    def read(self) -> None:
        if self.wrong:
            raise ContentError(self.wrong)
        self.times += 1


@pytest.fixture
def reading() -> Reading:
    return Reading()


@pytest.fixture
def watch(writer: Writer, reading: Reading) -> Fresh:
    return Fresh(writer.data, reading.read, clock=lambda: reading.now)


def look(watch: Fresh) -> None:
    with watch.held():
        pass


@pytest.mark.parametrize(
    ("name", "followed"),
    [
        ("sources.yml", True),
        ("answers/moves.yml", True),
        ("journeys/activer.yml", True),
        ("lexicon/stop.yml", True),
        ("domain/topics.yml", True),
        ("answers/notes.txt", False),
    ],
)
def test_what_is_followed(watch: Fresh, writer: Writer, reading: Reading, name: str, followed: bool) -> None:
    (writer.data / "answers/notes.txt").touch()
    reading.now = 2.0
    writer.save(name, "changed: 1")
    look(watch)
    assert reading.times == int(followed)


def test_files_are_looked_at_once_a_second(watch: Fresh, writer: Writer, reading: Reading) -> None:
    for now, times in ((0.5, 0), (1.0, 1), (1.5, 1), (2.0, 2)):
        writer.save("answers/moves.yml", f"at: {now}")
        reading.now = now
        look(watch)
        assert reading.times == times, now


def test_nothing_is_read_when_nothing_changed(watch: Fresh, reading: Reading) -> None:
    reading.now = 5.0
    look(watch)
    assert (reading.times, watch.changed_at) == (0, None)


def test_a_new_file_and_one_taken_away_are_changes(watch: Fresh, writer: Writer, reading: Reading) -> None:
    reading.now = 1.0
    writer.save("answers/new.yml", "a: 1")
    look(watch)
    reading.now = 2.0
    (writer.data / "answers/new.yml").unlink()
    look(watch)
    assert reading.times == 2


def test_content_that_somebody_holds_stays(watch: Fresh, writer: Writer, reading: Reading) -> None:
    with watch.held():
        writer.save("answers/moves.yml", "changed: 1")
        reading.now = 5.0
        other = threading.Thread(target=look, args=(watch,))
        other.start()
        other.join()
        assert reading.times == 0
    look(watch)
    assert reading.times == 1


def test_content_is_let_go_when_a_turn_breaks(watch: Fresh, writer: Writer, reading: Reading) -> None:
    with pytest.raises(ZeroDivisionError), watch.held():
        raise ZeroDivisionError
    writer.save("answers/moves.yml", "changed: 1")
    reading.now = 5.0
    look(watch)
    assert reading.times == 1


def test_a_fault_is_told_once_in_one_line(
    watch: Fresh, writer: Writer, reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    reading.wrong = "data/answers/moves.yml:7: Il manque le texte « web ».\ndata/answers/moves.yml:9: Et autre chose."
    writer.save("answers/moves.yml", "changed: 1")
    for now in (1.0, 2.0, 3.0):
        reading.now = now
        look(watch)
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("data/answers/moves.yml:7: Il manque le texte « web ». (Et 1 autre(s) : camille check.)")
    assert "\n" not in told
    assert watch.changed_at is None
    reading.wrong = ""
    writer.save("answers/moves.yml", "mended: 1")
    reading.now = 4.0
    look(watch)
    assert reading.times == 1
    assert watch.changed_at


# In a conversation.


@dataclass
class Talk:
    """One person on the page, minute after minute."""

    conversation: Conversation
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    turns: int = 0

    def say(self, text: str = "", key: str = "", channel: Channel = "web") -> str:
        self.turns += 1
        self.at = max(self.at + timedelta(microseconds=1), datetime.now(timezone.utc))
        turn = Turn("somebody", channel, "test", f"id-{self.turns}", self.at, text=text, key=key)
        return self.conversation.take(turn).messages[-1].text

    @property
    def page(self) -> Reply:
        return self.conversation.look_again("somebody", "web")


@pytest.fixture
def talk(writer: Writer, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """A conversation over the writer's copy, that looks at the files at each turn."""
    monkeypatch.setattr(Settings, "data", property(lambda _: writer.data))
    monkeypatch.setattr(fresh, "EVERY", 0.0)
    mind: Any = NoWords()
    conversation = Conversation(settings, database, mind)
    mind.guide = conversation.guide
    return Talk(conversation)


def test_a_sentence_is_said_as_it_was_just_written(talk: Talk, writer: Writer) -> None:
    assert talk.say(key="recommencer") == MENU
    writer.change("answers/conversation.yml", MENU, CHANGED)
    assert talk.say(key="recommencer") == CHANGED


def test_the_page_shows_new_words_when_it_is_only_looked_at(talk: Talk, writer: Writer) -> None:
    talk.say("1")
    before = talk.page
    writer.change("journeys/activer.yml", "devant un écran avec internet", "devant un écran relié à internet")
    after = talk.page
    assert "relié à internet" in after.messages[-1].text
    assert len(after.messages) == 1
    assert (after.intent, after.journey, after.choices) == (before.intent, before.journey, before.choices)


def test_new_words_are_shown_once_and_then_what_was_answered(talk: Talk, writer: Writer) -> None:
    talk.say("1")
    writer.change("journeys/activer.yml", "devant un écran avec internet", "devant un écran relié à internet")
    said = talk.say("xyzzy")
    assert said == talk.page.messages[-1].text
    assert "bien compris" in said


def test_a_new_choice_can_be_pressed_at_once(talk: Talk, writer: Writer) -> None:
    talk.say("1")
    writer.change("journeys/activer.yml", '"Pour mon enfant", to: enfant', '"Pour ma fille", to: proche')
    assert [choice.label for choice in talk.page.choices][1] == "Pour ma fille"
    talk.say("2")
    assert talk.page.journey
    assert talk.page.journey.step == "proche"


def test_a_word_list_is_read_again(talk: Talk, writer: Writer) -> None:
    assert talk.say("xyzzy", channel="sms") != ""
    writer.change("lexicon/moves.yml", "recommencer:\n", "recommencer:\n  - xyzzy\n")
    assert talk.say("xyzzy", channel="sms") == MENU


@pytest.mark.parametrize("name", ["answers/conversation.yml", "journeys/activer.yml", "lexicon/stop.yml"])
def test_a_broken_file_keeps_all_that_was_there(
    talk: Talk, writer: Writer, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    talk.say("bonjour")
    # What is whole beside it waits with it: texts and word lists are taken together or not at all.
    writer.change("answers/conversation.yml", MENU, CHANGED)
    whole = (writer.data / name).read_text(encoding="utf-8")
    writer.save(name, whole + BROKEN)
    guide, lexicon = talk.conversation.guide, talk.conversation.lexicon
    assert talk.say(key="recommencer") == MENU
    assert (talk.conversation.guide, talk.conversation.lexicon) == (guide, lexicon)
    (told,) = [record.getMessage() for record in caplog.records]
    file, line, sentence = told.split(":", 2)
    assert file == f"data/{name}"
    assert int(line) > whole.count("\n") - 1
    assert sentence.strip()
    writer.save(name, whole)
    assert talk.say(key="recommencer") == CHANGED


def test_content_does_not_change_in_the_middle_of_a_turn(talk: Talk, writer: Writer) -> None:
    """While one person's turn is thought over, another's page is asked for, and the files have changed."""
    conversation, during = talk.conversation, []

    class Slow(NoWords):
        def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
            before = conversation.guide
            writer.change("answers/conversation.yml", MENU, CHANGED)
            other = threading.Thread(target=conversation.look_again, args=("another", "web"))
            other.start()
            other.join()
            during.append(conversation.guide is before)
            return conversation.guide.miss(place, channel)

    mind: Any = Slow()
    conversation.mind = mind
    talk.say("une phrase que personne n'attend")
    assert during == [True]
    assert talk.say(key="recommencer") == CHANGED


def test_on_a_public_address_files_are_not_followed(
    writer: Writer, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "data", property(lambda _: writer.data))
    monkeypatch.setattr(fresh, "EVERY", 0.0)
    mind: Any = NoWords()
    public = Talk(Conversation(replace(settings, local=False), database, mind))
    writer.change("answers/conversation.yml", MENU, CHANGED)
    assert public.say(key="recommencer") == MENU


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        pytest.param("stop", "arreter_messages:\n  - stop\n  - [\n", "stop.yml:4:", id="no YAML"),
        pytest.param("moves", "repeter:\n  - encore\n  - yes\n", "moves.yml:3:", id="not a text"),
        pytest.param("moves", "repeter: encore\n", "moves.yml:1:", id="not a list"),
        pytest.param("danger", "mots: {}\n", "danger.yml:1:", id="a group missing"),
        pytest.param("stop", "", "stop.yml:1:", id="empty"),
    ],
)
def test_a_broken_word_list_names_its_line(writer: Writer, name: str, text: str, place: str) -> None:
    writer.save(f"lexicon/{name}.yml", text)
    with pytest.raises(ContentError) as caught:
        open_lexicon(writer.data / "lexicon")
    assert str(caught.value).startswith(f"data/lexicon/{place}")
