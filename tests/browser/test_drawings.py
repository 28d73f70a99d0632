"""Every illustrated step on a real screen: measured light and dark, narrow and wide, strong contrast, and by ear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from assistant.content.book import open_book
from assistant.journeys.progress import Progress
from assistant.settings import ROOT
from assistant.telling import Outcome
from assistant.turns import Channel, Choice
from channels.web.drawings import Drawing, read_drawings
from channels.web.typography import typeset
from tests.browser.conftest import Site
from tests.browser.measures import WIDER, audit
from tests.browser.walk import View, press, write

DATA = ROOT / "data"
DRAWINGS: list[Drawing] = read_drawings(DATA, open_book(DATA))[0]
STEPS = {step: drawing for drawing in DRAWINGS for step in drawing.steps}
HEAVIEST_PAGE = 60 * 1024
LEAST_LETTER = 15.0  # CSS pixels, at 320 px
ANYWHERE = "conduisez-moi"

LETTERS = """() => [...document.querySelectorAll(".drawing text")].map(text =>
  parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getScreenCTM().a)"""
# What a drawing is made of, that would lie outside its own frame or over another word.
OUTSIDE = """() => {
  const svg = document.querySelector(".drawing svg");
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("*")].map(shape => [shape.outerHTML, shape.getBoundingClientRect()])
    .filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
      || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
    .map(([shape]) => shape);
}"""
# Contrast of each line with the card under it, as WCAG 1.4.11 counts it. A fill of the drawing may lie between.
FAINT = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = colour => { const [r, g, b] = parts(colour); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const drawing = document.querySelector(".drawing");
  const card = light(getComputedStyle(drawing.closest(".task")).backgroundColor);
  const fills = [...drawing.querySelectorAll(".glow, .tint")].map(part => light(getComputedStyle(part).fill));
  const grounds = [card, ...fills];
  const wrong = [];
  for (const shape of drawing.querySelectorAll("path, rect, circle, text")) {
    const style = getComputedStyle(shape);
    const ink = shape.matches("text, .full") ? style.fill : style.stroke;
    const worst = Math.min(...grounds.map(ground => {
      const [low, high] = [light(ink), ground].sort((one, other) => one - other);
      return (high + 0.05) / (low + 0.05);
    }));
    if (worst < 3) wrong.push(`${worst.toFixed(2)} ${shape.outerHTML.slice(0, 80)}`);
  }
  return wrong;
}"""


