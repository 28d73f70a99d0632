"""The first SMS says who speaks, and fits two segments whatever else it has to say: the rest is one reply away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.telling import SMS_ROOM
from assistant.turns import Reply
from channels.sms.segments import Segments
from channels.sms.text import written

MOVES = ("repeter", "saluer", "plus_lentement", "avoir_peur", "reprendre", "ne_comprend_pas", "revenir")
WHO = "Camille, assistant automatique"


def standing(journey: str, step: str) -> Progress:
    """In the middle of a journey by telephone; by SMS Camille has not said who she is."""
    return Progress(journey, step, "going", met=("voice",), last=(f"step:{step}",), channel="voice")


def said(reply: Reply) -> str:
    return " ".join(message.text for message in reply.messages)


def first_replies(guide: Guide) -> Iterator[tuple[str, Reply]]:
    """To whoever begins by SMS, or goes on by SMS from any step: what may be answered to her first one."""
    for topic in guide.book.topics:
        yield topic, guide.hear(Progress(), "sms", topic).reply
    for journey in guide.book.journeys.values():
        for name, step in journey.steps.items():
            here = standing(journey.name, name)
            for choice in step.choices:
                yield f"{name}, {choice.label}", guide.choose(here, "sms", choice).reply
            for topic in MOVES:
                yield f"{name}, {topic}", guide.hear(here, "sms", topic).reply
            missed = guide.miss(here, "voice").progress
            yield f"{name}, not understood", guide.miss(missed, "sms").reply
        start = standing(journey.name, journey.start)
        for topic in guide.book.topics:
            yield f"{journey.start}, {topic}", guide.hear(start, "sms", topic).reply


def test_none_has_three_segments_and_each_says_who_speaks(guide: Guide) -> None:
    alarms = {"urgence_medicale", "detresse"}
    told = list(first_replies(guide))
    assert len(told) > 1_000
    long = {name: text for name, reply in told if Segments.of(text := written(reply)).count > 2}
    assert long == {}
    unsaid = [name for name, reply in told if WHO not in said(reply) and name.rsplit(", ")[-1] not in alarms]
    # STOP and erasing are answered without it: they are no beginning.
    assert {name.rsplit(", ")[-1] for name in unsaid} <= {"arreter_messages", "effacer_mes_donnees"}


class TestALongAnswer:
    """« Vous demandez: … 1 = Lire la réponse »: the words that must come first leave no room for the answer."""

    TOPIC = "identifiants_oublies"

    def test_it_is_announced(self, guide: Guide) -> None:
        told = guide.hear(standing("activer", "depart"), "sms", self.TOPIC)
        assert said(told.reply).startswith(WHO)
        assert f"Vous demandez: {guide.book.topics[self.TOPIC].label}." in said(told.reply)
        assert [choice.goes for choice in told.reply.choices] == [f"topic:{self.TOPIC}"]
        assert told.reply.intent == self.TOPIC
        assert (told.progress.step, told.progress.met) == ("depart", ("voice", "sms"))

    def test_and_read_one_reply_later(self, guide: Guide) -> None:
        told = guide.hear(standing("activer", "depart"), "sms", self.TOPIC)
        for again in (
            guide.choose(told.progress, "sms", told.reply.choices[0]),
            guide.hear(told.progress, "sms", "confirmer"),
        ):
            assert guide.book.answers[self.TOPIC].say.sms in said(again.reply)
            assert WHO not in said(again.reply)
            assert again.progress.step == "depart"
            assert again.reply.choices[0].goes == "move:resume"

    def test_only_where_it_does_not_fit(self, guide: Guide) -> None:
        met = standing("activer", "depart")
        for progress in (Progress(), Progress(met=("sms",)), Progress("activer", "depart", "going", met=("sms",))):
            told = guide.hear(progress, "sms", self.TOPIC)
            assert guide.book.answers[self.TOPIC].say.sms in said(told.reply)
        assert guide.book.answers[self.TOPIC].say.voice in said(guide.hear(met, "voice", self.TOPIC).reply)
        assert len(written(guide.hear(Progress(), "sms", self.TOPIC).reply)) <= SMS_ROOM


class TestALongStep:
    """A call was cut off, and she goes on by SMS: her place first, then the step."""

    @pytest.fixture
    def step(self, guide: Guide) -> str:
        """One whose words do not fit beside the first ones, and that waits for nothing from outside."""
        return next(
            name
            for name, step in guide.book.journeys["activer"].steps.items()
            if not step.pauses and "Vous revoilà" in said(guide.hear(standing("activer", name), "sms", "repeter").reply)
        )

    def test_her_place_first(self, guide: Guide, step: str) -> None:
        told = guide.hear(standing("activer", step), "sms", "repeter")
        assert said(told.reply).startswith(WHO)
        assert "Nous en étions à l'étape" in said(told.reply)
        assert [choice.goes for choice in told.reply.choices] == ["move:resume", "move:restart"]
        assert (told.reply.intent, told.progress.step) == ("repeter", step)

    def test_then_the_step(self, guide: Guide, step: str) -> None:
        told = guide.hear(standing("activer", step), "sms", "repeter")
        again = guide.choose(told.progress, "sms", told.reply.choices[0])
        met = Progress("activer", step, "going", met=("sms",), last=(f"step:{step}",))
        expected = guide.hear(met, "sms", "repeter")
        assert said(again.reply) == said(expected.reply)
        assert again.progress.step == step

    def test_a_move_is_made_all_the_same(self, guide: Guide) -> None:
        moved = [
            (name, choice.goes, told)
            for name, step in guide.book.journeys["activer"].steps.items()
            for choice in step.choices
            if choice.goes.startswith("step:")
            if "Vous revoilà" in said((told := guide.choose(standing("activer", name), "sms", choice)).reply)
        ]
        assert len(moved) > 20
        for name, goes, told in moved:
            assert told.progress.step == goes.removeprefix("step:") != name
