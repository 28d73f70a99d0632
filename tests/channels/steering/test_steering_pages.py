"""/pilotage as it is read: a month that many people lived through the real assistant, and no small number of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Connection

from assistant import budget
from assistant.errors import ModelError
from assistant.figures import LEAST, STEP
from assistant.review_file import read_review
from assistant.settings import Settings
from assistant.stops import DAYS, span
from assistant.storage import operator_acts, outbox, reminders, schema, tallies
from assistant.storage.days import day_of
from assistant.storage.switches import FACES
from channels.practice.paging import A_PAGE
from channels.services import Services
from channels.steering.names import UNTOLD
from channels.web.typography import typeset
from tests.channels.visitor import words
from tests.support.desk import Desk, faults, open_desk
from tests.support.faces import BASE
from tests.support.lived import UNKNOWN, Hears, Month
from tests.support.practice import Browser
from tests.support.steering import acts, an_operator, browser

PEOPLE, OPINIONS = 180, 160
PAGES = (
    "",
    "/parcours",
    "/parcours?jours=7",
    "/incompris",
    "/avis",
    "/couts",
    "/faits",
    "/rappels",
    "/canaux",
    "/journal",
)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


@dataclass
class House:
    desk: Desk
    name: str

    @property
    def review_file(self) -> Path:
        return self.desk.face.settings.var / "filed.yml"

    def browser(self) -> Browser:
        return browser(self.desk.face.app, self.name, BASE)

    def look(self, path: str) -> Browser:
        return self.browser().look(f"/pilotage{path}")

    def set(self, **changed: Any) -> None:
        services: Services = self.desk.face.app.extensions["camille"]
        settings: Settings = replace(services.settings, **changed)
        self.desk.face.app.extensions["camille"] = replace(services, settings=settings)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Lived once for the file; what changes something in it is put back, or comes last."""
    with open_desk(tmp_path_factory.mktemp("var")) as desk:
        mind: Any = Hears()
        mind.guide = desk.face.conversation.guide
        desk.face.conversation.mind = mind
        month = Month(desk.face.conversation, desk.clock())
        month.live(PEOPLE)
        month.rate(OPINIONS)
        lived = House(desk, an_operator(desk.face.app, "exploitation")[0])
        lived.set(review_file=lived.review_file)
        yield lived


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    """Where nobody ever came."""
    with open_desk(tmp_path) as desk:
        yield House(desk, an_operator(desk.face.app, "exploitation")[0])


def put(house: House, text: str, shares: Iterable[int | None]) -> None:
    """So many rows of `text`, said yesterday."""
    day = day_of(house.desk.clock() - timedelta(days=1))
    rows = [{"text": text, "channel": "sms", "step": "", "day": day, "share": share} for share in shares]
    with house.desk.face.conversation.database.transaction() as connection:
        connection.execute(insert(schema.unclear), rows)


def put_reminder(connection: Connection, person: str, due_at: datetime, at: datetime) -> None:
    row: dict[str, Any] = {"address": f"p1_{person}", "channel": "sms", "number": "s1.x", "due_at": due_at, "at": at}
    reminders.put(connection, person=person, **row)


def cells(html: str) -> list[str]:
    return [words(cell) for cell in CELL.findall(html)]


