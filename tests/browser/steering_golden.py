"""Pictures of every page of /pilotage and what stands on them where: `make pictures` takes them anew.

Letters differ from machine to machine, so neither is compared to the pixel. What is kept beside a picture is what it
shows in which order, as wide and as far from the edge; the picture itself is kept small, to be looked at, and compared
as a blur of it.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import delete, insert, update

from assistant.storage import operators, schema
from assistant.storage.days import day_of
from channels.services import Services
from tests.browser.conftest import CHROMIUM, Site, serving
from tests.browser.measures import TWICE
from tests.browser.walk import View, press
from tests.support.lived import Hears, Month
from tests.support.outgoing import Clock
from tests.support.steering import an_operator, cookie

GOLDEN = Path(__file__).parent / "golden"
PLACES = "places.json"
PEOPLE, OPINIONS, LINES = 180, 200, 70
NAME = "marie-k7p4"
# What many wrote alike, and how many of the 64 parts of all people: never by chance, or a picture would change.
MISHEARD = (
    ("je veux changer la photo de mon espace", 30),
    ("comment je change la photo de mon espace", 14),
    ("je veux changer la photo", 22),
    ("la page reste blanche et elle tourne", 18),
    ("la page reste blanche chez ma soeur", 1),
    ("et pour la carte de mon mari", 12),
)
# Kept as wide as this, by the view.
KEPT_WIDTH = {"1280": 300, "200": 170, "320": 100}
# In which the blurs are compared, and how far they may be from each other, of 255: letters two in a hundred larger are
# 1.4, the two pages that are most alike 4.4.
BLUR = 48, 96
FAR = 3.5
# How far a place may be from where it was: a part of the width of the page, and of what is above it.
ASIDE, HIGHER = 0.06, 0.2

SEEN = """() => [...document.querySelectorAll(
    "h1, h2, h3, .big, .quiet, table, figure, .notice, .said, .picks, .pages, .field")]
  .filter(item => item.checkVisibility({ visibilityProperty: true }) && !item.closest("details:not([open])"))
  .map(item => {
    const box = item.getBoundingClientRect();
    const name = !item.matches("h1, h2, h3, a, button") ? "" : item.textContent.trim().replace(/\\s+/g, " ");
    const kind = item.tagName.toLowerCase();
    return [kind, name.slice(0, 40), box.left, box.top + scrollY, box.width, box.height].map(
      each => typeof each === "number" ? Math.round(each) : each);
  })"""

# Text that runs out of the page or of its box, and boxes that lie over each other.
WRONG = """() => {
  const wrong = [], wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) wrong.push("wider than the screen");
  const shown = item =>
    item.checkVisibility({ visibilityProperty: true }) && !item.closest(".unseen, .skip, option, title");
  const cut = item => item.textContent.trim().slice(0, 40);
  const clips = item => ["hidden", "clip"].includes(getComputedStyle(item).overflowX);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.textContent.trim() || !shown(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const words = node.textContent.trim().slice(0, 40), room = node.parentElement.closest(".room");
    for (const box of range.getClientRects()) {
      if (!room && (box.left < -1 || box.right > wide + 1)) wrong.push(`out of the page: ${words}`);
      for (let item = node.parentElement; item !== document.body && item !== room; item = item.parentElement) {
        const around = item.getBoundingClientRect();
        const out = box.right > around.right + 1 || box.bottom > around.bottom + 1;
        if (clips(item) && out) wrong.push(`cut off: ${words}`);
      }
    }
  }
  for (const room of document.querySelectorAll(".room"))
    if (room.scrollWidth > room.clientWidth + 1 && room.tabIndex !== 0) wrong.push("a table that no key scrolls");
  const solid = [...document.querySelectorAll(
      "h1, h2, h3, .big, .quiet, table, svg[role=img], input, select, main p, main li")]
    .filter(shown).filter(item => item.getClientRects().length);
  const box = item => (item.closest(".room") || item).getBoundingClientRect();
  solid.forEach((one, index) => solid.slice(index + 1).forEach(other => {
    if (one.contains(other) || other.contains(one)) return;
    const a = box(one), b = box(other);
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (one.closest(".room") && one.closest(".room") === other.closest(".room")) return;
    if (across > 2 && down > 2) wrong.push(`over each other: ${cut(one)} / ${cut(other)}`);
  }));
  return [...new Set(wrong)];
}"""


@dataclass(frozen=True)
class Shot:
    """One page in one view: its picture, what stands where, and what is wrong with it."""

    name: str
    width: int
    picture: Image.Image
    places: list[list[Any]]
    wrong: list[str]


@contextmanager
def lived_in(var: Path) -> Iterator[tuple[Site, Clock]]:
    """A served house with a month of people, always the same, seen at noon of a Monday in November."""
    with serving(var) as site:
        services: Services = site.app.extensions["camille"]
        clock, conversation = Clock(), services.conversation
        hears: Any = Hears()  # understands what the people of the month say
        settings = replace(services.settings, public_base_url=site.url, review_file=var / "review.yml")
        site.app.extensions["camille"] = replace(services, clock=clock, settings=settings)
        mind = conversation.mind
        hears.guide = conversation.guide
        conversation.mind = hears
        month = Month(conversation, clock())
        month.live(PEOPLE)
        month.rate(OPINIONS)
        conversation.mind = mind
        an_operator(site.app, "exploitation", "marie")
        chance = random.Random(7)
        with conversation.database.transaction() as connection:
            connection.execute(update(schema.operators).values(name=NAME))
            connection.execute(delete(schema.unclear))
            for text, persons in MISHEARD:
                row = {"text": text, "channel": "web", "step": "", "day": day_of(clock() - timedelta(days=3))}
                shares = chance.sample(range(64), persons)
                connection.execute(insert(schema.unclear), [row | {"share": share} for share in shares])
            acts = (
                ("signed_in", "", "signed_out", ""),
                ("filed", "cout", "set_aside", ""),
                ("switched_off", "sms", "switched_on", "sms"),
            )
            connection.execute(delete(schema.operator_acts))
            for number in range(LINES):
                line = acts[number // 2 % 3]
                row = {"operator": NAME, "act": line[number % 2 * 2], "about": line[number % 2 * 2 + 1]}
                connection.execute(
                    insert(schema.operator_acts).values(**row, at=clock() - timedelta(hours=5 * number + 20))
                )
        yield site, clock


def shots(browser: Browser, site: Site, clock: Clock) -> Iterator[Shot]:
    """Every page, at 1280 pixels, with letters twice as large, and at 320 pixels (WCAG 1.4.4 and 1.4.10)."""
    for width in (1280, 320):
        page = View(width, "light").open(browser, bypass_csp=True, reduced_motion="reduce")
        for name in _strangers(page, site, clock):
            yield from _shots(page, name, width)
        label, token = cookie(site.app, NAME, site.url)
        page.context.add_cookies([{"name": label, "value": token, "url": site.url}])
        for name in _pages(page, site):
            yield from _shots(page, name, width)
        page.context.close()


def _strangers(page: Page, site: Site, clock: Clock) -> Iterator[str]:
    page.goto(f"{site.url}/pilotage/entrer")
    yield "entrer"
    press(page, "Entrer")
    yield "entrer-a-revoir"
    services: Services = site.app.extensions["camille"]
    with services.conversation.database.transaction() as connection:
        name, token = operators.add(connection, "paul", "lecture", clock())
    page.goto(f"{site.url}/pilotage/acces/{token}")
    yield "acces"
    press(page, "Prendre cet accès")
    yield "cle"
    with services.conversation.database.transaction() as connection:
        operators.end(connection, name)


def _pages(page: Page, site: Site) -> Iterator[str]:
    for path in ("", "parcours", "incompris", "avis", "couts", "rappels", "faits", "canaux", "journal"):
        answer = page.goto(f"{site.url}/pilotage/{path}".rstrip("/"))
        assert answer
        assert answer.ok, path
        yield path or "accueil"
    page.goto(f"{site.url}/pilotage/journal?page=2")
    yield "journal-2"
    page.goto(f"{site.url}/pilotage/canaux")
    page.locator(".standing button").first.click()
    page.wait_for_load_state("load")
    yield "canaux-sur"


def _shots(page: Page, name: str, width: int) -> Iterator[Shot]:
    page.mouse.move(0, 0)
    yield _shot(page, f"{name}-{width}", width)
    if width == 1280:
        page.add_style_tag(content=TWICE)
        yield _shot(page, f"{name}-200", width)


def _shot(page: Page, name: str, width: int) -> Shot:
    with Image.open(io.BytesIO(page.screenshot(full_page=True))) as taken:
        picture = taken.convert("RGB")
    return Shot(name, width, picture, page.evaluate(SEEN), page.evaluate(WRONG))


def small(shot: Shot) -> Image.Image:
    """The picture as it is kept."""
    wide = KEPT_WIDTH[shot.name.rpartition("-")[2]]
    return shot.picture.resize(
        (wide, max(1, shot.picture.height * wide // shot.picture.width)), Image.Resampling.LANCZOS
    )


def apart(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are from each other, 0 to 255, letters blurred away and as high as each other."""
    blurs = [
        each.convert("RGB").resize(BLUR, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1))
        for each in (one, other)
    ]
    return float(sum(ImageStat.Stat(ImageChops.difference(*blurs)).mean) / 3)


