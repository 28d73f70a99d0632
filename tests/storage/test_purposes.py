"""The table of purposes: it covers the schema, its words cover it, and every length told to people is its own."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from limits import parse_many
from sqlalchemy.engine import Connection

from assistant.content.answers import Answer
from assistant.errors import ContentError
from assistant.guide import Guide
from assistant.privacy.purposes import (
    BACKUPS,
    BESIDE,
    COUNTS,
    PLACE_IN_A_JOURNEY,
    PROCESS_LOGS,
    PURPOSES,
    UNCLEAR,
    Purpose,
)
from assistant.privacy.register import length, read_register
from assistant.privacy.retention import purge
from assistant.settings import ROOT
from assistant.storage import schema
from channels.limits import recent
from channels.limits.rules import RULES

BY_NAME = {purpose.name: purpose for purpose in (*PURPOSES, *BESIDE)}
TABLES = schema.metadata.tables
NUMBERS = {"sept": 7, "trente": 30, "quatre-vingt-dix": 90}
LENGTH = re.compile(rf"(\d+|{'|'.join(NUMBERS)})\s+jours?")


def test_every_table_is_in_exactly_one_purpose() -> None:
    named = Counter(table.name for purpose in PURPOSES for table in purpose.tables)
    assert named == Counter(list(TABLES))


def test_no_two_lines_or_purposes_share_a_name() -> None:
    assert len(BY_NAME) == len(PURPOSES) + len(BESIDE)
    lines = Counter(line.name for purpose in PURPOSES for line in purpose.lines)
    assert [name for name, times in lines.items() if times > 1] == []


def test_what_the_purge_empties_is_what_the_table_says(connection: Connection) -> None:
    emptied = {line.table.name for purpose in PURPOSES for line in purpose.lines}
    assert set(purge(connection, schema.datetime(2026, 11, 23, tzinfo=schema.timezone.utc))) == emptied


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_what_goes_along_goes_with_something_that_is_purged(purpose: Purpose) -> None:
    """By a foreign key that deletes with its row: nothing else would take it away."""
    purged = {line.table.name for each in PURPOSES for line in each.lines}
    for table in purpose.along:
        keys = list(table.foreign_keys)
        assert keys
        assert all(key.ondelete == "CASCADE" and key.column.table.name in purged for key in keys), table.name


def test_only_a_refusal_stays_of_a_person() -> None:
    """And, of nobody, which pepper is in force and what is switched off."""
    stays = {purpose.name: {table.name for table in purpose.stays} for purpose in PURPOSES if purpose.stays}
    assert stays == {"refusal": {"consents", "stopped"}, "secrets": {"peppers"}, "switched": {"switches"}}
    lasting = [purpose.name for purpose in PURPOSES if purpose.life is None]
    assert lasting == ["examples", *stays], "what many wrote, in files: no row of it"
    assert BY_NAME["examples"].tables == ()


@pytest.mark.parametrize("purpose", [each for each in PURPOSES if each.life], ids=lambda purpose: purpose.name)
def test_what_is_told_is_never_shorter_than_what_is_done(purpose: Purpose) -> None:
    assert purpose.life
    assert all(line.life <= purpose.life for line in purpose.lines)


def test_a_place_is_what_is_kept_longest_about_a_person() -> None:
    """« Tout s'efface après 90 jours »: what is of nobody, and a STOP, are told apart."""
    lives = [purpose.life for purpose in BY_NAME.values() if purpose.about == "person" and purpose.life]
    assert max(lives) == PLACE_IN_A_JOURNEY


# Beside the database.


def test_nothing_that_is_counted_is_kept_longer_than_told() -> None:
    """What each process keeps in Redis or in its memory: rows of the same words, calls, who may be reached, limits."""
    kept = [recent.LIFE, recent.QUIET, recent.REACHABLE]
    for rule in RULES:
        kept += [limit.get_expiry() for limit in parse_many(rule.most)]
    assert timedelta(seconds=max(kept)) <= COUNTS


def test_the_page_for_those_who_run_it_says_the_same_lengths() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert f"Keep them {PROCESS_LOGS.days} days" in page
    assert f"past its time: {BACKUPS.days} days" in page


