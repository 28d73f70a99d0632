"""A writer who breaks a file is told each fault in one line that names the file and the line, all in one run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.content.book import open_book, read_book
from assistant.content.document import Problem, read
from assistant.content.entries import entries
from assistant.content.facts import read_facts
from assistant.content.rules import outdated
from assistant.content.topics import read_topics
from assistant.errors import ContentError
from assistant.journeys.loader import read_journey
from assistant.settings import ROOT

DATA = ROOT / "data"
SAY = 'say: {web: "Un.", sms: "Un.", voice: "Un."}\n    simpler: {web: "Deux.", sms: "Deux.", voice: "Deux."}'
STEP = """
  %s:
    stage: 1
    %s
    choices:
      - {label: "Oui", to: %s}
    stuck: %s
    facts: [B01]
    checked: 2026-11-23
"""


@dataclass
class Copy:
    """A copy of data/ that may be damaged."""

    data: Path

    def replace(self, name: str, old: str, new: str) -> int:
        """Put `new` for the first `old`; the line where it stands."""
        path = self.data / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer says « {old} »: choose another place to damage"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def add(self, name: str, lines: str) -> int:
        """Put `lines` at the end; the line where they begin."""
        path = self.data / name
        text = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
        path.write_text(text + lines.lstrip("\n"), encoding="utf-8")
        return text.count("\n") + 1

    def problems(self) -> list[Problem]:
        return sorted(read_book(self.data)[1])

    def only(self) -> Problem:
        """The one problem there is."""
        found, *more = self.problems()
        assert more == [], f"more than one line: {[str(one) for one in (found, *more)]}"
        return found


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("nlu", "rules", "lexicon"))
    return Copy(tmp_path / "data")


def journey(tmp_path: Path, steps: str, head: str = "") -> list[Problem]:
    """What is wrong with a small journey whose start is the step `debut`. `head` are more lines of its head."""
    path = tmp_path / "essai.yml"
    opening = f'journey: essai\ntitle: "Essai"\nstages: ["Un"]\nstart: debut\n{head}\nsteps:'
    path.write_text(opening + steps, encoding="utf-8")
    document, problems = read(path, tmp_path)
    read_journey(document, problems)
    return problems


def step(name: str, leads: str, stuck: str = "fin") -> str:
    return STEP % (name, SAY, leads, stuck)


END = step("fin", "fin").replace("stuck: fin", "end: true")


class TestGoodContent:
    def test_the_real_content_has_no_fault(self) -> None:
        assert [str(problem) for problem in read_book(DATA)[1]] == []

    def test_a_good_small_journey_has_no_fault(self, tmp_path: Path) -> None:
        assert journey(tmp_path, step("debut", "fin") + END) == []


class TestOneFaultOneLine:
    def test_broken_yaml(self, copy: Copy) -> None:
        line = copy.add("answers/help.yml", "essai: un : deux\n")
        found = [problem for problem in copy.problems() if problem.file == "data/answers/help.yml"]
        assert [str(problem).startswith(f"data/answers/help.yml:{line}: ") for problem in found] == [True]
        assert "ne se lit pas" in found[0].sentence

    def test_broken_yaml_is_not_drowned(self, copy: Copy) -> None:
        """What only follows from a file that cannot be read is not a second fault."""
        copy.add("answers/help.yml", "essai: un : deux\n")
        assert len(copy.problems()) == 1

    def test_an_unknown_step(self, copy: Copy) -> None:
        line = copy.replace("journeys/activer.yml", '"J\'ai tout", to: site_ou_appli', '"J\'ai tout", to: nulle_part')
        found = copy.only()
        assert (found.file, "nulle_part" in found.sentence) == ("data/journeys/activer.yml", True)
        assert found.line == line

    def test_an_unknown_step_from_anywhere(self, copy: Copy) -> None:
        line = copy.replace("journeys/activer.yml", "sans_email: sans_email", "sans_email: nulle_part")
        assert [problem.line for problem in copy.problems() if "nulle_part" in problem.sentence] == [line]

    def test_a_loop_with_no_way_out(self, copy: Copy) -> None:
        copy.replace("journeys/activer.yml", "anywhere:", "anywhere:\n  cout: boucle_a")
        lines = [
            copy.add("journeys/activer.yml", "\n" + step("boucle_a", "boucle_b", "boucle_b").strip("\n") + "\n") + 0,
            copy.add("journeys/activer.yml", "\n" + step("boucle_b", "boucle_a", "boucle_a").strip("\n") + "\n") + 0,
        ]
        found = copy.problems()
        assert [problem.line for problem in found] == lines
        assert all("on ne peut pas arriver à la fin" in problem.sentence for problem in found)

    def test_an_unreachable_step(self, copy: Copy) -> None:
        line = copy.add("journeys/activer.yml", step("perdue", "fin").strip("\n") + "\n")
        found = copy.only()
        assert (found.file, found.line) == ("data/journeys/activer.yml", line)
        assert "Aucun chemin" in found.sentence

    def test_a_choice_without_a_target(self, copy: Copy) -> None:
        line = copy.replace(
            "journeys/activer.yml", '{label: "Elle n\'est pas là", to: proche_absent,', '{label: "Non",'
        )
        found = copy.only()
        assert (found.file, found.line) == ("data/journeys/activer.yml", line)

    def test_a_choice_of_an_answer_without_a_target(self, copy: Copy) -> None:
        line = copy.replace("answers/conversation.yml", "      goes: move:code\n", "")
        found = copy.only()
        assert (found.file, line - 2 <= found.line <= line) == ("data/answers/conversation.yml", True)

    def test_a_choice_that_leads_to_an_unknown_topic(self, copy: Copy) -> None:
        line = copy.replace("answers/help.yml", "topic: aide_sur_place", "topic: nulle_part")
        found = copy.only()
        assert found.file == "data/answers/help.yml"
        assert line - 60 < found.line <= line

    @pytest.mark.parametrize("channel", ["web", "sms", "voice"])
    def test_a_text_missing_on_a_channel(self, copy: Copy, channel: str) -> None:
        line = copy.replace("answers/moves.yml", f"    {channel}: ", f"    # {channel}: ")
        found = copy.only()
        assert (found.file, f"« {channel} »" in found.sentence) == ("data/answers/moves.yml", True)
        assert line - 4 < found.line <= line

    def test_an_empty_text(self, copy: Copy) -> None:
        line = copy.replace("answers/moves.yml", 'sms: "Merci à vous."', 'sms: "  "')
        assert (copy.only().file, copy.only().line) == ("data/answers/moves.yml", line)

    def test_a_misspelt_field(self, copy: Copy) -> None:
        line = copy.replace("answers/help.yml", "  more:", "  mroe:")
        found = copy.only()
        assert (found.file, found.line) == ("data/answers/help.yml", line)
        assert "« mroe »" in found.sentence

    def test_a_misspelt_field_of_a_step(self, copy: Copy) -> None:
        line = copy.replace("journeys/activer.yml", "    waits: long", "    wait: long")
        assert (copy.only().file, copy.only().line) == ("data/journeys/activer.yml", line)

    def test_a_duplicated_key(self, copy: Copy) -> None:
        line = copy.replace("answers/help.yml", "  facts: [", "  facts: []\n  facts: [") + 1
        found = copy.only()
        assert (found.file, found.line) == ("data/answers/help.yml", line)
        assert "deux fois" in found.sentence

    def test_an_answer_in_two_files(self, copy: Copy) -> None:
        entry = "remercier:\n  " + SAY.replace("\n    ", "\n  ") + "\n  ours: true\n  checked: 2026-11-23\n"
        line = copy.add("answers/value.yml", entry)
        found = copy.only()
        assert (found.file, found.line) == ("data/answers/value.yml", line)
        assert "« remercier »" in found.sentence

    @pytest.mark.parametrize("name", ["answers/help.yml", "journeys/activer.yml"])
    def test_an_unknown_fact(self, copy: Copy, name: str) -> None:
        line = copy.replace(name, "facts: [", "facts: [Z99, ")
        found = copy.only()
        assert (found.file, found.line, "« Z99 »" in found.sentence) == (f"data/{name}", line, True)

    def test_a_topic_without_an_answer(self, copy: Copy) -> None:
        line = copy.replace("domain/topics.yml", "  saluer:", '  essai: "Essayer"\n  saluer:')
        found = copy.only()
        assert "« essai »" in found.sentence
        assert (found.file, found.line) == ("data/domain/topics.yml", line), "a file and a line that exist"

    def test_a_phrase_of_the_conversation_that_is_missing(self, copy: Copy) -> None:
        copy.replace("answers/conversation.yml", "\ndebut:", "\ndebuut:")
        found = copy.only()
        assert "« debut »" in found.sentence
        assert (copy.data.parent / found.file).is_file()

    def test_a_topic_without_a_second_wording(self, copy: Copy) -> None:
        entry = 'say: {web: "Un.", sms: "Un.", voice: "Un."}\n  ours: true\n  checked: 2026-11-23\n'
        copy.replace("domain/topics.yml", "  saluer:", '  essai: "Essayer"\n  saluer:')
        line = copy.add("answers/moves.yml", f"essai:\n  {entry}")
        assert (copy.only().file, copy.only().line) == ("data/answers/moves.yml", line)

    def test_a_fact_without_a_confidence(self, copy: Copy) -> None:
        line = copy.replace("sources.yml", "  confidence: confirmed", "  confidence: sure")
        assert (copy.only().file, copy.only().line) == ("data/sources.yml", line)

    def test_a_step_with_four_choices(self, tmp_path: Path) -> None:
        more = "".join(f'\n      - {{label: "{label}", to: fin}}' for label in "ABCD")
        found = journey(tmp_path, step("debut", "fin").replace('\n      - {label: "Oui", to: fin}', more) + END)
        assert [problem.sentence.startswith("Pas plus de 3 choix") for problem in found] == [True]

    def test_a_step_without_choices(self, tmp_path: Path) -> None:
        bare = step("debut", "fin").replace('\n    choices:\n      - {label: "Oui", to: fin}', "")
        found = journey(tmp_path, bare + END)
        assert [problem.sentence.startswith("Cette étape n'a aucun choix") for problem in found] == [True]

    def test_a_step_that_leaves_the_stuck_alone(self, tmp_path: Path) -> None:
        found = journey(tmp_path, step("debut", "fin").replace("    stuck: fin\n", "") + END)
        assert ["« stuck »" in problem.sentence for problem in found] == [True]

    @pytest.mark.parametrize("stage", ["0", "2", '"un"', "1.5"])
    def test_a_stage_that_does_not_exist(self, tmp_path: Path, stage: str) -> None:
        found = journey(tmp_path, step("debut", "fin").replace("stage: 1", f"stage: {stage}") + END)
        assert ["« stage »" in problem.sentence for problem in found] == [True]

    def test_a_pause_that_does_not_say_what_it_asks(self, tmp_path: Path) -> None:
        found = journey(tmp_path, step("debut", "fin").replace("    stuck: fin", "    stuck: fin\n    pause: ''") + END)
        assert ["Une pause" in problem.sentence for problem in found] == [True]

    @pytest.mark.parametrize(
        ("lapse", "said"),
        [
            ("{minutes: 60, stages: [1], back: nulle_part}", "« nulle_part » n'est pas une étape"),
            ("{minutes: 60, stages: [1], back: fin, but: [ailleurs]}", "« ailleurs » n'est pas une étape"),
            ("{minutes: soon, stages: [1], back: fin}", "Il faut un nombre de minutes"),
            ("{minutes: 60, stages: [1], back: fin, after: 2}", "« after » n'existe pas"),
        ],
    )
    def test_a_lapse_that_leads_nowhere(self, tmp_path: Path, lapse: str, said: str) -> None:
        found = journey(tmp_path, step("debut", "fin") + END, head=f"lapse: {lapse}")
        assert [said in problem.sentence for problem in found] == [True]

    def test_a_start_that_does_not_exist(self, tmp_path: Path) -> None:
        found = journey(tmp_path, END)
        assert any("« debut »" in problem.sentence for problem in found)


def test_all_faults_are_found_in_one_run(copy: Copy) -> None:
    damages = {
        "data/answers/help.yml": copy.replace("answers/help.yml", "  more:", "  mroe:"),
        "data/answers/moves.yml": copy.replace("answers/moves.yml", 'sms: "Merci à vous."', 'sms: ""'),
        "data/answers/trust.yml": copy.replace("answers/trust.yml", "facts: [", "facts: [Z99, "),
        "data/answers/value.yml": copy.replace("answers/value.yml", "  facts: [", "  facts: []\n  facts: [") + 1,
        "data/journeys/activer.yml": copy.add("journeys/activer.yml", step("perdue", "fin").strip("\n") + "\n"),
        "data/sources.yml": copy.replace("sources.yml", "  confidence: confirmed", "  confidence: sure"),
    }
    assert {problem.file: problem.line for problem in copy.problems()} == damages
    with pytest.raises(ContentError) as refused:
        open_book(copy.data)
    assert len(str(refused.value).splitlines()) == len(damages)


def test_everything_wrong_in_one_file_is_found_in_one_run(copy: Copy) -> None:
    """What the issue names, all at once: a journey that is broken here is still read there."""
    file = "journeys/activer.yml"
    copy.replace(file, '"J\'ai tout", to: site_ou_appli', '"J\'ai tout", to: nulle_part')
    copy.replace(file, '{label: "Elle n\'est pas là", to: proche_absent,', '{label: "Non",')
    copy.replace(file, "facts: [", "facts: [Z99, ")
    copy.replace(file, "anywhere:", "anywhere:\n  cout: boucle_a\n  theme_inconnu: fin")
    copy.add(file, step("boucle_a", "boucle_b", "boucle_b").strip("\n"))
    copy.add(file, step("boucle_b", "boucle_a", "boucle_a").strip("\n"))
    copy.add(file, step("perdue", "fin").strip("\n").replace('voice: "Deux."', ""))
    told = "\n".join(map(str, copy.problems()))
    for expected in (
        "L'étape « preparer » mène à « nulle_part », qui n'existe pas.",
        "Il manque le texte « to ».",
        "Le fait « Z99 » n'existe pas.",
        "Le thème « theme_inconnu » n'existe pas.",
        "De l'étape « boucle_a », on ne peut pas arriver à la fin.",
        "De l'étape « boucle_b », on ne peut pas arriver à la fin.",
        "Aucun chemin ne mène à l'étape « perdue ».",
        "Il manque le texte « voice ».",
    ):
        assert told.count(expected) == 1, f"{expected}\n\n{told}"


def test_a_broken_journey_does_not_hide_the_faults_of_an_answer(copy: Copy) -> None:
    copy.replace("journeys/activer.yml", '"J\'ai tout", to: site_ou_appli', '"J\'ai tout", to: nulle_part')
    copy.replace("answers/help.yml", "topic: aide_sur_place", "topic: nulle_part")
    files = [problem.file for problem in copy.problems()]
    assert files == ["data/answers/help.yml", "data/journeys/activer.yml"]


# What a hand that is not used to YAML makes of a value.
STRANGE = ["une phrase", "12", "[un, deux]", "{un: deux}", "true", "2026-11-23", "~", "[[1], {a: [2]}]"]
FIELDS = [
    "stage",
    "say",
    "simpler",
    "choices",
    "stuck",
    "hears",
    "pause",
    "end",
    "next",
    "waits",
    "facts",
    "ours",
    "checked",
]


class TestNothingRaises:
    """Whatever stands in a file, the answer is a list of problems, never a traceback."""

    @pytest.mark.parametrize("value", STRANGE)
    @pytest.mark.parametrize("field", FIELDS)
    def test_a_step_with_a_strange_value(self, tmp_path: Path, field: str, value: str) -> None:
        lines = [line for line in _flat(step("debut", "fin")) if not line.strip().startswith(f"{field}:")]
        journey(tmp_path, "\n".join([*lines, f"    {field}: {value}"]) + END)

    @pytest.mark.parametrize("value", STRANGE)
    @pytest.mark.parametrize("field", ["journey", "title", "stages", "start", "anywhere", "steps"])
    def test_a_journey_with_a_strange_value(self, tmp_path: Path, field: str, value: str) -> None:
        path = tmp_path / "essai.yml"
        whole = {"journey": "essai", "title": "Essai", "stages": "[Un]", "start": "fin", "anywhere": "{}"}
        lines = [f"{name}: {kept}" for name, kept in (whole | {field: value}).items()]
        path.write_text("\n".join(lines) + ("\nsteps:" + END if field != "steps" else ""), encoding="utf-8")
        document, problems = read(path, tmp_path)
        read_journey(document, problems)

    @pytest.mark.parametrize("value", [*STRANGE, ""])
    @pytest.mark.parametrize("name", ["domain/topics.yml", "sources.yml", "answers/help.yml", "journeys/activer.yml"])
    def test_a_whole_file_of_something_else(self, tmp_path: Path, name: str, value: str) -> None:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True)
        path.write_text(value, encoding="utf-8")
        read_book(tmp_path / "data")

    @pytest.mark.parametrize("value", STRANGE)
    @pytest.mark.parametrize("reader", [read_topics, read_facts])
    def test_a_group_of_something_else(self, tmp_path: Path, reader: Any, value: str) -> None:
        path = tmp_path / "essai.yml"
        path.write_text(f"un: {value}", encoding="utf-8")
        document, problems = read(path, tmp_path)
        reader(document, problems)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("a: [1", id="not-closed"),
            pytest.param("a: 1\n b: 2", id="indented-wrongly"),
            pytest.param("a:\t1\n\tb: 2", id="tabs"),
            pytest.param("checked: 2026-11-31", id="a-day-that-does-not-exist"),
            pytest.param("a: &x [*x]", id="something-that-holds-itself"),
            pytest.param("? [a]\n: 1", id="a-list-for-a-name"),
            pytest.param("a: !!python/object:os.system {}", id="something-that-runs"),
            pytest.param("a: @b", id="a-reserved-sign"),
            pytest.param("a: 1\n---\nb: 2", id="two-documents"),
            pytest.param("a: '\u0007'", id="a-control-character"),
            pytest.param("1: {say: x}\n2.5: ~\ntrue: []", id="names-that-are-no-words"),
        ],
    )
    def test_a_file_that_is_hard_to_read(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "data" / "answers" / "essai.yml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        _, problems = read_book(tmp_path / "data")
        assert any(problem.file == "data/answers/essai.yml" for problem in problems)

    @pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
    def test_a_file_saved_in_another_encoding(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "essai.yml"
        path.write_text("saluer: « déjà là »", encoding=encoding)
        _, problems = read(path, tmp_path)
        assert [problem.file for problem in problems] in ([], ["essai.yml"])

    def test_a_date_with_a_time_can_still_be_compared(self, copy: Copy) -> None:
        copy.replace("answers/moves.yml", "checked: 2026-11-23", "checked: 2026-11-23 10:00:00")
        book, problems = read_book(copy.data)
        assert (
            problems
            or [fault for entry in entries(book) for fault in outdated(entry, book.facts, date(2026, 11, 23))] == []
        )


def _flat(text: str) -> Iterator[str]:
    """The lines of a step, its choices left out with their heading."""
    for line in text.splitlines():
        if line.strip().startswith("- "):
            continue
        yield '    choices: [{label: "Oui", to: fin}]' if line.strip() == "choices:" else line
