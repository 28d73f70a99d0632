"""Sends what the outbox holds: each row once, whatever dies on the way.

A reminder whose time has come becomes a row, in one transaction. A row is claimed, looked up if an earlier attempt may
have sent it, checked one last time (STOP, erased, silence, quiet hours), sent, settled: four short transactions, none
of them open while the provider is spoken to. A process that dies between any two leaves a row whose lease runs out; the
next one asks the provider what became of it before it sends.

One window is left, and cannot be closed from here: a process that is stopped for longer than its lease between the
last check and the request, and then goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from assistant.budget import Budget
from assistant.clock import Clock
from assistant.daytime import daytime
from assistant.errors import SealError
from assistant.keeping import opted_out
from assistant.privacy.purposes import TYPED_NUMBER
from assistant.privacy.sealing import Sealer
from assistant.reminders.hours import PARIS
from assistant.storage import consents, outbox, reminders, switches, unanswered
from assistant.storage.database import Database
from assistant.storage.outbox import BEGUN, INVITE, REMINDER, Due
from assistant.storage.reminders import Reminder
from channels.providers.errors import InvalidNumber, OptedOut, Refused, RetryLater, Unheard
from channels.providers.port import Carrier
from channels.sms.segments import Segments, sanitise
from channels.sms.text import LONGEST

log = logging.getLogger("camille.outbox")

# After each failed try; after the last one the row has failed.
PLAN = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 3_600, 21_600))
# Far longer than a lookup and a sending take (ten seconds a request): a living process is not overtaken.
LEASE = timedelta(minutes=2)
MOST_AT_ONCE = 50
# Reminders without an answer between them.
MOST_REMINDERS = 2
# What people were promised, whatever keeps it: later, it would come as a surprise. An invitation waits a day.
REMINDER_WAITS = timedelta(days=3)
WAITS = {INVITE: TYPED_NUMBER, REMINDER: REMINDER_WAITS}
# Until somebody can tell whether she said STOP.
UNSURE = timedelta(minutes=1)
# When the content has no words for it, until somebody has mended it.
WORDLESS = timedelta(minutes=10)

# The words of a reminder to a person; the first instant, from the given one, at which she may be disturbed.
Words = Callable[[str], str]
Allowed = Callable[[datetime], datetime]


def always() -> bool:
    return True


class Courier:
    """Carries to `carrier` what is due in `database`. Several may run at once, in as many processes.

    `stopping` gives the addresses whose STOP the database does not know yet, None when nobody can tell.
    While `budget` is used up, SMS that Camille begins stay where they are. Each courier looks before each message: all
    of them together may go over by as many messages as there are couriers.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        carrier: Carrier,
        clock: Clock,
        *,
        words: Words,
        allowed: Allowed,
        budget: Budget | None = None,
        lease: timedelta = LEASE,
        stopping: Callable[[], Collection[str] | None] = frozenset,
    ) -> None:
        self._database, self._sealer, self._carrier, self._clock = database, sealer, carrier, clock
        self._words, self._allowed, self._lease, self._budget = words, allowed, lease, budget
        self._stopping = stopping

    def run_once(self, going: Callable[[], bool] = always) -> int:
        """Do what is due now. Returns how many rows were attended to; stops early when `going` says no.

        Raises SQLAlchemyError when the database does not answer: then nothing was begun that is not found again.
        """
        with self._database.transaction() as connection:
            reminders.cancel_late(connection, self._clock() - REMINDER_WAITS)
            waiting, off = reminders.due(connection, self._clock()), set(switches.off(connection))
            if not self._begins(connection):
                off.add("sms")
        for reminder in waiting:
            if going() and reminder.channel not in off:
                self._remind(reminder)
        done = 0
        while done < MOST_AT_ONCE and going():
            with self._database.transaction() as connection:
                but, begins = outbox.kinds(switches.off(connection)), self._begins(connection)
                claimed = outbox.claim(connection, self._clock(), self._lease, but=but, begins=begins)
            if not claimed:
                break
            self._attempt(claimed[0])
            done += 1
        return done

    def _begins(self, connection: Connection) -> bool:
        """Whether the month's budget lets Camille begin, by SMS."""
        return self._budget is None or not self._budget.is_spent(connection, self._clock())

    def _remind(self, waiting: Reminder) -> None:
        """The reminder becomes a row of the outbox, or is put off, or is cancelled; with it, in one transaction."""
        try:
            words = sanitise(self._words(waiting.person)) if waiting.channel == "sms" else ""
        except Exception as error:
            log.error("The words of a reminder could not be found: %s", type(error).__name__)
            with self._database.transaction() as connection:
                reminders.move(connection, waiting.id, self._clock() + WORDLESS)
            return
        at = self._clock()
        with self._database.transaction() as connection:
            reminder = reminders.hold(connection, waiting.id)
            if reminder is None or reminder.due_at > at:
                return
            if consents.is_stopped(connection, reminder.address)[0] or self._unanswered(connection, reminder):
                reminders.settle(connection, reminder.id, "cancelled", at)
                return
            later = self._time(connection, reminder, at)
            if later > at:
                reminders.move(connection, reminder.id, later)
                return
            outbox.put(
                connection,
                key=f"{REMINDER}{reminder.id}",
                kind="sms" if reminder.channel == "sms" else "call",
                address=reminder.address,
                number=reminder.number,
                body=words,
                due_at=at,
                at=at,
                segments=Segments.of(words).count if words else 0,
            )
            reminders.settle(connection, reminder.id, "sent", at)

    def _unanswered(self, connection: Connection, reminder: Reminder) -> bool:
        """Whether she already had as many as she may since she asked last: any answer begins the count anew."""
        return reminders.sent_since(connection, reminder.person, reminder.seen_at) >= MOST_REMINDERS

    def _time(self, connection: Connection, reminder: Reminder, at: datetime) -> datetime:
        """Now, or the first allowed instant; tomorrow's when this telephone already had its reminder of the day."""
        today = at.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
        had_one = reminders.sent_since(connection, reminder.person, today, address=reminder.address)
        return self._allowed(today + timedelta(days=1) if had_one else at)

    def _attempt(self, due: Due) -> None:
        try:
            number = self._sealer.open(due.number, due.address)
            body = self._sealer.open(due.body, due.address) if due.key.startswith(INVITE) else due.body
        except SealError:
            log.error("A number does not open: SECRET_KEY was changed. Row %s is not sent.", due.id)
            self._end(due, "failed", "sealed")
            return
        text = sanitise(body)[:LONGEST]
        try:
            provider_id = self._looked_up(due, number, text) if due.unsure else None
            if provider_id is None and self._may_go(due):
                provider_id = self._carried(due, number, text)
            if provider_id is not None:
                self._sent(due, provider_id, text)
        except OptedOut as error:
            self._opted_out(due, error.provider_code)
        except Refused as error:
            self._end(due, "failed" if isinstance(error, InvalidNumber) else "refused", error.provider_code)
        except RetryLater as error:
            # What was unsure, and could not be looked up, is still unsure.
            unsure = isinstance(error, Unheard) or due.unsure
            self._again(due, error.provider_code, error.after, unsure=unsure)

    def _looked_up(self, due: Due, number: str, text: str) -> str | None:
        with self._database.transaction() as connection:
            known = outbox.known(connection, due.address)
        return _asked(lambda: self._carrier.found(due.kind, number, text, due.created_at, known))

    def _carried(self, due: Due, number: str, text: str) -> str | None:
        carrier = self._carrier
        if due.kind == "call":
            return _asked(lambda: carrier.call(number, due.key))
        return _asked(lambda: carrier.send(number, text, due.key))

    def _may_go(self, due: Due) -> bool:
        """The last moment: STOP, erased, cancelled, overtaken, silence and quiet hours are seen here or never."""
        stopping, at = self._stopping(), self._clock()
        with self._database.transaction() as connection:
            if not outbox.keep(connection, due, at, self._lease):
                return False
            if stopping is None or due.address in stopping:
                outbox.retry(connection, due, at + UNSURE, "stop")
                return False
            if consents.is_stopped(connection, due.address)[0]:
                outbox.settle(connection, due, "cancelled", at, code="stop")
                return False
            if due.key.startswith(BEGUN) and unanswered.too_many(connection, due.address):
                outbox.settle(connection, due, "cancelled", at, code="unanswered")
                return False
            if any(due.key.startswith(start) and due.created_at + waits <= at for start, waits in WAITS.items()):
                outbox.settle(connection, due, "cancelled", at, code="old")
                return False
            later = self._quiet(due, at)
            if later > at:
                outbox.retry(connection, due, later, "hours")
                return False
        return True

    def _quiet(self, due: Due, at: datetime) -> datetime:
        """The first instant at which this may disturb: an answer now, an invitation by day, a reminder by its hours."""
        if due.key.startswith(REMINDER):
            return self._allowed(at)
        return daytime(at) if due.key.startswith(INVITE) else at

    def _sent(self, due: Due, provider_id: str, text: str) -> None:
        segments = Segments.of(text).count if due.kind == "sms" else 0
        try:
            with self._database.transaction() as connection:
                outbox.settle(connection, due, "sent", self._clock(), provider_id=provider_id, segments=segments)
        except IntegrityError:
            # Two rows with the same words were looked up at once, and this is the other's message.
            self._again(due, "taken", None, unsure=True)

    def _end(self, due: Due, state: Literal["failed", "refused"], code: str) -> None:
        with self._database.transaction() as connection:
            outbox.settle(connection, due, state, self._clock(), code=code)

    def _opted_out(self, due: Due, code: str) -> None:
        """Their STOP is ours, and for everything else that waits for this telephone."""
        at = self._clock()
        with self._database.transaction() as connection:
            outbox.settle(connection, due, "refused", at, code=code)
            opted_out(connection, due.address, at)

    def _again(self, due: Due, code: str, after: timedelta | None, *, unsure: bool) -> None:
        at = self._clock()
        with self._database.transaction() as connection:
            if due.tries > len(PLAN):
                log.error("Row %s was given up after %s tries (%s).", due.id, due.tries, code)
                outbox.settle(connection, due, "failed", at, code=code)
                return
            wait = max(PLAN[due.tries - 1], after or timedelta(0))
            outbox.retry(connection, due, at + wait, code, unsure=unsure)


def _asked(ask: Callable[[], str | None]) -> str | None:
    """What the carrier answers. Raises its errors, and Unheard for any other: after a fault of ours, nobody knows."""
    try:
        return ask()
    except (Refused, RetryLater):
        raise
    except Exception as error:
        problem = type(error).__name__
    # Raised out here: the other error may hold the number, and must not hang on this one.
    log.error("A carrier failed: %s", problem)
    raise Unheard("fault")
