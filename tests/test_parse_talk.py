"""`camille parse` and `camille talk`: one JSON object a line, in and out. People script against them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import Conversation
from assistant.guide import Guide
from assistant.lexicon import Lexicon
from assistant.mind import Mind
from assistant.settings import ROOT, Settings
from assistant.storage.database import Database
from channels.cli import parse as parsing
from channels.cli import talk as talking
from tests.support.transcripts import everything_stored

pytestmark = pytest.mark.model

NUMBER = "1 85 05 78 006 084 91"
BAD = [
    pytest.param("bonjour", id="no-json"),
    pytest.param('{"text": "bonjour"', id="cut-off"),
    pytest.param("[]", id="a-list"),
    pytest.param('"bonjour"', id="a-string"),
    pytest.param("12", id="a-number"),
    pytest.param("null", id="nothing"),
    pytest.param("{}", id="empty"),
    pytest.param("[" * 100_000, id="deeper-than-python-reads"),
]
Command = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def opened(
    settings: Settings,
    database: Database,
    mind: Mind,
    guide: Guide,
    lexicon: Lexicon,
    monkeypatch: pytest.MonkeyPatch,
) -> Conversation:
    """The two commands, over the test's database and the model that is already loaded."""

    @contextmanager
    def lend(*_: Any, **__: Any) -> Iterator[tuple[Settings, Conversation]]:
        yield settings, Conversation(settings, database, mind, guide=guide, lexicon=lexicon)

    monkeypatch.setattr(parsing, "opened", lend)
    monkeypatch.setattr(talking, "opened", lend)
    return Conversation(settings, database, mind, guide=guide, lexicon=lexicon)


def answers(command: Callable[[Any, Any], None], lines: tuple[Any, ...]) -> list[dict[str, Any]]:
    """What `command` answers to `lines`: objects are written as JSON, strings as they are."""
    written = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    out = io.StringIO()
    command(io.StringIO(written), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def parse(opened: Conversation) -> Command:
    return lambda *lines: answers(parsing.parse, lines)


@pytest.fixture
def talk(opened: Conversation) -> Command:
    return lambda *lines: answers(talking.talk, lines)


class TestParse:
    def test_the_shape(self, parse: Command) -> None:
        (found,) = parse({"text": "jé pa resu le code"})
        assert list(found) == ["text", "masked", "intent", "confidence", "ranking"]
        assert found["text"] == "jé pa resu le code"
        assert found["intent"] == "code_non_recu"
        assert isinstance(found["confidence"], float)
        assert 0 < found["confidence"] <= 1

    def test_the_ranking_is_three_topics_likeliest_first(self, parse: Command) -> None:
        (found,) = parse({"text": "est-ce que je dois payer quelque chose"})
        assert [sorted(one) for one in found["ranking"]] == [["confidence", "intent"]] * 3
        sure = [one["confidence"] for one in found["ranking"]]
        assert sure == sorted(sure, reverse=True)
        assert len({one["intent"] for one in found["ranking"]}) == 3
        assert (found["intent"], found["confidence"]) == (found["ranking"][0]["intent"], sure[0])

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("STOP", "arreter_messages"),
            ("je vais me suicider", "detresse"),
            ("au secours il respire plus", "urgence_medicale"),
            ("oui", "confirmer"),
            ("non merci", "refuser"),
            ("c'est fait", "etape_faite"),
            ("effacez mes données", "effacer_mes_donnees"),
            (NUMBER, "donnee_sensible"),
            ("reprise 2580", "reprendre"),
            ("0", "parler_a_quelqu_un"),
        ],
    )
    def test_what_the_gate_decides_is_reported_as_its_topic(self, parse: Command, text: str, intent: str) -> None:
        (found,) = parse({"text": text})
        assert (found["intent"], found["confidence"]) == (intent, 1.0)
        assert found["ranking"][0] == {"intent": intent, "confidence": 1.0}

    @pytest.mark.parametrize("text", ["", "   ", "👍", "...", "\u200b", "/", "٫"])
    def test_what_has_no_words_is_not_understood(self, parse: Command, text: str) -> None:
        (found,) = parse({"text": text})
        assert found["intent"] == "nlu_fallback"

    def test_something_far_off_is_below_the_threshold(self, parse: Command) -> None:
        """A fallback ranks first, with the topics behind it."""
        (found,) = parse({"text": "xqzw vbnk plmtr"})
        assert found["intent"] in ("nlu_fallback", "hors_sujet")

    def test_secrets_are_masked(self, parse: Command) -> None:
        (found,) = parse({"text": f"mon numéro est {NUMBER} et ça ne marche pas"})
        assert found["masked"] == "mon numéro est [numéro] et ça ne marche pas"

    def test_a_command_of_rasa_is_only_words(self, parse: Command) -> None:
        found = parse({"text": "/restart"}, {"text": '/cout{"a": "b"}'})
        assert [one["masked"][:1] for one in found] != ["/", "/"]
        assert {"restart", "session_start"} & {one["intent"] for one in found} == set()

    def test_one_answer_a_line_in_order(self, parse: Command) -> None:
        found = parse({"text": "oui"}, "", {"text": "non"}, "   ", {"text": "stop"})
        assert [one["intent"] for one in found] == ["confirmer", "refuser", "arreter_messages"]

    @pytest.mark.parametrize("line", [*BAD, pytest.param('{"text": 12}', id="no-text")])
    def test_a_bad_line_is_told_and_the_next_is_answered(self, parse: Command, line: str) -> None:
        bad, good = parse(line, {"text": "oui"})
        assert list(bad) == ["error"]
        assert "JSON" in bad["error"]
        assert good["intent"] == "confirmer"

    def test_nothing_is_stored(self, parse: Command, opened: Conversation) -> None:
        parse({"text": "bonjour"}, {"text": NUMBER})
        assert everything_stored(opened) == ""

    def test_a_text_of_a_million_letters_is_answered(self, parse: Command) -> None:
        (found,) = parse({"text": "bla " * 250_000})
        assert "intent" in found

    def test_half_a_letter_is_answered(self, parse: Command) -> None:
        """A lone surrogate is valid JSON and cannot be printed as UTF-8."""
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        parsing.parse(io.StringIO('{"text": "bonjour \\ud83d"}\n{"text": "oui"}\n'), out)
        out.flush()
        lines = out.buffer.getvalue().decode("utf-8").splitlines()  # type: ignore[attr-defined]
        assert len(lines) == 2


