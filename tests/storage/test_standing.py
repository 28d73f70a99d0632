"""What hangs on a wall or lies in a drawer: told to its own practice, as long as it leads somewhere."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlalchemy.engine import Connection

from assistant.inviting import Inviting
from assistant.settings import Settings
from assistant.storage import invitations, practices
from assistant.storage.database import Database
from assistant.storage.standing import standing

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def practice(connection: Connection, key: str) -> tuple[str, str]:
    """A practice and its physician."""
    here = practices.practice_of(connection, key, "Cabinet", AT)
    return here, practices.physician_of(connection, here, f"subject {key}", "Le docteur Martin", AT)


def test_only_what_serves_several_is_standing(settings: Settings, database: Database, connection: Connection) -> None:
    here, physician = practice(connection, "one")
    inviting = Inviting(settings, database)

    def make(way: invitations.Way, hours: int = 0, stack: bool = False) -> int:
        given = inviting.make(
            practice=here,
            physician=physician,
            way=way,
            aim="partager",
            at=AT + timedelta(hours=hours),
            stack=stack,
            connection=connection,
        )
        return given.id

    make("print"), make("show"), make("sms")
    older, newer, hung = make("print", 1, stack=True), make("print", 2, stack=True), make("poster")
    soon = AT + timedelta(days=2)
    assert [one.id for one in standing(connection, here, "print", soon)] == [newer, older]
    (poster,) = standing(connection, here, "poster", soon)
    assert (poster.id, poster.shown_as, poster.aim) == (hung, "Le docteur Martin", "partager")
    assert (poster.made_at, poster.expires_at) == (AT, AT + timedelta(days=365))


def test_what_leads_nowhere_any_more_is_not(settings: Settings, database: Database, connection: Connection) -> None:
    here, physician = practice(connection, "one")
    there, _ = practice(connection, "two")
    given = Inviting(settings, database).make(
        practice=here, physician=physician, way="print", aim="activer", at=AT, stack=True, connection=connection
    )
    last = AT + timedelta(days=365) - timedelta(seconds=1)
    assert [one.id for one in standing(connection, here, "print", last)] == [given.id]
    assert standing(connection, here, "print", given.expires_at) == []
    assert standing(connection, there, "print", AT) == []
    for _ in range(20):
        assert invitations.take(connection, given.id, AT)
    assert standing(connection, here, "print", AT) == [], "twenty came: it is used up"


def test_what_was_ended_is_not(settings: Settings, database: Database, connection: Connection) -> None:
    here, physician = practice(connection, "one")
    given = Inviting(settings, database).make(
        practice=here, physician=physician, way="poster", aim="activer", at=AT, connection=connection
    )
    invitations.end(connection, here, given.id, AT)
    assert standing(connection, here, "poster", AT) == []
