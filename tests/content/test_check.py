"""`camille check` as a writer meets it: every fault of words at its own line, and all that can be said, counted."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.content.entries import Places
from assistant.guide import Guide
from assistant.settings import ROOT
from channels.cli import check
from channels.cli.inventory import Inventory, inventory, sms
from channels.cli.inventory_table import HEADS, cells, report, table, totals
from channels.cli.main import app
from channels.sms.segments import Segments

DATA = ROOT / "data"
TODAY = date(2026, 12, 1)
JOURNEY = """journey: {name}
title: "Essai"
stages: ["Un"]
start: {name}_debut
steps:
  {name}_debut:
    stage: 1
    say: {{web: "Un.", sms: "Un.", voice: "Un."}}
    simpler: {{web: "Deux.", sms: "Deux.", voice: "Deux."}}
    choices:
      - {{label: "Oui", journey: {other}}}
    stuck: {name}_debut
    facts: [B01]
    checked: 2026-11-23
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of data/ that may be damaged, in the place of the real one."""
    copied = tmp_path / "data"
    shutil.copytree(DATA, copied, ignore=shutil.ignore_patterns("nlu", "rules"))
    monkeypatch.setattr(check, "DATA", copied)
    monkeypatch.setenv("COLUMNS", "200")
    return copied


@pytest.fixture(scope="module")
def counted(guide: Guide) -> Inventory:
    return inventory(guide.book, TODAY)


def change(path: Path, old: str, new: str) -> int:
    """Put `new` for the first `old`; its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer says « {old} »: choose another place to damage"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["check", *words])


class TestFaults:
    def test_a_fault_of_words_stands_at_its_own_line(self, data: Path) -> None:
        line = change(data / "answers/moves.yml", 'sms: "Merci à vous."', 'sms: "Veuillez cliquer ici."')
        said = run()
        assert said.exit_code == 1
        lines = [told for told in said.output.splitlines() if told.startswith("data/")]
        assert len(lines) == 2
        assert all(told.startswith(f"data/answers/moves.yml:{line}: « remercier » (simpler, sms) : ") for told in lines)

    def test_a_text_too_dear_stands_at_its_own_line(self, data: Path) -> None:
        line = change(data / "answers/moves.yml", 'sms: "Merci à vous."', f'sms: "{"Merci. " * 60}"')
        assert f"data/answers/moves.yml:{line}: « remercier » (simpler, sms) : 3 SMS au lieu de 2" in run().output

    def test_broken_links_do_not_hide_broken_words(self, data: Path) -> None:
        """One run: a step that does not exist, a banned word, and that SMS wait for the rest."""
        change(data / "journeys/activer.yml", '"J\'ai tout", to: site_ou_appli', '"J\'ai tout", to: nulle_part')
        change(data / "answers/moves.yml", 'sms: "Merci à vous."', 'sms: "Veuillez patienter."')
        said = run("--table").output
        assert "qui n'existe pas" in said
        assert "« veuillez » : dites plutôt" in said
        assert "Les SMS seront comptés" in said

    def test_two_journeys_that_only_lead_into_each_other(self, data: Path) -> None:
        """Each has a way out, into the other: its loader sees no fault."""
        for name, other in (("aller", "venir"), ("venir", "aller")):
            (data / f"journeys/{name}.yml").write_text(JOURNEY.format(name=name, other=other), encoding="utf-8")
        told = [line for line in run().output.splitlines() if line.startswith("data/")]
        assert [line.split(" : ")[0] for line in told] == [
            "data/journeys/aller.yml:6: « aller_debut » tourne en rond",
            "data/journeys/venir.yml:6: « venir_debut » tourne en rond",
        ]

    def test_a_way_out_through_another_journey(self, data: Path) -> None:
        whole = JOURNEY.format(name="aller", other="activer")
        (data / "journeys/aller.yml").write_text(whole, encoding="utf-8")
        assert run().exit_code == 0

    def test_no_fault_no_exit_code(self, data: Path) -> None:
        said = run()
        assert (said.exit_code, "Tout est bon" in said.output) == (0, True), said.output

    def test_every_entry_has_its_place(self, counted: Inventory) -> None:
        places = Places(DATA)
        for entry in counted.entries:
            at = places.problem(entry.name, entry.step, "")
            said = (ROOT / at.file).read_text(encoding="utf-8").splitlines()[at.line - 1]
            assert said.strip() == f"{entry.name}:"
            assert at.file.startswith("data/journeys/" if entry.step else "data/answers/")

    def test_a_step_and_an_answer_of_one_name_have_two_places(self, counted: Inventory) -> None:
        shared = {one.name for one in counted.entries if one.step} & {
            one.name for one in counted.entries if not one.step
        }
        assert shared, "no name is shared any more: this test proves nothing"
        places = Places(DATA)
        for name in shared:
            assert places.problem(name, True, "").file != places.problem(name, False, "").file


