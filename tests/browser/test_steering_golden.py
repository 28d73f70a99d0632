"""Every page of /pilotage as a picture: nothing cut off, nothing over something else, and still what was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.steering_golden import FAR, GOLDEN, WRONG, Shot, apart, kept, lived_in, moved, shots, small
from tests.browser.walk import View

ANEW = "Look at it; when it is right: make pictures"
MOST_KEPT = 400_000


@pytest.fixture(scope="module")
def taken(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Shot]]:
    """All of them, once."""
    with lived_in(tmp_path_factory.mktemp("var")) as (site, clock):
        yield {shot.name: shot for shot in shots(chromium, site, clock)}


def golden(name: str) -> Image.Image:
    with Image.open(GOLDEN / f"{name}.webp") as picture:
        return picture.convert("RGB")


def test_nothing_is_cut_off_or_over_something_else(taken: dict[str, Shot]) -> None:
    assert {name: shot.wrong for name, shot in taken.items() if shot.wrong} == {}


def test_every_page_has_its_picture_and_every_picture_its_page(taken: dict[str, Shot]) -> None:
    assert set(taken) == set(kept()) == {path.stem for path in GOLDEN.glob("*.webp")}
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < MOST_KEPT


def test_what_is_shown_stands_where_it_stood(taken: dict[str, Shot]) -> None:
    then = kept()
    found = {name: wrong for name, shot in taken.items() if (wrong := moved(then[name], shot.places, shot.width))}
    assert found == {}, ANEW


def test_it_looks_as_it_did(taken: dict[str, Shot]) -> None:
    found = {name: far for name, shot in taken.items() if (far := apart(golden(name), small(shot))) > FAR}
    assert found == {}, ANEW


class TestTheMeasures:
    """That each of them finds what it is for."""

    @pytest.mark.parametrize("view", ["1280", "320", "200"])
    def test_no_page_is_taken_for_another(self, view: str) -> None:
        """But for the two pages of the journal, which are as long as their lines."""
        pages = {path.stem: golden(path.stem) for path in GOLDEN.glob(f"*-{view}.webp")}
        pages.pop(f"journal-2-{view}")
        assert {pair for pair in combinations(pages, 2) if apart(*(pages[name] for name in pair)) <= FAR} == set()

    def test_a_page_without_its_chart_is_not_the_same(self, taken: dict[str, Shot]) -> None:
        shot = taken["parcours-1280"]
        assert moved(kept()[shot.name], [place for place in shot.places if place[0] != "figure"], shot.width)
        aside = [[*place[:2], place[2] + 100, *place[3:]] for place in shot.places]
        assert moved(kept()[shot.name], aside, shot.width)

    @pytest.mark.parametrize(
        ("html", "told"),
        [
            (
                "<h1 style='width: 400px; white-space: nowrap; margin-left: 200px'>Ce qui déborde</h1>",
                "out of the page",
            ),
            ("<p style='width: 50px; overflow: hidden; white-space: nowrap'>Ce qui est coupé ici</p>", "cut off"),
            ("<h1>Le titre</h1><h2 style='margin-top: -3rem'>Par-dessus</h2>", "over each other"),
            ("<div class=room style='overflow: auto'><table style='width: 900px'><td>x</table></div>", "no key"),
            ("<h1>Le titre</h1><h2>En dessous</h2>", ""),
        ],
    )
    def test_what_is_wrong_is_found(self, chromium: Browser, html: str, told: str) -> None:
        page = View(320, "light").open(chromium)
        page.set_content(f"<!doctype html><main>{html}</main>")
        found = page.evaluate(WRONG)
        page.context.close()
        assert (told in " ".join(found)) if told else found == [], found