def moved(then: list[list[Any]], now: list[list[Any]], width: int) -> list[str]:
    """What came, went, or is not where it was. All above a place may be a little higher with other letters."""
    names = [[f"{kind} {name}".strip() for kind, name, *_ in places] for places in (then, now)]
    if names[0] != names[1]:
        gone = [each for each in names[0] if each not in names[1]]
        come = [each for each in names[1] if each not in names[0]]
        return [f"gone: {gone}, come: {come}"]
    found = []
    for name, (*_, left, top, wide, high), (*_, left_, top_, wide_, high_) in zip(names[0], then, now, strict=True):
        slack = 40 + HIGHER * max(top, high)
        if abs(left - left_) > ASIDE * width or abs(top - top_) > slack or abs(high - high_) > slack:
            found.append(f"moved: {name}")
        if abs(wide - wide_) > 2 * ASIDE * width:
            found.append(f"as wide no more: {name}")
    return found


def kept() -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = json.loads((GOLDEN / PLACES).read_text(encoding="utf-8"))
    return found


def main(folder: Path) -> None:
    places, wrong = {}, {}
    with tempfile.TemporaryDirectory() as var, lived_in(Path(var)) as (site, clock), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for shot in shots(browser, site, clock):
            small(shot).save(folder / f"{shot.name}.webp", quality=30, method=6)
            places[shot.name] = shot.places
            wrong |= {shot.name: shot.wrong} if shot.wrong else {}
        browser.close()
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(found, ensure_ascii=False)}" for name, found in sorted(places.items())
    )
    (folder / PLACES).write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    for name, found in wrong.items():
        sys.stderr.write(f"{name}: {found}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN)