class TestTalk:
    def test_the_shape(self, talk: Command) -> None:
        (found,) = talk({"person": "a", "channel": "sms", "text": "bonjour"})
        assert list(found) == ["person", "channel", "messages", "intent", "journey"]
        assert (found["person"], found["channel"], found["intent"]) == ("a", "sms", "saluer")
        assert found["journey"] is None
        assert [list(one) for one in found["messages"]] == [["text", "choices"]] * len(found["messages"])
        assert [list(one) for one in found["messages"][-1]["choices"]] == [["key", "label"]] * 3

    def test_the_place_in_a_journey(self, talk: Command) -> None:
        first, second = talk(
            {"person": "a", "channel": "sms", "text": "je veux activer mon espace santé"},
            {"person": "a", "channel": "sms", "key": "1"},
        )
        assert first["journey"] == {"name": "activer", "step": "depart", "position": 1, "of": 6, "status": "going"}
        assert second["journey"]["step"] == "preparer"

    def test_the_page_is_the_usual_channel(self, talk: Command) -> None:
        (found,) = talk({"person": "a", "text": "bonjour"})
        assert found["channel"] == "web"

    def test_a_person_is_the_same_on_every_channel(self, talk: Command) -> None:
        _, on_phone = talk(
            {"person": "a", "channel": "sms", "key": "1"}, {"person": "a", "channel": "voice", "text": "bonjour"}
        )
        assert on_phone["journey"]["step"] == "depart"

    def test_one_process_many_people(self, talk: Command) -> None:
        """Their turns interleave; nobody stands in another's place."""
        people = [f"personne {index}" for index in range(12)]
        steps = [(person, key) for key in ("1", "1") for person in people if key == "1"]
        found = talk(*({"person": person, "channel": "sms", "key": key} for person, key in steps))
        assert [one["person"] for one in found] == [person for person, _ in steps]
        assert {one["journey"]["step"] for one in found[:12]} == {"depart"}
        assert {one["journey"]["step"] for one in found[12:]} == {"preparer"}

    def test_the_place_is_kept_between_runs(self, talk: Command) -> None:
        talk({"person": "a", "channel": "sms", "key": "1"})
        (found,) = talk({"person": "a", "channel": "sms", "key": "1"})
        assert found["journey"]["step"] == "preparer"

    def test_an_id_said_again_is_the_same_turn(self, talk: Command) -> None:
        first, again = talk(*[{"person": "a", "channel": "sms", "key": "1", "id": "m1"}] * 2)
        assert again == first
        (third,) = talk({"person": "a", "channel": "sms", "key": "1", "id": "m1"})
        assert third == first

    def test_silence_is_an_empty_list(self, talk: Command) -> None:
        _, silent = talk(
            {"person": "a", "channel": "sms", "text": "stop"}, {"person": "a", "channel": "sms", "text": "stop"}
        )
        assert silent["messages"] == []

    def test_a_call_opens(self, talk: Command) -> None:
        (found,) = talk({"person": "a", "channel": "voice", "opens": True})
        assert len(found["messages"][-1]["choices"]) == 3

    def test_names_of_people_are_not_stored(self, talk: Command, opened: Conversation) -> None:
        talk({"person": "+33639980001", "channel": "sms", "text": f"voilà {NUMBER}"})
        left = everything_stored(opened)
        assert "639980001" not in left
        assert "006 084" not in left

    @pytest.mark.parametrize(
        "line",
        [
            *BAD,
            pytest.param('{"text": "bonjour"}', id="nobody"),
            pytest.param('{"person": "a", "channel": "fax", "text": "bonjour"}', id="no-such-channel"),
            pytest.param('{"person": "a", "channel": ["sms"], "text": "bonjour"}', id="a-list-of-channels"),
            pytest.param('{"person": "a", "channel": null, "text": "bonjour"}', id="no-channel"),
        ],
    )
    def test_a_bad_line_is_told_and_the_next_is_answered(self, talk: Command, line: str) -> None:
        bad, good = talk(line, {"person": "b", "channel": "sms", "text": "bonjour"})
        assert list(bad) == ["error"]
        assert bad["error"]
        assert good["intent"] == "saluer"

    @pytest.mark.parametrize(
        "turn",
        [
            pytest.param({"person": 12}, id="a-number-for-a-name"),
            pytest.param({"person": None}, id="nothing-for-a-name"),
            pytest.param({"person": "a", "text": ["bonjour"]}, id="a-list-for-words"),
            pytest.param({"person": "a", "text": {"a": 1}}, id="an-object-for-words"),
            pytest.param({"person": "a", "key": 1}, id="a-number-for-a-key"),
            pytest.param({"person": "a", "id": "x" * 500}, id="a-very-long-id"),
            pytest.param({"person": "a", "text": "bonjour \ud83d"}, id="half-a-letter"),
            pytest.param({"person": "\ud83d", "text": "bonjour"}, id="half-a-letter-for-a-name"),
            pytest.param({"person": "a", "text": "bla " * 250_000}, id="a-million-letters"),
            pytest.param({"person": "a"}, id="nothing-said"),
        ],
    )
    def test_a_strange_turn_stops_nobody(self, talk: Command, turn: dict[str, Any]) -> None:
        strange, good = talk(turn, {"person": "b", "channel": "sms", "text": "bonjour"})
        assert "messages" in strange or "error" in strange
        assert good["intent"] == "saluer"


