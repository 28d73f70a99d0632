"""Counts what happens, for Prometheus: kinds of things and times, nobody, and no label that people could make longer.

A process counts for itself (there is one worker in each); what all of them share is read from the database when asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from assistant.budget import Budget
from assistant.clock import Clock
from assistant.content.wording import CHANNELS
from assistant.conversation import Conversation
from assistant.one_time_codes import Verdict
from assistant.storage import guesses, operator_acts, tallies
from assistant.watching import Seen
from channels.limits.limits import limits
from channels.operations.truth import look
from channels.practice.identity import Refusal
from channels.practice.psc import Reason

EXTENSION = "camille-metrics"
# Where people sign in, and why they were not let in: a code or a password, a link of one use, what the provider told.
Door = Literal["practice", "pilotage"]
Link = Literal["unknown", "expired", "ended"]
Why = Verdict | Link | Reason | Refusal
# A topic that is none of the hundred: a move of the conversation, a phrase of our own.
OTHER = "autre"
# The status of an answer that says that its face is closed, which is as it should be: HTTP has 503 for both.
CLOSED = "closed"
UNAVAILABLE = 503
# Seconds. A turn by number takes some ms, a sentence ten to thirty, a caller gives up after a few seconds.
STAGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
TURNS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """One an application, with a registry of its own."""

    def __init__(self, conversation: Conversation, clock: Clock) -> None:
        self._conversation, self._clock = conversation, clock
        self.registry = registry = CollectorRegistry()
        self._turns = Counter("camille_turns", "Turns taken", ["channel", "group"], registry=registry)
        self._failures = Counter("camille_turn_failures", "Turns that broke", ["channel"], registry=registry)
        self._missed = Counter("camille_misunderstandings", "Not understood", ["channel"], registry=registry)
        self._took = Histogram("camille_turn_seconds", "A turn", ["channel"], buckets=TURNS, registry=registry)
        self._stages = Histogram("camille_stage_seconds", "In a turn", ["stage"], buckets=STAGES, registry=registry)
        self._limits = Counter("camille_limits_met", "Held back", ["limit"], registry=registry)
        self._answers = Counter("camille_answers", "HTTP answers", ["face", "status"], registry=registry)
        self._sign_ins = Counter("camille_sign_ins_failed", "Not let in", ["door", "why"], registry=registry)
        for channel in CHANNELS:  # a rate needs a beginning: zero is told before the first one
            self._failures.labels(channel)
            self._missed.labels(channel)
        for door in get_args(Door):
            for kind in get_args(Why):
                for why in get_args(kind):
                    self._sign_ins.labels(door, why)
        ProcessCollector(registry=registry)

    def turn(self, seen: Seen) -> None:
        """One turn more."""
        known = self._conversation.book.topics.get(seen.topic)
        self._turns.labels(seen.channel, known.group if known else OTHER).inc()
        self._took.labels(seen.channel).observe(seen.seconds)
        for stage, seconds in seen.stages.items():
            self._stages.labels(stage).observe(seconds)
        if seen.missed:
            self._missed.labels(seen.channel).inc()
        if seen.failed:
            self._failures.labels(seen.channel).inc()
        if seen.held:
            self.limit_met(seen.channel)

    def limit_met(self, name: str) -> None:
        """Somebody was held back by the limit `name`, of channels/limits/rules.py or a channel."""
        self._limits.labels(name).inc()

    def sign_in_failed(self, door: Door, why: Why) -> None:
        """Somebody was not let in."""
        self._sign_ins.labels(door, why).inc()

    def answered(self, response: Response) -> Response:
        """One HTTP answer, by face and by hundred of its status, or closed; what is no address of ours has no face."""
        face = request.blueprint if request.url_rule and request.blueprint else OTHER
        shut = "face_is_closed" in g and response.status_code == UNAVAILABLE
        self._answers.labels(face, CLOSED if shut else f"{response.status_code // 100}xx").inc()
        return response

    def shared(self) -> Iterator[Metric]:
        """What the database and the parts tell, now."""
        dependable = limits().dependable
        truth = look(self._conversation, self._clock(), dependable=dependable)
        up = GaugeMetricFamily("camille_up", "Whether it works: 1 or 0", labels=["part"])
        up.add_metric(["database"], float(truth.database))
        up.add_metric(["model"], float(truth.model == "ready"))
        up.add_metric(["redis"], float(dependable))  # 1 where none is used; how late the queue is, is told below
        yield up
        if not truth.database:
            return
        waiting = truth.waiting.total_seconds() if truth.waiting else 0.0
        yield GaugeMetricFamily("camille_outbox_age_seconds", "The oldest one to be sent", value=waiting)
        carried = {
            "messages": GaugeMetricFamily("camille_messages_today", "Carried", labels=["channel", "way"]),
            "segments": GaugeMetricFamily("camille_segments_today", "Billed", labels=["channel", "way"]),
        }
        guessed = GaugeMetricFamily("camille_guesses_used", "Part of what is looked at of all", labels=["kind"])
        now, budget = self._clock(), Budget.of(self._conversation.settings)
        try:
            with self._conversation.database.transaction() as connection:
                today, ratio = tallies.told(connection, now), tallies.lately(connection, now)
                used = budget.used(connection, now) if budget else 0.0
                purged = operator_acts.last(connection, "purged")
                wrong = guesses.used(connection, now)
        except SQLAlchemyError:
            return  # it went away since
        for tally in today:
            carried["messages"].add_metric([tally.channel, tally.way], tally.messages)
            carried["segments"].add_metric([tally.channel, tally.way], tally.segments)
        for kind, part in wrong.items():
            guessed.add_metric([kind], part)
        yield from carried.values()
        yield guessed
        yield GaugeMetricFamily("camille_sms_sent_for_one_received", "Over thirty days", value=ratio)
        last = purged.timestamp() if purged else 0.0
        yield GaugeMetricFamily(
            "camille_last_purge_timestamp_seconds", "What was too old went; 0 for never", value=last
        )
        yield GaugeMetricFamily("camille_sms_budget_used", "Part of the month's budget; 0 without one", value=used)


class _Shared:
    """The part of the registry that is looked at when it is asked for."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return self._metrics.shared()

    def describe(self) -> list[Metric]:
        return []  # nothing is looked at to know the names


def count(app: Flask, conversation: Conversation, clock: Clock) -> Metrics:
    """The metrics of `app`, counting from now."""
    metrics = Metrics(conversation, clock)
    metrics.registry.register(_Shared(metrics))
    app.extensions[EXTENSION] = metrics
    app.after_request(metrics.answered)
    return metrics


def metrics() -> Metrics:
    """Those of the application under way."""
    found: Metrics = current_app.extensions[EXTENSION]
    return found


def face_is_closed() -> None:
    """Say of the answer under way that it is no failure: its face was switched off, or never plugged in."""
    g.face_is_closed = True
