"""The figures as a physician sees them: page, chart and file show the same cells, and nothing under eleven."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from assistant.figures import WHAT, Line, line_of
from assistant.storage import practice_months, schema
from assistant.storage.practice_months import Month
from assistant.storage.practices import Member
from channels.practice.chart import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, chart
from channels.practice.figures import FEW, HEADS, UNTOLD
from channels.web.typography import typeset
from tests.channels.visitor import words
from tests.support.desk import Desk, open_desk
from tests.support.practice import Browser

COUNTS = {
    1: (40, 12, 3),
    2: (40, 30, 11),
    3: (9, 7, 5),
    4: (1, 62, 31),
    5: (40, 10, 2),
    6: (40, 25, 12),
    9: (23, 14, 6),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A practice that began in January, in November."""
    with open_desk(tmp_path) as opened:
        count(opened, opened.practice.martin, COUNTS)
        yield opened


def count(desk: Desk, who: Member, counts: dict[int, tuple[int, int, int]], year: int = 2026) -> None:
    january = datetime(year, 1, 1, tzinfo=timezone.utc)
    with desk.face.conversation.database.transaction() as connection:
        connection.execute(update(schema.practices).values(made_at=january))
        for month, times in counts.items():
            at = datetime(year, month, 20, tzinfo=timezone.utc)
            for what, number in zip(WHAT, times, strict=True):
                practice_months.count(connection, who.practice, what, at, number)