class TestNothingSmall:
    @pytest.mark.parametrize("path", ["/parcours", "/parcours?jours=7", "/avis", "/rappels"])
    def test_every_figure_is_eleven_or_more_and_rounded(self, house: House, path: str) -> None:
        """« Venus » adds such figures up: it may be any number from eleven on."""
        journeys = house.desk.face.conversation.book.journeys if "parcours" in path else [""]
        numbers = 0
        for journey in journeys:
            at = f"{path}{'&' if '?' in path else '?'}parcours={journey}" if journey else path
            page = house.look(at)
            assert page.status == 200
            for cell in cells(page.html):
                if cell.isdigit():
                    numbers += 1
                    assert int(cell) >= LEAST, (at, cell)
        assert numbers or "jours=7" in path

    def test_stopped_is_rounded_by_five(self, house: House) -> None:
        table = house.look("/parcours").html.partition('aria-labelledby="table-nom">')[2].partition("</table>")[0]
        rows = [cells(row)[1::2] for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL)]
        stopped = [int(cell) for row in rows for cell in row if cell.isdigit()]
        assert stopped
        assert [count for count in stopped if count != LEAST and count % STEP] == []

    @pytest.mark.parametrize("path", PAGES)
    def test_no_page_holds_a_name_a_person_or_a_number_of_anybody(self, house: House, path: str) -> None:
        html = house.look(path).html
        rows = house.desk.rows("persons") + house.desk.rows("addresses")
        names = [value for row in rows for value in (getattr(row, "id", ""), getattr(row, "pseudonym", "")) if value]
        assert len(names) > PEOPLE
        assert [name for name in names if name in html] == []
        assert not re.search(r"\+33|06\s?39", html)

    def test_what_few_people_said_is_nowhere(self, house: House) -> None:
        for text, shares in (("ce que dix ont dit", range(10)), ("ce que personne d'autre ne dit", [3] * 40)):
            put(house, text, shares)
        html = house.look("/incompris").html
        assert "ce que dix" not in html
        assert "ce que personne" not in html

    @pytest.mark.parametrize("path", PAGES)
    def test_where_nobody_came_every_page_is_there(self, fresh: House, path: str) -> None:
        page = fresh.look(path)
        assert page.status == 200
        assert "<h1" in page.html
        assert not [cell for cell in cells(page.html) if cell.isdigit() and "faits" not in path]


class TestStops:
    def test_the_chart_shows_the_cells_of_its_table(self, house: House) -> None:
        html = house.look("/parcours").html
        found = re.search(r'<svg viewBox="0 0 720 300".*?</svg>', html, re.DOTALL)
        assert found
        svg = ET.fromstring(found.group())  # noqa: S314 - our own page
        table = html.partition('aria-labelledby="table-nom">')[2].partition("</table>")[0]
        reached = [
            cell for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL) for cell in cells(row)[0::2]
        ]
        assert len(svg.findall("rect")) == sum(cell.isdigit() for cell in reached)
        assert len(svg.findall("circle")) == sum(not cell.isdigit() for cell in reached)
        assert {"style", "fill", "stroke"} & {name for element in svg.iter() for name in element.attrib} == set()

    def test_more_come_to_the_beginning_than_to_the_end(self, house: House) -> None:
        table = house.look("/parcours").html.partition('aria-labelledby="table-nom">')[2].partition("</table>")[0]
        rows = [cells(row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL)]
        web = [int(row[0]) for row in rows if row[0].isdigit()]
        assert web == sorted(web, reverse=True)
        assert web[0] > web[-1]

    @pytest.mark.parametrize("asked", ["?parcours=rien", "?jours=x", "?parcours=<b>", "?jours=9999999999"])
    def test_an_address_that_somebody_made_up_shows_the_first(self, house: House, asked: str) -> None:
        assert "Activer Mon espace santé" in house.look(f"/parcours{asked}").main

    def test_each_journey_and_both_spans_are_one_press_away(self, house: House) -> None:
        html = house.look("/parcours").html
        for journey in house.desk.face.conversation.book.journeys:
            assert f"parcours={journey}" in html
        assert html.count('aria-current="page"') == 2


class TestCost:
    def test_without_a_price_it_says_so(self, house: House) -> None:
        page = house.look("/couts")
        assert "n’est pas réglé" in page.main
        assert cells(page.html).count("non réglé") >= 1

    def test_with_a_price_it_is_reckoned(self, house: House) -> None:
        house.set(segment_price=Decimal("0.0735"))
        page = house.look("/couts")
        house.set(segment_price=None)
        received, sent, segments, cost = cells(page.html)[:4]
        assert int(segments) >= int(sent) > 0
        assert int(received) > 0
        wanted = (int(segments) * Decimal("0.0735")).quantize(Decimal("0.01"))
        assert cost.replace("\N{NO-BREAK SPACE}", " ") == f"{wanted} €".replace(".", ",")
        assert "0,0735" in page.main

    def test_one_message_more_does_not_show(self, house: House) -> None:
        house.set(segment_price=Decimal("0.0735"))
        with house.desk.face.conversation.database.transaction() as connection:
            yesterday = house.desk.clock() - timedelta(days=1)
            sent = budget.sent(tallies.told(connection, *span(house.desk.clock(), DAYS)))
            tallies.count(connection, "sms", "out", -sent % STEP, yesterday)  # on a round figure
        before = cells(house.look("/couts").html)
        with house.desk.face.conversation.database.transaction() as connection:
            tallies.count(connection, "sms", "out", 1, yesterday)
        after = cells(house.look("/couts").html)
        house.set(segment_price=None)
        assert after[2:4] == before[2:4], "segments and their price"
        assert [cell for cell in after[:3] if int(cell) % STEP and int(cell) != LEAST] == []

    def test_of_few_people_nothing_is_told(self, fresh: House) -> None:
        assert set(cells(fresh.look("/couts").html)) == {str(typeset(UNTOLD))}