@pytest.fixture
def lead(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[[Page, str], None]:
    """Puts the visitor of a page at a step, as if she had walked there."""
    aim = {"step": ""}

    def take(text: str, place: Progress, channel: Channel) -> Outcome:
        found: Outcome = site.mind.guide.choose(place, channel, Choice("1", "", f"journey:{aim['step']}"))
        return found

    monkeypatch.setattr(site.mind, "take", take)

    def to(page: Page, step: str) -> None:
        aim["step"] = step
        if page.url != f"{site.url}/":
            page.goto(site.url)
        write(page, ANYWHERE)

    return to


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = View(320, "light").open(chromium)
    yield opened
    opened.context.close()


def test_every_illustrated_step_is_measured(page: Page, lead: Callable[[Page, str], None]) -> None:
    wrong: dict[str, list[Any]] = {}
    shown = set()
    for step, drawing in STEPS.items():
        lead(page, step)
        once = drawing.name not in shown  # what only the drawing decides is measured once
        shown.add(drawing.name)
        for view in (View(1280, "dark"), View(320, "light")):
            view.look(page)
            if found := misdrawn(page, drawing) + (hard_to_see(page) if once else []):
                wrong[f"{step}, {view}"] = found
    assert wrong == {}
    assert shown == {drawing.name for drawing in DRAWINGS}


def misdrawn(page: Page, drawing: Drawing) -> list[Any]:
    """What is missing, too wide, or not told as it should be."""
    found = [] if page.locator(".drawing").count() == 1 else ["no drawing"]
    found += ["wider than the screen"] if page.evaluate(WIDER) else []
    told = page.get_by_role("img", name=typeset(drawing.alt), exact=True)
    found += [] if told.count() == 1 else ["not told"]
    if drawing.caption and not page.get_by_text(typeset(drawing.caption), exact=True).first.is_visible():
        found.append("no caption")
    return found


def hard_to_see(page: Page) -> list[Any]:
    """What of the drawing, or of its page, is not seen well enough."""
    found = audit(page) + page.evaluate(OUTSIDE) + page.evaluate(FAINT)
    return found + [f"letters of {size} px" for size in page.evaluate(LETTERS) if size < LEAST_LETTER]


def test_an_answer_has_no_drawing_and_the_step_has_it_again(page: Page, site: Site) -> None:
    page.goto(site.url)
    press(page, "Activer mon espace")
    press(page, "Pour moi")
    assert page.locator(".drawing").count() == 1
    write(page, "c'est utile ?")
    assert page.locator(".drawing").count() == 0
    press(page, "Continuer mon étape")
    assert page.locator(".drawing").count() == 1


def test_forced_colours(chromium: Browser, lead: Callable[[Page, str], None]) -> None:
    """Someone who chose her own colours sees lines in her ink on her paper, whatever ours are."""
    page = View(1280, "dark").open(chromium, forced_colors="active")
    for drawing in DRAWINGS:
        lead(page, drawing.steps[0])
        inks = page.evaluate(
            """() => {
              const colour = name => {
                const probe = document.body.appendChild(document.createElement("i"));
                probe.style.color = name;
                return getComputedStyle(probe).color;
              };
              const theirs = ["CanvasText", "Canvas"].map(colour).concat("none");
              return [...document.querySelectorAll(".drawing svg *")].flatMap(shape => {
                const style = getComputedStyle(shape);
                return [style.fill, style.stroke];
              }).filter(found => !theirs.includes(found));
            }"""
        )
        assert inks == [], drawing.name
        assert page.evaluate(WIDER) is False
    page.context.close()


def test_nothing_moves_when_it_is_drawn(chromium: Browser, lead: Callable[[Page, str], None]) -> None:
    page = View(320, "light").open(chromium)
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "entry => window.moved += entry.value)).observe({type: 'layout-shift', buffered: true});"
    )
    for step in ("activer/serie_avec_photo", "activer/proche"):
        lead(page, step)
        page.reload()
        assert page.evaluate("window.moved") == 0
    page.context.close()


def test_an_illustrated_page_stays_light(chromium: Browser, lead: Callable[[Page, str], None], site: Site) -> None:
    """All that a first visit at the heaviest step fetches, before any compression."""
    heaviest = max(DRAWINGS, key=lambda drawing: len(drawing.lines))
    page = View(320, "light").open(chromium)
    lead(page, heaviest.steps[0])
    sizes: dict[str, int] = {}
    page.on("response", lambda got: sizes.__setitem__(got.url, len(got.body())))
    page.reload(wait_until="networkidle")
    assert f"{site.url}/" in sizes
    assert sum(sizes.values()) <= HEAVIEST_PAGE, sizes
    page.context.close()


def test_large_text_keeps_the_drawing_on_the_screen(chromium: Browser, lead: Callable[[Page, str], None]) -> None:
    page = View(320, "light").open(chromium, bypass_csp=True)
    lead(page, "activer/numero_secu")
    page.add_style_tag(content="html { font-size: 250% !important }")
    assert page.locator(".drawing svg").bounding_box()["width"] <= 320  # type: ignore[index]
    assert page.evaluate(OUTSIDE) == []
    page.context.close()


def test_what_says_where_to_look_is_printed(chromium: Browser, lead: Callable[[Page, str], None]) -> None:
    page = View(703, "dark").open(chromium)
    lead(page, "activer/profil_active")
    page.emulate_media(media="print")
    assert not page.locator(".drawing").is_visible()
    page.emulate_media(media="screen")
    lead(page, "activer/serie_sans_photo")
    page.emulate_media(media="print")
    assert page.locator(".drawing svg").is_visible()
    ink = page.evaluate("getComputedStyle(document.querySelector('.drawing svg')).color")
    assert ink == "rgb(0, 0, 0)"
    page.context.close()
