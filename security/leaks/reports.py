"""What the commands print for those who improve the content, and what one of them filed."""

from __future__ import annotations

from collections.abc import Iterator

from typer.testing import CliRunner

from channels.cli.main import app as commands
from security.attack.misheard import GROUP
from security.leaks.day import BASE, CSRF, Day

# The day may lie years back by the clock of the machine.
EVER = ("--jours", "36500")
# Lines are not broken where a secret could hide.
WIDE = {"COLUMNS": "1000"}


def reports(day: Day) -> Iterator[tuple[str, str]]:
    """Each command, and what it prints; between them what was said most is filed, as an operator files it."""
    for words in (("unclear", *EVER), ("ratings", *EVER), ("operator", "list")):
        yield _printed(day, *words)
    _file(day)
    yield _printed(day, "review")
    folder = day.settings.var / "reports"
    yield _printed(day, "evaluate", str(day.settings.review_file), "--dossier", str(folder))


def _printed(day: Day, *words: str) -> tuple[str, str]:
    result = CliRunner().invoke(commands, list(words), env={**day.environment, **WIDE})
    if result.exit_code:
        raise RuntimeError(f"camille {words[0]}: {result.output} {result.exception}")
    return f"camille {words[0]}", result.output


def _file(day: Day) -> None:
    operator = day.steering()
    page = operator.client.get("/pilotage/incompris", base_url=BASE).get_data(as_text=True)
    group, token = GROUP.search(page), CSRF.search(page)
    if group is None or token is None:
        raise LookupError("nothing was misunderstood by enough people to be filed")
    form = {"csrf_token": token[1], "groupe": group[1], "sujet": next(iter(day.conversation.book.topics))}
    answer = operator.client.post("/pilotage/incompris", data=form, base_url=BASE)
    if answer.status_code != 303:
        raise RuntimeError(f"what was misunderstood could not be filed: {answer.status_code}")