def table(browser: Browser) -> list[list[str]]:
    """The cells of the page's table, row by row."""
    found = re.search(r"<table.*?</table>", browser.html, re.DOTALL)
    assert found
    rows = re.findall(r"<tr.*?</tr>", found.group(), re.DOTALL)
    return [[words(cell).replace("\u00a0", " ") for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def downloaded(desk: Desk, who: Member | None = None) -> tuple[bytes, list[list[str]]]:
    browser = desk.browser(who)
    answer = browser.client.get("/medecin/chiffres.csv", base_url=browser.base)
    assert answer.status_code == 200
    raw = answer.get_data()
    return raw, list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


def test_the_table(desk: Desk) -> None:
    rows = table(desk.browser().look("/medecin/chiffres"))
    assert rows == [
        list(HEADS),
        ["janvier 2026", "40", "11", FEW],
        ["février 2026", "40", "30", "11"],
        ["mars 2026", FEW, FEW, FEW],
        ["avril 2026", FEW, "60", "30"],
        ["mai 2026", "40", FEW, FEW],
        ["juin 2026", "40", "25", "11"],
        ["janvier à juin 2026, en tout", UNTOLD, UNTOLD, UNTOLD],
        ["juillet 2026", FEW, FEW, FEW],
        ["août 2026", FEW, FEW, FEW],
        ["septembre 2026", "20", "11", FEW],
        ["octobre 2026", FEW, FEW, FEW],
    ]


def test_the_file_holds_the_same(desk: Desk) -> None:
    raw, rows = downloaded(desk)
    assert raw.startswith(b"\xef\xbb\xbfMois;")
    assert b"\r\n" in raw
    assert rows == table(desk.browser().look("/medecin/chiffres"))


def test_the_current_month_is_nowhere(desk: Desk) -> None:
    count(desk, desk.practice.martin, {11: (987, 876, 765)})
    browser = desk.browser().look("/medecin/chiffres")
    raw, _ = downloaded(desk)
    for number in ("987", "985", "876", "875", "765"):
        assert number not in browser.main
        assert number not in raw.decode()
    assert typeset("Le prochain viendra le mardi 8 décembre 2026.") in browser.main


def test_no_count_under_eleven_stands_anywhere_in_the_page(desk: Desk) -> None:
    """Not in the chart either, whose heights are in the file that anybody may read."""
    secret = {month: counts for month, counts in COUNTS.items() if min(counts) < 11}
    browser = desk.browser().look("/medecin/chiffres")
    count(desk, desk.practice.martin, {month: tuple(-n if n < 11 else 0 for n in c) for month, c in secret.items()})  # type: ignore[misc]
    assert strip(desk.browser().look("/medecin/chiffres").html) == strip(browser.html)


def strip(html: str) -> str:
    """Without the tokens of a browser."""
    return re.sub(r'value="[^"]{30,}"', "", html)


def test_another_practice_has_its_own(desk: Desk) -> None:
    browser = desk.browser(desk.practice.elsewhere).look("/medecin/chiffres")
    assert all(cell in (FEW, UNTOLD) for row in table(browser)[1:] for cell in row[1:])
    _, rows = downloaded(desk, desk.practice.elsewhere)
    assert all(cell == FEW for row in rows[1:] for cell in row[1:])


@pytest.mark.parametrize("path", ["/medecin/chiffres", "/medecin/chiffres.csv"])
def test_nothing_in_the_address_chooses_whose(desk: Desk, path: str) -> None:
    browser = desk.browser(desk.practice.elsewhere)
    asked = f"{path}?practice={desk.practice.martin.practice}&cabinet={desk.practice.martin.practice}"
    answer = browser.client.get(asked, base_url=browser.base)
    assert "60" not in words(answer.get_data(as_text=True).split("<main")[-1].split("<footer")[0])


def test_before_the_first_month_is_over_the_page_says_when(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        browser = desk.browser().look("/medecin/chiffres")
        assert typeset("Les premiers viendront le mardi 8 décembre 2026.") in browser.main
        assert "<table" not in browser.html
        _, rows = downloaded(desk)
        assert rows == [list(HEADS)]


def test_nobody_is_ranked_nor_rewarded(desk: Desk) -> None:
    main = desk.browser().look("/medecin/chiffres").main.lower()
    assert "aucun classement, aucune récompense" in main
    for word in ("moyenne", "objectif", "bravo", "meilleur", "autres cabinets", "rang"):
        assert word not in main


class TestChart:
    def svg(self, desk: Desk) -> ET.Element:
        html = desk.browser().look("/medecin/chiffres").html
        found = re.search(r'<svg viewBox="0 0 720 300".*?</svg>', html, re.DOTALL)
        assert found
        return ET.fromstring(found.group().replace("&nbsp;", " "))  # noqa: S314 - our own page

    def test_a_bar_for_each_shown_cell_and_a_mark_for_each_other(self, desk: Desk) -> None:
        drawn = self.svg(desk)
        cells = [
            cell
            for row in table(desk.browser().look("/medecin/chiffres"))[1:]
            if "tout" not in row[0]
            for cell in row[1:]
        ]
        assert len(drawn.findall("rect")) == len([cell for cell in cells if cell != FEW])
        assert len(drawn.findall("circle")) == cells.count(FEW)

    def test_it_has_a_name_and_says_where_its_numbers_are(self, desk: Desk) -> None:
        drawn, html = self.svg(desk), desk.browser().look("/medecin/chiffres").html
        assert drawn.get("role") == "img"
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert f'id="{drawn.get(attribute)}"' in html

    def test_it_carries_no_style_of_its_own(self, desk: Desk) -> None:
        """Our pages allow none (Content-Security-Policy); colours come from the sheet, so that forced ones may win."""
        for element in self.svg(desk).iter():
            assert {"style", "fill", "stroke"} & set(element.attrib) == set()

    @given(st.lists(st.tuples(*[st.integers(0, 5_000)] * 3), min_size=1, max_size=12))
    def test_nothing_is_drawn_out_of_its_room(self, counts: list[tuple[int, int, int]]) -> None:
        months = [Month(datetime(2026, 1 + number, 1, tzinfo=timezone.utc), *one) for number, one in enumerate(counts)]
        lines = [Line(one.month, line_of(one)) for one in months]
        made = chart([{str(what): cell for what, cell in line.cells.items()} for line in lines], WHAT)
        if made is None:
            assert all(cell is None for line in lines for cell in line.cells.values())
            return
        for group in made.groups:
            for bar in group.bars:
                assert LEFT - 1 <= bar.x <= WIDTH
                assert TOP - 0.2 <= bar.y <= HEIGHT - BOTTOM
                assert (bar.height > 0) == (lines[group.number].cells[bar.what] is not None)
        assert 2 <= len(made.marks) <= 6
        assert [value for value, _ in made.marks] == sorted({value for value, _ in made.marks})
