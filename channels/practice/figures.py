"""/medecin/chiffres: what came of the invitations, month by month, with no figure that speaks of a few persons."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from assistant.figures import LEAST, WHAT, Cells, Half, Totals, next_day, publish
from assistant.storage import practice_months, practices
from channels.practice.chart import HEIGHT, WIDTH, chart
from channels.practice.member import member
from channels.practice.moments import day_name, month_name, short_name
from channels.practice.rights import physicians_only
from channels.practice.table_file import table_file
from channels.services import services

figures = Blueprint("figures", __name__, url_prefix="/medecin", template_folder="templates")
figures.before_request(physicians_only)

HEADS = ("Mois", "Invitations faites", "Parcours commencés", "Parcours terminés")
FEW, UNTOLD = f"moins de {LEAST}", "non montré"
FILE = "camille-chiffres.csv"


@figures.get("/chiffres")
def page() -> ResponseReturnValue:
    halves, at = _published(), services().clock()
    lines = [line for half in halves for line in half.lines]
    return render_template(
        "practice/figures.html",
        halves=halves,
        lines=lines,
        chart=chart([{str(what): cell for what, cell in line.cells.items()} for line in lines], WHAT),
        size=(WIDTH, HEIGHT),
        few=FEW,
        least=LEAST,
        heads=HEADS,
        what=WHAT,
        said=_said,
        month_name=month_name,
        short_name=short_name,
        span_name=_span_name,
        next_day=day_name(next_day(at)),
    )


@figures.get("/chiffres.csv")
def file() -> Response:
    """The same cells as the page, and no others."""
    return table_file(FILE, HEADS, _rows(_published()))


def _published() -> tuple[Half, ...]:
    practice = member().practice
    with services().conversation.database.transaction() as connection:
        months, first = practice_months.of(connection, practice), practices.began(connection, practice)
    return publish(months, first, services().clock())


def _rows(halves: tuple[Half, ...]) -> Iterator[list[str | int]]:
    for half in halves:
        yield from (_row(month_name(line.month), line.cells) for line in half.lines)
        if half.total:
            yield _row(_span_name(half), half.total)


def _row(name: str, cells: Cells | Totals) -> list[str | int]:
    return [name, *(_said(cells[what]) for what in WHAT)]


def _said(cell: int | str | None) -> str | int:
    """What stands in the table, on the page and in the file."""
    if cell is None:
        return FEW
    return UNTOLD if isinstance(cell, str) else cell


def _span_name(half: Half) -> str:
    """« janvier à juin 2026, en tout »."""
    first, last = half.lines[0].month, half.lines[-1].month
    return f"{month_name(first).split(' ')[0]} à {month_name(last)}, en tout"