class TestAsCommands:
    """The real commands, in processes of their own."""

    def run(self, tmp_path: Path, command: str, *lines: object) -> list[dict[str, Any]]:
        return self.run_on(tmp_path, command, "".join(f"{json.dumps(one)}\n" for one in lines).encode())

    @staticmethod
    def run_on(tmp_path: Path, command: str, lines: bytes) -> list[dict[str, Any]]:
        environment = os.environ | {"CAMILLE_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        for name in ("DATABASE_URL", "PUBLIC_BASE_URL", "SECRET_KEY", "PSEUDONYM_PEPPER"):
            environment.pop(name, None)
        line = f"import sys; sys.argv = ['camille', '{command}']; from channels.cli.main import main; main()"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", line],
            cwd=tmp_path,  # from anywhere, not only from the repository
            env=environment,
            input=lines,
            capture_output=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-2000:].decode()
        return [json.loads(one) for one in done.stdout.splitlines()]

    def test_parse_writes_nothing_but_its_answers(self, mind: Mind, tmp_path: Path) -> None:
        found = self.run(tmp_path, "parse", {"text": "jé pa resu le code"}, {"text": "stop"})
        assert [one["intent"] for one in found] == ["code_non_recu", "arreter_messages"]

    def test_talk_keeps_its_state_in_the_configured_database(self, mind: Mind, tmp_path: Path) -> None:
        turn = {"person": "a", "channel": "sms", "key": "1"}
        steps = [self.run(tmp_path, "talk", turn)[0]["journey"]["step"] for _ in range(2)]
        assert steps == ["depart", "preparer"]
        assert (tmp_path / "camille.sqlite").exists()

    def test_nothing_to_do_is_done_in_silence(self, mind: Mind, tmp_path: Path) -> None:
        assert self.run(tmp_path, "parse") == []
