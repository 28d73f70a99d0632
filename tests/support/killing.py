"""Kills the process at a chosen moment of a turn: before a statement, before a commit, right after one.

`Killed` is no Exception: nothing that a turn does to be kind may catch it. From then on the process is dead: every
further statement of it fails as well, and its connection is closed without a rollback being asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.support.carrier.line import Heard, Transport, UnheardError


class Killed(BaseException):
    """The process is gone."""


class Killer:
    """Counts the steps of everything that goes through `engine`, and kills at the one that `at` named."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._left: int | None = None
        self.dead = False
        # The steps at which it killed, by name.
        self.deaths: list[str] = []
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._before_commit)
        self._commit, self._rollback = engine.dialect.do_commit, engine.dialect.do_rollback
        engine.dialect.do_commit = self._committing
        engine.dialect.do_rollback = self._rolling_back

    def at(self, step: int) -> None:
        """Kill at the `step`-th step from now on, counted from 1."""
        self._left, self.dead = step, False

    def spare(self) -> None:
        """Kill nobody."""
        self._left = None

    def revive(self) -> None:
        """A new process: new connections, and nobody is killed any more."""
        self._left, self.dead = None, False
        self._engine.dispose()

    def close(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._statement)
        event.remove(self._engine, "commit", self._before_commit)
        self._engine.dialect.do_commit, self._engine.dialect.do_rollback = self._commit, self._rollback

    def step(self, name: str) -> None:
        """One step, here or in a test that has steps of its own."""
        if self.dead:
            raise Killed(name)
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            self.dead = True
            self.deaths.append(name)
            raise Killed(name)

    def _statement(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.step(" ".join(statement.split())[:40])

    def _before_commit(self, _connection: Any) -> None:
        self.step("before commit")

    def _committing(self, connection: Any) -> None:
        self._commit(connection)
        self.step("after commit")

    def _rolling_back(self, connection: Any) -> None:
        if self.dead:
            # Nobody is left to ask: the server sees the connection go.
            connection.close()
        else:
            self._rollback(connection)


def mortal(transport: Transport, killer: Killer) -> Transport:
    """`transport` to a process that may be killed: then no answer is heard, and a new process takes the next one."""

    def post(path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Heard:
        try:
            heard = transport(path, form, headers)
            killer.step("answering")
        except Killed as killed:
            killer.revive()
            raise UnheardError from killed
        return heard

    return post
