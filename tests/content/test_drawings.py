"""data/drawings.yml and its drawings: what may stand in a page, what is told of the rest, and what follows a change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.content import fresh
from assistant.content.french import sentences
from assistant.errors import ContentError
from assistant.guide import Guide
from assistant.settings import ROOT
from assistant.turns import Position
from channels.cli import check
from channels.cli.drawings import review_drawings
from channels.cli.main import app
from channels.web.drawings import Drawing, Drawings, read_drawings
from channels.web.plain_svg import CLASSES, LARGEST, read_svg

DATA = ROOT / "data"
TODAY = date(2026, 11, 27)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 100">\n  {}\n</svg>\n'
LINE = '<path d="M0 0h320"/>'
# The card and what is on it (B12 to B17), the code by every way (B19 to B21), and what the page promises to show.
EXPECTED = """deux_cartes numero_serie_avec_photo numero_serie_sans_photo numero_secu lettre_avec_code code_par_courrier
    code_par_sms code_par_email deux_portes site_adresse appli_chercher identifiant mot_de_passe adresse_email
    profil_active trois_choses photo_de_la_feuille document_masque montrer_au_soignant aider_a_cote""".split()


@pytest.fixture(scope="module")
def drawings(guide: Guide) -> list[Drawing]:
    found, problems = read_drawings(DATA, guide.book)
    assert [str(problem) for problem in problems] == []
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of data/ that may be damaged."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("nlu", "rules"))
    return tmp_path / "data"


@pytest.fixture
def told(data: Path, guide: Guide) -> Callable[[], list[str]]:
    return lambda: [str(problem) for problem in review_drawings(guide.book, TODAY, data)]


def change(path: Path, old: str, new: str) -> int:
    """Put `new` for the first `old`; its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds « {old} »"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


class TestOurs:
    def test_no_fault(self, told: Callable[[], list[str]]) -> None:
        assert told() == []

    def test_all_that_is_promised_is_drawn(self, drawings: list[Drawing]) -> None:
        assert set(EXPECTED) <= {drawing.name for drawing in drawings}

    def test_each_is_told_in_one_or_two_sentences(self, drawings: list[Drawing]) -> None:
        for drawing in drawings:
            assert 1 <= len(sentences(drawing.alt)) <= 2, drawing.name
            assert len(sentences(drawing.caption)) <= 2, drawing.name

    def test_what_is_drawn_is_known(self, drawings: list[Drawing], guide: Guide) -> None:
        """Nothing that has yet to be confirmed is drawn, and no drawing knows more than the steps it stands beside."""
        unsure = {name for name, fact in guide.book.facts.items() if fact.confidence == "to check"}
        for drawing in drawings:
            assert not unsure & set(drawing.basis.facts), drawing.name
            for step in drawing.steps:
                journey, _, name = step.partition("/")
                known = set(guide.book.journeys[journey].steps[name].basis.facts) - unsure
                assert not known or known & set(drawing.basis.facts), f"{drawing.name} shares no fact with {step}"

    @pytest.mark.parametrize(
        "name", "deux_cartes numero_serie_avec_photo numeros_selon_carte numero_secu lettre_avec_code".split()
    )
    def test_what_no_fact_places_is_drawn_as_an_example(self, drawings: list[Drawing], name: str) -> None:
        """Where the photo is on the card, where its long number is printed, where the code stands in the letter."""
        (drawing,) = (one for one in drawings if one.name == name)
        assert "exemple" in drawing.caption

    def test_every_number_to_find_on_the_card_is_shown(self, drawings: list[Drawing]) -> None:
        shown = {step for drawing in drawings for step in drawing.steps}
        assert {
            f"activer/{name}" for name in ("carte_photo", "serie_avec_photo", "serie_sans_photo", "numero_secu")
        } <= shown

    def test_eleven_signs_are_to_be_copied_and_fifteen_counted(self) -> None:
        """The dots of a dashed line are counted by people: they are the figures of B16 and B15."""
        assert _dots(DATA / "drawings/numero_serie_avec_photo.svg", 14) == [11]
        assert sum(_dots(DATA / "drawings/numero_secu.svg", 14)) == 15
        assert sum(_dots(DATA / "drawings/numero_secu.svg", 9)) == 15
        assert _dots(DATA / "drawings/code_sur_ecran.svg", 16) == [12]
        assert 8 <= _dots(DATA / "drawings/numero_serie_sans_photo.svg", 12)[0] <= 13

    def test_every_class_is_in_the_sheet(self) -> None:
        sheet = (ROOT / "channels/web/static/camille.css").read_text(encoding="utf-8")
        assert [name for name in CLASSES if f".drawing .{name} " not in sheet] == []
        outside = [line for line in sheet.splitlines() if ".drawing" not in line]
        # A class of the page would dress the lines of a drawing as well.
        assert [name for name in CLASSES if any(f".{name} " in line or f".{name}," in line for line in outside)] == []


