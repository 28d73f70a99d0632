"""Our own drawings, one beside a step: data/drawings.yml says which, data/drawings/ holds them.

They stand in the page itself: they take its colours, and nothing more is asked for over a slow line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from assistant.content.book import Book
from assistant.content.document import Document, Problem, read
from assistant.content.fresh import Fresh
from assistant.content.wording import Basis, Form
from assistant.errors import ContentError
from assistant.turns import Position
from channels.web.plain_svg import WIDTH, PlainSvg, read_svg

FILE, FOLDER = "drawings.yml", "drawings"
WATCHED = (FILE, f"{FOLDER}/*.svg")
FIELDS = ("alt", "caption", "steps", "facts", "checked")


@dataclass(frozen=True)
class Drawing:
    """One drawing. `alt` tells it to who does not see it; `caption` stands under it, often empty.

    `steps` are « journey/step ». `lines` is what stands between the tags of an svg element `width` by `height`.
    """

    name: str
    alt: str
    caption: str
    steps: tuple[str, ...]
    basis: Basis
    lines: Markup
    height: int
    width: int = WIDTH


class Drawings:
    """All of them, by step. With `watched`, what a draughtsman changes is on the next page, or told and left as it was.

    Raises ContentError, one line a problem, for what is broken at the start.
    """

    def __init__(self, data: Path, book: Callable[[], Book], *, watched: bool = False) -> None:
        self._data, self._book = data, book
        self._by_step: Mapping[str, Drawing] = {}
        self._fresh = Fresh(data, self._read, watched=WATCHED) if watched else None
        self._read()

    def beside(self, place: Position | None) -> Drawing | None:
        """The drawing of the step at `place`; None outside a journey, or where there is nothing to be seen."""
        if self._fresh:
            with self._fresh.held():
                pass
        return self._by_step.get(f"{place.name}/{place.step}") if place else None

    def _read(self) -> None:
        found, problems = read_drawings(self._data, self._book())
        if problems:
            raise ContentError("\n".join(str(problem) for problem in sorted(problems)))
        self._by_step = {step: drawing for drawing in found for step in drawing.steps}


def read_drawings(data: Path, book: Book) -> tuple[list[Drawing], list[Problem]]:
    """Every drawing of `data`, in the order of the file, and all that is wrong with their structure."""
    document, problems = read(data / FILE, data.parent)
    found, taken = [], dict[str, str]()
    for name, entry in Form(document, (), document.data, problems).data.items():
        form = Form(document, (name,), entry, problems)
        form.allow(*FIELDS)
        path = data / FOLDER / f"{name}.svg"
        svg = read_svg(path) if path.is_file() else PlainSvg()
        if not path.is_file():
            form.wrong(f"Il manque le dessin data/{FOLDER}/{name}.svg.")
        problems += [Problem(path.relative_to(data.parent).as_posix(), line, told) for line, told in svg.wrong]
        alt, caption, steps = form.text("alt"), form.text("caption", default=""), form.words("steps")
        _steps(form, steps, book, taken)
        for words in svg.words:
            if words not in alt:
                form.wrong(f"« {words} » est écrit dans le dessin : dites-le aussi dans « alt ».", "alt")
        basis = form.basis()
        for fact in basis.facts:
            if fact not in book.facts:
                form.wrong(f"Le fait « {fact} » n'existe pas.", "facts")
        found.append(Drawing(str(name), alt, caption, steps, basis, Markup(svg.inner), svg.height))  # noqa: S704 - read_svg
    problems += _alone(data, {drawing.name for drawing in found}, document)
    return found, problems


def _steps(form: Form, steps: tuple[str, ...], book: Book, taken: dict[str, str]) -> None:
    """Each step exists, and has one drawing: two would compete for the eye."""
    name = str(form.place[0])
    if not steps:
        form.wrong("Il manque les étapes (steps: [parcours/etape]).", "steps")
    for step in steps:
        journey, _, short = step.partition("/")
        if journey not in book.journeys or short not in book.journeys[journey].steps:
            form.wrong(f"L'étape « {step} » n'existe pas.", "steps")
        elif step in taken:
            form.wrong(f"L'étape « {step} » a déjà le dessin « {taken[step]} ».", "steps")
        else:
            taken[step] = name


def _alone(data: Path, known: set[str], document: Document) -> list[Problem]:
    """Files that nothing shows: a name was misspelt, or the drawing is no longer needed."""
    return [
        Problem(path.relative_to(data.parent).as_posix(), 1, f"Aucune ligne de {document.file} ne montre ce dessin.")
        for path in sorted((data / FOLDER).glob("[!.]*.svg"))
        if path.stem not in known
    ]