def test_what_is_beside_the_database_is_told_to_people() -> None:
    assert {purpose.name for purpose in BESIDE} == {"logs", "pace", "outage", "backups"}
    assert [purpose.name for purpose in BESIDE if purpose.tables or not purpose.life] == []


# Words.


def test_every_purpose_has_its_words() -> None:
    found = read_register(ROOT / "data")
    assert [entry.purpose for entry in found] == [*PURPOSES, *BESIDE]
    told = {entry.purpose.name: entry.told for entry in found if entry.told}
    assert {name for name, words in told.items() if entry_says(name, words)} == set(told)


def entry_says(name: str, words: str) -> bool:
    life = BY_NAME[name].life
    return length(life) in words if life else not LENGTH.search(words)


def test_no_length_is_written_by_hand() -> None:
    text = (ROOT / "data" / "privacy" / "purposes.yml").read_text(encoding="utf-8")
    assert re.findall(r"\d+\s*(?:jour|mois|an|heure)", text) == []


def test_nor_on_a_page() -> None:
    """Of what is kept. How long a leaflet serves, and what a day's limit is, is no such length."""
    apart = {"leaflets.html", "posters.html", "sms.html"}
    pages = [path for path in (ROOT / "channels").rglob("*.html") if path.name not in apart]
    by_hand = re.compile(r"\d+(?:&nbsp;|\s)+(?:jour|mois|an|heure)s?\b")
    assert len(pages) > 40
    assert [path.name for path in pages if by_hand.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        pytest.param("place:\n", "lieu:\n", "« lieu » n'existe pas", id="unknown purpose"),
        pytest.param("{life} après votre", "60 jours après votre", "La durée s'écrit {life}", id="length by hand"),
        pytest.param(
            "told: \"L'heure des codes", "autre: \"L'heure des codes", "« autre » n'existe pas", id="not told"
        ),
    ],
)
def test_words_that_do_not_match_are_refused(tmp_path: Path, before: str, after: str, fault: str) -> None:
    text = (ROOT / "data" / "privacy" / "purposes.yml").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "data" / "privacy").mkdir(parents=True)
    (tmp_path / "data" / "privacy" / "purposes.yml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(fault)):
        read_register(tmp_path / "data")


@pytest.mark.parametrize(
    ("life", "words"),
    [
        pytest.param(timedelta(days=365), "12 mois", id="a year"),
        pytest.param(timedelta(days=400), "400 jours", id="more than a year"),
        pytest.param(timedelta(days=90), "90 jours", id="days"),
        pytest.param(timedelta(days=1), "1 jour", id="one day"),
        pytest.param(timedelta(hours=8), "8 heures", id="hours"),
        pytest.param(timedelta(hours=1), "1 heure", id="one hour"),
        pytest.param(timedelta(hours=36), "36 heures", id="a day and a half"),
    ],
)
def test_a_length_is_said_as_people_say_it(life: timedelta, words: str) -> None:
    assert length(life) == words.replace(" ", "\N{NO-BREAK SPACE}")


# What Camille says of it.


def lengths(answer: Answer) -> list[tuple[str, int]]:
    """Each sentence of an answer that names a number of days, on every channel, and the number."""
    wordings = [answer.say, *([answer.simpler] if answer.simpler else [])]
    texts = [text for wording in wordings for text in (wording.web, wording.sms, wording.voice)] + [answer.more]
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.?!]) ", text)]
    return [
        (sentence, NUMBERS.get(found, 0) or int(found)) for sentence in sentences for found in LENGTH.findall(sentence)
    ]


def test_every_length_that_camille_tells_is_the_one_of_the_code(guide: Guide) -> None:
    found = lengths(guide.book.answers["donnees_assistant"])
    assert len(found) >= 5
    for sentence, days in found:
        wanted = UNCLEAR if "compris" in sentence else PLACE_IN_A_JOURNEY
        assert timedelta(days=days) == wanted, sentence


def test_a_wrong_length_would_be_seen(guide: Guide) -> None:
    """The search finds figures and numbers in letters, on the page, by SMS and for the ear."""
    found = lengths(guide.book.answers["donnees_assistant"])
    assert {days for _, days in found} == {30, 90}
    assert any("quatre-vingt-dix" in sentence for sentence, _ in found)