class TestBudget:
    @pytest.mark.parametrize(
        ("segments", "told"),
        [
            (49, "moins de la moitié est dépensée"),
            (50, "50\N{NO-BREAK SPACE}% au moins sont dépensés"),
            (80, "80\N{NO-BREAK SPACE}% au moins sont dépensés"),
            (100, "est atteint"),
            (1000, "est atteint"),
        ],
    )
    def test_how_far_the_month_is(self, fresh: House, segments: int, told: str) -> None:
        fresh.set(segment_price=Decimal("0.10"), sms_budget=Decimal("10.00"))
        with fresh.desk.face.conversation.database.transaction() as connection:
            tallies.count(connection, "sms", "out", segments, fresh.desk.clock())
        page = fresh.look("/couts")
        assert told in page.main
        assert "10,00" in page.main
        assert ("ne partent plus" in page.main) == (segments >= 100)

    def test_without_one_it_says_so(self, fresh: House) -> None:
        assert "Aucun budget n’est réglé" in fresh.look("/couts").main


class TestSwitches:
    @pytest.mark.parametrize("face", FACES)
    def test_off_after_a_second_press_and_on_with_one(self, fresh: House, face: str) -> None:
        page = fresh.look("/canaux").press("Mettre en pause", canal=face)
        assert fresh.desk.rows("switches") == []
        assert "n’aidera plus par là" in page.main
        page.press("Oui, mettre en pause")
        assert [row.channel for row in fresh.desk.rows("switches")] == [face]
        assert "en pause depuis" in fresh.look("").main
        page.press("Rouvrir", canal=face)
        assert fresh.desk.rows("switches") == []
        assert acts(fresh.desk.face.app) == [("switched_off", face), ("switched_on", face)]

    def test_the_words_that_people_will_have_are_shown_first(self, fresh: House) -> None:
        page = fresh.look("/canaux").press("Mettre en pause", canal="sms")
        said = fresh.desk.face.conversation.book.answers["canal_ferme"].say.sms
        assert words(said).split(".")[0] in page.main

    def test_the_same_press_again_leaves_no_second_line(self, fresh: House) -> None:
        page = fresh.look("/canaux")
        for _ in range(2):
            page.press("Mettre en pause", canal="web", sur="1").look("/pilotage/canaux")
        fresh.look("/canaux").press("Mettre en pause", canal="sms", sur="1")
        assert acts(fresh.desk.face.app).count(("switched_off", "web")) == 1

    def test_what_is_no_channel_changes_nothing(self, fresh: House) -> None:
        page = fresh.look("/canaux").press("Mettre en pause", canal="metrics", sur="1")
        assert page.status == 422
        assert fresh.desk.rows("switches") == []


