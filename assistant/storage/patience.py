"""How long a database is waited for: seconds while a person waits, minutes for work behind.

PostgreSQL's own limits hold while it is well. A server that is frozen (a disk that hangs, a machine that vanished)
enforces nothing, and libpq waits for it without an end: here every wait has one.
"""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import psycopg2
from psycopg2 import errors, extensions
from sqlalchemy.exc import DBAPIError

# Seconds. Twilio gives an answer up after fifteen, and who calls thinks after a few that the line is dead.
STATEMENT, LOCK, ANSWER = 3.0, 2.0, 4.0
# Before the first statement of a transaction: whether an idle connection still answers, and a new one in its place.
PING, CONNECTED = 1.5, 2.0
# A process that was stopped in the middle of a transaction must not keep others from what it holds.
IDLE = 30.0
# A purge, a migration, a change of pepper: the greatest of their statements takes its hours (docs/scale.md).
BEHIND = 4 * 3_600.0
# What SQLAlchemy's pool waits for one of its connections, of which there are more than a process has threads.
POOL = 3.0
# What passes by itself: another transaction had the lock, or the server ends or starts (PostgreSQL, appendix A).
CROSSED = (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable)
LEAVING = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow)


class NoAnswerError(psycopg2.OperationalError):
    """The server is there, and does not answer: each further try would take as long."""


class Patient(extensions.connection):
    """A connection that knows how long its answers may take, in seconds."""

    patience = CONNECTED


def arm(connection: Any, _record: Any = None) -> None:
    """Give a new connection the limits that the server holds it to. They outlive every transaction."""
    connection.patience = ANSWER
    before, connection.autocommit = connection.autocommit, True
    limits = {
        "statement_timeout": STATEMENT,
        "lock_timeout": LOCK,
        "idle_in_transaction_session_timeout": IDLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(";".join(f"SET {name} = {round(seconds * 1000)}" for name, seconds in limits.items()))
    connection.autocommit = before


@contextmanager
def behind(connection: Any) -> Iterator[None]:
    """`connection` (psycopg2's own) may take its time, for its COMMIT too, until it is back in the pool."""
    connection.patience = BEHIND
    yield


def rest(connection: Any, _record: Any = None) -> None:
    """Back in the pool, `connection` (None when it was lost) may not take its time any more: it is pinged next."""
    if connection is not None:
        connection.patience = PING


def wake(connection: Any, _record: Any = None, _proxy: Any = None) -> None:
    """Out of the pool, `connection` did answer."""
    connection.patience = ANSWER


def wait(connection: Any) -> None:
    """What psycopg2 calls wherever it would wait. Raises OperationalError when it took too long; it closes then."""
    end = monotonic() + getattr(connection, "patience", BEHIND)
    poll = select.poll()
    while (state := connection.poll()) != extensions.POLL_OK:
        poll.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        if not poll.poll(max(0.0, end - monotonic()) * 1000):
            raise NoAnswerError("the database does not answer")


def passes(error: DBAPIError) -> bool:
    """Whether what went wrong may be over in a moment: a lock, a restart, a connection that was cut."""
    return isinstance(error.orig, CROSSED) or (is_away(error) and not hangs(error))


def is_away(error: DBAPIError) -> bool:
    """Whether the server is what is wrong, and not what it was asked. SQLite has waited already."""
    # Without a code of the server's own, the connection is what broke.
    return isinstance(error.orig, LEAVING) or type(error.orig) in (psycopg2.OperationalError, NoAnswerError)


def hangs(error: DBAPIError) -> bool:
    return isinstance(error.orig, NoAnswerError)
