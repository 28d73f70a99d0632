"""The book that a reviewer reads: nothing that Camille says is left out, every link leads, every doubt is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.content.book import MOVES, Book
from assistant.content.facts import CONFIDENCES
from assistant.content.wording import Wording
from assistant.errors import SettingError
from assistant.guide import Guide
from assistant.journeys.model import Journey
from channels.book.page import Pages, book_page, environment
from channels.book.plan import Node, lay_out
from channels.cli.main import app
from channels.web.typography import typeset
from tests.channels.visitor import words

DAY = date(2026, 11, 25)
CARD = re.compile(r'<article class="card" id="([^"]+)">(.*?)</article>', re.DOTALL)


@pytest.fixture(scope="module")
def book(guide: Guide) -> Book:
    return guide.book


@pytest.fixture(scope="module")
def page(book: Book) -> str:
    return book_page(book, DAY)


@pytest.fixture(scope="module")
def text(page: str) -> str:
    """What is read, without signs of layout."""
    return re.sub(r"\s+", " ", words(page))


@pytest.fixture(scope="module")
def cards(page: str) -> dict[str, str]:
    return dict(CARD.findall(page))


def lines(line: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    """A line and every branch under it."""
    yield line
    for node in line:
        for way in node.exits:
            if way.branch:
                yield from lines(way.branch)


def plain(said: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\{\w+\}.*", "", said)).strip()


# The plan.


def test_each_step_is_drawn_once_and_numbered(book: Book) -> None:
    for chapter, journey in enumerate(book.journeys.values(), 1):
        nodes = lay_out(journey, chapter).nodes
        assert sorted(node.step.name for node in nodes) == sorted(journey.steps)
        assert [node.number for node in nodes] == [f"{chapter}.{index}" for index in range(1, len(nodes) + 1)]


def test_each_way_out_of_a_step_is_drawn(book: Book) -> None:
    for journey in book.journeys.values():
        for node in lay_out(journey, 1).nodes:
            step = node.step
            assert [way.goes for way in node.exits if way.key] == [choice.goes for choice in step.choices]
            rest = [way.goes for way in node.exits if not way.key]
            assert rest == [f"step:{name}" for name in (step.stuck, *step.hears.values()) if name], step.name


def test_a_line_goes_on_where_its_first_choice_leads(book: Book) -> None:
    for journey in book.journeys.values():
        plan = lay_out(journey, 1)
        for line in (drawn for root in (plan.line, *(asked for _, asked in plan.asked)) for drawn in lines(root)):
            for node, following in zip(line, (*line[1:], None), strict=True):
                onward = [way.goes for way in node.exits if way.onward]
                assert onward == ([f"step:{following.step.name}"] if following else []), node.step.name


def test_a_branch_begins_where_its_way_leads(book: Book) -> None:
    for journey in book.journeys.values():
        for node in lay_out(journey, 1).nodes:
            for way in node.exits:
                if way.branch:
                    assert way.goes == f"step:{way.branch[0].step.name}"


def test_the_plan_stays_narrow_enough_for_paper(book: Book) -> None:
    def depth(line: tuple[Node, ...]) -> int:
        return 1 + max((depth(way.branch) for node in line for way in node.exits if way.branch), default=0)

    deep = {name: depth(lay_out(journey, 1).line) for name, journey in book.journeys.items()}
    assert {name: levels for name, levels in deep.items() if levels > 7} == {}


def test_a_journey_that_turns_in_a_circle_is_laid_out(book: Book) -> None:
    journey: Journey = book.journeys["decouvrir"]
    first = journey.steps[journey.start]
    turning = replace(first, choices=(replace(first.choices[0], goes=f"step:{first.name}"),), stuck="", hears={})
    (node,) = lay_out(replace(journey, steps={first.name: turning}, anywhere={}), 1).nodes
    assert [(way.onward, way.branch) for way in node.exits] == [(False, ())]


# Nothing left out.


def test_every_text_of_every_channel_is_there(book: Book, text: str) -> None:
    missing = []
    entries = [*book.answers.values(), *(step for each in book.journeys.values() for step in each.steps.values())]
    wordings = [(entry.name, wording) for entry in entries for wording in (entry.say, entry.simpler)]
    wordings += [(step.name, step.beside) for each in book.journeys.values() for step in each.steps.values()]
    wordings += [(term.name, term.say) for term in book.glossary.terms]
    for name, wording in wordings:
        if wording:
            for said in (typeset(wording.web), wording.sms, typeset(wording.voice)):
                missing += [name] if plain(said) not in text else []
    assert missing == []


def test_what_else_is_said_of_a_step_or_an_answer_is_on_its_card(book: Book, cards: dict[str, str]) -> None:
    pages = Pages(book)
    read = {number: re.sub(r"\s+", " ", words(card)) for number, card in cards.items()}
    for plan in pages.plans:
        for node in plan.nodes:
            for said in (node.step.pause, *(choice.label for choice in node.step.choices)):
                assert plain(typeset(said)) in read[node.number], node.step.name
    for entry in (entry for entries in (*pages.groups.values(), pages.phrases) for entry in entries):
        for said in (entry.answer.more, *(choice.label for choice in entry.answer.choices)):
            assert plain(typeset(said)) in read[entry.number], entry.answer.name


def test_each_card_says_what_it_rests_on(book: Book, cards: dict[str, str]) -> None:
    for plan in Pages(book).plans:
        for node in plan.nodes:
            for name in node.step.basis.facts:
                fact, card = book.facts[name], unescape(cards[node.number])
                for said in (name, typeset(fact.statement), typeset(fact.source), f"{fact.gathered:%d/%m/%Y}"):
                    assert said in card, f"{node.step.name}: {name}"


def test_every_fact_is_there_with_how_sure_it_is(book: Book, page: str) -> None:
    rows = re.findall(r"<li[^>]*><b>(\w+)</b>(.*?)</li>", page[page.index('id="faits"') :], re.DOTALL)
    assert [name for name, _ in rows] == list(book.facts)
    told = {"confirmed": "Confirmé", "one source": "Une seule source", "to check": "à vérifier"}
    assert [name for name, row in rows if told[book.facts[name].confidence] not in row] == []


def test_doubts_and_only_doubts_are_marked(book: Book, cards: dict[str, str]) -> None:
    pages = Pages(book)
    based = {node.number: node.step.basis for plan in pages.plans for node in plan.nodes}
    entries = [entry for listed in (*pages.groups.values(), pages.phrases) for entry in listed]
    based |= {number: term.basis for number, term in pages.words}
    based |= {entry.number: entry.answer.basis for entry in entries}
    assert set(cards) == set(based)
    marked = {number for number, card in cards.items() if "à vérifier" in card[: card.index("</h4>")]}
    doubtful = {
        number for number, basis in based.items() if any(book.facts[n].confidence == "to check" for n in basis.facts)
    }
    assert marked == doubtful != set()


# The page itself.


def test_every_link_leads_to_one_place(page: str) -> None:
    places = re.findall(r'id="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(places)
    assert re.findall(r'href="(?!#)[^"]*"', page) == []


def test_it_asks_nothing_of_any_other_place(page: str) -> None:
    for forbidden in ("<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "http://", "https://"):
        assert forbidden not in page.lower(), forbidden
    assert "default-src 'none'" in page


def test_no_blank_and_no_name_in_code_is_left(page: str) -> None:
    body = page[page.index("<body>") :]
    assert re.findall(r"\{\w*\}|\{\{|\{%|Undefined|None", body) == []


def test_what_a_writer_types_is_text(book: Book) -> None:
    typed = "<b>Non</b> & <script>alert(1)</script>"
    damaged = replace(book.answers["cout"], say=Wording(typed, typed, typed))
    page = book_page(replace(book, answers={**book.answers, "cout": damaged}), DAY)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_it_has_words_for_all_that_content_names_in_short(book: Book) -> None:
    spoken = environment().get_template("words.html").module
    assert set(getattr(spoken, "moves")) >= MOVES  # noqa: B009 - a template has no types
    assert {topic.group for topic in book.topics.values()} <= set(getattr(spoken, "groups"))  # noqa: B009
    assert set(getattr(spoken, "confidence")) == set(CONFIDENCES)  # noqa: B009


# The command.


def test_the_command_writes_the_page_where_it_is_told(tmp_path: Path) -> None:
    out = tmp_path / "new" / "livre.html"
    result = CliRunner().invoke(app, ["book", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(out) in result.output.replace("\n", "")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["book", "--out", str(tmp_path)])
    assert isinstance(result.exception, SettingError)
    assert str(tmp_path) in str(result.exception)
