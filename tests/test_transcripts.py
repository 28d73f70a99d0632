"""Whole conversations, through the trained model, with the state read back from the database at every turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.conversation import Conversation
from tests.support.transcripts import Player, Transcript, transcripts

ALL = list(transcripts())


@pytest.mark.model
@pytest.mark.parametrize("transcript", ALL, ids=lambda transcript: transcript.name)
def test_transcript(transcript: Transcript, talk: Callable[[], Conversation]) -> None:
    player = Player(talk, transcript.channel)
    for turn in transcript.turns:
        player.play(turn)


def test_every_breakdown_has_a_transcript(guide: object) -> None:
    """Facts B50 to B76 are the breakdowns of an activation: each is walked through by some transcript."""
    breakdowns = {f"B{number}" for number in range(50, 77)}
    book = guide.book  # type: ignore[attr-defined]
    steps = {turn["step"] for transcript in ALL for turn in transcript.turns if turn.get("step")}
    activation = book.journeys["activer"].steps
    walked = {fact for step in steps & set(activation) for fact in activation[step].basis.facts}
    assert breakdowns <= walked, f"never walked: {sorted(breakdowns - walked)}"
