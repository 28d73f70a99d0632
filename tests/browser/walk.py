"""Ways through the pages: opening them in one view or another, pressing, writing, and every state in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site

HEIGHT = 800
INFORMATION = ("/confidentialite", "/accessibilite", "/mentions", "/mes-donnees", "/registre", "/verifier")


# As when it is chosen in another tab: the page follows without being asked for again.
CHOOSE = """chosen => {
  localStorage.setItem("camille.display", JSON.stringify(chosen));
  dispatchEvent(new Event("storage"));
}"""


@dataclass(frozen=True)
class View:
    """One way of looking: a width in CSS pixels, a theme, and the size and contrast that were chosen, if any."""

    width: int
    scheme: str
    size: str = ""
    contrast: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.width} px", self.scheme, self.size, self.contrast)))

    def open(self, chromium: Browser, **more: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": self.width, "height": HEIGHT}, color_scheme=self.scheme, locale="fr-FR", **more
        )
        context.set_default_timeout(10_000)
        return context.new_page()

    def look(self, page: Page) -> None:
        """Look at the page that is shown, as it is, in this way from now on."""
        page.set_viewport_size({"width": self.width, "height": HEIGHT})
        page.emulate_media(color_scheme=self.scheme)
        page.evaluate(CHOOSE, {"size": self.size, "contrast": self.contrast})


def press(page: Page, name: str) -> None:
    """Press, and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def first_choice(page: Page) -> None:
    with page.expect_navigation():
        page.locator(".choices button").first.click()


def write(page: Page, text: str) -> None:
    page.get_by_label("Ou écrivez votre question").fill(text)
    press(page, "Envoyer")


def start(page: Page, site: Site) -> None:
    page.goto(site.url)
    press(page, "Activer mon espace")
    press(page, "Pour moi")


def states(page: Page, site: Site) -> Iterator[str]:
    """Walk through every state of the face, and name each one when it is on the screen."""
    yield from before_the_start(page, site)
    yield from from_the_start(page, site)


def from_the_start(page: Page, site: Site) -> Iterator[str]:
    """Everything that is shown once the mind is ready."""
    yield from on_the_way(page, site)
    yield from beside_the_way(page, site)
    yield from the_end(page, site)


def before_the_start(page: Page, site: Site) -> Iterator[str]:
    """While the mind is in the making, or could not be made."""
    site.mind.ready, site.mind.state = False, "training"
    page.goto(site.url)
    yield "preparing"
    page.goto(f"{site.url}/attente")
    yield "preparing, still"
    site.mind.state = "failed"
    page.goto(site.url)
    yield "failed"
    site.mind.ready, site.mind.state = True, "ready"


def on_the_way(page: Page, site: Site) -> Iterator[str]:
    """Steps, questions, trouble and danger."""
    page.goto(site.url)
    yield "welcome"
    press(page, "Activer mon espace")
    yield "alternative"
    press(page, "Pour moi")
    yield "step"
    first_choice(page)
    write(page, "blabla")
    yield "not understood"
    write(page, "blabla")
    yield "not understood twice"
    write(page, "c'est utile ?")
    yield "answer"
    page.get_by_text("En savoir plus").click()
    yield "answer, more"
    page.get_by_text("D’où vient cette information").click()
    yield "answer, where it comes from"
    press(page, "Cela m’a aidé")
    yield "rated"
    write(page, "ou est le numero, je ne trouve pas")
    yield "branch"
    page.get_by_text("Ce qui a été dit avant").click()
    yield "what was said before"
    press(page, "Je suis bloqué")
    yield "stuck"
    press(page, "Parler à quelqu’un")
    yield "a person"
    write(page, "mon numero est le 1 84 12 76 451 089 46")
    yield "private number"
    write(page, "j'ai une douleur dans la poitrine")
    yield "danger"
    write(page, "je veux mourir")
    yield "distress"
    press(page, "Continuer ailleurs")
    yield "code given"


def beside_the_way(page: Page, site: Site) -> Iterator[str]:
    """Information, refusals, erasure, codes."""
    for path in (*INFORMATION, "/bouton", "/rien"):
        page.goto(site.url + path)
        yield path
    page.goto(site.url)
    with page.expect_navigation():  # as without JavaScript: a script would ask for a new token first
        page.evaluate("() => { const f = document.forms.appuyer; f.elements.csrf_token.value = 'x'; f.submit(); }")
    yield "refused"
    page.goto(site.url)
    press(page, "Effacer mes données")
    yield "erase?"
    press(page, "Oui, effacer")
    yield "erased"
    page.goto(site.url)
    press(page, "Autre chose")
    yield "other things"
    press(page, "J’ai un code de reprise")
    yield "code asked"
    page.get_by_label("Vos quatre chiffres").fill("0000")
    press(page, "Reprendre ma place")
    yield "code wrong"
    page.goto(f"{site.url}/reprise")
    yield "code page"
    press(page, "Demander mon code")
    yield "code given to a newcomer"


def the_end(page: Page, site: Site) -> Iterator[str]:
    """All six stages done."""
    start(page, site)
    while "Les 6 étapes sont faites" not in page.inner_text("main"):
        first_choice(page)
    yield "done"
