"""Labelled messages are read from two kinds of files, and what is wrong with one is told by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ContentError
from assistant.evaluation.labelled import Labelled, read_labelled, shown
from assistant.settings import ROOT

RASA = """version: "3.1"
nlu:
- intent: cout
  examples: |
    - c'est payant ?
    - [numéro] c'est combien
    - je paie à [Lyon](ville) ou à [Nice]{"entity": "ville"} ?
- synonym: ville
  examples: |
    - Lyon
- intent: saluer
  examples:
  - text: bonjour
  - coucou
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


class TestJsonLines:
    def test_text_intent_and_style(self, tmp_path: Path) -> None:
        lines = '{"text": "C\'est payant ?", "intent": "cout"}\n\n{"text": "slt", "intent": "saluer", "style": "sms"}\n'
        found = read_labelled(write(tmp_path, "a.jsonl", lines))
        assert found.messages == (Labelled("C'est payant ?", "cout"), Labelled("slt", "saluer", "sms"))
        assert found.name == "a.jsonl"

    def test_a_byte_order_mark_and_other_keys_are_no_matter(self, tmp_path: Path) -> None:
        path = write(tmp_path, "a.jsonl", '\ufeff{"text": "oui", "intent": "confirmer", "id": 3}\n')
        assert read_labelled(path).messages == (Labelled("oui", "confirmer"),)

    def test_half_a_letter_and_signs_that_end_a_line_are_texts(self, tmp_path: Path) -> None:
        lines = '{"text": "oui \\ud83d", "intent": "confirmer"}\n{"text": "a\u2028b\x85c", "intent": "confirmer"}\n'
        found = read_labelled(write(tmp_path, "a.jsonl", lines))
        assert [one.text for one in found.messages] == ["oui ?", "a\u2028b\x85c"]

    @pytest.mark.parametrize("style", ["12", "null", '["sms"]', '""'])
    def test_a_style_that_is_no_word_is_none(self, tmp_path: Path, style: str) -> None:
        path = write(tmp_path, "a.jsonl", f'{{"text": "oui", "intent": "confirmer", "style": {style}}}')
        assert read_labelled(path).messages == (Labelled("oui", "confirmer"),)

    @pytest.mark.parametrize(
        "line",
        [
            pytest.param("bonjour", id="no json"),
            pytest.param("[]", id="a list"),
            pytest.param("12", id="a number"),
            pytest.param('{"text": "oui"}', id="no intent"),
            pytest.param('{"intent": "confirmer"}', id="no text"),
            pytest.param('{"text": "  ", "intent": "confirmer"}', id="blank text"),
            pytest.param('{"text": 1, "intent": "confirmer"}', id="a number for a text"),
            pytest.param('{"text": "oui", "intent": ["confirmer"]}', id="a list for an intent"),
            pytest.param("[" * 100_000, id="deeper than python reads"),
        ],
    )
    def test_a_bad_line_is_told_with_its_number(self, tmp_path: Path, line: str) -> None:
        path = write(tmp_path, "a.jsonl", f'{{"text": "oui", "intent": "confirmer"}}\n{line}\n')
        with pytest.raises(ContentError, match=r"^a\.jsonl:2: "):
            read_labelled(path)

    def test_each_bad_line_is_told_up_to_ten(self, tmp_path: Path) -> None:
        with pytest.raises(ContentError) as told:
            read_labelled(write(tmp_path, "a.jsonl", "x\n" * 30))
        assert len(str(told.value).splitlines()) == 10