class TestMisheard:
    def test_what_many_said_is_grouped_and_can_be_filed(self, house: House) -> None:
        page = house.look("/incompris")
        assert page.main.count("Ranger dans ce sujet") >= 4
        first = re.search(r'name="groupe" value="(\w{16})"', page.html)
        shown = re.search(r'<h2 id="g-\w+">«&nbsp;(.*?)&nbsp;»</h2>', page.html)
        assert first
        assert shown
        before = len(house.desk.rows("unclear"))
        page.press("Ranger dans ce sujet", groupe=first[1], autre="probleme_technique")
        assert "C’est rangé" in page.main
        assert shown[1] not in page.main
        kept = read_review(house.review_file)
        assert set(kept) == {"probleme_technique"}
        assert kept["probleme_technique"]
        assert len(house.desk.rows("unclear")) < before
        assert acts(house.desk.face.app)[-1] == ("filed", "probleme_technique")

    def test_or_set_aside_without_being_written(self, house: House) -> None:
        before = read_review(house.review_file)
        page = house.look("/incompris").press("Écarter")
        assert "C’est écarté" in page.main
        assert read_review(house.review_file) == before
        assert acts(house.desk.face.app)[-1] == ("set_aside", "")

    @pytest.mark.parametrize(
        ("sent", "status", "told"),
        [
            ({"groupe": "0" * 16}, 409, "déjà rangées"),
            ({"sujet": "rien_de_tel"}, 422, "Choisissez un sujet"),
            ({"autre": "", "sujet": ""}, 422, "Choisissez un sujet"),
        ],
        ids=["gone", "no such topic", "none chosen"],
    )
    def test_what_cannot_be_done_is_told_and_nothing_changes(
        self, house: House, sent: dict[str, str], status: int, told: str
    ) -> None:
        before = house.desk.rows("unclear")
        page = house.look("/incompris").press("Ranger dans ce sujet", **sent)
        assert page.status == status
        assert told in faults_of(page)
        assert house.desk.rows("unclear") == before

    @pytest.mark.parametrize(("where", "told"), [("file", "ne peut pas être écrit"), ("", "n’est pas réglé")])
    def test_a_file_that_cannot_be_written_loses_nothing(
        self, house: House, tmp_path: Path, where: str, told: str
    ) -> None:
        (tmp_path / "file").write_text("")
        before = house.desk.rows("unclear")
        house.set(review_file=tmp_path / where / "nlu.yml" if where else None)
        page = house.look("/incompris").press("Ranger dans ce sujet", autre="cout")
        house.set(review_file=house.review_file)
        assert page.status == 503
        assert told in faults_of(page)
        assert house.desk.rows("unclear") == before

    def test_the_nearest_topics_are_one_press(self, house: House) -> None:
        mind: Any = house.desk.face.conversation.mind
        mind.parse = lambda text: (("cout", 0.4), ("nlu_fallback", 0.3), ("deja_active", 0.2), ("saluer", 0.1))
        page = house.look("/incompris")
        label = house.desk.face.conversation.book.topics["deja_active"].label
        assert "Cela relève du sujet…" in page.main
        page.press(words(str(typeset(label))))
        assert "deja_active" in read_review(house.review_file)

        def away(text: str) -> Any:
            raise ModelError("away")

        mind.parse = away
        assert house.look("/incompris").status == 200

    def test_who_rings_with_a_hidden_number_is_not_counted_as_many(self, fresh: House) -> None:
        put(fresh, "la page tourne", [None] * 50)
        assert "Il n’y a rien à montrer" in fresh.look("/incompris").main
        put(fresh, "la page tourne", range(11))
        assert "«\N{NO-BREAK SPACE}la page tourne\N{NO-BREAK SPACE}»" in fresh.look("/incompris").main


def faults_of(page: Browser) -> str:
    found = re.search(r'<div class="notice faults".*?</div>', page.html, re.DOTALL)
    return words(found.group()) if found else str(faults(page))


