"""The journal as physicians read it: the acts of their practice, page by page and as a file that runs nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from assistant.privacy.purposes import AUDIT
from assistant.storage import accesses, audit, practices
from assistant.storage.audit import Act
from assistant.storage.practices import Member
from channels.practice.journal import DONE, HEADS
from channels.practice.paging import A_PAGE
from channels.practice.table_file import table_file
from channels.web.typography import typeset
from tests.support.desk import Desk, open_desk
from tests.support.practice import Browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


def note(desk: Desk, act: Any, who: Member | None = None, ago: timedelta = timedelta(0)) -> None:
    with desk.face.conversation.database.transaction() as connection:
        audit.note(connection, who or desk.practice.martin, act, desk.clock() - ago)


def file(browser: Browser) -> tuple[bytes, list[list[str]]]:
    raw = browser.client.get("/medecin/journal.csv", base_url=browser.base).get_data()
    return raw, list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


def test_who_did_what_and_when(desk: Desk) -> None:
    note(desk, "texted", desk.practice.desk, timedelta(hours=3))
    main = desk.browser().look("/medecin/journal").main
    assert typeset("lundi 23 novembre 2026") in main
    assert typeset("10 h") in main
    assert "Accueil" in main
    assert "a envoyé un SMS" in main
    assert main.index("est entré") < main.index("a envoyé un SMS"), "the latest first"


def test_every_act_has_its_words() -> None:
    assert set(DONE) == set(get_args(Act))


def test_nothing_of_another_practice(desk: Desk) -> None:
    note(desk, "printed", desk.practice.elsewhere)
    browser = desk.browser()
    assert "a imprimé" not in browser.look("/medecin/journal").main
    assert "Nguyen" not in browser.html
    assert "Nguyen" not in file(browser)[0].decode()


def test_twelve_months(desk: Desk) -> None:
    note(desk, "shown", ago=AUDIT)
    note(desk, "printed", ago=AUDIT + timedelta(seconds=1))
    browser = desk.browser().look("/medecin/journal")
    assert "a montré une invitation" in browser.main
    assert "a imprimé" not in browser.main
    assert len(file(browser)[1]) == 3, "the heads, her signing in, and one act"


def test_page_by_page(desk: Desk) -> None:
    for number in range(2 * A_PAGE):
        note(desk, "texted", ago=timedelta(minutes=number))
    browser = desk.browser()  # one line more
    lines = []
    for path in ("/medecin/journal", "/medecin/journal?page=2", "/medecin/journal?page=3"):
        html = browser.look(path).html
        assert browser.status == 200
        lines.append(html.count('<th scope="row">'))
    assert lines == [A_PAGE, A_PAGE, 1]
    assert "Plus ancien" not in browser.main
    assert "page=2" in browser.html


@pytest.mark.parametrize("page", ["0", "-1", "abc", "1e9", "99999", "999999999999", "٣", ""])
def test_a_page_that_is_none_is_the_nearest(desk: Desk, page: str) -> None:
    browser = desk.browser().look(f"/medecin/journal?page={page}")
    assert browser.status == 200
    assert "est entré" in browser.main


def test_the_file_is_whole_and_opens_in_a_spreadsheet(desk: Desk) -> None:
    for number in range(A_PAGE + 10):
        note(desk, "texted", ago=timedelta(minutes=number))
    raw, rows = file(desk.browser())
    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows[0] == list(HEADS)
    assert len(rows) == 1 + A_PAGE + 10 + 1
    assert rows[1] == ["23/11/2026", "13:00", "Le docteur Martin", "est entré"]


@pytest.mark.parametrize(
    "label", ['=HYPERLINK("http://x")', "+33", "-1+1", "@SUM(A1)", "  =1+1", "a;b", 'dit "oui"', "\t=1"]
)
def test_no_label_is_run_as_a_formula(desk: Desk, label: str) -> None:
    with desk.face.conversation.database.transaction() as connection:
        given = accesses.give(connection, desk.practice.martin.practice, label, desk.clock())
        found = practices.member(connection, given[0].name) if given else None
    assert found
    note(desk, "texted", found)
    _, rows = file(desk.browser())
    (cell,) = [row[2] for row in rows if row[3] == "a envoyé un SMS"]
    assert cell.lstrip(" ")[0] not in "=+-@\t\r\n"
    assert cell.endswith(label)


def test_numbers_stay_numbers(desk: Desk) -> None:
    with desk.face.app.app_context():
        answer = table_file("x.csv", ["A"], [[12], [-3], ["-3"]])
    assert answer.get_data(as_text=True).splitlines()[1:] == ["12", "-3", "'-3"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
