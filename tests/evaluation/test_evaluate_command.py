"""`camille evaluate`, from files to a summary, a report and a picture; and what it says of files it cannot use."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import Conversation
from assistant.errors import SettingError
from assistant.guide import Guide
from assistant.lexicon import Lexicon
from assistant.mind import Mind
from assistant.settings import Settings
from assistant.storage.database import Database
from channels.cli import evaluate as evaluating
from channels.cli.main import main
from tests.support.transcripts import everything_stored

MESSAGES = [
    ("jé pa resu le code", "code_non_recu"),
    ("je vais me suicider", "detresse"),
    ("STOP", "arreter_messages"),
    ("est-ce que je dois payer quelque chose", "cout"),
    ("xqzw vbnk plmtr", "cout"),
    ("👍", "confirmer"),
]


@pytest.fixture
def lent(
    settings: Settings,
    database: Database,
    mind: Mind,
    guide: Guide,
    lexicon: Lexicon,
    monkeypatch: pytest.MonkeyPatch,
) -> Conversation:
    """The command, over the test's database and the model that is already loaded."""
    conversation = Conversation(settings, database, mind, guide=guide, lexicon=lexicon)

    @contextmanager
    def lend(*_: Any, **__: Any) -> Iterator[tuple[Settings, Conversation]]:
        yield settings, conversation

    monkeypatch.setattr(evaluating, "opened", lend)
    return conversation


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "essai.jsonl"
    lines = [json.dumps({"text": text, "intent": intent, "style": "sms"}) for text, intent in MESSAGES]
    path.write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "essai.about.txt").write_text("Écrits pour ce test.", encoding="utf-8")
    return path


@pytest.mark.model
class TestWithTheModel:
    def test_a_summary_a_report_and_a_picture(
        self, lent: Conversation, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        evaluating.evaluate([file], tmp_path / "out")
        said = capsys.readouterr().out
        assert "essai.jsonl : 6 messages" in said
        assert "Dangers manqués : 0 sur 1 ; fausses alarmes : 0 sur 5." in said
        report = (tmp_path / "out" / "evaluation.md").read_text(encoding="utf-8")
        assert "Qui les a écrits : Écrits pour ce test." in report
        assert "### Par écriture" in report
        assert (tmp_path / "out" / "coverage.svg").read_text(encoding="utf-8").startswith("<svg")

    def test_each_message_in_each_variant_through_the_gate(self, lent: Conversation, file: Path) -> None:
        (section,) = evaluating.measured([file]).sections
        assert list(section.variants) == ["clean", "light", "average", "heavy"]
        found = [one.heard for one in section.clean]
        assert [one.decided for one in found] == [False, True, True, False, False, False]
        assert [one.said for one in found[1:3]] == ["detresse", "arreter_messages"]
        assert found[5].ranking == ()
        assert len(section.milliseconds) == 6

    def test_it_doubts_where_camille_parse_doubts(self, lent: Conversation, file: Path) -> None:
        (section,) = evaluating.measured([file]).sections
        for one in section.clean:
            intent = evaluating.understood(lent, one.message.text).ranking[0][0]
            assert (one.heard.said or "nlu_fallback") == intent

    def test_two_files_of_one_name_are_told_apart(self, lent: Conversation, file: Path, tmp_path: Path) -> None:
        other = tmp_path / "other" / file.name
        other.parent.mkdir()
        other.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
        names = [section.messages.name for section in evaluating.measured([file, other]).sections]
        assert names == ["essai.jsonl", "essai.jsonl (2)"]

    def test_nothing_is_stored(self, lent: Conversation, file: Path) -> None:
        evaluating.measured([file])
        assert everything_stored(lent) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(None, "essai.jsonl n'existe pas.", id="no such file"),
        pytest.param("bonjour", "essai.jsonl:1: chaque ligne est un objet", id="no json"),
        pytest.param(
            '{"text": "oui", "intent": "danser"}', "essai.jsonl:1: « danser » n'est pas un thème", id="no topic"
        ),
        pytest.param("", "essai.jsonl ne contient aucun message", id="nothing in it"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    said: str,
) -> None:
    """At once: nothing is trained or loaded for it."""
    path = tmp_path / "essai.jsonl"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["camille", "evaluate", str(path)])
    monkeypatch.setattr(evaluating, "opened", None)
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith(f"Camille : {said}")


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_measured(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "opened", None)
    with pytest.raises(SettingError, match="--dossier"):
        evaluating.evaluate([file], file / "reports")