class TestOthers:
    def test_opinions_are_named_by_what_they_are_about(self, house: House) -> None:
        topics = house.desk.face.conversation.book.topics
        assert topics["cout"].label.replace("'", "’")[:10] in house.look("/avis").main

    def test_reminders_by_when_they_are_due(self, house: House) -> None:
        page = house.look("/rappels")
        assert "Après 7 jours" in page.main
        assert any(cell.isdigit() for cell in cells(page.html))

    def test_loading_it_again_does_not_show_that_one_went(self, fresh: House) -> None:
        now, made = fresh.desk.clock(), fresh.desk.clock() - timedelta(days=2)
        with fresh.desk.face.conversation.database.transaction() as connection:
            for number in range(LEAST):
                row = {"id": f"p{number}", "version": 1, "progress": "{}", "said": "null", "seen_at": made}
                connection.execute(insert(schema.persons).values(**row))
                put_reminder(connection, f"p{number}", now + timedelta(minutes=5), made)
        before = cells(fresh.look("/rappels").html)
        assert before[0] == str(LEAST)
        for minutes in (5, 6):
            fresh.desk.clock.later(minutes=minutes)
            with fresh.desk.face.conversation.database.transaction() as connection:
                reminders.settle(connection, reminders.due(connection, fresh.desk.clock())[0].id, "sent", now)
                connection.execute(insert(schema.persons).values(**row | {"id": f"q{minutes}"}))
                put_reminder(connection, f"q{minutes}", now + timedelta(days=9), fresh.desk.clock())
            assert cells(fresh.look("/rappels").html) == before
        fresh.desk.clock.later(days=1)
        assert cells(fresh.look("/rappels").html) != before

    @pytest.mark.parametrize(
        ("minutes", "told"),
        [
            (5, "Aucun envoi n’est en retard"),
            (6, "depuis 6 minutes"),
            (119, "depuis 1 heure."),
            (30_402, "depuis 21 jours"),
        ],
    )
    def test_what_leaves_in_time_is_not_told(self, fresh: House, minutes: int, told: str) -> None:
        now = fresh.desk.clock()
        with fresh.desk.face.conversation.database.transaction() as connection:
            sending: dict[str, Any] = {"key": "k", "kind": "sms", "address": "p1_a", "number": "s1.x", "body": "x"}
            outbox.put(connection, **sending, due_at=now, at=now)
        fresh.desk.clock.later(minutes=minutes)
        assert told in fresh.look("/rappels").main.replace("\N{NO-BREAK SPACE}", " ")

    def test_facts_by_age(self, house: House) -> None:
        facts = house.desk.face.conversation.book.facts
        page = house.look("/faits")
        assert f"{len(facts)}\N{NO-BREAK SPACE}faits" in page.main
        bands = [int(cell) for cell in cells(page.html)[:6]]
        assert sum(bands) == len(facts)

    def test_the_journal_tells_who_did_what(self, house: House) -> None:
        house.look("/canaux").press("Mettre en pause", canal="web", sur="1").press("Rouvrir", canal="web")
        page = house.look("/journal")
        assert house.name in page.main
        assert "a mis en pause" in page.main
        assert "La page web" in page.main

    def test_the_journal_page_by_page(self, fresh: House) -> None:
        """Twelve months are there, without a script."""
        with fresh.desk.face.conversation.database.transaction() as connection:
            for number in range(2 * A_PAGE):
                at = fresh.desk.clock() - timedelta(days=1, minutes=number)
                operator_acts.note(connection, "paul", "filed", at, f"ligne {number}")
        page, found, there = fresh.look("/journal"), list[str](), 1
        while True:
            found += re.findall(r"ligne (\d+)<", page.html)
            onward = re.search(r'href="([^"]+)">Plus ancien<', page.html)
            if not onward:
                break
            page, there = page.look(onward[1]), there + 1
            assert f"page {there} sur 3" in page.main
        assert found == [str(number) for number in range(2 * A_PAGE)]
        assert "page=2" in page.html, "and back"
        assert fresh.look("/journal?page=x").status == 200

    def test_the_queue_and_the_mind_are_told(self, house: House) -> None:
        mind: Any = house.desk.face.conversation.mind
        mind.ready, mind.state = False, "failed"
        try:
            assert "Comprendre les phrases\N{NO-BREAK SPACE}:  non" in house.look("").main
        finally:
            mind.ready, mind.state = True, "ready"
        assert "Comprendre les phrases\N{NO-BREAK SPACE}: oui" in house.look("").main


def test_many_ways_of_saying_it_were_lived(house: House) -> None:
    """The month is worth looking at: each family of sentences was said, and most people came to some step."""
    said = {row.text for row in house.desk.rows("unclear")}
    assert len(said) >= 3
    assert len({row.person for row in house.desk.rows("events") if row.step}) > PEOPLE * 0.8
    assert len(UNKNOWN) == 4