def _dots(path: Path, step: int) -> list[int]:
    """How many dots each stretch of the line dashed « 0 step » shows: one at its start and one each step after."""
    (line,) = re.findall(rf'stroke-dasharray="0 {step}" d="([^"]+)"', path.read_text(encoding="utf-8"))
    return [int(float(length) / step) + 1 for length in re.findall(r"h([\d.]+)", line)]


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            ("activer/carte_photo", "activer/carte_phoot", "L'étape « activer/carte_phoot » n'existe pas"),
            ("activer/carte_photo", "ailleurs/carte_photo", "L'étape « ailleurs/carte_photo » n'existe pas"),
            ("activer/carte_photo", "activer/serie_avec_photo", "a déjà le dessin"),
            ("steps: [activer/carte_photo]", "steps: []", "Il manque les étapes"),
            ("facts: [B12]", "facts: [B1212]", "Le fait « B1212 » n'existe pas"),
            ("Deux cartes, avec", "Cliquez sur l'interface, avec", "dites plutôt"),
            ("Deux cartes, avec", "Une carte et " + "une carte et " * 9 + "avec", "phrase de"),
            ("avec photo et sans photo", "avec photo et une autre", "« sans photo » est écrit dans le dessin"),
            ('  alt: "Deux cartes', '  alte: "Deux cartes', "Le champ « alte » n'existe pas"),
            ("checked: 2026-11-26", "checked: 2020-01-02", "relu le 02/01/2020"),
        ],
    )
    def test_of_words_at_its_line(
        self, data: Path, told: Callable[[], list[str]], old: str, new: str, sentence: str
    ) -> None:
        change(data / "drawings.yml", old, new)
        found = told()
        assert any(one.startswith("data/drawings.yml:") and sentence in one for one in found), found

    def test_a_step_that_does_not_exist_stands_at_its_own_line(self, data: Path, told: Callable[[], list[str]]) -> None:
        line = change(data / "drawings.yml", "[activer/carte_scan]", "[activer/carte_scanner]")
        assert told() == [f"data/drawings.yml:{line}: L'étape « activer/carte_scanner » n'existe pas."]

    def test_a_missing_file(self, data: Path, told: Callable[[], list[str]]) -> None:
        (data / "drawings/deux_cartes.svg").unlink()
        (one,) = told()
        assert one.startswith("data/drawings.yml:")
        assert one.endswith("Il manque le dessin data/drawings/deux_cartes.svg.")

    def test_a_drawing_that_nothing_shows(self, data: Path, told: Callable[[], list[str]]) -> None:
        (data / "drawings/perdu.svg").write_text(SVG.format(LINE), encoding="utf-8")
        assert told() == ["data/drawings/perdu.svg:1: Aucune ligne de data/drawings.yml ne montre ce dessin."]

    @pytest.mark.parametrize("text", ["", "- un\n", "deux_cartes: 12\n", "deux_cartes: [\n", "1: {alt: x}\n"])
    def test_a_broken_file_is_told(self, data: Path, told: Callable[[], list[str]], text: str) -> None:
        (data / "drawings.yml").write_text(text, encoding="utf-8")
        assert any(one.startswith("data/drawings.yml:") for one in told())

    def test_camille_check_tells_them(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(check, "DATA", data)
        monkeypatch.setenv("COLUMNS", "200")
        line = change(data / "drawings/deux_cartes.svg", "<path", '<path onclick="x()"')
        said = CliRunner().invoke(app, ["check"])
        assert said.exit_code == 1
        assert f"data/drawings/deux_cartes.svg:{line}: L'attribut « onclick » n'est pas permis." in said.output

    @pytest.mark.parametrize(
        ("inside", "line", "sentence"),
        [
            ("<script>alert(1)</script>", 2, "« script »"),
            ('<image href="data:image/png;base64,AAAA"/>', 2, "« image »"),
            ('<use href="https://example.org/a.svg#b"/>', 2, "« use »"),
            ('<a href="https://example.org"><path d="M0 0"/></a>', 2, "« a »"),
            ("<foreignObject><p>x</p></foreignObject>", 2, "« foreignObject »"),
            ("<style>* { display: none }</style>", 2, "« style »"),
            ("<animate/>", 2, "« animate »"),
            ('<path d="M0 0" onload="x()"/>', 2, "« onload »"),
            ('<path d="M0 0" style="fill: red"/>', 2, "« style »"),
            ('<path id="a" d="M0 0"/>', 2, "« id »"),
            ('<path d="M0 0" fill="url(https://example.org/a)"/>', 2, "« fill » ne peut pas valoir"),
            ('<path d="M0 0" fill="#ff0000"/>', 2, "« fill » ne peut pas valoir"),
            ('<path d="M0 0" class="choices"/>', 2, "« class » ne peut pas valoir"),
            ('<path d="M0 0&quot; onload=&quot;x"/>', 2, "« d » ne peut pas valoir"),
            (f"{LINE}\n  <svg/>", 3, "n'est pas à sa place"),
            (f"{LINE}\n  perdu", 3, "un mot s'écrit dans « text »"),
            (f"{LINE}\n  <g>", 4, "ne se lit pas"),
            ("<!-- fait avec un logiciel -->", 2, "« <! »"),
            (LINE * 220, 1, "octets"),
        ],
    )
    def test_of_a_drawing_at_its_line(self, tmp_path: Path, inside: str, line: int, sentence: str) -> None:
        path = tmp_path / "essai.svg"
        path.write_text(SVG.format(inside), encoding="utf-8")
        found = read_svg(path)
        assert any(at == line and sentence in one for at, one in found.wrong), found.wrong
        assert found.inner == ""

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "<svg",
            "<p>bonjour</p>",
            '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG.format("<text>&a;</text>"),
            '<?xml-stylesheet href="https://example.org/a.css"?>' + SVG.format(LINE),
            SVG.format(LINE).replace("0 0 320 100", "0 0 320 900"),
            SVG.format(LINE).replace("0 0 320 100", "0 0 100%"),
            SVG.format(LINE).replace(' viewBox="0 0 320 100"', ""),
            SVG.format(LINE).replace("www.w3.org", "www.example.org"),
        ],
    )
    def test_what_is_no_drawing_is_never_shown(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "essai.svg"
        path.write_text(text, encoding="utf-8")
        found = read_svg(path)
        assert found.wrong
        assert found.inner == ""

    def test_what_is_not_text_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "essai.svg"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
        assert "ne se lit pas" in read_svg(path).wrong[0][1]

    def test_a_plain_drawing_is_shown_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "essai.svg"
        path.write_text(SVG.format(f'<g>{LINE}</g>\n  <text x="1" y="20">deux mots</text>'), encoding="utf-8")
        found = read_svg(path)
        assert (found.wrong, found.height, found.words) == ([], 100, ["deux mots"])
        assert found.inner == f'<g>{LINE}</g><text x="1" y="20">deux mots</text>'
        assert path.stat().st_size < LARGEST


class TestOnThePage:
    def test_a_step_has_its_drawing_and_another_has_none(self, guide: Guide) -> None:
        shown = Drawings(DATA, lambda: guide.book)
        found = shown.beside(_at(guide, "carte_photo"))
        assert found
        assert found.name == "deux_cartes"
        assert shown.beside(_at(guide, "pas_reconnu")) is None
        assert shown.beside(None) is None

    def test_what_is_broken_at_the_start_is_told(self, data: Path, guide: Guide) -> None:
        change(data / "drawings/deux_cartes.svg", "<path", "<script/><path")
        with pytest.raises(ContentError, match=r"^data/drawings/deux_cartes\.svg:\d+: L.élément « script »"):
            Drawings(data, lambda: guide.book)

    def test_it_follows_its_files_and_a_broken_one_changes_nothing(
        self, data: Path, guide: Guide, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(fresh, "EVERY", 0.0)
        place = _at(guide, "carte_photo")
        shown = Drawings(data, lambda: guide.book, watched=True)
        change(data / "drawings.yml", "Deux cartes,", "Voici deux cartes,")
        assert shown.beside(place).alt.startswith("Voici")  # type: ignore[union-attr]
        change(data / "drawings/deux_cartes.svg", "<text", "<script/><text")
        assert "<script" not in shown.beside(place).lines  # type: ignore[union-attr]
        assert "data/drawings/deux_cartes.svg:" in caplog.text
        change(data / "drawings/deux_cartes.svg", "<script/>", "<circle/>")
        assert "<circle/>" in shown.beside(place).lines  # type: ignore[union-attr]


def _at(guide: Guide, step: str) -> Position:
    journey = guide.book.journeys["activer"]
    stage = journey.steps[step].stage
    return Position("activer", journey.title, step, journey.stages[stage - 1], stage, len(journey.stages), "going")
