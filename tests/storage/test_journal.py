"""The journal: the lines of one practice since a moment, the latest first, page by page."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Connection

from assistant.storage import audit, journal, practices
from assistant.storage.journal import Entry
from assistant.storage.practices import Member

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
LONG_AGO = AT - timedelta(days=365)


@pytest.fixture
def martin(connection: Connection) -> Member:
    return someone(connection, "here", "Le docteur Martin")


def someone(connection: Connection, practice: str, shown_as: str) -> Member:
    here = practices.practice_of(connection, practice, "Cabinet", LONG_AGO)
    found = practices.member(connection, practices.physician_of(connection, here, shown_as, shown_as, LONG_AGO))
    assert found
    return found


def test_the_latest_first_page_by_page(connection: Connection, martin: Member) -> None:
    acts = ["signed_in", "shown", "printed", "texted", "signed_out"]
    for number, act in enumerate(acts):
        audit.note(connection, martin, act, AT + timedelta(minutes=number // 2))  # type: ignore[arg-type]
    assert journal.count(connection, martin.practice, LONG_AGO) == len(acts)
    pages = [journal.read(connection, martin.practice, LONG_AGO, skip=skip, most=2) for skip in (0, 2, 4, 6)]
    assert [[entry.act for entry in page] for page in pages] == [
        ["signed_out", "texted"],
        ["printed", "shown"],
        ["signed_in"],
        [],
    ]
    assert journal.read(connection, martin.practice, LONG_AGO) == [entry for page in pages for entry in page]


def test_nothing_of_another_practice(connection: Connection, martin: Member) -> None:
    other = someone(connection, "there", "Le docteur Nguyen")
    audit.note(connection, other, "texted", AT)
    assert journal.read(connection, martin.practice, LONG_AGO) == []
    assert journal.count(connection, martin.practice, LONG_AGO) == 0


def test_nothing_from_before(connection: Connection, martin: Member) -> None:
    audit.note(connection, martin, "shown", LONG_AGO)
    audit.note(connection, martin, "texted", LONG_AGO - timedelta(microseconds=1))
    assert journal.read(connection, martin.practice, LONG_AGO) == [Entry(LONG_AGO, "shown", "Le docteur Martin")]


def test_who_was_ended_still_has_a_name(connection: Connection, martin: Member) -> None:
    audit.note(connection, martin, "texted", AT)
    practices.end(connection, martin.practice, martin.id, AT)
    (entry,) = journal.read(connection, martin.practice, LONG_AGO)
    assert entry.shown_as == "Le docteur Martin"


def test_who_is_not_stored_any_more_has_none(connection: Connection, martin: Member) -> None:
    gone = Member("not there", martin.practice, "Cabinet", "delegate", "Accueil")
    audit.note(connection, gone, "texted", AT)
    (entry,) = journal.read(connection, martin.practice, LONG_AGO)
    assert entry.shown_as == ""
