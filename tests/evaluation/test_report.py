"""The report says what was counted, how sure it is and what it does not know; the picture is one that opens."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from assistant.evaluation.curve import Thresholds, curve
from assistant.evaluation.judged import Judged
from assistant.evaluation.labelled import Labelled, MessageSet
from assistant.evaluation.picture import drawn
from assistant.evaluation.report import Evaluation, Peer, Section, cell, number, percent, prepare, told, write
from assistant.evaluation.shares import Loss, Share
from assistant.evaluation.variants import VARIANTS
from tests.evaluation.judging import judged

MESSAGES = [
    judged("cout", "cout 0.9, activer 0.05"),
    judged("cout", "activer 0.6, cout 0.2"),
    judged("detresse", "detresse 1", decided=True),
    judged("hors_sujet", "hors_sujet 0.3", said=""),
]
LIMITS = Thresholds(0.35, 0.08)


def section(messages: list[Judged], name: str = "essai", who: str = "") -> Section:
    given = MessageSet(name, who, tuple(one.message for one in messages))
    return Section(given, dict.fromkeys(VARIANTS, messages), [1.0, 2.0, 30.0])


def report(*sections: Section, peers: tuple[Peer, ...] = ()) -> str:
    return told(Evaluation(datetime(2026, 11, 23, tzinfo=timezone.utc), "abc", LIMITS, sections, peers))


class TestReport:
    def test_how_many_by_whom_and_how_sure(self) -> None:
        said = report(section(MESSAGES, who="Trois bénévoles, en novembre."))
        assert "4 messages, 3 thèmes. Qui les a écrits : Trois bénévoles, en novembre." in said
        assert "75,0 % (30,1 à 95,4)" in said  # 3 of 4, Wilson
        assert "| 2,0 / 30,0 ms |" in said

    def test_when_nobody_said_who(self) -> None:
        said = report(section(MESSAGES))
        assert "personne ne l'a dit" in said
        assert "Pour essai, rien ne dit par qui." in said

    def test_aims_that_nothing_was_counted_for_are_left_out(self) -> None:
        assert "dangers et détresses manqués | 0,0" in report(section(MESSAGES))
        assert "dangers et détresses manqués | 0,0" not in report(section(MESSAGES[:2]))

    def test_the_chosen_threshold_stands_out(self) -> None:
        assert re.search(r"^\| \*\*0,35\*\* \| 75,0 %", report(section(MESSAGES)), re.M)

    def test_messages_that_training_has_met_are_told_apart(self) -> None:
        met = replace(section(MESSAGES), learnt=frozenset({MESSAGES[0].message.text}))
        assert "1 de ces messages ressemblent trop" in report(met)
        assert "ressemblent trop" not in report(section(MESSAGES))

    def test_styles_have_a_table_when_there_are_any(self) -> None:
        styled = [replace(one, message=replace(one.message, style="sms")) for one in MESSAGES]
        assert "### Par écriture" in report(section(styled))
        assert "### Par écriture" not in report(section(MESSAGES))

    def test_peers_have_a_table_when_there_are_any(self) -> None:
        shares = {"essai": {variant: (Share(3, 4), Share(4, 4)) for variant in VARIANTS}}
        behind = {"essai": Loss(2, 1, 4)}
        peers = (Peer("SVM", "une autre", shares), Peer("fastText", "un autre", shares, 12.0, 0.031, behind=behind))
        said = report(section(MESSAGES), peers=peers)
        four = " | ".join(["75,0 % / 100,0 %"] * 4)
        assert f"| SVM | {four} |  |" in said
        assert f"| fastText | {four} | 25,0 (-47,3 à 80,6) |" in said  # 1 / 6, and 1.96 * sqrt(4 - 1 / 6) / 6 around
        assert "| fastText | 12,0 s | 0,03 | - | un autre |" in said
        assert "À côté des autres" not in report(section(MESSAGES))

    @pytest.mark.parametrize(
        "wrote",
        ["<script>alert(1)</script>", "a | b", "*gras* _et_ `code`", "[lien](http://x)", "deux\nlignes", "# titre"],
    )
    def test_what_people_wrote_is_no_markdown(self, wrote: str) -> None:
        one = Judged(Labelled(wrote, "cout"), judged("cout", "activer 0.9").heard)
        line = next(line for line in report(section([one])).splitlines() if line.startswith("  - "))
        assert line == f"  - {cell(wrote)} (confiance 0,90)"
        assert not re.search(r"(?<!\\)[*_`|\[\]#]|<", line)

    def test_every_table_is_whole(self) -> None:
        """A row has as many cells as its heading, and no blank line cuts it."""
        shares = {name: {variant: (Share(3, 4), Share(4, 4)) for variant in VARIANTS} for name in ("un", "deux")}
        said = report(section(MESSAGES, "un"), section(MESSAGES, "deux"), peers=(Peer("a", "b", shares),) * 2)
        lines = said.splitlines()
        rules = [index for index, line in enumerate(lines) if re.fullmatch(r"\|(?:-+\|)+", line)]
        assert len(rules) >= 12
        for rule in rules:
            width = lines[rule].count("|")
            rows = [lines[rule - 1]]
            for line in lines[rule + 1 :]:
                if not line.startswith("|"):
                    break
                rows.append(line)
            assert len(rows) >= 2, lines[rule - 1]
            assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {width}, rows

    def test_no_line_of_a_table_stands_alone(self) -> None:
        lines = report(section(MESSAGES)).splitlines()
        alone = [
            line
            for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False)
            if line.startswith("|") and not before.startswith("|") and not after.startswith("|")
        ]
        assert alone == []


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "digits", "written"),
        [(1234.5, 1, "1 234,5"), (0.0, 1, "0,0"), (-0.04, 1, "0,0"), (-1.26, 1, "-1,3"), (8813, 0, "8 813")],
    )
    def test_french_numbers(self, value: float, digits: int, written: str) -> None:
        assert number(value, digits) == written

    def test_percents(self) -> None:
        assert percent(0.8434) == "84,3 %"


class TestPicture:
    def test_it_is_a_picture_with_a_description(self) -> None:
        svg = ET.fromstring(drawn([("un & deux", curve(MESSAGES, 0.08))], LIMITS))  # noqa: S314 - our own
        space = {"s": "http://www.w3.org/2000/svg"}
        described = svg.find("s:desc", space)
        assert described is not None
        assert "un & deux : au seuil choisi (0,35), Camille répond tout de suite à 75,0 %" in (described.text or "")
        assert len(svg.findall("s:circle", space)) == 1

    def test_the_chosen_threshold_lies_on_the_line(self) -> None:
        svg = ET.fromstring(drawn([("essai", curve(MESSAGES, 0.08))], LIMITS))  # noqa: S314 - our own
        space = {"s": "http://www.w3.org/2000/svg"}
        line, mark = svg.find("s:polyline", space), svg.find("s:circle", space)
        assert line is not None
        assert mark is not None
        assert f"{mark.get('cx')},{mark.get('cy')}" in line.get("points", "").split()

    def test_one_line_a_set(self) -> None:
        points = curve(MESSAGES, 0.08)
        assert drawn([(str(index), points) for index in range(7)], LIMITS).count("<polyline") == 7

    def test_nothing_answered_is_an_empty_picture(self) -> None:
        assert "<polyline" not in drawn([("essai", curve([judged("cout", "")], 0.08))], LIMITS)

    def test_the_same_figures_give_the_same_file(self) -> None:
        points = [("essai", curve(MESSAGES, 0.08))]
        assert drawn(points, LIMITS) == drawn(points, LIMITS)


def test_both_files_are_written_where_git_leaves_them_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    prepare(folder)
    write(Evaluation(datetime(2026, 11, 23, tzinfo=timezone.utc), "abc", LIMITS, [section(MESSAGES)]), folder)
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "coverage.svg", "evaluation.md"]
    assert "](coverage.svg)" in (folder / "evaluation.md").read_text(encoding="utf-8")
