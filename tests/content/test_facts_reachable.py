"""What a patient could ask about is reached by asking it: each fact by one plain question, through the trained model.

fact_questions.yml sorts all facts and holds the questions. A question reaches a fact when what is said rests on it, or
what is said after the first choice offered, taken once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml

from assistant.conversation import Conversation
from assistant.folding import fold
from assistant.guide import Guide
from assistant.lexicon import Lexicon
from assistant.mind import Mind
from assistant.settings import ROOT, read_settings
from assistant.storage.database import Database
from assistant.turns import Reply, Turn

QUESTIONS = yaml.safe_load(Path(__file__).with_name("fact_questions.yml").read_text(encoding="utf-8"))
ASKED: dict[str, str] = QUESTIONS["asked"]
NOT_FOR_PATIENTS: dict[str, str] = QUESTIONS["not_for_patients"]
# Of the questions. None was written from the training messages, nor for the model: see the head of the file.
MOST_MISSED = 0.06
NOON = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Stranger:
    """Somebody who writes on the page for the first time."""

    conversation: Conversation
    name: str

    def asks(self, question: str) -> tuple[Reply, ...]:
        """The reply, and the one to its first choice if it offers any."""
        first = self.conversation.take(self._turn(NOON, text=question))
        if not first.choices:
            return (first,)
        return first, self.conversation.take(self._turn(NOON + A_MINUTE, key=first.choices[0].key))

    def _turn(self, at: datetime, *, text: str = "", key: str = "") -> Turn:
        return Turn(f"web-{self.name}", "web", "test", f"{self.name}-{at:%H%M}", at, text=text, key=key)


@pytest.fixture(scope="module")
def conversation(
    tmp_path_factory: pytest.TempPathFactory, mind: Mind, guide: Guide, lexicon: Lexicon
) -> Iterator[Conversation]:
    """One for all the questions: strangers share nothing but content."""
    folder = str(tmp_path_factory.mktemp("facts"))
    settings = read_settings({"CAMILLE_VAR": folder, "SECRET_KEY": "k" * 40, "PSEUDONYM_PEPPER": "p" * 40})
    database = Database(settings.database_url)
    database.upgrade()
    made = Conversation(settings, database, mind, guide=guide, lexicon=lexicon)
    yield made
    made.close()


@pytest.mark.model
def test_nearly_every_fact_is_reached_by_asking(conversation: Conversation) -> None:
    """Which few are not changes with each training; who reads a failure sees them all."""
    missed = []
    for fact, question in ASKED.items():
        replies = Stranger(conversation, fact).asks(question)
        if fact not in {name for reply in replies for message in reply.messages for name in message.basis}:
            missed.append(f"{fact} « {question} » was understood as {replies[0].intent}")
    assert len(missed) <= len(ASKED) * MOST_MISSED, "\n".join(missed)


def test_every_fact_is_told_somewhere(guide: Guide) -> None:
    """By an answer, a step or a word that is explained: then only understanding stands between it and who asks."""
    book = guide.book
    told = {name for answer in book.answers.values() for name in answer.basis.facts}
    for journey in book.journeys.values():
        told |= {name for step in journey.steps.values() for name in step.basis.facts}
    told |= {name for term in book.glossary.terms for name in term.basis.facts}
    assert sorted(set(ASKED) - told) == []


def test_every_fact_is_sorted_once(guide: Guide) -> None:
    """A new fact must be given a question, or a reason to have none."""
    assert sorted([*ASKED, *NOT_FOR_PATIENTS]) == sorted(guide.book.facts)
    assert [fact for fact, why in NOT_FOR_PATIENTS.items() if len(why.split()) != 1] == []


def test_no_question_was_learnt_by_heart() -> None:
    """None is an example that the model was trained on, and none is asked twice."""
    files = (path.read_text(encoding="utf-8") for path in (ROOT / "data" / "nlu").rglob("*.yml"))
    learnt = {fold(line.strip().removeprefix("- ")) for file in files for line in file.splitlines()}
    asked = [fold(question) for question in ASKED.values()]
    assert len(learnt) > 10_000
    assert sorted(learnt & set(asked)) == []
    assert len(set(asked)) == len(asked)