class TestRasa:
    def test_examples_in_a_block_or_in_a_list(self, tmp_path: Path) -> None:
        found = read_labelled(write(tmp_path, "a.yml", RASA))
        assert [(one.text, one.intent) for one in found.messages] == [
            ("c'est payant ?", "cout"),
            ("[numéro] c'est combien", "cout"),
            ("je paie à Lyon ou à Nice ?", "cout"),
            ("bonjour", "saluer"),
            ("coucou", "saluer"),
        ]

    def test_a_folder_holds_files_of_both_kinds(self, tmp_path: Path) -> None:
        write(tmp_path, "set/b/a.yml", RASA)
        write(tmp_path, "set/a.jsonl", '{"text": "oui", "intent": "confirmer"}')
        write(tmp_path, "set/notes.txt", "ni l'un ni l'autre")
        found = read_labelled(tmp_path / "set")
        assert (found.name, len(found.messages)) == ("set", 6)

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            pytest.param("nlu: ]", 1, id="no yaml"),
            pytest.param("", 1, id="empty"),
            pytest.param("- a\n", 1, id="a list"),
            pytest.param("rules: []\n", 1, id="rules"),
            pytest.param("nlu:\n- intent: cout\n  examples: |\n    pas de tiret\n", 2, id="no dashes"),
            pytest.param("nlu:\n- intent: cout\n", 2, id="no examples"),
            pytest.param("nlu:\n- examples: |\n    - a\n", 2, id="no intent"),
            pytest.param("nlu:\n- intent: [a]\n  examples: |\n    - a\n", 2, id="a list for an intent"),
            pytest.param("nlu:\n- bonjour\n", 2, id="a word"),
            pytest.param("nlu:\n- intent: cout\n  examples: [1, 2]\n", 2, id="numbers"),
        ],
    )
    def test_a_bad_file_is_told_with_its_line(self, tmp_path: Path, text: str, line: int) -> None:
        with pytest.raises(ContentError, match=rf"^a\.yml:{line}: "):
            read_labelled(write(tmp_path, "a.yml", text))

    def test_our_own_sets_are_read(self) -> None:
        for name in ("data/nlu", "tests/nlu/dev", "tests/nlu/test"):
            found = read_labelled(ROOT / name)
            assert found.name == name
            assert len({one.intent for one in found.messages}) >= 100


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("absent.jsonl", None, "n'existe pas", id="no such file"),
        pytest.param("a.csv", "a;b", "se termine par", id="another kind of file"),
        pytest.param("a.jsonl", "\n\n", "aucun message", id="nothing in it"),
        pytest.param("a.yml", "nlu: []", "aucun message", id="no intent in it"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    path = tmp_path / name
    if text is not None:
        write(tmp_path, name, text)
    with pytest.raises(ContentError, match=said) as told:
        read_labelled(path)
    assert len(str(told.value).splitlines()) == 1


def test_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes('{"text": "été", "intent": "cout"}'.encode("latin-1"))
    with pytest.raises(ContentError, match=r"^a\.jsonl:1: ne se lit pas"):
        read_labelled(tmp_path / "a.jsonl")


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="aucun message"):
        read_labelled(tmp_path)


TWO = "nlu:\n- intent: confirmer\n  examples: |\n    - oui\n- intent: confirmé\n  examples: |\n    - oui\n"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.jsonl", '{"text": "oui", "intent": "confirmer"}\n{"text": "oui", "intent": "confirmé"}\n', 2),
        ("a.yml", TWO, 5),
    ],
    ids=["json lines", "rasa"],
)
def test_a_topic_that_camille_does_not_know_is_told(tmp_path: Path, name: str, text: str, line: int) -> None:
    path = write(tmp_path, name, text)
    with pytest.raises(ContentError, match=rf":{line}: « confirmé » n'est pas un thème"):
        read_labelled(path, {"confirmer"})
    assert len(read_labelled(path).messages) == 2


class TestWho:
    @pytest.mark.parametrize("about", ["a.about.txt", "a.jsonl.about.txt"])
    def test_beside_a_file(self, tmp_path: Path, about: str) -> None:
        write(tmp_path, about, "Douze personnes,\nen atelier.\n\nLe reste ne compte pas.")
        path = write(tmp_path, "a.jsonl", '{"text": "oui", "intent": "confirmer"}')
        assert read_labelled(path).who == "Douze personnes, en atelier."

    def test_in_a_folder(self, tmp_path: Path) -> None:
        write(tmp_path, "ABOUT.md", "# Titre\n\nÉcrits à part, après.\n\nSuite.")
        write(tmp_path, "a.jsonl", '{"text": "oui", "intent": "confirmer"}')
        assert read_labelled(tmp_path).who == "Écrits à part, après."

    def test_nobody_said(self, tmp_path: Path) -> None:
        assert read_labelled(write(tmp_path, "a.jsonl", '{"text": "oui", "intent": "confirmer"}')).who == ""


def test_names_tell_no_folder_of_the_machine(tmp_path: Path) -> None:
    assert shown(ROOT / "tests" / "nlu" / "dev") == "tests/nlu/dev"
    assert shown(tmp_path / "messages.jsonl") == "messages.jsonl"