class TestInventory:
    def test_every_topic_is_answered_on_three_channels(self, counted: Inventory, guide: Guide) -> None:
        assert counted.answered == len(counted.rows) == len(guide.book.topics)

    def test_a_topic_without_words_is_seen(self, guide: Guide) -> None:
        """What is counted is what is said, not what stands in a file."""
        kept = guide.book.answers["cout"]
        answers = {**guide.book.answers, "cout": replace(kept, say=replace(kept.say, sms=""))}
        book = replace(guide.book, answers=answers)
        found = inventory(book, TODAY)
        assert [row.topic for row in found.rows if not row.answered] == ["cout"]
        assert found.answered == len(found.rows) - 1

    def test_replies_are_counted_by_segments(self, counted: Inventory, guide: Guide) -> None:
        sizes = [Segments.of(sent.text).count for sent in sms(guide)]
        assert counted.mean_segments == pytest.approx(sum(sizes) / len(sizes))
        assert counted.over == sum(size > 2 for size in sizes) == 0

    def test_steps_are_those_of_the_journeys(self, counted: Inventory, guide: Guide) -> None:
        assert list(counted.steps.values()) == [len(journey.steps) for journey in guide.book.journeys.values()]

    def test_age_is_of_the_oldest_thing_it_rests_on(self, guide: Guide) -> None:
        later = inventory(guide.book, TODAY + timedelta(days=365))
        for row, before in zip(later.rows, inventory(guide.book, TODAY).rows, strict=True):
            assert row.age == before.age + 365

    def test_the_table_fits_a_terminal_of_eighty_columns(self, counted: Inventory) -> None:
        widths = [
            max(len(word) for cell in column for word in cell.split())
            for column in zip(*map(cells, counted.rows), [word.replace(" ", "\n") for word in HEADS], strict=True)
        ]
        assert sum(widths) + len(widths) - 1 <= 80
        assert len(table(counted).columns) == len(HEADS)

    def test_the_totals_name_each_aim(self, counted: Inventory) -> None:
        said = "\n".join(totals(counted))
        assert f"{counted.answered} sur {len(counted.rows)}" in said
        for figure in ("1,3 au plus", "plus de 2 SMS : 0", "au plus 32", "au plus 40", "au moins 80", "au plus 10"):
            assert figure in said
        for title in counted.steps:
            assert title in said


class TestReport:
    def test_it_is_written_where_it_is_asked(self, data: Path, tmp_path: Path) -> None:
        said = run("--table", "--dossier", str(tmp_path / "new" / "reports"))
        assert said.exit_code == 0, said.output
        written = (tmp_path / "new" / "reports" / "contenu.md").read_text(encoding="utf-8")
        assert all(total in written for total in ("Thèmes qui ont une réponse", "SMS par réponse", "Kandel-Moles"))

    def test_a_folder_that_cannot_be_written_is_said(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("")
        said = run("--table", "--dossier", str(tmp_path / "taken"))
        assert said.exit_code != 0
        assert "--dossier" in f"{said.output}{said.exception}"

    def test_one_line_a_topic_and_no_broken_table(self, counted: Inventory) -> None:
        lines = report(counted, TODAY).splitlines()
        rows = [line for line in lines if re.match(rf"\| ({'|'.join(row.topic for row in counted.rows)}) \|", line)]
        assert len(rows) == len(counted.rows)
        assert {line.count("|") for line in rows} == {len(HEADS) + 1}
